"""Docparser: documents in, governed, searchable, structured data out."""

from . import init_phase

init_phase.begin()
