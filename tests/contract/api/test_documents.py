"""Documents over the API: announced, listed, looked at and cancelled, on the real table."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from docparser.intake.identity import document_id
from docparser.model import DocumentType, Level, Record, Ref, Source, Stage, Status, now
from docparser.model.search import chunk_id
from docparser.search.embedded import EmbeddedIndex
from docparser.store.records import Known, Records

from tests.contract.search.chunks import chunk
from tests.stack import Pipeline
from tests.unit.api.calls import MAX_BYTES, Api, api_on, waiting_on


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


@pytest.fixture
def records(pipeline: Pipeline) -> Records:
    return pipeline.records


def new(name: str = "a.pdf", **said: Any) -> dict[str, Any]:
    content = uuid.uuid4().bytes
    return {
        "name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), **said
    }  # fmt: skip


def ref_of(announced: dict[str, Any], tenant: str = "default") -> Ref:
    return Ref(tenant=tenant, document_id=document_id(tenant, announced["sha256"]))


def stored(
    records: Records,
    status: Status = Status.QUEUED,
    *,
    code: str | None = None,
    waits: bool = False,
    **facts: Any,
) -> Record:
    """Return a record that came another way than over the API; it is started only if it waits."""
    announced, moment = new(), now()
    record = Record(
        ref=ref_of(announced, facts.pop("tenant", "default")),
        status=Status.QUEUED,
        source=facts.pop("source", Source(bucket="b", key="k")),
        content_sha256=announced["sha256"],
        size_bytes=1,
        created_at=facts.pop("created_at", moment),
        updated_at=moment,
        lease_until=moment + timedelta(hours=1),
        **facts,
    )
    opened = records.open(record, name="a.pdf", upload_id=uuid.uuid4().hex, waits=waits)
    assert opened is not None
    record = opened
    for step in {Status.QUEUED: (), Status.RUNNING: (status,)}.get(status, ("RUNNING", status)):
        reason = code if step is status else None
        moved = records.change(record.ref, Status(step), stage=Stage.PREFLIGHT, code=reason)
        assert moved is not None
        record = moved
    return record


# ---------------------------------------------------------------------- announced
def test_an_unknown_file_waits_for_its_bytes(pipeline: Pipeline, api: Api) -> None:
    announced = new("Kündigung Jäger.pdf", priority="high", tags={"Kunde": "4711"})
    answer = api.post("/documents", announced)
    assert answer.status == 201
    created = answer.json
    ref = ref_of(announced)
    assert created["document_id"] == ref.document_id
    assert created["status"] == "AWAITING_UPLOAD"
    # The caller is told where to send exactly these bytes, and until when
    upload = created["upload"]
    url = httpx.URL(upload["url"])
    assert url.path.startswith(f"/{pipeline.names['INTAKE_BUCKET']}/high/default/")
    assert {*url.params["X-Amz-SignedHeaders"].split(";")} == {"host", *upload["headers"]}
    assert upload["headers"]["x-amz-meta-name"] == "K%C3%BCndigung%20J%C3%A4ger.pdf"
    assert upload["headers"]["x-amz-meta-sha256"] == announced["sha256"]
    left = datetime.fromisoformat(upload["expires_at"]) - now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    # And the record waits as long
    record = pipeline.record(ref)
    assert record is not None
    assert record.status is Status.AWAITING_UPLOAD
    assert record.lease_until is not None
    assert abs(record.lease_until - datetime.fromisoformat(upload["expires_at"])) < timedelta(
        seconds=5
    )
    assert pipeline.events(ref) == [("AWAITING_UPLOAD", "")]
    (head,) = (item for item in pipeline.items(ref) if item["sk"]["S"] == "HEAD")
    assert head["tags"] == {"M": {"Kunde": {"S": "4711"}}}
    assert head["name"] == {"S": "Kündigung Jäger.pdf"}


def test_what_its_owner_asks_for_is_signed_with_the_upload(pipeline: Pipeline, api: Api) -> None:
    content = uuid.uuid4().bytes
    announced = {"name": "a.pdf", "sha256": hashlib.sha256(content).hexdigest(), "size": 16}
    asked = {"policy": "quality", "level": "INTERNAL", "lane": "textract"}
    upload = api.post("/documents", {**announced, **asked}).json["upload"]
    named = {f"x-amz-meta-{word}": value for word, value in asked.items()}
    assert named.items() <= upload["headers"].items()
    signed = httpx.URL(upload["url"]).params["X-Amz-SignedHeaders"].split(";")
    assert named.keys() <= {*signed}
    # And they are there when the document is taken in
    assert put(upload, content).status_code == 200
    key = httpx.URL(upload["url"]).path.split("/", 2)[2]
    kept = pipeline.client("s3").head_object(Bucket=pipeline.names["INTAKE_BUCKET"], Key=key)
    assert asked.items() <= kept["Metadata"].items()
    # Nothing is asked for by itself
    plain = api.post("/documents", new()).json["upload"]
    assert not {"x-amz-meta-policy", "x-amz-meta-level", "x-amz-meta-lane"} & {*plain["headers"]}


def test_a_password_goes_along_with_the_upload_and_nowhere_else(
    pipeline: Pipeline, api: Api
) -> None:
    announced = new(password="geheim: ü/%?")
    answer = api.post("/documents", announced)
    # It is in the headers that are signed, in ASCII, and not in the URL, which others may log
    upload = answer.json["upload"]
    assert upload["headers"]["x-amz-meta-password"] == "geheim%3A%20%C3%BC%2F%25%3F"
    assert "x-amz-meta-password" in httpx.URL(upload["url"]).params["X-Amz-SignedHeaders"]
    assert "geheim" not in upload["url"]
    assert "geheim" not in str(pipeline.items(ref_of(announced)))
    shown = api.get(f"/documents/{answer.json['document_id']}")
    assert "geheim" not in shown.body


def test_a_long_password_leaves_a_long_name_less_room(api: Api) -> None:
    # Given a password and a name that together are more than S3 carries
    upload = api.post("/documents", new("ü" * 1024, password="?" * 500)).json["upload"]
    carried = {
        name.removeprefix("x-amz-meta-"): value
        for name, value in upload["headers"].items()
        if name.startswith("x-amz-meta-")
    }
    # Then the password is whole, the name is as much of it as there is room for
    assert carried["password"] == "%3F" * 500
    assert carried["name"].replace("%C3%BC", "") == ""
    assert len(carried["name"]) > 200
    assert sum(len(name) + len(value) for name, value in carried.items()) <= 2048


def test_what_was_encrypted_may_be_sent_again_with_a_password(api: Api, records: Records) -> None:
    record = stored(records, Status.REJECTED, code="ENCRYPTED")
    announced = {"name": "a", "sha256": record.content_sha256, "size": 1}
    # Without one, there is nothing to try
    assert api.post("/documents", announced).status == 200
    answer = api.post("/documents", {**announced, "password": "x"})
    assert (answer.status, answer.json["status"]) == (201, "REJECTED")
    assert answer.json["upload"]["headers"]["x-amz-meta-password"] == "x"
    # The revision is opened when the bytes are there
    assert records.known("default", record.ref.document_id).record == record  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["CORRUPT", "BOMB"])
def test_a_password_opens_nothing_else(api: Api, records: Records, code: str) -> None:
    record = stored(records, Status.REJECTED, code=code)
    announced = {"name": "a", "sha256": record.content_sha256, "size": 1, "password": "x"}
    assert api.post("/documents", announced).status == 200


@pytest.mark.parametrize("status", [Status.RUNNING, Status.COMPLETED, Status.REJECTED])
@pytest.mark.parametrize(
    ("before", "now_declared", "sent_again"),
    [
        (None, "PUBLIC", True),
        ("INTERNAL", "RESTRICTED", True),
        ("INTERNAL", "INTERNAL", False),
        ("RESTRICTED", "INTERNAL", False),
        ("RESTRICTED", None, False),
    ],
)
def test_known_content_under_a_stricter_level_is_sent_again(
    api: Api,
    records: Records,
    status: Status,
    before: str | None,
    now_declared: str | None,
    sent_again: bool,
) -> None:
    level = None if before is None else Level(before)
    record = stored(records, status, declared_level=level)
    announced = {"name": "a", "sha256": record.content_sha256, "size": 1, "level": now_declared}
    answer = api.post("/documents", announced)
    assert answer.json["status"] == status
    assert (answer.status, "upload" in answer.json) == ((201, True) if sent_again else (200, False))


def test_of_two_announcements_at_once_both_get_an_upload(pipeline: Pipeline, api: Api) -> None:
    announced = new()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api_on(pipeline).post("/documents", announced), range(4)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["upload"]["url"].partition("?")[0] for answer in answers}) == 4
    assert pipeline.events(ref_of(announced)) == [("AWAITING_UPLOAD", "")]


def test_a_document_that_is_announced_again_waits_longer(pipeline: Pipeline, api: Api) -> None:
    announced = new()
    api.post("/documents", announced)
    first = pipeline.record(ref_of(announced))
    assert api.post("/documents", announced).status == 201
    second = pipeline.record(ref_of(announced))
    assert first is not None
    assert second is not None
    assert second.lease_until > first.lease_until
    assert second == first.model_copy(update={"lease_until": second.lease_until})


@pytest.mark.parametrize(
    "status", [Status.QUEUED, Status.RUNNING, Status.COMPLETED, Status.PARTIAL, Status.REJECTED]
)
def test_known_content_is_not_sent_again(
    pipeline: Pipeline, api: Api, records: Records, status: Status
) -> None:
    record = stored(records, status)
    announced = {"name": "another.pdf", "sha256": record.content_sha256, "size": 1}
    for _ in range(2):
        answer = api.post("/documents", announced)
        assert answer.status == 200
        assert answer.json == {"document_id": record.ref.document_id, "status": status}
    assert records.get(record.ref) == record
    # Its other name is kept, once
    aliases = [row for row in pipeline.items(record.ref) if row["sk"]["S"].startswith("A#")]
    assert sorted(alias["name"]["S"] for alias in aliases) == ["a.pdf", "another.pdf"]


def test_failed_content_may_be_sent_again(api: Api, records: Records) -> None:
    record = stored(records, Status.FAILED)
    answer = api.post("/documents", {"name": "a", "sha256": record.content_sha256, "size": 1})
    assert (answer.status, answer.json["status"]) == (201, "FAILED")
    assert answer.json["upload"]["url"]
    assert records.get(record.ref) == record  # the next attempt begins when the bytes are there


def test_cancelled_content_that_is_asked_for_again_opens_a_revision(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    known: dict[str, Any] = {
        "declared_level": Level.RESTRICTED,
        "corrected_type": DocumentType.PAYSLIP,
        "redact": True,
        "parent": f"d{uuid.uuid4().hex}",
        "depth": 1,
    }
    record = stored(records, Status.CANCELLED, **known)
    announced = {"name": "a", "sha256": record.content_sha256, "size": 1}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api_on(pipeline).post("/documents", announced), range(4)))
    assert [(a.status, a.json["status"]) for a in answers] == [(201, "AWAITING_UPLOAD")] * 4
    state = api.get(f"/documents/{record.ref.document_id}").json
    assert (state["revision"], state["attempt"], state["status"]) == (2, 1, "AWAITING_UPLOAD")
    assert records.get(record.ref) == record
    # What was declared once stays, whatever comes with the bytes, and what people said
    following = records.current(record.ref.tenant, record.ref.document_id)
    assert following is not None
    assert {name: getattr(following, name) for name in known} == known


def test_what_is_too_large_is_refused_unsent(pipeline: Pipeline, api: Api) -> None:
    announced = new(size=MAX_BYTES + 1)
    answer = api.post("/documents", announced)
    assert (answer.status, answer.code) == (413, "TOO_LARGE")
    assert pipeline.items(ref_of(announced)) == []
    assert api.post("/documents", {**announced, "size": MAX_BYTES}).status == 201


def test_erased_content_is_not_taken_again(api: Api, records: Records) -> None:
    record = stored(records, Status.COMPLETED)
    records.change(record.ref, Status.ERASED, stage=Stage.COMPLETE)
    announced = {"name": "a", "sha256": record.content_sha256, "size": 1}
    assert api.post("/documents", announced).code == "ERASED"
    where = f"/documents/{record.ref.document_id}"
    for method, path in (("GET", where), ("DELETE", where), ("GET", f"{where}/content")):
        answer = api(method, path)
        assert (answer.status, answer.code) == (410, "ERASED")


# ---------------------------------------------------------------------- sent
def put(upload: dict[str, Any], content: bytes) -> httpx.Response:
    return httpx.put(upload["url"], content=content, headers=upload["headers"], trust_env=False)


def test_only_the_announced_bytes_are_taken(pipeline: Pipeline, api: Api) -> None:
    content, others = uuid.uuid4().bytes, uuid.uuid4().bytes
    announced = {"name": "n" * 1024, "sha256": hashlib.sha256(content).hexdigest(), "size": 16}
    upload = api.post("/documents", announced).json["upload"]
    key = httpx.URL(upload["url"]).path.split("/", 2)[2]
    # Other bytes are refused, and nothing is kept of them
    refused = put(upload, others)
    assert refused.status_code == 400
    assert key not in pipeline.keys("INTAKE_BUCKET")
    # Whoever leaves out what was signed is refused by S3; the embedded one does not check that,
    # and the sum that goes along says the same
    checksum = upload["headers"]["x-amz-checksum-sha256"]
    assert base64.b64decode(checksum).hex() == announced["sha256"]
    assert put(upload, content).status_code == 200
    stored_object = pipeline.client("s3").head_object(
        Bucket=pipeline.names["INTAKE_BUCKET"], Key=key, ChecksumMode="ENABLED"
    )
    assert stored_object["ChecksumSHA256"] == checksum
    assert stored_object["Metadata"]["name"].strip("n") == ""


# ---------------------------------------------------------------------- looked at
def test_a_record_is_shown_as_it_stands(api: Api, records: Records) -> None:
    record = stored(records, Status.RUNNING)
    records.advance(
        record.ref,
        Stage.CLASSIFY,
        type=DocumentType.INVOICE,
        level=Level.RESTRICTED,
        pages=3,
        pages_by_lane={"text": 2, "gpu": 1},
    )
    state = api.get(f"/documents/{record.ref.document_id}").json
    assert state["document_id"] == record.ref.document_id
    assert (state["type"], state["level"], state["stage"]) == ("invoice", "RESTRICTED", "classify")
    assert (state["pages"], state["pages_by_lane"]) == (3, {"text": 2, "gpu": 1})
    assert (state["name"], state["cost_usd"], state["finished_at"]) == ("a.pdf", "0.000000", None)
    assert (state["parent"], state["depth"], state["children"]) == (None, 0, None)
    assert not {"source", "ref", "tenant", "seq", "lease_until"} & state.keys()


def test_a_state_that_the_caller_has_is_not_sent_again(api: Api, records: Records) -> None:
    record = stored(records, Status.RUNNING)
    where = f"/documents/{record.ref.document_id}"
    etag = api.get(where).headers["etag"]
    assert etag.startswith('"r1-a1-')
    for known in (etag, f'"x", W/{etag}', "*"):
        answer = api("GET", where, headers={"If-None-Match": known})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, "", etag)
    # A stage notes what it found without a change of status
    records.advance(record.ref, Stage.READ)
    changed = api("GET", where, headers={"If-None-Match": etag})
    assert changed.status == 200
    assert changed.headers["etag"] != etag


def test_another_tenant_s_document_is_as_unknown_as_any(api: Api, records: Records) -> None:
    record = stored(records, tenant="acme")
    where = f"/documents/{record.ref.document_id}"
    for method, path in (("GET", where), ("DELETE", where), ("GET", f"{where}/content")):
        assert api(method, path).code == "NOT_FOUND"
    assert records.get(record.ref) == record


def test_a_later_revision_is_the_one_that_is_shown(api: Api, records: Records) -> None:
    record = stored(records, Status.CANCELLED)
    api.post("/documents", {"name": "a", "sha256": record.content_sha256, "size": 1})
    listed = api.get("/documents", status="AWAITING_UPLOAD").json["items"]
    assert (record.ref.document_id, 2) in {(row["document_id"], row["revision"]) for row in listed}


# ---------------------------------------------------------------------- listed
def test_documents_are_listed_newest_first_page_by_page(api: Api, records: Records) -> None:
    later = now() + timedelta(days=1)
    made = [
        stored(
            records,
            Status.COMPLETED if number % 3 else Status.RUNNING,
            created_at=later + timedelta(seconds=number),
        )
        for number in range(10)
    ]
    newest = [record.ref.document_id for record in reversed(made)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while len(seen) < len(newest):
        answer = api.get("/documents", limit="3", **cursor).json
        assert len(answer["items"]) == 3 or answer["next_cursor"] is None
        seen += [row["document_id"] for row in answer["items"]]
        cursor = {"cursor": answer["next_cursor"]}
    assert seen[: len(newest)] == newest
    assert len(set(seen)) == len(seen)
    # A filter leaves out and loses none, and reads a hundred at a time to find one
    running = [r.ref.document_id for r in reversed(made) if r.status is Status.RUNNING]
    answer = api.get("/documents", status="RUNNING", limit=str(len(running))).json
    assert [row["document_id"] for row in answer["items"]] == running
    assert {row["status"] for row in answer["items"]} == {"RUNNING"}
    cursor, one_by_one = {}, []
    with counted(records) as calls:
        for _ in running:
            answer = api.get("/documents", status="RUNNING", limit="1", **cursor).json
            one_by_one += [row["document_id"] for row in answer["items"]]
            cursor = {"cursor": answer["next_cursor"]}
    assert one_by_one == running
    assert len(calls) == 2 * len(running)


@contextlib.contextmanager
def counted(records: Records) -> Iterator[list[str]]:
    """Note the calls that are made to the table."""
    calls: list[str] = []
    events = records._client.meta.events

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events.register("before-call.dynamodb", note)
    try:
        yield calls
    finally:
        events.unregister("before-call.dynamodb", note)


def test_a_list_holds_no_other_tenant_s_documents(api: Api, records: Records) -> None:
    foreign = stored(records, tenant="acme", created_at=now() + timedelta(days=2))
    answer = api.get("/documents", limit="1").json
    assert foreign.ref.document_id not in {row["document_id"] for row in answer["items"]}


def test_the_end_of_a_list_has_no_cursor(api: Api, records: Records) -> None:
    stored(records)
    cursor: dict[str, str] = {}
    for _ in range(50):
        answer = api.get("/documents", limit="200", type="scientific_article", **cursor).json
        if answer["next_cursor"] is None:
            return
        cursor = {"cursor": answer["next_cursor"]}
    raise AssertionError("no end")


# ---------------------------------------------------------------------- cancelled
@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
def test_a_walk_may_be_cancelled(
    pipeline: Pipeline, api: Api, records: Records, status: Status
) -> None:
    record = stored(records, status)
    answer = api("DELETE", f"/documents/{record.ref.document_id}")
    assert (answer.status, answer.json["status"]) == (202, "CANCELLED")
    ended = pipeline.record(record.ref)
    assert ended is not None
    assert (ended.status, ended.stage) == (Status.CANCELLED, record.stage)
    assert ended.finished_at is not None
    # The sweep removes what is left of it
    assert ended.lease_until is not None
    assert pipeline.events(record.ref)[-1] == ("CANCELLED", "")


def test_a_cancelled_document_is_found_by_nobody(pipeline: Pipeline, tmp_path: Path) -> None:
    # Given a walk that has stored its chunks, beside another revision's
    index = EmbeddedIndex(tmp_path / "search.sqlite")
    record = stored(pipeline.records, Status.RUNNING)
    document = record.ref.document_id
    pipeline.records.advance(record.ref, Stage.INDEX, chunks=1)
    index.put([chunk("a heron waits", tenant="default", document=document)])
    index.put([chunk("a heron flies", tenant="default", document=document, revision=2)])
    # When it is cancelled
    assert api_on(pipeline, index)("DELETE", f"/documents/{document}").status == 202
    # Then nothing of it is found
    found = index.find("default", "heron", limit=10).hits
    assert [(hit.document_id, hit.revision) for hit in found] == [(document, 2)]


@pytest.mark.parametrize("noted", [True, False])
def test_chunks_that_the_record_did_not_tell_of_are_found_by_nobody(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: bool
) -> None:
    # Given chunks that Index notes between the two calls of a cancellation, or died before it did
    index = EmbeddedIndex(tmp_path / "search.sqlite")
    record = stored(pipeline.records, Status.RUNNING)
    document = record.ref.document_id
    pipeline.records.advance(record.ref, Stage.ROUTE)
    index.put([chunk("a heron waits", tenant="default", document=document)])
    look = Records.known

    def late(self: Records, tenant: str, document_id: str) -> Known | None:
        known = look(self, tenant, document_id)
        if noted:
            pipeline.records.advance(record.ref, Stage.INDEX, chunks=1)
        return known

    monkeypatch.setattr(Records, "known", late)
    # When it is cancelled
    assert api_on(pipeline, index)("DELETE", f"/documents/{document}").status == 202
    # Then nothing of it is found
    assert not index.find("default", "heron", limit=10).hits


class Lagging:
    """An index that shows nothing yet of what it stores: it deletes what it is told by id."""

    def __init__(self, *ids: str) -> None:
        self.ids = {*ids}

    def delete(self, *_: str, only_revision: int, known: Iterable[str] = ()) -> int:
        self.ids -= {*known}
        return 0


def test_chunks_that_no_search_shows_yet_are_deleted_too(pipeline: Pipeline) -> None:
    record = stored(pipeline.records, Status.RUNNING)
    document = record.ref.document_id
    index = Lagging(*(chunk_id(document, 1, number) for number in (1, 2)), "another's")
    pipeline.records.advance(record.ref, Stage.INDEX, chunks=2)
    api = api_on(pipeline, index)  # type: ignore[arg-type]
    assert api("DELETE", f"/documents/{document}").status == 202
    assert index.ids == {"another's"}


def test_what_is_cancelled_in_the_queue_waits_no_longer(
    pipeline: Pipeline, api: Api, records: Records
) -> None:
    record = stored(records, waits=True)
    waiting = waiting_on(pipeline)
    assert waiting.holds([record]) == {record.ref.execution_name}
    assert api("DELETE", f"/documents/{record.ref.document_id}").json["status"] == "CANCELLED"
    assert waiting.holds([record]) == set()


def test_the_wait_for_an_upload_may_be_cancelled(pipeline: Pipeline, api: Api) -> None:
    announced = new()
    where = f"/documents/{api.post('/documents', announced).json['document_id']}"
    assert api("DELETE", where).status == 202
    assert api("DELETE", where).code == "CONFLICT"
    assert pipeline.events(ref_of(announced))[-1] == ("CANCELLED", "")


def test_a_walk_that_goes_on_meanwhile_is_cancelled_all_the_same(
    pipeline: Pipeline, api: Api, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a record that moves on between the two calls of a cancellation
    record = stored(records)
    look = Records.known

    def late(self: Records, tenant: str, document_id: str) -> Known | None:
        known = look(self, tenant, document_id)
        records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        return known

    monkeypatch.setattr(Records, "known", late)
    assert api("DELETE", f"/documents/{record.ref.document_id}").status == 202
    assert [to for to, _ in pipeline.events(record.ref)] == ["QUEUED", "RUNNING", "CANCELLED"]


@pytest.mark.parametrize(
    "status",
    [Status.COMPLETED, Status.PARTIAL, Status.REJECTED, Status.FAILED, Status.CANCELLED],
)
def test_what_has_ended_cannot_be_cancelled(api: Api, records: Records, status: Status) -> None:
    record = stored(records, status)
    answer = api("DELETE", f"/documents/{record.ref.document_id}")
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert records.get(record.ref) == record
