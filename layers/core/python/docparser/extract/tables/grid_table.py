"""Tables that the pages' own grids make: joined where one goes on, and typed by their cells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Column, FieldType, TableRole

from . import heads, sums
from .printed import is_amount, is_date, is_figure, position
from .reconciliation import Reconciliation
from .rows import PrintedCell, PrintedRow, TableWriter, decimal_of
from .sums import SumKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.model import DocumentTable, RowGap, Table, Value

    from .found import TableSink

# Rows that are held until their columns have types.
_SAMPLE = 200

# A column has a type if so many of its cells are of it.
_TYPED = 0.9

# Columns in which sums of others stand.
_SUMMED = frozenset({"amount", "gross_amount", "debit", "credit", "balance"})

# Columns of one table stand at one place, within this share of the page's width.
_SAME_PLACE = 0.02


class Grid(NamedTuple):
    """A page's table as rows of cells; ``edges`` are where its columns begin (0..1)."""

    table_id: str
    page: int
    rows: list[list[PrintedCell]]
    edges: tuple[float, ...]


def grid(table: Table, page: int) -> Grid:
    """Return a page's table with a cell at each place; what a cell spans besides is empty."""
    rows = [[PrintedCell("") for _ in range(table.columns)] for _ in range(table.rows)]
    edges = [1.0] * table.columns
    for cell in table.cells:
        rows[cell.row][cell.column] = PrintedCell(cell.text, cell.polygon)
        if cell.column_span == 1:
            edges[cell.column] = min(edges[cell.column], cell.polygon[0][0])
    return Grid(table.id, page, rows, tuple(edges))


class GridTable:
    """One table of the document, made of pages' tables.

    Parameters
    ----------
    sink, table_id, locale
        Where rows go, what the table is called, and what ambiguous values are read by.
    first
        The page's table with which it begins.
    roles
        What its rows may be, by its head.
    checked
        Roles of which the document's type has tables: only in those numbers and balances have to
        follow each other. A price list leaves numbers out, and a list of loans has many balances.
    """

    def __init__(
        self,
        sink: TableSink,
        table_id: str,
        locale: Locale,
        first: Grid,
        roles: Sequence[TableRole],
        *,
        checked: Sequence[TableRole],
    ) -> None:
        self._roles = roles
        self._checked = checked
        self.table_id = table_id
        self.last_page = first.page
        self._sink = sink
        self._locale = locale
        self._edges = first.edges
        self._head = _head(first.rows, roles)
        self._waiting: list[PrintedRow] = []
        self._writer: TableWriter | None = None
        self._parts: list[str] = []
        self._reconciliation: Reconciliation | None = None
        self._ended: DocumentTable | None = None
        self._add(first, len(self._head))

    def goes_on(self, part: Grid, *, virtual: bool) -> bool:
        """Whether a table of the next page is this one's continuation.

        Columns stand at one place; those of virtual pages are as wide as their cells, page by page.
        """
        if len(part.edges) != len(self._edges):
            return False
        return virtual or all(
            abs(here - there) <= _SAME_PLACE
            for here, there in zip(part.edges, self._edges, strict=True)
        )

    def extend(self, part: Grid) -> None:
        """Add a part, without the head that it repeats."""
        head = len(self._head)
        repeats = head and [_texts(row) for row in part.rows[:head]] == self._head
        self._add(part, head if repeats else 0)

    def end(self) -> DocumentTable:
        """End the table and return what it is."""
        self._ended = self._begun().end()
        return self._ended

    def gaps(self) -> list[RowGap]:
        """Return where rows of a table that has ended are missing."""
        table, check = self._ended, self._reconciliation
        return check.gaps(table.id, table.first_page) if table and check else []

    def _add(self, part: Grid, skipped: int) -> None:
        self.last_page = part.page
        if self._writer is not None:
            self._writer.part(part.table_id)
        else:
            self._parts.append(part.table_id)
        for cells in part.rows[skipped:]:
            row = PrintedRow(part.page, cells)
            if self._writer is not None:
                self._write(self._writer, row)
            else:
                self._waiting.append(row)
        if len(self._waiting) >= _SAMPLE:
            self._begun()

    def _begun(self) -> TableWriter:
        """Return the writer; types are decided by the rows that waited."""
        if self._writer is not None:
            return self._writer
        labels = _labels(self._head, len(self._edges))
        known = heads.role_of(labels, self._roles)
        role, names = known or (
            TableRole.OTHER,
            [f"column_{at + 1}" for at in range(len(labels))],
        )
        columns = tuple(
            Column(name=name, label=label, type=self._type(at, name))
            for at, (name, label) in enumerate(zip(names, labels, strict=True))
        )
        self._writer = TableWriter(
            self._sink, self.table_id, role, columns, self._locale, [None] * len(columns)
        )
        if role in self._checked:
            self._reconciliation = Reconciliation()
        for part in self._parts:
            self._writer.part(part)
        waiting, self._waiting = self._waiting, []
        for row in waiting:
            self._write(self._writer, row)
        return self._writer

    def _type(self, at: int, name: str) -> FieldType:
        texts = [row.cells[at].text for row in self._waiting if row.cells[at].text]
        kinds = Counter(_kind(text) for text in texts)
        if not texts:
            return heads.TYPES.get(name, FieldType.TEXT)
        numbers = kinds[FieldType.MONEY] + kinds[FieldType.NUMBER]
        if name in heads.TYPES:
            known = heads.TYPES[name]
            figures = known in {FieldType.MONEY, FieldType.QUANTITY, FieldType.PERCENT}
            if not figures or numbers >= len(texts) / 2:
                return known
        if kinds[FieldType.DATE] >= _TYPED * len(texts):
            return FieldType.DATE
        if numbers >= _TYPED * len(texts):
            return FieldType.NUMBER
        return FieldType.TEXT

    def _write(self, writer: TableWriter, row: PrintedRow) -> None:
        values = writer.values(row)
        check = self._reconciliation
        if check is not None:
            kind = _sum_in(writer, row)
            if kind is not None:
                self._sum(check, writer, row, kind, values)
                return
            if not any(cell.text for cell in row.cells):
                return
        writer.write(row, values)
        if check is not None:
            self._check(check, writer, row, values)

    def _sum(
        self,
        check: Reconciliation,
        writer: TableWriter,
        row: PrintedRow,
        kind: SumKind,
        values: Sequence[Value | None],
    ) -> None:
        """Take in a row that is a sum of others."""
        amounts = [
            amount
            for column, value in zip(writer.columns, values, strict=True)
            if column.type is FieldType.MONEY and (amount := decimal_of(value)) is not None
        ]
        if writer.role is TableRole.LINE_ITEMS:
            if kind is not SumKind.CARRIED:
                check.totals += amounts
        elif kind in {SumKind.OPENING, SumKind.CLOSING}:
            balances = check.openings if kind is SumKind.OPENING else check.closings
            balances += [(row.page, amount) for amount in amounts[-1:]]

    def _check(
        self,
        check: Reconciliation,
        writer: TableWriter,
        row: PrintedRow,
        values: Sequence[Value | None],
    ) -> None:
        """Follow balances and numbers; a spreadsheet prints no sums of its own to check."""
        by_name: dict[str, Decimal] = {}
        number = None
        for column, cell, value in zip(writer.columns, row.cells, values, strict=True):
            if column.name == "position":
                number = position(cell.text)
            elif column.type is FieldType.MONEY and (amount := decimal_of(value)) is not None:
                by_name[column.name] = amount
        balance = by_name.pop("balance", None)
        moved = by_name.get("amount")
        if moved is None and by_name.keys() & {"debit", "credit"}:
            zero = type(next(iter(by_name.values())))(0)
            moved = by_name.get("credit", zero) - abs(by_name.get("debit", zero))
        check.row(row.page, moved, balance, number, by_name)
        width = heads.abreast([column.label for column in writer.columns])
        if width and any(cell.text for cell in row.cells[width:]):
            check.unread(row.page)  # two rows that were taken for one


def _sum_in(writer: TableWriter, row: PrintedRow) -> SumKind | None:
    """Return what a row sums up that has one text, no date or number of its own, and amounts."""
    texts = []
    amounts = 0
    for column, cell in zip(writer.columns, row.cells, strict=True):
        if not cell.text:
            continue
        if not is_figure(cell.text):
            texts.append(cell.text)
        elif column.name in _SUMMED:
            amounts += 1
        else:
            return None
    if len(texts) != 1 or not amounts or sums.is_charge(texts[0]):
        return None
    is_statement = writer.role is TableRole.TRANSACTIONS
    return (sums.kind_of_statement if is_statement else sums.kind)(texts[0])


def _texts(row: Sequence[PrintedCell]) -> list[str]:
    return [" ".join(cell.text.split()) for cell in row]


def _head(rows: Sequence[Sequence[PrintedCell]], roles: Sequence[TableRole]) -> list[list[str]]:
    """Return the texts of a grid's head: its first row, where no figure is and some below are."""
    if len(rows) < 2:
        return []
    first = _texts(rows[0])
    filled = [text for text in first if text]
    if len(filled) < 2 or any(_kind(text) is not FieldType.TEXT for text in filled):
        return []
    if any(
        _kind(text) is not FieldType.TEXT for row in rows[1:20] for text in _texts(row) if text
    ) or heads.role_of(first, roles):
        return [first]
    return []


def _labels(head: Sequence[Sequence[str]], columns: int) -> list[str]:
    if not head:
        return [""] * columns
    return [" ".join(row[at] for row in head if row[at]) for at in range(columns)]


def _kind(text: str) -> FieldType:
    if is_date(text):
        return FieldType.DATE
    if is_amount(text):
        return FieldType.MONEY
    return FieldType.NUMBER if is_figure(text) else FieldType.TEXT
