"""How outcomes are told: a line, a row of ``outcomes.tsv``, the table at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.model import Status, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docparser.model import Event, Record
    from rich.table import Table

    from .catalogue import Listed

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
    seconds
        From being queued to the end of the walk; None if it has not ended.
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
    name: str, record: Record, *, queued_at: datetime | None = None, problem: str = ""
) -> Outcome:
    """Return an input's outcome as the record of its document has it."""
    ended = record.finished_at if record.status.terminal else None
    return Outcome(
        name=name,
        document_id=record.ref.document_id,
        status=record.status.value,
        code=record.code or "",
        type=record.type.value if record.type else "",
        level=record.level.value if record.level else "",
        pages=record.pages,
        failed_pages=record.failed_pages or 0,
        pages_by_lane={lane.value: count for lane, count in record.pages_by_lane.items()},
        seconds=(ended - (queued_at or record.created_at)).total_seconds() if ended else None,
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
    return ", ".join(f"{count} {lane}" for lane, count in sorted(pages_by_lane.items()) if count)


def status_text(outcome: Outcome) -> str:
    """Return a status with its reason."""
    if outcome.failed_pages and outcome.status == Status.PARTIAL.value:
        return f"{outcome.status} ({outcome.failed_pages} of {outcome.pages} pages missing)"
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
        f"{_counted(len(outcomes), 'file')}: {endings}; {_counted(pages, 'page')} "
        f"in {seconds:.1f} s; estimated US$ {cost:.6f} on AWS"
    )


def table(outcomes: Iterable[Outcome]) -> Table:
    """Return the table at the end of a run."""
    from rich.text import Text

    drawn = _table("name", "status", "type", "level", "pages")
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


def listing(documents: Iterable[Listed]) -> Table:
    """Return the table of the newest documents."""
    from rich.text import Text

    drawn = _table("document", "name", "status", "type", "level", "pages", "created")
    for listed in documents:
        record = listed.record
        outcome = outcome_of(listed.name, record)
        drawn.add_row(
            outcome.document_id,
            Text(printable(outcome.name)),
            Text(status_text(outcome), style=_COLORS.get(outcome.status, "")),
            outcome.type,
            outcome.level,
            "" if outcome.pages is None else str(outcome.pages),
            rfc3339(record.created_at),
        )
    return drawn


def account(name: str, record: Record) -> Table:
    """Return what a record says, one fact per row."""
    from rich.table import Table
    from rich.text import Text

    outcome = outcome_of(name, record)
    facts = {
        "document": outcome.document_id,
        "name": printable(name),
        "status": status_text(outcome),
        "stage": record.stage.value,
        "revision": f"{record.ref.revision}, attempt {record.ref.attempt}",
        "type": outcome.type,
        "level": outcome.level,
        "pages": lanes(outcome.pages_by_lane) or str(outcome.pages or ""),
        "zones": ", ".join(zone.value for zone in record.zones),
        "warnings": ", ".join(warning.value for warning in record.warnings),
        "est. US$": "" if outcome.cost_usd is None else f"{outcome.cost_usd:.6f}",
        "created": rfc3339(record.created_at),
        "finished": rfc3339(record.finished_at) if record.finished_at else "",
    }
    drawn = Table.grid(padding=(0, 2))
    for title, fact in facts.items():
        if fact:
            drawn.add_row(Text(title, style="dim"), Text(fact))
    return drawn


def history(events: Iterable[Event]) -> Table:
    """Return the events of a revision, one per row."""
    drawn = _table("at", "from", "to", "stage", "code", "attempt")
    for event in events:
        drawn.add_row(
            rfc3339(event.at),
            event.from_.value if event.from_ else "",
            event.to.value,
            event.stage.value,
            event.code or "",
            str(event.ref.attempt),
        )
    return drawn


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in columns:
        # On a narrow terminal these take more lines; nothing else is broken.
        width = _NARROWEST.get(title)
        drawn.add_column(title, overflow="fold", no_wrap=width is None, min_width=width)
    return drawn
