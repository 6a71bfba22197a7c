"""The default policies: one JSON file for each version, named by the day it was written."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from docparser.model import Policy

DEFAULT_VERSION = "2026-11-22"
"""The version that decides where a tenant says nothing else."""

_FOLDER = Path(__file__).parent


@cache
def default_policy(version: str = DEFAULT_VERSION) -> Policy:
    """Return a default policy.

    Raises
    ------
    KeyError
        There is none of this version.
    """
    path = _FOLDER / f"{version}.json"
    # A version comes from outside: nothing but a file of this folder is ever opened.
    if path.parent != _FOLDER or not path.is_file():
        raise KeyError(version)
    return Policy.model_validate_json(path.read_bytes())
