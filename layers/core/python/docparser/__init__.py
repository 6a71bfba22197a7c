"""Docparser: documents in, governed, searchable, structured data out."""
