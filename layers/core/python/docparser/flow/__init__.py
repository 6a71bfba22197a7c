"""The flow: which document walks next, and what becomes of those whose walk nobody ended."""
