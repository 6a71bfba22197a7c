"""Work that ministack repeats on every request, done once per distinct input."""

from __future__ import annotations

import functools

from ministack.services import dynamodb

_CACHED_EXPRESSIONS = 4096


def install() -> None:
    """Check the grammar of each condition once (measured: 6 % of the engine's time)."""
    dynamodb._condition_syntax_error = functools.lru_cache(maxsize=_CACHED_EXPRESSIONS)(
        dynamodb._condition_syntax_error
    )
