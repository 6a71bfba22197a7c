"""The `docparser` command, and the Python client behind it.

>>> from docparser_client import Client
>>> client = Client("https://abc123.execute-api.eu-central-1.amazonaws.com/v1")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import ApiError, Client

__all__ = ["ApiError", "Client"]


def __getattr__(name: str) -> Any:
    # `docparser --help` imports this package, and answers before httpx could be imported.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import api

    return getattr(api, name)
