"""Measurements of the product; the last results are in `results/`."""
