"""Reads the tables of a document, page by page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.extract.values import dates, money
from docparser.model import LaneReason, PageStatus, RowCode, RowGap, TableRole

from . import heads, stated, sums
from .columns import Stripes
from .found import TablesFound
from .grid_table import GridTable, grid
from .heads import HeadColumn
from .line_table import LineTable
from .printed import has_amount, is_amount, is_date
from .reconciliation import MOST_GAPS
from .sums import SumKind
from .witness import row_like

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Segment
    from docparser.model import DocumentTable, Page, Table
    from docparser.model.type_schema import TypeSchema

    from .found import TableSink

_LINE_ROLES = (TableRole.LINE_ITEMS, TableRole.TRANSACTIONS)

# Rows that begin with a date and have an amount make a table without a head if there are so many;
# fewer do so where each ends with its amount, a text before it.
_LEAST_ROWS = 3

# Columns without a head are this far apart at least, in heights of a line.
_RIVER = 0.45

# A page's table is one of lines if so much of it is.
_COVERED = 0.3

# Dates of a statement stand in so many lines above its table.
_LETTERHEAD = 60

MOST_TABLES = 500
"""More tables of one document are no tables: their words stay on their pages."""

_FIGURE = re.compile(r"\d[.,]\d{2}(?!\d)")


class TableReader:
    """Takes pages in their order and hands rows on as they are known.

    Parameters
    ----------
    schema
        What the document's type knows of its tables; None where it has no schema, and tables are
        only what the pages' grids are.
    locale
        What ambiguous dates and numbers are read by.
    sink
        Takes the rows.
    """

    def __init__(self, schema: TypeSchema | None, locale: Locale, sink: TableSink) -> None:
        wanted = {rule.role for rule in schema.tables} if schema is not None else set()
        self._roles = tuple(role for role in _LINE_ROLES if role in wanted)
        self._grid_roles = (*(self._roles if schema is not None else _LINE_ROLES), TableRole.TAXES)
        self._locale = locale
        self._sink = sink
        self._begun = 0
        self._tables: list[DocumentTable] = []
        self._gaps: list[RowGap] = []
        self._lines: LineTable | None = None
        self._ended: list[LineTable] = []
        self._grids: list[GridTable] = []
        self._missing: list[int] = []
        self._page = 0
        self._latest: date | None = None
        self._counts: list[int] = []
        self._balances: list[stated.StatedBalance] = []

    def read(self, page: Page, view: PageView) -> None:
        """Take one page in, and the same page as rows of segments."""
        missing = range(self._page + 1, page.number) if self._page else range(0)
        self._missing += [*missing][:MOST_GAPS]
        self._page = page.number
        if page.status is not PageStatus.OK:
            self._missing.append(page.number)
            return
        virtual = page.lane_reason is LaneReason.TEXT_INPUT
        taken: dict[int, LineTable] = {}
        if self._roles and not virtual:
            taken = self._read_lines(view)
        self._read_grids(page, view, taken, virtual=virtual)

    def finish(self) -> TablesFound:
        """End all tables and return what was found; nothing may be read after it."""
        if self._lines is not None:
            self._end(self._lines)
            self._ended.append(self._lines)
        self._states(self._ended)
        for lines in self._ended:
            self._gaps += lines.gaps()
        for table in self._grids:
            self._end(table)
            self._gaps += table.gaps()
        self._ended, self._grids, self._lines = [], [], None
        return TablesFound(
            tuple(sorted(self._tables, key=lambda table: table.id)),
            tuple(sorted(self._gaps, key=lambda gap: (gap.table, gap.page))[:MOST_GAPS]),
        )

    def _name(self) -> str:
        self._begun += 1
        return f"t{self._begun:04d}"

    def _end(self, table: LineTable | GridTable) -> None:
        """End a table, whose files are open until then; what is stated of it may come later."""
        ended = table.end()
        if ended is not None:
            self._tables.append(ended)

    # Lines

    def _read_lines(self, view: PageView) -> dict[int, LineTable]:
        """Read the tables of lines on a page; return which of its rows are whose."""
        found = heads.find(view, (*self._roles, TableRole.TAXES))
        taken: dict[int, LineTable] = {}
        in_heads = {at for head in found for at in range(head.first, head.last + 1)}
        above = range(found[0].first if found else len(view.rows))
        if self._latest is None and self._lines is None:
            self._latest = _latest(view, above, self._locale)
        self._before_heads(view, above, taken)
        ends = [head.first for head in found[1:]] + [len(view.rows)]
        for head, end in zip(found, ends, strict=bool(found)):
            rows = range(head.last + 1, end)
            if head.role is TableRole.TAXES:
                self._totals(view, rows)
                continue
            table = self._under(head)
            self._take(view, table, rows, taken, under_head=True)
            if head.role is TableRole.TRANSACTIONS and not table.starts:
                self._without_head(view, rows, taken)
        rest = [at for at in range(len(view.rows)) if at not in taken and at not in in_heads]
        self._note_stated(view, rest)
        return taken

    def _before_heads(self, view: PageView, rows: range, taken: dict[int, LineTable]) -> None:
        """Read what stands above the first head: more of an open table, or one without a head."""
        table = self._lines
        if table is not None and not table.ended:
            self._take(view, table, rows, taken, under_head=False)
            return
        if table is not None:
            self._totals(view, rows)
        if table is None and TableRole.TRANSACTIONS in self._roles:
            self._without_head(view, rows, taken)

    def _without_head(self, view: PageView, rows: range, taken: dict[int, LineTable]) -> None:
        """Read transactions that stand under no head, or under one that nobody understands."""
        columns = _columns_of(view, rows)
        if columns:
            table = self._new(TableRole.TRANSACTIONS, columns)
            self._take(view, table, rows, taken, under_head=False)

    def _under(self, head: heads.Head) -> LineTable:
        """Return the table of a head: the open one that has the same, or a new one."""
        table = self._lines
        names = tuple(column.name for column in head.columns)
        if (
            table is not None
            and not table.ended
            and not table.closed
            and table.role is head.role
            and table.names == names
        ):
            return table
        return self._new(head.role, head.columns)

    def _new(self, role: TableRole, columns: Sequence[HeadColumn]) -> LineTable:
        if self._lines is not None:
            self._end(self._lines)
            self._ended.append(self._lines)
        self._lines = LineTable(self._sink, self._name, self._locale, role, columns, self._latest)
        return self._lines

    def _take(
        self,
        view: PageView,
        table: LineTable,
        rows: range,
        taken: dict[int, LineTable],
        *,
        under_head: bool,
    ) -> None:
        before = table.next_row
        own = table.read(view, rows, under_head=under_head)
        taken.update(dict.fromkeys(own, table))
        if own and self._missing:
            if before:
                self._page_gaps(table, before)
            self._missing = []
        self._unread(view, table, rows, own, before)
        if table.role is TableRole.LINE_ITEMS and own:
            # The line that ends the table is the first of its sums.
            last = max(own) + (not table.ended)
            self._totals(view, range(last, rows.stop))

    def _page_gaps(self, table: LineTable, row: int) -> None:
        """Note the pages that are missing in the middle of a table."""
        for page in self._missing:
            self._gap(RowGap(table=table.table_id, code=RowCode.PAGE_MISSING, page=page, row=row))

    def _unread(
        self, view: PageView, table: LineTable, rows: range, own: set[int], before: int
    ) -> None:
        """Count the lines that look like rows; those that began none are missing."""
        within = rows
        if table.role is TableRole.LINE_ITEMS:
            within = range(min(own, default=0), max(own, default=-1) + 1)
        seen = row_like(view, table.role, within)
        begun = table.starts
        table.seen[view.number] += len(seen)
        if len(seen) <= len(begun):
            return
        for at in seen:
            if at not in begun:
                row = max((n for start, n in begun.items() if start < at), default=before)
                if len(table.unread) < MOST_GAPS:
                    table.unread.append((view.number, row))

    def _gap(self, gap: RowGap) -> None:
        if len(self._gaps) < MOST_GAPS:
            self._gaps.append(gap)

    def _totals(self, view: PageView, rows: range) -> None:
        """Note the amounts below the items, one of which is their sum."""
        table = self._lines
        if table is None or table.role is not TableRole.LINE_ITEMS:
            return
        amounts: list[Decimal] = []
        for at in rows:
            for segment in view.rows[at]:
                if _FIGURE.search(segment.text):
                    found = money.find(segment.text, self._locale)
                    amounts += [amount.amount for _, _, amount in found]
        table.totals(amounts)

    def _note_stated(self, view: PageView, rows: Sequence[int]) -> None:
        if TableRole.TRANSACTIONS in self._roles:
            room = MOST_GAPS - len(self._balances)
            self._balances += [*stated.balances(view, self._locale, rows)][: max(room, 0)]
        for at in rows:
            texts = [segment.text for segment in view.rows[at]]
            for text in {*texts, " ".join(texts)}:
                if len(self._counts) < MOST_GAPS and stated.is_count(text):
                    self._counts += stated.counts(text)

    def _states(self, tables: Sequence[LineTable]) -> None:
        """Give tables what the document states of them, outside of their own lines."""
        moving = [table for table in tables if table.role is TableRole.TRANSACTIONS]
        # A line or two under no head may be none of the statement's own rows.
        statements = [
            table for table in moving if table.has_head or table.reconciliation.rows >= _LEAST_ROWS
        ] or moving
        for table in statements:
            check = table.reconciliation
            for balance in self._balances:
                entry = (balance.page, balance.amount)
                if balance.kind is SumKind.OPENING:
                    check.openings.append(entry)
                elif balance.kind is SumKind.CLOSING:
                    check.closings.append(entry)
                else:
                    check.balances.append(entry)
        counted = statements or [*tables]
        if len(counted) == 1:
            counted[0].reconciliation.counts += self._counts

    # Grids

    def _read_grids(
        self, page: Page, view: PageView, taken: dict[int, LineTable], *, virtual: bool
    ) -> None:
        """Join the page's tables with those of the page before that go on."""
        open_before = [table for table in self._grids if table.last_page == page.number - 1]
        for index, each in enumerate(page.tables):
            owner = _owner(each, page, view, taken)
            if owner is not None:
                owner.part(each.id)
                continue
            part = grid(each, page.number)
            if virtual:
                first = not index and page.blocks and page.blocks[0].kind == "table"
                candidates = open_before[-1:] if first else []
            else:
                candidates = open_before
            table = next((t for t in candidates if t.goes_on(part, virtual=virtual)), None)
            if table is not None:
                open_before.remove(table)
                table.extend(part)
            elif self._begun < MOST_TABLES:
                self._grids.append(
                    GridTable(
                        self._sink,
                        self._name(),
                        self._locale,
                        part,
                        self._grid_roles,
                        checked=self._roles,
                    )
                )
        for table in [t for t in self._grids if t.last_page < page.number]:
            self._grids.remove(table)
            self._end(table)
            self._gaps += table.gaps()[: MOST_GAPS - len(self._gaps)]


def _latest(view: PageView, rows: range, locale: Locale) -> date | None:
    """Return the latest date above a table: the end of the time that it is for.

    Where an opening balance alone has a date, a table's days are those of the year after it.
    """
    days: list[date] = []
    opened: list[date] = []
    for at in rows[:_LETTERHEAD]:
        said = sums.kind_of_statement(" ".join(segment.text for segment in view.rows[at]))
        dated = opened if said is SumKind.OPENING else days
        for segment in view.rows[at]:
            if any(map(str.isdigit, segment.text)):
                dated += [day for _, _, day in dates.find(segment.text, locale)]
    if days:
        return max(days)
    return max(opened) + timedelta(days=364) if opened else None


def _owner(
    table: Table, page: Page, view: PageView, taken: dict[int, LineTable]
) -> LineTable | None:
    """Return the table of lines that a page's grid is a part of."""
    if not taken:
        return None
    top = table.polygon[0][1] * page.height_pt
    bottom = table.polygon[2][1] * page.height_pt
    inside = [
        at for at, row in enumerate(view.rows) if top <= (row[0].top + row[0].bottom) / 2 <= bottom
    ]
    owners = [taken[at] for at in inside if at in taken]
    return owners[0] if owners and len(owners) >= _COVERED * len(inside) else None


def _columns_of(view: PageView, within: range) -> list[HeadColumn]:
    """Return the columns of rows that begin with a date and have an amount, if there are some."""
    rows = row_like(view, TableRole.TRANSACTIONS, within)
    if not rows or (len(rows) < _LEAST_ROWS and not all(_is_plain(view.rows[at]) for at in rows)):
        return []
    stripes = Stripes()
    lines = [[word for segment in view.rows[at] for word in segment.words] for at in rows]
    for line in lines:
        stripes.add(line)
    rivers = stripes.rivers(_RIVER * view.height)
    edges = [min(line[0].left for line in lines), *rivers]
    edges.append(max(line[-1].right for line in lines) + 1)
    columns: list[HeadColumn] = []
    amounts: list[int] = []
    for at in range(len(edges) - 1):
        cells = [
            " ".join(w.text for w in line if edges[at] <= (w.left + w.right) / 2 < edges[at + 1])
            for line in lines
        ]
        filled = [cell for cell in cells if cell]
        name = _name_of(filled, {column.name for column in columns}, at)
        if name == "amount":
            amounts.append(at)
        columns.append(HeadColumn(name, "", edges[at], edges[at + 1] - 1))
    if not amounts:
        return []
    named = []
    for at, column in enumerate(columns):
        name = column.name
        if at in amounts:
            name = (
                ("amount", "balance")[amounts.index(at)]
                if len(amounts) < 3
                else ("debit", "credit", "balance", *(f"column_{n + 1}" for n in amounts[3:]))[
                    amounts.index(at)
                ]
            )
        named.append(HeadColumn(name, "", column.left, column.right))
    return named


def _is_plain(row: Sequence[Segment]) -> bool:
    """Whether a line that begins with a date ends with an amount, and says in between for what."""
    between = [word.text for segment in row[:-1] for word in segment.words][1:]
    return is_amount(row[-1].text) and any(len(text) > 1 and text.isalpha() for text in between)


def _name_of(cells: Sequence[str], taken: set[str], at: int) -> str:
    count = max(len(cells), 1)
    if sum(map(is_date, cells)) > count / 2:
        return "date" if "date" not in taken else "value_date"
    if sum(1 for cell in cells if is_amount(cell)) > count / 2:
        return "amount"
    if "description" not in taken and not any(map(has_amount, cells)) and "date" in taken:
        return "description"
    return f"column_{at + 1}"
