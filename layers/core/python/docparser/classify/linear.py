"""The linear model over words and pieces of words: its weights, and what they say of a text."""

from __future__ import annotations

MODEL_VERSION = "doctype-1"
"""What the shipped weights are called; it changes whenever they do."""
