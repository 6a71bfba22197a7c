"""What the command makes of a service's answers."""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from docparser_client import main

from tests.unit.client.records import ID, told
from tests.unit.client.service import Reply, Service

SHARD = json.dumps({"pages": [{"number": 1}]}).encode()
DOCUMENT = {
    "document_id": ID,
    "revision": 1,
    "shards": [{"shard_id": "s0001", "file": {"sha256": hashlib.sha256(SHARD).hexdigest()}}],
}


class Command:
    """`docparser` in this process, in front of a service."""

    def __init__(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        self._service = service
        self._capsys = capsys

    def __call__(self, *words: object) -> tuple[int, str, str]:
        argv = ["docparser", *map(str, words), "--endpoint", self._service.endpoint]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", argv)
            code = main.main()
        return code, *self._capsys.readouterr()


@pytest.fixture
def docparser(service: Service, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(service, capsys)


def gives(service: Service, *bodies: bytes) -> None:
    for body in bodies:
        service.replies += [Reply(303, headers={"location": "/vault/x"}), Reply(200, body)]


def hit(page: int | None, digit: str = "0", **facts: Any) -> dict[str, Any]:
    return {
        "document_id": "d" + digit * 32,
        "revision": 1,
        "page": page,
        "polygon": None,
        "score": 2.5,
        "snippet": "the Total is due",
        **facts,
    }


# ---------------------------------------------------------------------- get
def test_a_result_goes_to_standard_output(service: Service, docparser: Command) -> None:
    gives(service, "# Ü\n".encode())

    assert docparser("get", ID, "--format", "md") == (0, "# Ü\n", "")


def test_json_holds_the_pages(service: Service, docparser: Command) -> None:
    gives(service, json.dumps(DOCUMENT).encode(), SHARD)

    code, out, err = docparser("get", ID)

    assert (code, err) == (0, "")
    assert json.loads(out) == {**DOCUMENT, "pages": [{"number": 1}]}


def test_a_result_goes_to_a_file_whole(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "a.txt"
    gives(service, b"A\n")

    code, out, _ = docparser("get", ID, "--format", "txt", "--revision", 2, "--out", path)

    assert (code, out) == (0, "")
    assert path.read_bytes() == b"A\n"
    assert service.seen[0].query == {"format": "txt", "revision": "2"}


@pytest.mark.parametrize("form", ["pdf", "alto"])
def test_what_was_made_of_scans_is_written_as_it_comes(
    service: Service, docparser: Command, tmp_path: Path, form: str
) -> None:
    path, content = tmp_path / "a", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\r\n"
    gives(service, content)

    assert docparser("get", ID, "--format", form, "--out", path)[0] == 0
    assert path.read_bytes() == content
    assert service.seen[0].query == {"format": form}


def test_half_a_result_replaces_no_file(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"before")
    gives(service, json.dumps(DOCUMENT).encode(), SHARD + b" ")

    code, _, err = docparser("get", ID, "--out", path)

    assert (code, err) == (1, f"docparser: s0001 of {ID} differs\n")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
        ("a.json", b"before")
    ]


def test_a_folder_is_no_file(service: Service, docparser: Command, tmp_path: Path) -> None:
    code, _, err = docparser("get", ID, "--out", tmp_path)

    assert (code, err) == (2, f"docparser: {tmp_path} is a folder\n")
    assert service.seen == []


@pytest.mark.parametrize(
    ("refusal", "record", "code", "said"),
    [
        ((409, "NOT_READY"), told("RUNNING"), 1, f"{ID} has no result yet: RUNNING"),
        (
            (404, "NOT_FOUND"),
            told("REJECTED", code="ENCRYPTED"),
            1,
            f"{ID} has no result: REJECTED ENCRYPTED",
        ),
        ((404, "NOT_FOUND"), told("COMPLETED"), 4, "because of NOT_FOUND"),
        ((404, "NOT_FOUND"), None, 4, f"there is no document {ID}"),
        ((410, "ERASED"), ..., 4, "because of ERASED"),
        ((403, "FORBIDDEN"), ..., 3, "because of FORBIDDEN"),
    ],
)
def test_without_a_result_it_is_said_why(
    service: Service, docparser: Command, refusal: Any, record: Any, code: int, said: str
) -> None:
    service.refuses(*refusal)
    if record is None:
        service.refuses(404, "NOT_FOUND")
    elif record is not ...:
        service.says(record)

    assert docparser("get", ID) == (code, "", f"docparser: {said}\n")


def test_a_revision_that_is_not_there(service: Service, docparser: Command) -> None:
    service.refuses(404, "NOT_FOUND")
    service.says(told("COMPLETED"))

    code, out, err = docparser("get", ID, "--revision", "7")

    assert (code, out) == (4, "")
    assert err == f"docparser: {ID} has no result of revision 7\n"


# ---------------------------------------------------------------------- search
def test_hits_are_told_with_page_and_name(service: Service, docparser: Command) -> None:
    service.says({"hits": [hit(3), hit(None, "1"), hit(4)], "next_cursor": "more"})
    # Two documents are asked for at the same time: either may be first.
    service.says(told("COMPLETED", name="a.pdf"), told("COMPLETED", name="a.pdf"))

    code, out, _ = docparser("search", "total due", "--limit", 3)

    assert code == 0
    assert service.seen[0].query == {"q": "total due", "limit": "3"}
    assert len(service.seen) == 3
    assert out.count("the Total is due") == 3
    assert "a.pdf" in out


def test_a_document_that_is_gone_meanwhile_has_no_name(
    service: Service, docparser: Command
) -> None:
    service.says({"hits": [hit(3)], "next_cursor": None})
    service.refuses(410, "ERASED")

    code, out, _ = docparser("search", "total", "--json")

    (found,) = json.loads(out)["hits"]
    assert code == 0
    assert (found["name"], found["document_id"], found["page"]) == ("", ID, 3)


def test_more_hits_than_one_answer_holds(service: Service, docparser: Command) -> None:
    for _ in range(2):
        service.says({"hits": [hit(1)] * 100, "next_cursor": "c"})
    service.says(told("COMPLETED", name="a.pdf"))

    _, out, _ = docparser("search", "total", "--json", "--limit", 150)

    assert len(json.loads(out)["hits"]) == 150


def test_nothing_is_found(service: Service, docparser: Command) -> None:
    service.says({"hits": [], "next_cursor": None})
    assert docparser("search", "total") == (0, "Nothing is found.\n", "")


def test_a_query_without_words_is_wrong_usage(service: Service, docparser: Command) -> None:
    service.refuses(422, "INVALID_REQUEST")
    assert docparser("search", "?!") == (2, "", "docparser: because of INVALID_REQUEST\n")


# ---------------------------------------------------------------------- status, process
def test_status_lists_the_newest(service: Service, docparser: Command) -> None:
    page = [
        told(
            "COMPLETED",
            name="[b]a.pdf",
            pages=3,
            pages_by_lane={"gpu": 1, "text": 2},
            cost_usd="0.000612",
            finished_at="2026-01-01T00:00:09Z",
        )
    ]
    service.says({"items": page, "next_cursor": None}, {"items": page, "next_cursor": None})

    _, out, _ = docparser("status")
    listed = json.loads(docparser("status", "--json")[1])["documents"]

    assert "[b]a.pdf" in out
    assert "2 text, 1 gpu" in out
    assert "0.000612" in out
    assert service.seen[0].query == {"limit": "20"}
    assert (listed[0]["document_id"], listed[0]["status"]) == (ID, "COMPLETED")
    assert "etag" not in listed[0]


def test_a_failed_document_is_sent_again(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    checksum = base64.b64encode(hashlib.sha256(b"%PDF").digest()).decode()
    upload = {
        "url": f"{service.url}/intake/x",
        "headers": {"x-amz-checksum-sha256": checksum, "content-length": "4"},
        "expires_at": "2026-01-01T00:00:00Z",
    }
    failed = told("FAILED", code="DEADLINE", finished_at="2026-01-01T00:00:09Z")
    service.says({"document_id": ID, "status": "FAILED", "upload": upload}, status=201)
    service.says(failed)
    service.replies.append(Reply(200))
    # The old failure is not the answer to the new upload.
    service.says(failed, told("RUNNING", attempt=2))
    service.says(told("REJECTED", attempt=2, code="CORRUPT", finished_at="2026-01-01T00:01:00Z"))

    asked = ("--policy", "quality", "--level", "PUBLIC", "--lane", "textract")
    code, out, _ = docparser("process", tmp_path / "a.pdf", "--out", tmp_path / "out", *asked)

    assert code == 0
    assert out.startswith("REJECTED CORRUPT  a.pdf")
    said = json.loads(service.seen[0].body)
    assert (said["policy"], said["level"], said["lane"]) == ("quality", "PUBLIC", "textract")
    assert [seen.method for seen in service.seen] == ["POST", "GET", "PUT", "GET", "GET", "GET"]


def test_a_service_that_goes_away_ends_the_run(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    service.refuses(403, "FORBIDDEN")

    code, _, err = docparser("process", tmp_path / "a.pdf", "--out", tmp_path / "out")

    assert (code, err) == (3, "docparser: because of FORBIDDEN\n")
    assert (tmp_path / "out/outcomes.tsv").read_text().splitlines()[1] == "a.pdf" + "\t" * 8
