"""The embedded AWS: services, workers and state machines of one account, on a laptop."""
