"""The REST API: a door into the house. It may look into every room, and none looks into it."""
