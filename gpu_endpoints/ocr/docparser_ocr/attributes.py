"""What a caller asks in ``X-Amzn-SageMaker-Custom-Attributes``: ``language=de;deadline_s=30``."""

from __future__ import annotations

import math
from typing import NamedTuple

HEADER = "x-amzn-sagemaker-custom-attributes"


class InvalidAttributes(ValueError):  # noqa: N818 - it says what is the case
    """An attribute is unknown, given twice, or has no value of its kind."""


class Attributes(NamedTuple):
    """``language`` is ISO 639-1 or ``und``; ``deadline_s`` how long a page may take, seconds.

    A language tells which characters to look for first; what is written decides.
    """

    language: str
    deadline_s: float


def parse(header: str, *, deadline_s: float) -> Attributes:
    """Read the header; what is not named keeps its default.

    Raises
    ------
    InvalidAttributes
        The message names no value.
    """
    given: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in header.split(";"))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in Attributes._fields or name in given:
            raise InvalidAttributes("an attribute is unknown or given twice")
        given[name] = value
    language = given.get("language", "und")
    if language != "und" and not (len(language) == 2 and language.isascii() and language.islower()):
        raise InvalidAttributes("language is an ISO 639-1 code or und")
    try:
        seconds = float(given.get("deadline_s", deadline_s))
    except ValueError:
        raise InvalidAttributes("deadline_s is a number of seconds") from None
    if not (math.isfinite(seconds) and seconds > 0):
        raise InvalidAttributes("deadline_s is a number of seconds above 0")
    return Attributes(language, seconds)
