"""Personal and identifying data: what kind stands where, never what it says."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Confidence, Noun, ShardId, schema_tag
from .codes import PiiType
from .page import Polygon


class PiiFinding(Noun):
    """One identifier, name or address on a page.

    ``start`` and ``end`` count characters of the page's text as the classifier reads it: its words
    parted by a space, its lines by a line feed, disguises undone; from 0, end excluded. A number
    that a column's edge broke is several findings.

    ``polygons`` are the boxes of its words, one for each line that it stands on; they and
    ``words``, the ids of the words that it touches, say what to cover. ``verified`` tells that a
    checksum holds, or a structure that nothing else has. The text itself stays on the page.
    """

    type: PiiType
    page: Annotated[int, Field(ge=1)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    confidence: Confidence
    verified: bool = False
    rule: str
    polygons: tuple[Polygon, ...] = ()
    words: tuple[str, ...] = ()


class PiiShard(Noun):
    """What was found on the pages of one shard: stored as ``classify/pii-<shard_id>.json``."""

    schema_: str = schema_tag("pii")
    shard_id: ShardId
    findings: tuple[PiiFinding, ...] = ()
