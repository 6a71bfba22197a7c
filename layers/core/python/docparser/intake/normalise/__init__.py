"""Normalising: what is no page yet becomes parts, one for each sheet, slide or section of it."""

from .made import ChildFile, Made
from .normaliser import normalise

__all__ = ["ChildFile", "Made", "normalise"]
