"""Routing: the sensitivity matrix, and the copies that it allows."""
