"""The whole stack is killed while documents are under way: each ends with one final result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser_local.stack import Stack

from tests.stack import free_port
from tests.workflow.killing import Siege

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 3
DOCUMENTS = 8


def test_every_document_ends_once_after_kill_9_of_the_stack(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home", port=free_port())
    try:
        figures = Siege(stack, tmp_path / "home", DOCUMENTS).run(KILLS)
    finally:
        stack.down()
    assert figures.kills == KILLS
    assert max(figures.under_way_at_kills) >= DOCUMENTS // 2
    assert figures.documents == figures.completed >= DOCUMENTS
    assert figures.results_not_exactly_one == []
    assert figures.versions_changed == []
    assert figures.executions["INTERRUPTED"]
    assert set(figures.executions) <= {"SUCCEEDED", "INTERRUPTED"}
