"""Who asks is what the gateway has verified; what a caller merely says is not believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docparser.api.actor import actor_of
from docparser.model import Event, Ref, Stage, Status, now

REQUEST = json.loads((Path(__file__).parents[3] / "events/api.json").read_text())


def asked(identity: dict[str, Any] | None, **headers: str) -> dict[str, Any]:
    context = {**REQUEST["requestContext"], "identity": identity}
    return {**REQUEST, "requestContext": context, "headers": headers}


def test_the_principal_of_a_signed_request_is_who_asks() -> None:
    assert actor_of(REQUEST) == "arn:aws:sts::000000000000:assumed-role/reader/caller"


def test_where_no_users_are_known_the_name_of_the_key_is() -> None:
    assert actor_of(asked({"accessKey": "alice", "userArn": None})) == "alice"


@pytest.mark.parametrize("identity", [None, {}, {"sourceIp": "192.0.2.1", "userArn": None}])
def test_who_did_not_sign_is_anonymous_whatever_the_headers_say(
    identity: dict[str, Any] | None,
) -> None:
    credential = "AWS4-HMAC-SHA256 Credential=mallory/20260101/us-east-1/execute-api/aws4_request"
    assert actor_of(asked(identity, Authorization=credential, userArn="arn:x")) == "anonymous"


@pytest.mark.parametrize("said", ["a b", "a\nb", "x" * 257, "", 7])
def test_no_name_that_an_event_could_not_hold(said: object) -> None:
    actor = actor_of(asked({"userArn": said}))
    assert actor == "anonymous"
    Event(
        ref=Ref(tenant="t", document_id="d" + "0" * 32),
        seq=1,
        at=now(),
        actor=actor,
        to=Status.QUEUED,
        stage=Stage.INTAKE,
    )
