"""The manifest of a read document; the pages lie beside it, shard by shard."""

from __future__ import annotations

from pydantic import Field

from .base import DocumentId, Moment, Noun, Sha256, ShardId, Tenant, schema_tag
from .classification import Classification
from .codes import Lane, WarningCode, Zone
from .extraction import DocumentTable, FieldName, FieldValue, RowGap, Violation
from .page import Gap
from .plan import Child


class Piece(Noun):
    """A stored file: its name below the result's prefix, bytes, SHA-256 in hex, media type."""

    name: str
    size_bytes: int
    sha256: Sha256
    media_type: str = "application/json"


class ShardEntry(Noun):
    """Where pages ``first_page``..``last_page`` (inclusive) are stored."""

    shard_id: ShardId
    first_page: int
    last_page: int
    lane: Lane
    file: Piece


class Manifest(Noun):
    """What Assemble counted: stored as ``assemble/manifest.json``."""

    schema_: str = schema_tag("manifest")
    media_type: str
    content_sha256: Sha256
    size_bytes: int
    created_at: Moment
    page_count: int
    shards: tuple[ShardEntry, ...]
    texts: tuple[Piece, ...]
    gaps: tuple[Gap, ...] = ()
    pages_by_lane: dict[Lane, int] = Field(default_factory=dict)
    warnings: tuple[WarningCode, ...] = ()
    children: tuple[Child, ...] = ()


class Exports(Noun):
    """What Export made for people and other programs: stored as ``export/exports.json``.

    ``files`` lie beside it, and later in every zone beside ``document.json``.
    """

    schema_: str = schema_tag("exports")
    files: tuple[Piece, ...]


class Placement(Noun):
    """The zones where a revision lies, stored as ``route/zones.json``.

    Until ``lock_until`` the backup's copies are deleted by the purge alone.
    """

    schema_: str = schema_tag("zones")
    zones: tuple[Zone, ...]
    lock_until: Moment | None = None


class Document(Manifest):
    """The result of one revision: ``document.json`` in every zone that holds it.

    The manifest, and whose document it is and what. The pages are in ``pages/<shard_id>.json``
    beside it, named with their checksums in ``shards``, as are Markdown and text in ``texts``,
    and what else was made of a scan in ``exports``; ``gaps`` names every missing page. ``pii`` says
    what personal data stands where, shard by shard; ``redacted`` are renditions without it.

    ``definition`` names the schema that its ``fields`` follow, ``missing`` are required ones
    without a value, ``corrected`` those of which people have said what they are, or that there is
    none, and ``violations`` the schema's rules that do not hold. The rows of its
    ``tables`` are in ``table_files``: of each the JSON and the CSV; ``row_gaps`` names every row
    that is missing.
    """

    schema_: str = schema_tag("document")
    tenant: Tenant
    document_id: DocumentId
    revision: int
    exports: tuple[Piece, ...] = ()
    pii: tuple[Piece, ...] = ()
    redacted: tuple[Piece, ...] = ()
    definition: str = ""
    fields: tuple[FieldValue, ...] = ()
    missing: tuple[FieldName, ...] = ()
    corrected: tuple[FieldName, ...] = ()
    violations: tuple[Violation, ...] = ()
    tables: tuple[DocumentTable, ...] = ()
    table_files: tuple[Piece, ...] = ()
    row_gaps: tuple[RowGap, ...] = ()
    classification: Classification
