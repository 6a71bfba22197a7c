"""Lambda's init phase: what a function imports and makes before its first invocation.

It runs on a whole CPU whatever the memory size, so what every invocation uses is made there. And
nothing made there is garbage: modules, classes and clients stay for the life of the process. To
look for garbage among their 80,000 objects takes a fifth of a cold start's CPU time (measured:
80 of 380 ms), so the collector rests from the first import of this package to `end`.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Noun

_IN_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def begin() -> None:
    """Let the collector rest; in a Lambda function only, as other programs never call `end`."""
    if _IN_LAMBDA:
        gc.disable()
        # Else Pydantic reads the metadata of every installed package to find that it has none.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")


def end(*nouns: type[Noun]) -> None:
    """Build the schemas that every invocation uses; then the collector works again.

    What exists by now is left out of all later collections.

    Parameters
    ----------
    nouns
        Those that every invocation reads or writes. Any other builds its schema when first used.
    """
    for noun in nouns:
        noun.model_rebuild()
    if _IN_LAMBDA:
        gc.freeze()
        gc.enable()
