"""Scans, in the lane that their owner asks for, by the real command."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Command, outcomes

RELEASE = ROOT / "samples" / "documents" / "de" / "bibliothek.png"


def fresh(folder: Path) -> Path:
    """Copy a scanned press release, marked for public release, as a document of its own."""
    path = folder / "release.png"
    path.write_bytes(RELEASE.read_bytes() + uuid.uuid4().bytes)
    return path


@pytest.mark.parametrize(
    ("asked", "lane", "reason", "level"),
    [
        (("--lane", "gpu"), "gpu", "FORCED", "PUBLIC"),
        (("--lane", "textract", "--level", "INTERNAL"), "textract", "FORCED", "INTERNAL"),
        # What may not leave the account is read within it
        (("--lane", "textract", "--level", "RESTRICTED"), "gpu", "POLICY", "RESTRICTED"),
        # Without a word the laptop's server reads, which runs anyway; one page is cheaper on a CPU
        ((), "gpu", "IMAGE_INPUT", "PUBLIC"),
        (("--policy", "cost"), "cpu", "IMAGE_INPUT", "PUBLIC"),
    ],
)
def test_a_scan_is_read_where_its_owner_asks_and_may(
    docparser: Command, tmp_path: Path, asked: tuple[str, ...], lane: str, reason: str, level: str
) -> None:
    done = docparser("process", fresh(tmp_path), "--out", tmp_path / "out", *asked)
    assert done.returncode == 0, done.stderr

    row = outcomes(tmp_path / "out")["release.png"]
    (page,) = json.loads((tmp_path / "out" / "release.png.json").read_text("utf-8"))["pages"]
    record = json.loads(docparser("status", row["document_id"], "--json").stdout)

    assert (row["status"], row["level"]) == ("COMPLETED", level)
    assert (page["lane"], page["lane_reason"]) == (lane, reason)
    # A page's price is in the record's, by its lane
    assert record["pages_by_lane"] == {lane: 1}
    assert Decimal(record["cost_by_lane"][lane]) == Decimal(page["cost_usd"]) > 0
    assert Decimal(record["cost_usd"]) > Decimal(page["cost_usd"])
