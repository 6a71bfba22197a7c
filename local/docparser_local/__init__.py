"""The embedded AWS: the services, the workers and the state machines of one account, on a laptop."""
