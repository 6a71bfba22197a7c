"""Whether all rows of a table came out: balances, sums, counts and numbers tell without them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from docparser.model import RowCode, RowGap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Differs(Protocol):
        """Takes what does not agree: how it shows, on which page, after which row."""

        def __call__(self, code: RowCode, page: int, row: int | None = None) -> None:
            """Take one place."""
            ...


MOST_GAPS = 100
"""More gaps of one document have one cause, and a record has room for no list of them."""

# A balance column of which more than this share does not add up is none of these amounts.
_UNRELATED = 0.5

# So many rows in their order show which step the numbers of a table have.
_NUMBERED = 0.8
_FEW_NUMBERED = 0.5


@dataclass(slots=True)
class _Step:
    """One way to read a balance column: which order, and whether amounts have their signs."""

    newest_first: bool
    signed: bool
    checked: int = 0
    breaks: list[tuple[int, int]] = field(default_factory=list)
    broken: int = 0

    def check(self, holds: bool, page: int, row: int) -> None:
        self.checked += 1
        if not holds:
            self.broken += 1
            if len(self.breaks) < MOST_GAPS:
                self.breaks.append((page, row))


@dataclass(frozen=True, slots=True)
class _Carried:
    """A sum as it is printed after a row, and what the rows sum to.

    ``whole`` and ``of_page`` are sums of its column, ``moved`` is that of all amounts.
    """

    column: str
    page: int
    row: int
    amount: Decimal
    whole: Decimal
    of_page: Decimal
    moved: Decimal


class Reconciliation:
    """Adds up one table as its rows come, and says at the end what does not agree.

    Amounts count with their sign: what is taken from an account is negative.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._sum = Decimal(0)
        self._readable = 0
        self._steps = [
            _Step(newest, signed) for signed in (True, False) for newest in (False, True)
        ]
        self._first: tuple[int, Decimal, Decimal] | None = None
        self._last: tuple[int, Decimal, Decimal] | None = None
        self._since = Decimal(0)
        self._moved_last = Decimal(0)
        self._carried: list[_Carried] = []
        self._sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._page_sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._page = 0
        self._numbers: list[tuple[int, int, int]] = []
        self._last_number: int | None = None
        self._increments: Counter[int] = Counter()
        self._first_number: tuple[int, int] | None = None
        self._unread: list[tuple[int, int]] = []
        self.openings: list[tuple[int, Decimal]] = []
        self.closings: list[tuple[int, Decimal]] = []
        self.balances: list[tuple[int, Decimal]] = []
        self.vouched = False
        self._adds_up = False
        self.counts: list[int] = []
        self.totals: list[Decimal] = []

    @property
    def rows(self) -> int:
        """How many rows there were so far."""
        return self._rows

    def row(
        self,
        page: int,
        amount: Decimal | None,
        balance: Decimal | None,
        number: int | None,
        columns: Mapping[str, Decimal],
    ) -> None:
        """Take a row in.

        Parameters
        ----------
        page
            Where it begins.
        amount, balance, number
            What it moves, the balance after it, and its own number, where it has them.
        columns
            The amounts of its columns, as they are printed.
        """
        self._rows += 1
        if page != self._page:
            self._page = page
            self._page_sums.clear()
        for name, each in columns.items():
            self._sums[name] += each
            self._page_sums[name] += each
        if amount is not None:
            self._readable += 1
            self._sum += amount
            self._since += amount
            self._moved_last = amount
        if balance is not None:
            self._balance(page, balance)
        if number is not None:
            self._number(page, number)

    def unread(self, page: int) -> None:
        """Note that the row just taken in has no amount that could be read."""
        if len(self._unread) < MOST_GAPS:
            self._unread.append((page, self._rows))

    def carried(self, page: int, column: str, amount: Decimal) -> None:
        """Take in a sum of a column that is carried over, as it is printed after the last row."""
        if len(self._carried) >= 2 * MOST_GAPS:
            return
        if column == "balance":
            whole, of_page = self._sum, Decimal(0)
        else:
            whole, of_page = self._sums[column], self._page_sums[column]
        carried = _Carried(column, page, self._rows, amount, whole, of_page, self._sum)
        self._carried.append(carried)

    def _balance(self, page: int, balance: Decimal) -> None:
        if self._last is not None:
            _, before, _ = self._last
            moved = self._since
            # Newest first, the amount between two balances is the one above.
            held = self._last[2] + moved - self._moved_last
            for step in self._steps:
                difference = before - balance if step.newest_first else balance - before
                amount = held if step.newest_first else moved
                step.check(
                    difference == amount if step.signed else abs(difference) == abs(amount),
                    page,
                    self._rows - 1,
                )
        self._last = (page, balance, self._moved_last)
        if self._first is None:
            self._first = (page, balance, self._since)
        self._since = self._moved_last = Decimal(0)

    def _number(self, page: int, number: int) -> None:
        if self._first_number is None:
            self._first_number = (page, number)
        elif self._last_number is not None:
            increment = number - self._last_number
            self._increments[increment] += 1
            usual, _ = self._increments.most_common(1)[0]
            if increment != usual and len(self._numbers) < 2 * MOST_GAPS:
                self._numbers.append((page, self._rows - 1, increment))
        self._last_number = number

    def gaps(self, table_id: str, first_page: int) -> list[RowGap]:
        """Return what does not agree; `vouched` tells whether something vouches for every row."""
        found: list[RowGap] = []

        def differs(code: RowCode, page: int, row: int | None = None) -> None:
            if len(found) < MOST_GAPS:
                found.append(RowGap(table=table_id, code=code, page=page, row=row))

        follows = self._balances(differs)
        if not follows:
            self._ends(differs)
        self._carried_sums(differs)
        self._total(differs)
        if not self._adds_up:
            # Lines of text have numbers, too: where the sum is right, no item is missing.
            self._own_numbers(differs)
        if self.counts:
            if self._rows in self.counts or sum(self.counts) == self._rows:
                self.vouched = True
            else:
                found.append(
                    RowGap(
                        table=table_id,
                        code=RowCode.COUNT_DIFFERS,
                        page=first_page,
                        expected=max(self.counts),
                        found=self._rows,
                    )
                )
        # A line without an amount moves nothing where the balances go on across it.
        if not follows or found:
            for page, row in self._unread:
                differs(RowCode.ROW_UNREAD, page, row)
        return found

    def _balances(self, differs: Differs) -> bool:
        """Follow the running balance; tell whether it leads through all rows without a break."""
        if self._first is None or self._last is None:
            return False
        step = min(self._steps, key=lambda each: each.broken)
        first_page, first, moved = self._first
        last_page, last, amount = self._last
        if step.broken > 1 and step.broken > _UNRELATED * step.checked:
            differs(RowCode.BALANCE_BREAKS, first_page)
            return False
        for page, row in step.breaks:
            differs(RowCode.BALANCE_BREAKS, page, row)
        openings = {each for _, each in self.openings or self.balances}
        closings = {each for _, each in self.closings or self.balances}
        if step.newest_first and step.checked:
            before, after = {last - amount}, first
            begin, end = (last_page, self._rows), (first_page, 0)
        else:
            before, after = {first - moved}, last + self._since
            begin, end = (first_page, 0), (last_page, self._rows)
        if not step.signed:
            before |= {first + moved, last + amount}
        if openings and not openings & before:
            differs(RowCode.BALANCE_BREAKS, *begin)
        if closings and after not in closings:
            differs(RowCode.BALANCE_BREAKS, *end)
        self.vouched = bool(openings and closings)
        return not step.breaks and step.checked > 0

    def _ends(self, differs: Differs) -> None:
        """Check that the opening balance and all amounts make the closing balance."""
        openings = {each for _, each in self.openings or self.balances}
        closings = {each for _, each in self.closings or self.balances}
        if self._first is not None or not openings or not closings:
            return
        if any(opening + self._sum in closings for opening in openings):
            self.vouched = True
        elif self._rows and (self.openings or self.closings):
            # Balances that are neither may all lie between the first row and the last.
            differs(RowCode.SUM_DIFFERS, self._page)

    def _total(self, differs: Differs) -> None:
        """Check that the sum of all rows stands below them, or that with the charges between."""
        if not self._rows or self._readable < self._rows or not self.totals:
            return
        with_charges = self._sum
        for total in self.totals:
            if abs(total) in {abs(self._sum), abs(with_charges)}:
                self.vouched = self._adds_up = True
                return
            with_charges += total
        differs(RowCode.SUM_DIFFERS, self._page)

    def _carried_sums(self, differs: Differs) -> None:
        """Check carried sums: of all rows, a page's, a group's, or the balance at that place.

        What is carried to the next page stands there again, before its first row; and sums are
        carried from one to the next, so one that is wrong is so only once.
        """
        offsets = {Decimal(0), *(opening for _, opening in self.openings)}
        if self._first is not None:
            offsets.add(self._first[1] - self._first[2])
        before: defaultdict[str, list[_Carried]] = defaultdict(list)
        for carried in self._carried:
            earlier = before[carried.column]
            last = earlier[-1] if earlier else None
            earlier.append(carried)
            if last is not None and last.row == carried.row and last.amount == carried.amount:
                continue
            size = abs(carried.amount)
            good = size == abs(carried.of_page) or any(
                size in {abs(offset + carried.whole), abs(offset + carried.moved)}
                for offset in offsets
            )
            if not good and last is not None:
                good = carried.amount - last.amount in {
                    carried.whole - last.whole,
                    carried.moved - last.moved,
                }
            if not good:
                # Of a day, of the fees: it begins where another sum has ended.
                good = any(
                    size in {abs(carried.whole - one.whole), abs(carried.moved - one.moved)}
                    for one in earlier[:-1]
                    if one.row < carried.row
                )
            if not good:
                differs(RowCode.SUM_DIFFERS, carried.page, carried.row)

    def _own_numbers(self, differs: Differs) -> None:
        """Check that the rows' own numbers have no holes."""
        total = sum(self._increments.values())
        if total < 2 or self._first_number is None:
            return
        step, often = self._increments.most_common(1)[0]
        page, number = self._first_number
        if step <= 0 or often < (_NUMBERED if number != step else _FEW_NUMBERED) * total:
            return
        if step < number <= 3 * step and number % step == 0:
            differs(RowCode.NUMBER_SKIPPED, page, 0)
        for page, row, increment in self._numbers:
            if increment > step and increment % step == 0:
                differs(RowCode.NUMBER_SKIPPED, page, row)
