"""`docparser review`, in front of a service that says what it is told to say."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.records import ID, told
from tests.unit.client.service import Service
from tests.unit.client.test_command_answers import Command, gives

SHA256 = "a" * 64
UNTIL = "2026-01-01T12:30:00.000Z"
CLAIMED = {"claimed_by": "alice", "claimed_until": UNTIL}


@pytest.fixture
def docparser(service: Service, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(service, capsys)


def case(at: str = UNTIL, **facts: Any) -> dict[str, Any]:
    return {
        "document_id": ID,
        "revision": 1,
        "content_sha256": SHA256,
        "decision": "correct",
        "at": at,
        "type": "unknown",
        "type_confidence": 0.4,
        "level": "CONFIDENTIAL",
        "level_confidence": None,
        "rules": ["pii.iban"],
        "corrected_type": "invoice",
        "corrected_level": None,
        **facts,
    }


def test_the_list_goes_on_to_its_end(service: Service, docparser: Command) -> None:
    item = {"document": told("COMPLETED", name="a\nb.pdf"), **CLAIMED}
    free = {"document": told("WAITING"), "claimed_by": None, "claimed_until": None}
    service.says({"items": [item], "next_cursor": "c"}, {"items": [free], "next_cursor": None})
    code, out, _ = docparser("review", "list")
    assert code == 0
    assert "alice" in out
    assert r"a\nb.pdf" in out
    assert [one.query.get("cursor") for one in service.seen] == [None, "c"]


def test_nothing_to_look_at(service: Service, docparser: Command) -> None:
    service.says({"items": [], "next_cursor": None})
    assert docparser("review", "list")[:2] == (0, "There is nothing to look at.\n")


def test_who_claims_a_document_is_told_what_is_known(service: Service, docparser: Command) -> None:
    url = f"https://intake.example/{'x' * 200}"
    service.says(
        {
            "document": told("WAITING", type="invoice", level="RESTRICTED"),
            **CLAIMED,
            "reasons": ["TYPE_UNSURE"],
            "type_confidence": 0.41,
            "level_confidence": None,
            "rules": ["pii.iban", "marking.internal"],
            "definition": "invoice/1",
            "violations": ["net_and_tax_are_gross"],
            "missing": ["issue_date", "invoice_number"],
            "row_gaps": 2,
            "original": url,
        }
    )
    code, out, _ = docparser("review", "claim", ID)
    assert code == 0
    assert "invoice  (0.41)" in out
    assert "asked  TYPE_UNSURE" in out
    assert "pii.iban, marking.internal" in out
    assert "violated  net_and_tax_are_gross  (invoice/1)" in out
    assert "missing  issue_date, invoice_number  (invoice/1)" in out
    assert "rows missing in 2 places" in out
    assert url in out.splitlines()
    assert service.seen[0].path == f"/v1/documents/{ID}/review/claim"


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("approve",), {"decision": "approve"}),
        (("reject",), {"decision": "reject"}),
        (("correct", "--type", "letter"), {"decision": "correct", "type": "letter"}),
        (
            ("correct", "--type", "letter", "--level", "PUBLIC"),
            {"decision": "correct", "type": "letter", "level": "PUBLIC"},
        ),
        (
            (
                "correct",
                "--field",
                "grand_total=12.00 EUR",
                "--field",
                "party=A=B",
                "--field",
                "party= C ",
                "--field",
                "due_date=",
            ),
            {
                "decision": "correct",
                "fields": {"grand_total": ["12.00 EUR"], "party": ["A=B", "C"], "due_date": []},
            },
        ),
    ],
)
def test_a_decision_is_sent_as_it_is(
    service: Service, docparser: Command, words: tuple[str, ...], body: dict[str, Any]
) -> None:
    service.says(told("RUNNING"), status=202)
    assert docparser("review", words[0], ID, *words[1:])[0] == 0
    (seen,) = service.seen
    assert (seen.method, seen.path) == ("POST", f"/v1/documents/{ID}/review")
    assert json.loads(seen.body) == body


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--type", "unknown"),
        ("--level", "SECRET"),
        ("--field", "grand_total"),
        ("--field", "=12.00"),
    ],
)
def test_a_correction_says_something(docparser: Command, words: tuple[str, ...]) -> None:
    assert docparser("review", "correct", ID, *words)[0] == 2


@pytest.mark.parametrize(("status", "code"), [(403, 3), (404, 4), (409, 1)])
def test_a_refusal_is_one_line(
    service: Service, docparser: Command, status: int, code: int
) -> None:
    service.refuses(status, "CODE")
    found, out, error = docparser("review", "approve", ID)
    assert (found, out) == (code, "")
    assert len(error.splitlines()) == 1


def test_cases_are_files_named_by_content(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    later = case("2026-01-02T12:30:00.000Z", corrected_type="letter")
    other = case(content_sha256="b" * 64, decision="approve", corrected_type=None)
    service.says({"items": [later, other], "next_cursor": "c"}, {"items": [case()]})
    out = tmp_path / "made" / "cases"
    code, said, _ = docparser("review", "cases", "--out", out)
    assert code == 0
    assert said.startswith("2 cases in ")
    assert sorted(path.name for path in out.iterdir()) == [f"{SHA256}.json", f"{'b' * 64}.json"]
    # Of two decisions about the same content, the last one holds
    written = json.loads((out / f"{SHA256}.json").read_text())
    assert written["corrected_type"] == "letter"
    assert written["schema"] == "docparser/review_case/1"
    assert ID not in json.dumps(written)
    # And a folder that cannot be made is told of
    service.says({"items": []})
    assert docparser("review", "cases", "--out", out / f"{SHA256}.json" / "x")[0] == 2


def test_what_people_said_of_fields_is_a_case_of_its_own(
    service: Service, docparser: Command, tmp_path: Path
) -> None:
    # Given corrected fields of a document that has a result, and of one that has none
    names = {"corrected_type": None, "corrected_fields": ["due_date", "grand_total"]}
    there, gone = case(**names), case(content_sha256="b" * 64, **names)
    service.says({"items": [there, gone], "next_cursor": None})
    value = {"amount": "12.00", "currency": "EUR"}
    document = {
        "classification": {"type": {"value": "invoice"}},
        "definition": "invoice/1",
        "fields": [
            {"name": "grand_total", "source": "review", "value": value},
            {"name": "iban", "source": "review", "value": "DE89370400440532013000"},
            {"name": "seller.name", "source": "layout", "value": "Muster"},
        ],
    }
    gives(service, json.dumps(document).encode())
    service.refuses(404, "NOT_FOUND")
    assert docparser("review", "cases", "--out", tmp_path)[:2] == (
        0, f"2 cases, 1 of fields in {tmp_path}\n"
    )  # fmt: skip
    # Then the values that people gave stand in a file, once they hold
    assert not (tmp_path / f"{'b' * 64}.fields.json").exists()
    written = json.loads((tmp_path / f"{SHA256}.fields.json").read_text("utf-8"))
    assert written == {
        "schema": "docparser/field_case/1",
        "content_sha256": SHA256,
        "type": "invoice",
        "definition": "invoice/1",
        "fields": {"due_date": [], "grand_total": [value], "iban": ["DE89370400440532013000"]},
    }
    # And in no other
    assert "12.00" not in (tmp_path / f"{SHA256}.json").read_text("utf-8")
