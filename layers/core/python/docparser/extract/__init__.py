"""Fields and tables: typed values, each with the place that proves it."""
