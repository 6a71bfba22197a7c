"""What a run shows while it runs: moving lines on a terminal, plain ones on a pipe."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from heapq import nsmallest
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .report import Outcome, line, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROWS = 10  # documents in flight that are shown at once
_QUEUED = "queued"
_PIPE_COLUMNS = 200  # nobody looks at a pipe through 80 columns


def console(*, beside: bool = False) -> Console:
    """Return standard output as a terminal with colours, or as plain text.

    Rich would take a pipe for a terminal where FORCE_COLOR is set; whoever reads the pipe has not
    asked for escape codes. What is said ``beside`` the output goes to standard error.
    """
    terminal = (sys.stderr if beside else sys.stdout).isatty()
    return Console(
        stderr=beside,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else _PIPE_COLUMNS,
        highlight=False,
        emoji=False,
    )


class Display(Protocol):
    """Follows a run."""

    def grew(self, count: int) -> None:
        """Take in that there is more to wait for: files inside an input that is done."""

    def moved(self, name: str, stage: str) -> None:
        """Take in that an input on its way has reached a stage."""

    def finished(self, outcome: Outcome) -> None:
        """Take in that an input is done."""


class PlainDisplay:
    """One line per input that is done."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def grew(self, count: int) -> None:
        """Say nothing: on a pipe only endings count."""

    def moved(self, name: str, stage: str) -> None:
        """Say nothing, as for `grew`."""

    def finished(self, outcome: Outcome) -> None:
        """Print the outcome."""
        self._out.print(Text(line(outcome)), soft_wrap=True)


class LiveDisplay:
    """A bar over all inputs, and the documents in flight with their stages.

    It is drawn by another thread, a few times a second; ten thousand documents that wait are sorted
    then, and not whenever one of them moves.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._flight: dict[str, tuple[str, float]] = {}
        self._changing = Lock()
        self._spinner = Spinner("dots")
        self._bar = Progress(
            TextColumn("documents"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        )
        self._task = self._bar.add_task("documents", total=total)

    def grew(self, count: int) -> None:
        """Make the bar longer."""
        self._total += count
        self._bar.update(self._task, total=self._total)

    def moved(self, name: str, stage: str) -> None:
        """Show the input's stage."""
        with self._changing:
            _, since = self._flight.get(name, ("", time.monotonic()))
            self._flight[name] = (stage, since)

    def finished(self, outcome: Outcome) -> None:
        """Take the input out of flight."""
        with self._changing:
            self._flight.pop(outcome.name, None)
        self._bar.advance(self._task)

    def __rich__(self) -> Group:
        with self._changing:
            flight = [(name, stage, since) for name, (stage, since) in self._flight.items()]
        # What is being worked on is worth more of a line than what waits.
        shown = nsmallest(_ROWS, flight, key=lambda row: (row[1] == _QUEUED, row[2]))
        rows = Table.grid(padding=(0, 2))
        rows.add_column()
        rows.add_column(overflow="ellipsis", no_wrap=True)
        rows.add_column(no_wrap=True)
        rows.add_column(justify="right", no_wrap=True)
        for name, stage, since in shown:
            waited = f"{time.monotonic() - since:.0f} s"
            rows.add_row(self._spinner, Text(printable(name)), Text(stage, style="cyan"), waited)
        if more := len(flight) - len(shown):
            queued = sum(stage == _QUEUED for _, stage, _ in flight)
            text = f"and {more} more; {queued} wait for their turn"
            rows.add_row("", Text(text, style="dim"), "", "")
        return Group(rows, self._bar)


@contextmanager
def following(out: Console, total: int) -> Iterator[Display]:
    """Show a run until it ends."""
    if not out.is_terminal or out.is_dumb_terminal:
        yield PlainDisplay(out)
        return
    display = LiveDisplay(total)
    with Live(display, console=out, transient=True, refresh_per_second=8):
        yield display


@contextmanager
def steps(out: Console, text: str) -> Iterator[Callable[[str], None]]:
    """Show the steps of something that takes seconds."""
    if not out.is_terminal or out.is_dumb_terminal:
        out.print(Text(text), soft_wrap=True)
        yield lambda step: out.print(Text(f"  {step}"), soft_wrap=True)
        return
    with out.status(Text(text)) as status:
        yield lambda step: status.update(Text(f"{text}: {step}"))
