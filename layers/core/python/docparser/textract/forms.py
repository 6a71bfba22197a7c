"""The fields of a form: labels, and what is filled in beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import trp

from .blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Corners = tuple[tuple[float, float], ...]


class KeyValue(NamedTuple):
    """A form's field: the number of its page, from 1, its label and what is filled in.

    ``confidence`` is that of the value, 0..1, and ``corners`` are where it stands, in shares of the
    picture that was sent; both are empty where nothing is filled in.
    """

    page: int
    key: str
    value: str
    confidence: float = 0.0
    corners: Corners = ()


def key_values(responses: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[KeyValue]:
    """Return the fields of a document's forms; check marks are none.

    Raises
    ------
    NoDocumentError
        It is no document's response: a job in progress, or one of an API without blocks.
    """
    blocks = Blocks(responses)
    found = []
    for number, page in enumerate(blocks.pages, 1):
        for block in page.blocks:
            # Not from trp's form, which leaves out a value that has no label.
            if block["BlockType"] == "KEY_VALUE_SET" and "KEY" in block["EntityTypes"]:
                pair = trp.Field(block, blocks.by_id)
                key, value = pair.key and pair.key.text, pair.value and pair.value.text
                if (key or value) and not (pair.value and _is_check_mark(pair.value)):
                    place = _place(pair.value) if value else (0.0, ())
                    found.append(KeyValue(number, key or "", value or "", *place))
    return found


def _place(value: Any) -> tuple[float, Corners]:
    confidence = min(max(value.confidence / 100, 0.0), 1.0)
    return confidence, tuple((point.x, point.y) for point in value.geometry.polygon)


def _is_check_mark(value: Any) -> bool:
    return all(isinstance(part, trp.SelectionElement) for part in value.content)
