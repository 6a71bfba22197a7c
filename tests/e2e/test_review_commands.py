"""`docparser review` on a running stack: two people, one document."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import COMMAND, TIMEOUT_S, Command, outcomes
from tests.pdfs import text_pdf

CANARY = "Seventeen grey stones lie on the lower shelf."


def run(docparser: Command, name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody; the local stack takes the key's id for a name."""
    return subprocess.run(
        [COMMAND, *map(str, words)],
        env={**docparser.environment, "AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": "x"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def said(result: subprocess.CompletedProcess[str]) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def status(docparser: Command, document: str, wanted: set[str]) -> dict[str, Any]:
    """Wait for a document to be in one of the wanted states; return its record."""
    deadline = time.monotonic() + 90
    while (record := said(docparser("status", document, "--json")))["status"] not in wanted:
        assert time.monotonic() < deadline, record
        time.sleep(0.2)
    return dict(record)


@pytest.fixture(scope="module")
def document(docparser: Command, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A document of which nobody can say what it is; its id."""
    folder = tmp_path_factory.mktemp("review")
    (folder / "stones.pdf").write_bytes(text_pdf((CANARY,)))
    assert docparser("process", folder, "--out", folder / "out").returncode == 0
    reviews = said(run(docparser, "alice", "review", "list", "--json"))["reviews"]
    (found,) = [item for item in reviews if item["document"]["name"] == "stones.pdf"]
    return found["document"]["document_id"]


def test_two_people_and_one_document(docparser: Command, document: str, tmp_path: Path) -> None:
    # Given a document that alice looks at
    claimed = said(run(docparser, "alice", "review", "claim", document, "--json"))
    assert claimed["claimed_by"] == "alice"
    # Then bob cannot, and decides nothing
    refused = run(docparser, "bob", "review", "claim", document)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Somebody else looks at this document" in refused.stderr
    refused = run(docparser, "bob", "review", "approve", document)
    assert refused.returncode == 3
    assert "Claim the document first" in refused.stderr
    # When alice says what it is
    assert run(docparser, "alice", "review", "correct", document).returncode == 2
    decided = run(docparser, "alice", "review", "correct", document, "--type", "letter")
    assert decided.returncode == 0, decided.stderr
    # Then it becomes that
    record = status(docparser, document, {"COMPLETED"})
    assert (record["revision"], record["type"], record["review"]) == (2, "letter", "CORRECTED")
    # And what she said is a case, without a word of the document
    out = tmp_path / "cases"
    assert run(docparser, "bob", "review", "cases", "--out", out).returncode == 0
    case = json.loads((out / f"{record['content_sha256']}.json").read_text())
    assert (case["type"], case["corrected_type"]) == ("unknown", "letter")
    assert not {"document_id", "name"} & case.keys()
    assert "stones" not in json.dumps(case)


def test_who_waits_for_a_person_waits_through_a_restart(docparser: Command, tmp_path: Path) -> None:
    # Given rules by which unclear documents wait
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"review": {"mode": "park"}}))
    assert docparser("policy", "set", rules).returncode == 0
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "shelf.pdf").write_bytes(text_pdf((CANARY, "They are as old as the house.")))
    # When one is taken in, nobody waits for whoever looks at it
    processed = docparser("process", folder, "--out", tmp_path / "out")
    assert processed.returncode == 1
    (row,) = outcomes(tmp_path / "out").values()
    assert row["status"] == "WAITING"
    # And when the stack ends meanwhile, and comes back
    assert docparser("down").returncode == 0
    assert docparser("up").returncode == 0
    rules.write_text("{}")
    assert docparser("policy", "set", rules).returncode == 0
    # Then it waits as before, and goes on once it is looked at
    seen = status(docparser, row["document_id"], {"WAITING"})
    assert seen["waiting_for"] == "review"
    assert run(docparser, "bob", "review", "claim", row["document_id"]).returncode == 0
    decided = run(docparser, "bob", "review", "approve", row["document_id"])
    assert decided.returncode == 0, decided.stderr
    ended = status(docparser, row["document_id"], {"COMPLETED"})
    assert (ended["review"], ended["revision"]) == ("APPROVED", 1)


def test_the_list_is_for_people_too(docparser: Command) -> None:
    shown = docparser("review", "list")
    assert shown.returncode == 0
    assert os.linesep in shown.stdout
    unknown = docparser("review", "claim", "d" + "0" * 32)
    assert (unknown.returncode, unknown.stdout) == (4, "")
