"""`docparser review` on a running stack: two people, one document."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import COMMAND, TIMEOUT_S, Command
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
    deadline = time.monotonic() + 60
    while (record := said(docparser("status", document, "--json")))["status"] != "COMPLETED":
        assert time.monotonic() < deadline, record
        time.sleep(0.2)
    assert (record["revision"], record["type"], record["review"]) == (2, "letter", "CORRECTED")
    # And what she said is a case, without a word of the document
    out = tmp_path / "cases"
    assert run(docparser, "bob", "review", "cases", "--out", out).returncode == 0
    case = json.loads((out / f"{record['content_sha256']}.json").read_text())
    assert (case["type"], case["corrected_type"]) == ("unknown", "letter")
    assert not {"document_id", "name"} & case.keys()
    assert "stones" not in json.dumps(case)


def test_the_list_is_for_people_too(docparser: Command) -> None:
    shown = docparser("review", "list")
    assert shown.returncode == 0
    assert os.linesep in shown.stdout
    unknown = docparser("review", "claim", "d" + "0" * 32)
    assert (unknown.returncode, unknown.stdout) == (4, "")
