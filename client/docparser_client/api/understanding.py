"""Answers as nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from .errors import Unavailable
from .nouns import Answer

if TYPE_CHECKING:
    import httpx

A = TypeVar("A", bound=Answer)


def understood(kind: type[A], response: httpx.Response) -> A:
    """Return what the service answers.

    Raises
    ------
    Unavailable
        It is nothing that this client understands.
    """
    try:
        return kind.model_validate_json(response.content)
    except ValidationError:
        raise Unavailable(
            "the service answers what this client does not understand",
            status=response.status_code,
        ) from None
