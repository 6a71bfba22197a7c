"""The `docparser` command and the Python client behind it."""
