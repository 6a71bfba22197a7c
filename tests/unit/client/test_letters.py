"""What is told of a dead letter, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docparser_client.letter import NO_TENANT, letter_of, subject_of

from tests.unit.client.records import ID
from tests.unit.test_events import event_of

UPLOAD = "0123456789abcdef0123456789abcdef"
CANARY = "Hans Müller"


def created(key: str) -> dict[str, Any]:
    return {"detail-type": "Object Created", "detail": {"object": {"key": key}}}


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        (created(f"standard/default/{UPLOAD}"), ("upload", UPLOAD, "")),
        (created(f"high/acme/{CANARY}.pdf"), ("object", "", "")),
        (created(f"standard/{CANARY}.pdf"), ("object", "", NO_TENANT)),
        (created(f"standard/{CANARY}/{UPLOAD}"), ("object", "", NO_TENANT)),
        (
            {"detail": {"s3ObjectDetails": {"objectKey": f"high/default/{UPLOAD}"}}},
            ("upload", UPLOAD, ""),
        ),
        ({"inferenceId": f"{ID}-r1-a2-s0007"}, ("document", ID, "")),
        ({"inferenceId": CANARY}, ("unknown", "", "")),
        ({"ref": {"tenant": "default", "document_id": ID}}, ("document", ID, "")),
        ({"ref": {"document_id": f"{ID} {CANARY}"}}, ("unknown", "", "")),
        ({"detail": {"name": f"{ID}-r12-a3"}}, ("document", ID, "")),
        ({"schema": "docparser/nudge/1"}, ("nudge", "", "")),
        ({"detail": {"object": {"key": 5}}}, ("unknown", "", "")),
        ({"detail": [CANARY]}, ("unknown", "", "")),
        ([CANARY], ("unknown", "", "")),
    ],
)
def test_a_letter_is_about_something_with_an_id_of_ours(
    said: Any, subject: tuple[str, str, str]
) -> None:
    assert subject_of(json.dumps(said)) == subject


def test_the_recorded_messages_are_understood() -> None:
    document = event_of("fail.json")["ref"]["document_id"]

    for record in event_of("ocr_result.json")["Records"]:
        assert subject_of(record["body"]).kind == "document"
    for record in event_of("intake.json")["Records"]:
        assert subject_of(record["body"]) == ("upload", UPLOAD, "")
    for name in ("fail.json", "fail.timed_out.json"):
        assert subject_of(json.dumps(event_of(name))) == ("document", document, "")


@pytest.mark.parametrize("body", ["", "{", CANARY, "[" * 5000])
def test_what_is_no_message_of_ours_is_told_by_its_id_alone(body: str) -> None:
    letter = letter_of(
        {
            "MessageId": "m-1",
            "Body": body,
            "Attributes": {"ApproximateReceiveCount": "6", "SentTimestamp": "1795251600123"},
            "MessageAttributes": {
                "ERROR_CODE": {"StringValue": "NO_PERMISSIONS"},
                "ERROR_MESSAGE": {"StringValue": CANARY},
            },
        }
    )

    assert letter.facts() == {
        "message_id": "m-1",
        "sent_at": "2026-11-21T09:00:00.123Z",
        "received": 6,
        "about": "unknown",
        "id": "",
        "reason": "NO_PERMISSIONS",
    }


def test_a_code_that_is_none_is_not_told() -> None:
    letter = letter_of(
        {
            "MessageId": "m-1",
            "Body": "{}",
            "Attributes": {"ApproximateReceiveCount": "5", "SentTimestamp": "0"},
            "MessageAttributes": {"ErrorCode": {"StringValue": f"no {CANARY}"}},
        }
    )

    assert letter.reason == "received 5 times"
