"""What a document is, and who may see it."""

from .classifier import Classifier

__all__ = ["Classifier"]
