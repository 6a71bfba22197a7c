"""How outcomes are told: a line, a row of ``outcomes.tsv``, the table at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docparser.model import Lane, Status, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from rich.table import Table

    from .api import Document, Hit

OUTCOMES = "outcomes.tsv"
COLUMNS = (
    "name",
    "document_id",
    "status",
    "code",
    "type",
    "level",
    "pages",
    "seconds",
    "cost_usd",
)

_COLORS = {
    "COMPLETED": "green",
    "PARTIAL": "yellow",
    "REJECTED": "yellow",
    "FAILED": "red",
    "CANCELLED": "red",
}
_NARROWEST = {"name": 10, "status": 11, "type": 11}
_AS_EXPECTED = {Status.COMPLETED.value, Status.REJECTED.value}
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Outcome:
    """What became of one input.

    Parameters
    ----------
    name
        The input's name.
    document_id
        Its document; empty if it never reached the service.
    status, code
        The document's status when the command stopped waiting; the code of its error.
    pages, failed_pages
        Pages in the document, and how many of them could not be read.
    row_gaps
        In how many places rows of its tables are missing.
    seconds
        From being announced, or sent again, to the end of the walk; None if it has not ended, or
        was sent again by somebody else.
    cost_usd
        Estimated US dollars on AWS, without storage.
    problem
        What kept the outputs from being written, for the user; empty if nothing did.
    """

    name: str
    document_id: str = ""
    status: str = ""
    code: str = ""
    type: str = ""
    level: str = ""
    pages: int | None = None
    failed_pages: int = 0
    row_gaps: int = 0
    pages_by_lane: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    cost_usd: Decimal | None = None
    problem: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the service did what it promises: read the document, or said why not."""
        return self.status in _AS_EXPECTED and not self.problem

    def row(self) -> tuple[str, ...]:
        """Return the cells of ``outcomes.tsv``."""
        return (
            self.name.translate(_TSV_ESCAPES),
            self.document_id,
            self.status,
            self.code,
            self.type,
            self.level,
            "" if self.pages is None else str(self.pages),
            "" if self.seconds is None else f"{self.seconds:.3f}",
            "" if self.cost_usd is None else f"{self.cost_usd:.6f}",
        )


def outcome_of(
    name: str, record: Document, *, sent_at: datetime | None = None, problem: str = ""
) -> Outcome:
    """Return an input's outcome as the record of its document has it.

    Parameters
    ----------
    name
        The input's name.
    record
        The document's record.
    sent_at
        When this run sent the bytes; None if it did not.
    problem
        What kept the outputs from being written.
    """
    ended = record.finished_at if record.status.terminal else None
    # The record tells when the document was announced, not when it was tried again.
    begun = record.created_at if record.attempt == 1 else sent_at
    seconds = (ended - begun).total_seconds() if ended and begun else None
    return Outcome(
        name=name,
        document_id=record.document_id,
        status=record.status.value,
        code=record.code or "",
        type=record.type or "",
        level=record.level.value if record.level else "",
        pages=record.pages,
        failed_pages=record.failed_pages or 0,
        row_gaps=record.row_gaps or 0,
        pages_by_lane=record.pages_by_lane,
        # Two clocks may disagree.
        seconds=None if seconds is None else max(0.0, seconds),
        cost_usd=record.cost_usd if ended else None,
        problem=problem,
    )


def tsv(outcomes: Iterable[Outcome]) -> str:
    """Return the whole of ``outcomes.tsv``; tabs and line ends in names are escaped."""
    rows = [COLUMNS, *(outcome.row() for outcome in outcomes)]
    return "".join("\t".join(row) + "\n" for row in rows)


def printable(text: object) -> str:
    """Return a text as a terminal may show it: whatever is not printable is escaped.

    A file's name may hold line ends and the terminal's own commands.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text)
    )


def lanes(pages_by_lane: dict[str, int]) -> str:
    """Return how many pages were read in which lane, such as ``3 text, 1 gpu``."""
    order = [*Lane, *sorted(pages_by_lane.keys() - set(Lane))]
    counted = ((lane, pages_by_lane.get(lane, 0)) for lane in order)
    return ", ".join(f"{count} {lane}" for lane, count in counted if count)


def status_text(outcome: Outcome) -> str:
    """Return a status with its reason."""
    missing = []
    if outcome.failed_pages:
        missing.append(f"{outcome.failed_pages} of {outcome.pages} pages missing")
    if outcome.row_gaps:
        missing.append("rows missing")
    if missing and outcome.status == Status.PARTIAL.value:
        return f"{outcome.status} ({', '.join(missing)})"
    return f"{outcome.status} {outcome.code}".rstrip()


def line(outcome: Outcome) -> str:
    """Return one plain line for an input that is done."""
    seconds = "" if outcome.seconds is None else f"{outcome.seconds:.1f} s"
    facts = (outcome.type, outcome.level, lanes(outcome.pages_by_lane), seconds)
    known = ", ".join(fact for fact in facts if fact)
    text = f"{status_text(outcome)}  {printable(outcome.name)}"
    return f"{text}  ({known})" if known else text


def totals(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the line below the table; a document that came under two names costs once."""
    documents = {outcome.document_id or outcome.name: outcome for outcome in outcomes}.values()
    counts = Counter(outcome.status or "not sent" for outcome in outcomes)
    endings = ", ".join(f"{count} {status.lower()}" for status, count in sorted(counts.items()))
    pages = sum(outcome.pages or 0 for outcome in documents)
    cost = sum((outcome.cost_usd or Decimal(0) for outcome in documents), Decimal(0))
    return (
        f"{counted(len(outcomes), 'file')}: {endings}; {counted(pages, 'page')} "
        f"in {seconds:.1f} s; estimated US$ {cost:.6f} on AWS"
    )


def table(outcomes: Iterable[Outcome]) -> Table:
    """Return the table at the end of a run."""
    from rich.text import Text

    drawn = grid("name", "status", "type", "level", "pages")
    for title in ("seconds", "est. US$"):
        drawn.add_column(title, justify="right")
    for outcome in outcomes:
        drawn.add_row(
            Text(printable(outcome.name)),
            Text(status_text(outcome), style=_COLORS.get(outcome.status, "")),
            outcome.type,
            outcome.level,
            lanes(outcome.pages_by_lane) or ("" if outcome.pages is None else str(outcome.pages)),
            "" if outcome.seconds is None else f"{outcome.seconds:.1f}",
            "" if outcome.cost_usd is None else f"{outcome.cost_usd:.6f}",
        )
    return drawn


def listing(documents: Iterable[Document]) -> Table:
    """Return the table of the newest documents."""
    from rich.text import Text

    drawn = grid("document", "name", "status", "type", "level", "pages")
    drawn.add_column("est. US$", justify="right")
    drawn.add_column("created", overflow="fold")
    for record in documents:
        outcome = outcome_of(record.name, record)
        drawn.add_row(
            outcome.document_id,
            Text(printable(outcome.name)),
            Text(status_text(outcome), style=_COLORS.get(outcome.status, "")),
            outcome.type,
            outcome.level,
            lanes(outcome.pages_by_lane) or ("" if outcome.pages is None else str(outcome.pages)),
            "" if outcome.cost_usd is None else f"{outcome.cost_usd:.6f}",
            rfc3339(record.created_at),
        )
    return drawn


def found(hits: Iterable[Hit], names: Mapping[str, str]) -> Table:
    """Return the table of what a search found.

    Parameters
    ----------
    hits
        Best first.
    names
        The documents' names, by id.
    """
    from rich.text import Text

    drawn = grid("document", "name", "page")
    drawn.add_column("score", justify="right")
    drawn.add_column("snippet", overflow="fold", min_width=20)
    for hit in hits:
        drawn.add_row(
            hit.document_id,
            Text(printable(names.get(hit.document_id, ""))),
            "" if hit.page is None else str(hit.page),
            f"{hit.score:.2f}",
            Text(printable(" ".join(hit.snippet.split()))),
        )
    return drawn


def account(record: Document) -> Table:
    """Return what a record says, one fact per row."""
    from rich.table import Table
    from rich.text import Text

    outcome = outcome_of(record.name, record)
    facts = {
        "document": outcome.document_id,
        "name": printable(record.name),
        "status": status_text(outcome),
        "stage": record.stage,
        "revision": f"{record.revision}, attempt {record.attempt}",
        "inside": record.parent or "",
        "holds": counted(record.children, "file") if record.children else "",
        "type": outcome.type,
        "level": outcome.level,
        "declared": record.declared_level or "",
        "malware": record.malware or "",
        "pages": lanes(outcome.pages_by_lane) or str(outcome.pages or ""),
        "zones": ", ".join(record.zones),
        "searched": record.index or "",
        "violated": counted(record.violations, "rule") if record.violations else "",
        "rows": f"missing in {counted(record.row_gaps, 'place')}" if record.row_gaps else "",
        "review": "" if record.review == "NONE" else record.review,
        "warnings": ", ".join(record.warnings),
        "est. US$": "" if outcome.cost_usd is None else f"{outcome.cost_usd:.6f}",
        "of which": _reading(record.cost_by_lane),
        "created": rfc3339(record.created_at),
        "finished": rfc3339(record.finished_at) if record.finished_at else "",
    }
    drawn = Table.grid(padding=(0, 2))
    for title, fact in facts.items():
        if fact:
            drawn.add_row(Text(title, style="dim"), Text(fact))
    return drawn


def table_text(table: Mapping[str, Any]) -> str:
    """Return what a table is, such as ``t0001 (line_items, 12 rows, pages 1-2)``."""
    first, last = table["first_page"], table["last_page"]
    pages = f"page {first}" if first == last else f"pages {first}-{last}"
    facts = (table["role"], counted(table["rows"], "row"), pages)
    return f"{table['id']} ({', '.join(fact for fact in facts if fact != 'other')})"


def restarted(record: Document) -> str:
    """Return where a document stands that walks again, or was stopped."""
    where = f"revision {record.revision}, attempt {record.attempt}"
    return f"{record.document_id} {record.status}  ({where})"


def _reading(cost_by_lane: Mapping[str, Decimal]) -> str:
    """Return what reading cost in which lane, such as ``0.000012 text, 0.000049 cpu``."""
    return ", ".join(f"{cost:.6f} {lane}" for lane, cost in sorted(cost_by_lane.items()))


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def grid(*columns: str) -> Table:
    """Return an empty table with columns."""
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in columns:
        # On a narrow terminal these take more lines; nothing else is broken.
        width = _NARROWEST.get(title)
        drawn.add_column(title, overflow="fold", no_wrap=width is None, min_width=width)
    return drawn
