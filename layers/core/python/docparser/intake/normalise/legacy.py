"""RTF, and what Word, Excel and PowerPoint wrote before 2007: read by kreuzberg.

The formats of today are read by modules of our own. Of them kreuzberg 4.10 drops what matters here
(measured: ``&`` and ``<`` in Word's text, tabs, footnotes and text boxes; tables and the order of
slides; text between the blocks of HTML), and needs 3 GB for a sheet of 300,000 rows.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from docparser.errors import Rejected
from docparser.intake import compound, sniff
from docparser.model import BlockKind, RejectedCode

if TYPE_CHECKING:
    from pathlib import Path

    from .parts_writer import PartsWriter

_KINDS = {
    "paragraph": BlockKind.PARAGRAPH,
    "code": BlockKind.PARAGRAPH,
    "list_item": BlockKind.LIST_ITEM,
    "footnote": BlockKind.FOOTNOTE,
}
_LAYERS = {"header": BlockKind.HEADER, "footer": BlockKind.FOOTER, "footnote": BlockKind.FOOTNOTE}
_BULLET = "•"

# The file information block's second byte of flags ([MS-DOC], 2.5.1).
_FLAGS_AT = 11
_ENCRYPTED = 0x01
_PROGRAMS = {"Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT"}


def read(path: Path, media_type: str, writer: PartsWriter) -> bool:
    """Write the parts of a file.

    Returns
    -------
    bool
        Whether it carries a program.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT.
    """
    has_program = False
    if media_type != sniff.RTF:
        with path.open("rb") as file:
            has_program = _has_program(file)
    for node in _nodes(path, media_type):
        _write(node, media_type, writer)
    return has_program


def _has_program(file: IO[bytes]) -> bool:
    """Tell whether a compound file carries a program, unless it is encrypted."""
    opened = compound.Compound(file)
    inside = opened.children(opened.root)
    if "WordDocument" in inside:
        head = opened.read(inside["WordDocument"], _FLAGS_AT + 1)
        if len(head) > _FLAGS_AT and head[_FLAGS_AT] & _ENCRYPTED:
            raise Rejected(RejectedCode.ENCRYPTED)
    return not _PROGRAMS.isdisjoint(inside)


def _nodes(path: Path, media_type: str) -> list[dict[str, Any]]:
    # It starts threads, which do not outlive a fork: nobody imports it before the child.
    import kreuzberg

    config = kreuzberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        include_document_structure=True,
        concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
        content_filter=kreuzberg.ContentFilterConfig(
            include_headers=True, include_footers=True, strip_repeating_text=False
        ),
    )
    locked = False
    try:
        # From memory: from disk, it believes the name of a file more than what it is told.
        result = kreuzberg.extract_bytes_sync(path.read_bytes(), media_type, config=config)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (its message alone tells, and may quote: it ends here)
        locked = "password" in str(error).lower() or "encrypted" in str(error).lower()
    else:
        document: Any = result.document
        return list(document["nodes"]) if document else []
    raise Rejected(RejectedCode.ENCRYPTED if locked else RejectedCode.CORRUPT)


def _write(node: dict[str, Any], media_type: str, writer: PartsWriter) -> None:
    content = node["content"]
    kind = content["node_type"]
    text = str(content.get("text") or "")
    if kind == "heading":
        if media_type == sniff.XLS:
            writer.end_page()
        writer.heading(text, 1 if media_type == sniff.XLS else int(content.get("level") or 1))
    elif kind == "slide":
        writer.end_page()
        writer.heading(str(content.get("title") or ""))
    elif kind == "table":
        rows: dict[int, dict[int, str]] = {}
        for cell in content["grid"]["cells"]:
            rows.setdefault(cell["row"], {})[cell["col"]] = cell["content"]
        writer.end_table()
        for row in sorted(rows):
            writer.row(rows[row])
        writer.end_table()
    elif kind == "list_item":
        writer.item(f"{_BULLET} {text}")
    elif kind in _KINDS:
        writer.block(_LAYERS.get(str(node.get("content_layer")), _KINDS[kind]), text)
