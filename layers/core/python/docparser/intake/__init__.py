"""Taking documents in: identity, format, limits, and the plan of their pages."""
