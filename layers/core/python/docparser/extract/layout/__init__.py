"""Fields read from where words stand: labels, blocks and columns."""
