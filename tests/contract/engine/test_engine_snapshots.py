"""Snapshots on a disk that fails for a moment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docparser_local.bridge.journal import Journal
from docparser_local.bridge.snapshots import Snapshots
from ministack import app


def test_a_failed_snapshot_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = {"sqs": lambda: {"n": 1}, "ssm": lambda: {"n": 2}}
    monkeypatch.setattr(app, "_build_persistence_save_dict", lambda: states)
    snapshots = Snapshots(tmp_path, lambda: 0, Journal(tmp_path / "records"))
    (tmp_path / "ssm.json").mkdir()  # nothing can be renamed to it
    with pytest.raises(IsADirectoryError):
        snapshots.take()
    (tmp_path / "ssm.json").rmdir()

    snapshots.take()

    stored = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    assert {name: row["payload"]["n"] for name, row in stored.items()} == {"sqs": 1, "ssm": 2}
