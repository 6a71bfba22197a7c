"""A cancellation is answered by us, not cut off by the gateway, while the index wakes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docparser.api.content import Content
from docparser.api.documents import Documents
from docparser.api.entrance import entrance
from docparser.api.health import Monitor
from docparser.api.passages import Passages
from docparser.api.restarts import Restarts
from docparser.api.routes import resolver
from docparser.model import Record, Ref, Source, Stage, Status, now
from docparser.search import opened, opensearch
from docparser.settings import Search
from docparser.store.records import Known
from opensearchpy.exceptions import ConnectionTimeout

from infra.functions import API
from tests.unit.api.calls import Api, rooms

DOCUMENT = "d" + "0" * 32
REF = Ref(tenant="default", document_id=DOCUMENT, revision=1)


class Walking:
    """Records of one document, whose chunks were just stored; its walk can be stopped."""

    def __init__(self) -> None:
        moment = now()
        self._record = Record(
            ref=REF,
            status=Status.RUNNING,
            stage=Stage.INDEX,
            source=Source(bucket="b", key="k"),
            content_sha256="0" * 64,
            size_bytes=1,
            chunks=2,
            created_at=moment,
            updated_at=moment,
        )

    def known(self, *_: str) -> Known:
        return Known(self._record, "a.pdf", "")

    def get(self, _: Ref) -> Record:
        return self._record

    def is_all_there_is(self, _: Record) -> bool:
        return True

    def restricts(self, _: Record) -> bool:
        return False

    def change_from(self, record: Record, status: Status, **_: Any) -> Record:
        self._record = record.model_copy(update={"status": status})
        return self._record

    def stop(self, _: Ref) -> None:
        return


def test_a_deletion_is_answered_before_the_gateway_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given an index that shows a document's chunks after 15 seconds, and then holds every request
    seconds = 0.0

    def pass_by(duration: float) -> None:
        nonlocal seconds
        seconds += duration

    class Waking:
        def search(self, **_: Any) -> dict[str, Any]:
            pass_by(15)
            return {"hits": {"hits": []}}

        def bulk(self, *, request_timeout: float, **_: Any) -> dict[str, Any]:
            pass_by(request_timeout)
            raise ConnectionTimeout("TIMEOUT", "", None)

    clock = SimpleNamespace(monotonic=lambda: seconds, sleep=pass_by)
    monkeypatch.setattr(opensearch, "time", clock)
    index = opened(Search(search="opensearch", search_location="http://127.0.0.1:1"))
    assert index is not None
    index.__dict__["_client"] = Waking()
    walking: Any = Walking()
    documents = Documents(
        records=walking,
        executions=walking,
        waiting=walking,
        uploads=walking,
        index=index,
        max_bytes=10,
    )
    behind = rooms(
        documents=documents,
        restarts=Restarts(records=walking, revisions=walking),
        content=Content(records=walking, downloads=walking),
        passages=Passages(index),
        monitor=Monitor(walking),
    )
    # When it is cancelled
    answer = Api(entrance(resolver(behind)))("DELETE", f"/documents/{DOCUMENT}")
    # Then we say that it was not all done, while there is somebody who listens
    assert (answer.status, answer.code) == (503, "DEPENDENCY")
    assert seconds < API.timeout_s - 5
