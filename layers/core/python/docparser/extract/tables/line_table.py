"""One table of line items or transactions, read line by line over the pages it goes over."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from docparser.extract.values import currency as currencies
from docparser.extract.values import typed
from docparser.model import Column, FieldType, RowCode, RowGap, TableRole

from . import sums
from .columns import Stripes, column_at
from .gathered_row import GatheredRow, Line, text_of
from .heads import TYPES, abreast
from .printed import (
    DATE,
    DAY,
    bare,
    has_amount,
    is_amount,
    is_date,
    is_figure,
    is_position,
    position,
)
from .reconciliation import MOST_GAPS, Reconciliation
from .rows import PrintedCell, PrintedRow, TableWriter, decimal_of, value_of
from .stated import is_count
from .sums import SumKind
from .witness import Spacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from docparser.extract.extractor import Locale
    from docparser.extract.view import PageView, Placed, Segment
    from docparser.model import DocumentTable, Value

    from .found import TableSink
    from .heads import HeadColumn

# A line of a row stands no further below the one before, in heights of the line.
_NEXT_LINE = 2.3

# A text so far below a table of items stands under it.
_APART = 3.5

# A row without a word, nothing but figures, stands no further below the one before.
_NEAR = 4.0

# A line that is broken over a page stands this close above the page's first row.
_CLOSE = 1.2
_MOST_BROKEN = 6

# Words that are parted by a column's edge, and yet by no more than a space, stay together.
_SPACE = 0.6

# Rows have a second date if so many of them do.
_SECOND_DATES = 0.6

# Totals that follow a table: so many amounts are looked at.
_MOST_TOTALS = 80

_MOVED = ("amount", "debit", "credit")
_ITEM_TOTALS = ("amount", "gross_amount")
_FIGURES = {FieldType.MONEY, FieldType.QUANTITY, FieldType.PERCENT, FieldType.NUMBER}
_SIDES = frozenset({"S", "H", "CR", "DR", "-", "+"})
_WHOLE = re.compile(
    r"(?:totals?|summen?|gesamt|total (?:des )?(?:op[ée]rations|mouvements)|umsatzsumme|total"
    r" (?:debits?|credits?)|summe (?:soll|haben|der ums[äa]tze))\W*",
    re.IGNORECASE,
)

_PAGE = re.compile(
    r"(?:page|seite|blatt|p\.|s\.) ?\d+(?: ?(?:of|von|sur|/) ?\d+)?\b", re.IGNORECASE
)


class LineTable:
    """A table under a head, or under none where its lines alone are columns.

    Parameters
    ----------
    sink, name, locale
        Where rows go, what names the table once it has one, and what ambiguous values are read by.
    role
        Line items or transactions.
    head
        Its columns, from left to right.
    latest
        No date without a year is later.
    """

    def __init__(
        self,
        sink: TableSink,
        name: Callable[[], str],
        locale: Locale,
        role: TableRole,
        head: Sequence[HeadColumn],
        latest: date | None = None,
    ) -> None:
        self.role = role
        self.names = tuple(column.name for column in head)
        self.reconciliation = Reconciliation()
        self.spacing = Spacing()
        self.ended = False
        self.closed = False
        self.unread: list[tuple[int, int | None]] = []
        self.seen: Counter[int] = Counter()
        self._merged: list[tuple[int, int | None]] = []
        self.last_page = 0
        self.starts: dict[int, int] = {}
        self._head = tuple(head)
        self._is_statement = role is TableRole.TRANSACTIONS
        self._sink = sink
        self._latest = latest
        self._name = name
        self._locale = locale
        self._started: TableWriter | None = None
        self._ended: DocumentTable | None = None
        self._stripes = Stripes()
        self._edges: list[float] = []
        self._pending: GatheredRow | None = None
        self._above = False
        self._days_once = False
        self._last_sum: SumKind | None = None
        self._totals_within: list[tuple[int, str, Decimal]] = []
        self._two_dates = False
        self._date: Value | None = None
        self._lead = self._place(("date", "value_date") if self._is_statement else ("position",))
        self._moved = frozenset(
            at
            for at, name in enumerate(self.names)
            if name in (_MOVED if self._is_statement else _ITEM_TOTALS)
        ) or frozenset(at for at, name in enumerate(self.names) if name == "unit_price")
        self._has_sides = "amount" not in self.names and bool({"debit", "credit"} & {*self.names})
        self._has_sides = self._has_sides and self._is_statement
        self._balance = self._place(("balance",))
        self._figures = frozenset(
            at for at, name in enumerate(self.names) if TYPES.get(name) in _FIGURES
        )
        self._priced = frozenset(
            at for at, name in enumerate(self.names) if name in {"quantity", "unit_price"}
        )
        self._text = self._place(("description",))
        self._abreast = abreast([column.label for column in head])

    @property
    def _writer(self) -> TableWriter:
        """What takes the rows: a head without any makes no table."""
        if self._started is None:
            columns = [
                Column(
                    name=column.name,
                    label=column.label,
                    type=TYPES.get(column.name, FieldType.TEXT),
                )
                for column in self._head
            ]
            currencies_of = [_currency(column.label, self._locale) for column in self._head]
            if self._has_sides:
                # What moves the balance, with its sign, from two columns without one.
                columns.append(Column(name="amount", type=FieldType.MONEY))
                currencies_of.append(None)
            self._started = TableWriter(
                self._sink,
                self._name(),
                self.role,
                tuple(columns),
                self._locale,
                currencies_of,
            )
            self._started.latest = self._latest
        return self._started

    @property
    def has_head(self) -> bool:
        """Whether its columns are named by a head, and not by what stands in them."""
        return any(column.label for column in self._head)

    @property
    def table_id(self) -> str:
        """What the table is called."""
        return self._writer.table_id

    @property
    def next_row(self) -> int:
        """The number of the last row that has begun."""
        written = self._started.rows if self._started else 0
        return written + (self._pending is not None)

    def part(self, table_id: str) -> None:
        """Note a page's table whose rows are among these."""
        if self._started is not None or self._pending is not None:
            self._writer.part(table_id)

    def read(self, view: PageView, rows: Sequence[int], *, under_head: bool) -> set[int]:
        """Read the rows of a page that may be the table's, and return those that were.

        Parameters
        ----------
        view, rows
            The page, and its rows under the head, or all of them where it has no head again.
        under_head
            Whether a head stands above them on this page.
        """
        self.starts = {}
        if under_head and rows:
            self.spacing.head(view.number, view.rows[rows[0] - 1])
        for row in self._tabular(view, rows):
            self._stripes.add([word for segment in row for word in segment.words])
        self._edges = self._stripes.parted(self._head)
        if self._is_statement and self._started is None and self._pending is None:
            self._learn([self._line(view.rows[at]) for at in rows])
        taken: set[int] = set()
        last: Sequence[Segment] | None = None
        for at in rows:
            row = view.rows[at]
            line = self._line(row)
            if _PAGE.match(row[0].text):
                continue
            if not under_head and not taken:
                if not self._is_anchor(line) and not self._goes_on_with_day(row, line):
                    continue
                taken |= self._broken(view, at)
            if self._take(view, at, line, last):
                taken.add(at)
                last = row
                self.last_page = view.number
            if self.ended:
                break
        return taken

    def _learn(self, lines: Sequence[Line]) -> None:
        """Learn whether rows have a second date, that of the value, in their second line."""
        led = [bool(line.figures & self._moved) for line in lines if line.leads]
        moved = sum(led)
        self._two_dates = moved > 1 and len(led) - moved >= _SECOND_DATES * moved

    def _tabular(self, view: PageView, rows: Sequence[int]) -> Iterator[Sequence[Segment]]:
        """Yield the lines that show where columns are: those with figures, down to a text."""
        above: Sequence[Segment] | None = None
        for at in rows:
            row = view.rows[at]
            has_figures = len(row) > 1 and any(is_figure(segment.text) for segment in row)
            if has_figures:
                yield row
            elif above is not None and not self._is_statement and _space(above, row) > _APART:
                return
            above = row

    def totals(self, amounts: Sequence[Decimal]) -> None:
        """Note amounts that stand below the table."""
        room = _MOST_TOTALS - len(self.reconciliation.totals)
        self.reconciliation.totals += amounts[: max(room, 0)]

    def end(self) -> DocumentTable | None:
        """End the table; return what it is, or None if it has no row."""
        self.flush()
        if self._started is None:
            return None
        self._ended = self._started.end()
        return self._ended

    def gaps(self) -> list[RowGap]:
        """Return where rows of a table that has ended are missing."""
        table, check = self._ended, self.reconciliation
        if table is None or self._started is None:
            return []
        gaps = check.gaps(table.id, table.first_page)
        if check.rows != table.rows:
            gaps.append(
                RowGap(
                    table=table.id,
                    code=RowCode.COUNT_DIFFERS,
                    page=table.first_page,
                    expected=check.rows,
                    found=table.rows,
                )
            )
        # Where sums or balances vouch for the rows, lines that look like some are none.
        unread: Sequence[tuple[int, int | None]] = []
        if gaps or not check.vouched:
            unread = self.unread or self._fewer(self._started)
        if not check.vouched:
            unread = unread or self.spacing.holes()
        unread = [*unread, *self._merged[:MOST_GAPS]]
        gaps += [
            RowGap(table=table.id, code=RowCode.ROW_UNREAD, page=page, row=row)
            for page, row in unread
        ]
        return gaps

    def _fewer(self, writer: TableWriter) -> list[tuple[int, int | None]]:
        """Return the pages on which more lines look like rows than there are rows."""
        return [(page, None) for page, count in self.seen.items() if count > writer.by_page[page]]

    def flush(self) -> None:
        """Write the row whose lines have all come."""
        row, self._pending = self._pending, None
        if row is None or (row.lines and not row.filled and self._lead is None):
            return
        printed = row.printed()
        self._with_side(printed)
        if self._has_sides:
            printed.cells.append(PrintedCell(""))
        values = self._writer.values(printed)
        self._with_date(values)
        amounts = {
            self.names[at]: amount
            for at in self._moved
            if (amount := decimal_of(values[at])) is not None
        }
        moved = self._amount(amounts)
        if self._has_sides and moved is not None:
            sides = (values[at] for at in self._moved if values[at])
            values[-1] = _signed(moved, next(sides))
        balance = None if self._balance is None else decimal_of(values[self._balance])
        place = self._place(("position",))
        number = None if place is None else position(printed.cells[place].text)
        self._writer.write(printed, values)
        self.reconciliation.row(row.page, moved, balance, number, amounts)
        if moved is None and (self._is_statement or len(row.filled) > 1):
            self.reconciliation.unread(row.page)
        beside = self._abreast and any(cell.text for cell in printed.cells[self._abreast :])
        both = self._has_sides and all(amounts.get(side) for side in ("debit", "credit"))
        if len(self._merged) < MOST_GAPS and (beside or both):
            # Two rows that were taken for one: what moves money goes one way.
            self._merged.append((row.page, self._writer.rows))

    def _money(self, text: str) -> Decimal | None:
        return decimal_of(value_of(FieldType.MONEY, text, self._locale))

    def _amount(self, amounts: Mapping[str, Decimal]) -> Decimal | None:
        """Return what a row moves, with its sign."""
        if not amounts:
            return None
        if not self._is_statement:
            return next(amounts[name] for name in (*_ITEM_TOTALS, *amounts) if name in amounts)
        if "amount" in amounts:
            return amounts["amount"]
        zero = type(next(iter(amounts.values())))(0)
        return amounts.get("credit", zero) - abs(amounts.get("debit", zero))

    def _with_side(self, row: PrintedRow) -> None:
        """Give an amount the S, H, CR or DR that stands in a column of its own."""
        for cell, name in zip(row.cells, self.names, strict=True):
            if name in TYPES or cell.text not in _SIDES:
                continue
            amount = next((row.cells[at] for at in self._moved if row.cells[at].text), None)
            if amount is not None:
                amount.text = f"{amount.text} {cell.text}"
                cell.text = ""

    def _with_date(self, values: list[Value | None]) -> None:
        """Give a row the date of the rows above, where it is printed once for all of them."""
        if not self._is_statement or self._lead is None:
            return
        self._date = values[self._lead] or self._date
        values[self._lead] = self._date

    def _place(self, names: Sequence[str]) -> int | None:
        return next((self.names.index(name) for name in names if name in self.names), None)

    def _line(self, row: Sequence[Segment]) -> Line:
        """Return a printed line as cells; prose without a figure of the table stays together."""
        segments = [part for segment in row if (part := _inked(segment.words))]
        line = self._cells([part for words in segments for part in self._parts(words)])
        if line.leads or line.figures:
            return line
        return self._cells(segments)

    def _cells(self, parts: Sequence[list[Placed]]) -> Line:
        cells: dict[int, list[Placed]] = {}
        for part in parts:
            at = column_at(self._edges, (part[0].left + part[-1].right) / 2)
            if len(part) > 1 and not is_figure(text_of(part)):
                at = column_at(self._edges, part[0].left + 1)
            cells.setdefault(at, []).extend(part)
        texts = {at: bare(text_of(words)) for at, words in cells.items()}
        figures = frozenset(
            at for at, text in texts.items() if at in self._figures and is_figure(text)
        )
        lead = "" if self._lead is None else texts.get(self._lead, "")
        if not self._is_statement:
            leads = is_position(lead)
        else:
            # Where heads touch each other, a description may stand in the column of dates.
            leads = (
                is_date(lead)
                or DAY.fullmatch(lead) is not None
                or (DATE.match(lead) is not None and bool(figures & self._moved))
            )
        return Line(cells, texts, figures, leads)

    def _parts(self, words: Sequence[Placed]) -> list[list[Placed]]:
        """Return the words of a segment, parted where a column's edge really parts them."""
        parts: list[list[Placed]] = []
        column = -1
        for word in words:
            here = column_at(self._edges, (word.left + word.right) / 2)
            if here == column:
                parts[-1].append(word)
            else:
                parts.append([word])
                column = here
        joined = parts[:1]
        for part in parts[1:]:
            before = joined[-1]
            gap = part[0].left - before[-1].right
            text = text_of(before)
            if (
                gap > _SPACE * (part[0].bottom - part[0].top)
                or is_figure(text_of(part))
                or is_date(text)
                or (len(before) == 1 and is_position(text))
            ):
                joined.append(part)
            else:
                before.extend(part)
        return joined

    def _is_anchor(self, line: Line) -> bool:
        """Whether a line alone shows that it begins a row of this table."""
        if not line.figures & self._moved:
            return False
        if self._lead is not None:
            return line.leads
        return len(line.figures) > 1

    def _take(self, view: PageView, at: int, line: Line, last: Sequence[Segment] | None) -> bool:
        """Take a line in, if it is one of the table's."""
        row = view.rows[at]
        if self._is_sum(row, line):
            self.flush()
            self._sum(view.number, row, line)
            self.spacing.interrupted()
            return True
        if self._begins(line, near=last is not None and _space(last, row) <= _NEAR):
            self.flush()
            self._days_once = self._days_once or (self._is_statement and not line.leads)
            self._last_sum = None
            for page, name, amount in self._totals_within:
                # It may be a row whose name begins like a sum.
                self.reconciliation.carried(page, name, amount)
            self._totals_within.clear()
            self._pending = GatheredRow(view, len(self.names), self._text)
            self.starts[at] = self.next_row
            self.spacing.row(view.number, self.next_row, row)
            self.closed = False
        elif not self._goes_on(row, line, last):
            return False
        else:
            self.spacing.line(row)
        if self._pending is None:
            return False
        self._pending.add(view.number, line)
        return True

    def _begins(self, line: Line, *, near: bool) -> bool:
        """Whether a line is the first of a row; ``near`` if it follows another line closely."""
        pending = self._pending
        if line.leads and self._two_dates and not line.figures & self._moved:
            return pending is None or not pending.filled & self._moved
        if line.leads:
            # A position in the middle of its cell's height comes after the row's first line.
            return not (pending and not line.figures and pending.lacks(self._lead))
        if self._lead is None and not self._is_statement and not line.figures:
            return self._begins_above(line)
        if not line.figures or not (self._is_statement or near or self._has_words(line)):
            return False
        if pending is None:
            return bool(line.figures & self._moved) and (
                self._lead is None
                or (
                    self._goes_on_after_sum(line, near=near)
                    if self._is_statement
                    else not self.next_row
                )
            )
        again = line.figures & pending.filled
        if self._is_statement and not all(is_amount(line.texts[at]) for at in again & self._moved):
            return False
        if self._is_statement or self._lead is None:
            return bool(again & self._moved)
        return (
            near and bool(again & self._priced) and len(again) > (1 if again & self._moved else 2)
        )

    def _goes_on_after_sum(self, line: Line, *, near: bool) -> bool:
        """Whether a line without a date belongs to the day that a sum, or a page's end, parts."""
        if not self.next_row or self._date is None or self.closed:
            return False
        if not all(is_amount(line.texts[at]) for at in line.figures & self._moved):
            return False
        is_carried = self._last_sum is SumKind.CARRIED
        return self._has_words(line) and (is_carried or (near and self._days_once))

    def _goes_on_with_day(self, row: Sequence[Segment], line: Line) -> bool:
        """Whether a page whose head is not repeated begins with more of a day, or a carried sum."""
        if not self._is_statement or not self.next_row or not line.figures & self._moved:
            return False
        if sums.kind_of_statement(self._label(row)) is SumKind.CARRIED:
            return True
        return self._days_once and self._begins(line, near=True)

    def _begins_above(self, line: Line) -> bool:
        """Whether a text begins an item whose figures stand in the last of its lines."""
        if self._pending is None:
            self._above = self.next_row == 0 and set(line.texts) == {self._text}
            return self._above
        return self._above and bool(self._pending.filled & self._moved)

    def _has_words(self, line: Line) -> bool:
        return any(
            any(map(str.isalpha, text))
            for at, text in line.texts.items()
            if at not in self._figures
        )

    def _goes_on(self, row: Sequence[Segment], line: Line, last: Sequence[Segment] | None) -> bool:
        """Whether a line belongs to the row above it, as its description goes on."""
        if self._pending is None or is_count(" ".join(segment.text for segment in row)):
            return False
        if last is None:
            return True
        if _space(last, row) > _NEXT_LINE:
            return False
        height = row[0].bottom - row[0].top
        return row[0].left >= self._head[0].left - 2 * height or bool(line.figures)

    def _broken(self, view: PageView, at: int) -> set[int]:
        """Take in the lines above a page's first row that end the last row of the page before."""
        if self._pending is None or self._text is None:
            return set()
        lines: list[tuple[int, Line]] = []
        below = view.rows[at]
        for above in range(at - 1, max(at - 1 - _MOST_BROKEN, -1), -1):
            row = view.rows[above]
            line = self._line(row)
            height = row[0].bottom - row[0].top
            near = below[0].top - row[0].bottom <= _CLOSE * height
            if not near or set(line.texts) != {self._text}:
                break
            lines.append((above, line))
            below = row
        if len(lines) == _MOST_BROKEN:
            return set()  # a text, and no end of a row
        for _, line in reversed(lines):
            self._pending.add(view.number, line)
        return {above for above, _ in lines}

    def _is_sum(self, row: Sequence[Segment], line: Line) -> bool:
        """Whether a line is a sum and no row."""
        money = line.figures
        if not self._is_statement:
            if line.leads or money - self._moved:
                return False
            if money:
                return any(sums.kind(segment.text) for segment in row)
            return sums.kind(row[0].text) is not None and has_amount(row[0].text)
        if money:
            kind = sums.kind_of_statement(self._label(row))
            if kind is None:
                return False
            if not line.leads:
                return True
            is_moved = bool(money & self._moved)
            return kind is not SumKind.TOTAL and not (
                is_moved
                and (self._balance in money or (self._balance is None and kind is SumKind.CARRIED))
            )
        return False

    def _label(self, row: Sequence[Segment]) -> str:
        """Return the words of a line, without the date before them."""
        words = [word.text for segment in row for word in segment.words]
        while words and (is_date(words[0]) or is_figure(words[0])):
            del words[0]
        return " ".join(words)

    def _sum(self, page: int, row: Sequence[Segment], line: Line) -> None:
        """Take in a sum: what is carried, a balance, or the total that ends the table."""
        label = self._label(row)
        kind = sums.kind(label) or SumKind.TOTAL
        self._last_sum = kind
        amounts = {
            self.names[at]: amount
            for at in sorted(line.figures)
            if (amount := self._money(line.texts[at])) is not None
        }
        if self._is_statement:
            self._balance_line(page, kind, label, amounts)
        elif kind is not SumKind.CARRIED:
            self.ended = True
        else:
            for name in _ITEM_TOTALS:
                if name in amounts:
                    self.reconciliation.carried(page, name, amounts[name])

    def _balance_line(
        self, page: int, kind: SumKind, label: str, amounts: Mapping[str, Decimal]
    ) -> None:
        """Take in a line of a statement that is no transaction."""
        check = self.reconciliation
        balance = amounts.get("balance")
        if balance is None:
            balance = self._amount({k: v for k, v in amounts.items() if k in _MOVED})
        if balance is None:
            return
        if kind is SumKind.OPENING or (check.rows == 0 and kind is not SumKind.TOTAL):
            check.openings.append((page, balance))
        elif kind is SumKind.CLOSING:
            check.closings.append((page, balance))
            self.closed = True
        elif kind is SumKind.BALANCE:
            check.balances.append((page, balance))
        elif kind is SumKind.CARRIED or _WHOLE.match(label):
            for name, amount in amounts.items():
                check.carried(page, name, amount)
        elif self._balance is None:
            self._totals_within += [(page, name, amount) for name, amount in amounts.items()]


def _signed(amount: Decimal, like: Value | None) -> Value:
    """Return an amount as it is stored, in the currency of another."""
    stored = {"amount": typed.decimal_text(amount)}
    if isinstance(like, dict) and "currency" in like:
        stored["currency"] = like["currency"]
    return stored


def _space(above: Sequence[Segment], below: Sequence[Segment]) -> float:
    """Return the space between two lines, in heights of the lower one."""
    space = min(segment.top for segment in below) - max(segment.bottom for segment in above)
    return space / max(max(segment.bottom - segment.top for segment in below), 1.0)


def _inked(words: Sequence[Placed]) -> list[Placed]:
    """Return words without those that draw a rule: ``-----``; a minus behind a figure is none."""
    kept: list[Placed] = []
    for word in words:
        is_sign = word.text == "-" and bool(kept) and kept[-1].text[-1].isdigit()
        if is_sign or word.text.strip("-_=.*|"):
            kept.append(word)
    return kept


def _currency(label: str, locale: Locale) -> str | None:
    """Return the currency that a head states: "Betrag in EUR"."""
    for word in re.findall(r"[A-Z]{3}(?![a-z])|[€$£¥]", label):
        code = currencies.parse(word, locale)
        if code:
            return code
    return None
