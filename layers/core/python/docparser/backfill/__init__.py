"""Many documents at once: objects of other people's buckets, taken in batch by batch."""
