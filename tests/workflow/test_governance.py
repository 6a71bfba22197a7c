"""Governance on a running stack: levels by people, legal holds, retention and erasure."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docparser.api.problems import CONTENT_TYPE
from docparser.govern.erasures import LAST_WRITE, ErasureRequests
from docparser.govern.purge import Purge
from docparser.govern.retention import Expiry
from docparser.model import Erasure, Level, Status, Zone, now, rfc3339
from docparser.search.embedded import EmbeddedIndex
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.erasures import Erasures, PurgeOrder
from docparser.store.executions import Executions
from docparser.store.holds import Holds

from tests.stack import Pipeline, until
from tests.unit.api.calls import Answer, Api, api_on
from tests.workflow.test_faults import NOWHERE, seen_failing
from tests.workflow.test_revisions import fresh, revision
from tests.workflow.test_walk import ref_of
from tests.workflow.test_zones import everywhere, hits

if TYPE_CHECKING:
    from datetime import datetime

    from docparser.model import Record, Ref

ALICE, BOB = "arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/bob"
NAME = "Kündigung Xanthippe.pdf"
PROVEN_S = 60


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


def send(api: Api, actor: str, method: str, ref: Ref, what: str, **said: Any) -> Answer:
    """Send a request about a document as somebody."""
    path = f"/documents/{ref.document_id}/{what}"
    if method == "DELETE":
        return api(method, path, query=said, actor=actor)
    return api(method, path, body=json.dumps(said), actor=actor)


def told(pipeline: Pipeline, *refs: Ref) -> list[tuple[str, str]]:
    """Return what people did about some revisions, and who."""
    return [
        (event.action.value, event.actor)
        for ref in refs
        for event in pipeline.records.events(ref)
        if event.actor != "system"
    ]


def erasing_at(pipeline: Pipeline, after: timedelta) -> ErasureRequests:
    """Return who begins erasures on the running stack, by a clock that is ahead."""
    sqs, dynamodb = pipeline.client("sqs"), pipeline.client("dynamodb")
    queue = sqs.get_queue_url(QueueName=f"docparser-{pipeline.outputs.env}-purge")["QueueUrl"]
    table = pipeline.names["TABLE"]
    return ErasureRequests(
        records=pipeline.records,
        holds=Holds(dynamodb, table),
        erasures=Erasures(dynamodb, table, sqs, queue),
        clock=lambda: now() + after,
    )


def purge_at(pipeline: Pipeline, after: timedelta) -> Purge:
    """Return a purge of the running stack, by a clock that is ahead."""
    s3, names = pipeline.client("s3"), pipeline.names
    requests = erasing_at(pipeline, after)
    return Purge(
        records=pipeline.records,
        erasures=requests._erasures,
        requests=requests,
        executions=Executions(pipeline.client("stepfunctions"), names["STATE_MACHINE_ARN"]),
        intake=Blobs(s3, names["INTAKE_BUCKET"]),
        work=Blobs(s3, names["WORK_BUCKET"]),
        exchange=Blobs(s3, names["OCR_BUCKET"]),
        zones={
            zone: Blobs(s3, names[f"{zone.upper()}_BUCKET"], passes_locks=zone is Zone.BACKUP)
            for zone in Zone
        },
        sources=Sources(s3),
        index=None,
        clock=lambda: now() + after,
    )


def proven(pipeline: Pipeline, ref: Ref) -> Erasure:
    """Wait until the record of an erased document has its proof."""

    def look() -> Erasure | None:
        record = pipeline.records.current(ref.tenant, ref.document_id)
        return None if record is None else record.erasure

    return until(look, timeout_s=PROVEN_S)


def index_of(pipeline: Pipeline) -> EmbeddedIndex:
    """Return the index of the running stack."""
    name = f"docparser-{pipeline.outputs.env}-index"
    configuration = pipeline.client("lambda").get_function_configuration(FunctionName=name)
    return EmbeddedIndex(
        Path(configuration["Environment"]["Variables"]["DOCPARSER_SEARCH_LOCATION"])
    )


def words_of(pipeline: Pipeline, ref: Ref) -> str:
    """Return a few words of a document."""
    key = f"{layout.revision_prefix(ref)}document.txt"
    body = pipeline.client("s3").get_object(Bucket=pipeline.names["VAULT_BUCKET"], Key=key)["Body"]
    return " ".join(sorted({*body.read().decode().split()}, key=len)[-3:])


def said_of(pipeline: Pipeline, ref: Ref) -> str:
    """Return every item of a document, as one text."""
    return json.dumps(pipeline.items(ref), default=str, ensure_ascii=False)


# ---------------------------------------------------------------------- levels
def test_a_raise_takes_a_document_out_of_every_looser_zone(pipeline: Pipeline, api: Api) -> None:
    # Given a public document, which lies everywhere
    content = fresh("de/pressemitteilung.pdf")
    source = pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    assert everywhere(pipeline, first.ref, source).keys() == {*Zone}
    # When somebody makes it confidential
    answer = send(api, ALICE, "POST", first.ref, "level", level="CONFIDENTIAL", reason="m/1")
    assert (answer.status, answer.json["revision"]) == (202, 2)
    record = pipeline.ended(revision(content, 2))
    # Then it is, and no version of any revision lies anywhere but in the vault
    assert (record.status, record.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    until(lambda: everywhere(pipeline, record.ref, source).keys() == {"vault"})
    assert record.ref.document_id not in hits(pipeline, record)
    assert ("level.raised", ALICE) in told(pipeline, first.ref)
    # And it is not made so again
    again = send(api, BOB, "POST", first.ref, "level", level="CONFIDENTIAL", reason="m/1")
    assert (again.status, again.code) == (409, "CONFLICT")


def test_a_lower_level_takes_two_people(pipeline: Pipeline, api: Api) -> None:
    # Given a confidential contract
    content = fresh("en/nda.pdf")
    source = pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    assert first.level is Level.CONFIDENTIAL
    # When Alice asks for less, nothing happens yet
    answer = send(api, ALICE, "POST", first.ref, "level", level="INTERNAL", reason="signed")
    assert (answer.status, answer.json["request"]["by"]) == (202, ALICE)
    assert answer.json["revision"] == 1
    # nor when she approves it herself
    mine = send(api, ALICE, "POST", first.ref, "level/approval", approve=True)
    assert (mine.status, mine.code) == (403, "FORBIDDEN")
    assert mine.headers["content-type"] == CONTENT_TYPE
    assert pipeline.records.current("default", first.ref.document_id) == pipeline.record(first.ref)
    assert everywhere(pipeline, first.ref, source).keys() == {"vault"}
    # When Bob does
    answer = send(api, BOB, "POST", first.ref, "level/approval", approve=True)
    assert (answer.status, answer.json["approved_level"]) == (202, "INTERNAL")
    # Then it goes where that level lets it
    record = pipeline.ended(revision(content, 2))
    assert (record.status, record.level) == (Status.COMPLETED, Level.INTERNAL)
    assert everywhere(pipeline, record.ref, source).keys() == {*record.zones} == {"vault", "backup"}
    assert record.ref.document_id in hits(pipeline, record)
    # And both are in the trail
    trail = told(pipeline, first.ref)
    assert trail == [("level.requested", ALICE), ("level.approved", BOB)]
    # And a stricter level takes it back at once
    send(api, BOB, "POST", first.ref, "level", level="CONFIDENTIAL", reason="leak")
    third = pipeline.ended(revision(content, 3))
    assert (third.level, third.approved_level) == (Level.CONFIDENTIAL,) * 2
    until(lambda: everywhere(pipeline, record.ref, source).keys() == {"vault"})


# ---------------------------------------------------------------------- holds
def test_what_is_held_is_erased_by_nobody(pipeline: Pipeline, api: Api) -> None:
    content = fresh("de/rechnung.pdf")
    source = pipeline.upload(content)
    record = pipeline.ended(ref_of(content))
    there = everywhere(pipeline, record.ref, source)
    for matter in ("matter 1", "matter 2"):
        assert send(api, ALICE, "PUT", record.ref, "hold", reference=matter).status == 200
    # Then it is not erased by request,
    answer = send(api, BOB, "POST", record.ref, "erasure", reason="r")
    assert (answer.status, answer.code) == (409, "HELD")
    # nor when it has been kept for long enough,
    expiring(pipeline, record, timedelta(days=1))
    expire(pipeline, timedelta(days=2))
    # nor when one of two matters is over
    released = send(api, ALICE, "DELETE", record.ref, "hold", reference="matter 1")
    assert released.json["references"] == ["matter 2"]
    assert send(api, BOB, "POST", record.ref, "erasure", reason="r").code == "HELD"
    assert everywhere(pipeline, record.ref, source) == there
    assert api.get(f"/documents/{record.ref.document_id}").json["hold"] == "matter 2"
    # And is when no one holds it
    send(api, ALICE, "DELETE", record.ref, "hold", reference="matter 2")
    assert send(api, BOB, "POST", record.ref, "erasure", reason="r").status == 202
    assert proven(pipeline, record.ref).versions >= sum(map(len, there.values()))
    assert everywhere(pipeline, record.ref, source) == {}
    assert told(pipeline, record.ref) == [
        ("held", ALICE),
        ("held", ALICE),
        ("released", ALICE),
        ("released", ALICE),
        ("erasure.requested", BOB),
    ]


# ---------------------------------------------------------------------- erasure
def test_an_erased_document_is_nowhere_and_its_record_proves_it(
    pipeline: Pipeline, api: Api
) -> None:
    # Given a document of two revisions that came under two names, everywhere and locked
    content = fresh("de/pressemitteilung.pdf")
    source = pipeline.upload(content, NAME)
    first = pipeline.ended(ref_of(content))
    other = pipeline.upload(content, "Xanthippe.pdf")
    send(api, ALICE, "POST", first.ref, "revisions", **{"from": "classify"})
    record = pipeline.ended(revision(content, 2))
    assert record.ref.document_id in hits(pipeline, record)
    found = everywhere(pipeline, record.ref, source, other)
    assert found.keys() == {*Zone}
    words = words_of(pipeline, record.ref)
    # When it is erased
    answer = send(api, ALICE, "POST", record.ref, "erasure", reason="request 4711")
    assert (answer.status, answer.json["status"]) == (202, "ERASED")
    # Then it is gone for everybody at once,
    path = f"/documents/{record.ref.document_id}"
    for gone in (path, f"{path}/content", f"{path}/level"):
        assert (api.get(gone).status, api.get(gone).code) == (410, "ERASED")
    assert "Xanthippe" not in json.dumps(api.get("/documents").json, ensure_ascii=False)
    # and soon it is nowhere, in no version,
    proof = proven(pipeline, record.ref)
    assert everywhere(pipeline, record.ref, source, other) == {}
    left = index_of(pipeline).find("default", words, limit=100).hits
    assert record.ref.document_id not in {hit.document_id for hit in left}
    # which the proof tells,
    assert (proof.versions, proof.passages) == (sum(map(len, found.values())), record.chunks)
    assert proof.size_bytes > 0
    shown = api.get(f"{path}/erasure").json
    assert shown["proof"]["objects_sha256"] == proof.objects_sha256
    # the record and the trail stay, and no name does
    stands = pipeline.record(record.ref)
    assert stands is not None
    assert (stands.status, stands.erasure, stands.content_sha256) == (
        Status.ERASED,
        proof,
        record.content_sha256,
    )
    assert "Xanthippe" not in said_of(pipeline, record.ref)
    assert [event.action for event in pipeline.records.events(record.ref)][-2:] == [
        "erasure.requested",
        "erased",
    ]
    # And the same bytes are not taken in again
    announced = api.post(
        "/documents", {"name": "x", "sha256": record.content_sha256, "size": len(content)}
    )
    assert (announced.status, announced.code) == (410, "ERASED")
    again = pipeline.upload(content, "Xanthippe again.pdf")
    until(lambda: again.key not in pipeline.keys("INTAKE_BUCKET"))
    assert "Xanthippe" not in said_of(pipeline, record.ref)
    assert api.get(path).code == "ERASED"


def test_what_walks_is_stopped_and_erased(pipeline: Pipeline, api: Api) -> None:
    # Given a walk that is held up
    content = fresh("de/pressemitteilung.pdf")
    with pipeline.changed("classify", AWS_ENDPOINT_URL_S3=NOWHERE):
        source = pipeline.upload(content)
        until(lambda: seen_failing(pipeline, content))
        ref = ref_of(content)
        # When its document is erased
        answer = send(api, ALICE, "POST", ref, "erasure", reason="r")
        assert (answer.status, answer.json["proof"]) == (202, None)
        # Then the walk is over, and what there was is gone
        until(lambda: pipeline.execution(ref)["status"] == "ABORTED")
        until(lambda: everywhere(pipeline, ref, source) == {})
    record = pipeline.record(ref)
    assert record is not None
    assert (record.status, record.erasure) == (Status.ERASED, None)
    # It is proven once no function of it can write any more
    order = PurgeOrder(tenant=ref.tenant, document_id=ref.document_id)
    assert purge_at(pipeline, LAST_WRITE - timedelta(minutes=2)).run(order) is None
    proof = purge_at(pipeline, LAST_WRITE + timedelta(minutes=1)).run(order)
    assert proof is not None
    assert proof.versions > 0
    assert proven(pipeline, ref) == proof
    assert [status for status, _ in pipeline.events(ref)][-2:] == ["CANCELLED", "ERASED"]


def test_a_purge_that_failed_half_way_is_made_good_by_the_sweep(
    pipeline: Pipeline, api: Api
) -> None:
    content = fresh("de/pressemitteilung.pdf")
    source = pipeline.upload(content)
    record = pipeline.ended(ref_of(content))
    found = everywhere(pipeline, record.ref, source)
    # Given a store that is away when it comes to the last zone
    with pipeline.changed("purge", DOCPARSER_SYNC_ENDPOINT=NOWHERE):
        send(api, ALICE, "POST", record.ref, "erasure", reason="r")
        until(lambda: everywhere(pipeline, record.ref, source).keys() == {"sync"}, PROVEN_S)
        stands = pipeline.record(record.ref)
        assert stands is not None
        assert stands.erasure is None
    # When it is back, and the sweep finds that nothing is proven
    erasing_at(pipeline, timedelta()).remind(stands)
    # Then the rest goes too, and the proof is of all of it
    proof = proven(pipeline, record.ref)
    assert everywhere(pipeline, record.ref, source) == {}
    assert proof.versions == sum(map(len, found.values()))


def test_an_archive_goes_with_what_is_in_it(pipeline: Pipeline, api: Api) -> None:
    # Given an archive with two documents in it
    inside = [fresh("de/rechnung.pdf"), fresh("de/pressemitteilung.pdf")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, content in enumerate(inside):
            archive.writestr(f"{number}.pdf", content)
    pipeline.upload(packed.getvalue(), "all.zip")
    record = pipeline.ended(ref_of(packed.getvalue()))
    children = [pipeline.ended(ref_of(content)) for content in inside]
    assert [child.parent for child in children] == [record.ref.document_id] * 2
    # While one of them is held, none is erased
    send(api, BOB, "PUT", children[1].ref, "hold", reference="matter 1")
    assert send(api, ALICE, "POST", record.ref, "erasure", reason="r").code == "HELD"
    assert all(everywhere(pipeline, one.ref) for one in (record, *children))
    # Then all are
    send(api, BOB, "DELETE", children[1].ref, "hold", reference="matter 1")
    assert send(api, ALICE, "POST", record.ref, "erasure", reason="r").status == 202
    for one in (record, *children):
        proven(pipeline, one.ref)
        assert everywhere(pipeline, one.ref) == {}
        assert ("erasure.requested", ALICE) in told(pipeline, one.ref)


# ---------------------------------------------------------------------- retention
def expiring(pipeline: Pipeline, record: Record, after: timedelta) -> datetime:
    """Let a document be kept no longer than that."""
    until_ = record.created_at + after
    update = pipeline.records._writes.update(
        record.ref,
        f"R#{record.ref.revision:04d}",
        {
            "retain_until": until_,
            "gsi2pk": f"KEEP#{record.ref.document_id[1]}",
            "gsi2sk": rfc3339(until_),
        },
        {},
    )
    assert pipeline.records._writes.run_one(update)
    return until_


def expire(pipeline: Pipeline, after: timedelta) -> None:
    """Do what the sweep does about what has expired, by a clock that is ahead."""
    expiry = Expiry(
        records=pipeline.records,
        requests=erasing_at(pipeline, after),
        clock=lambda: now() + after,
    )
    for part in "0123456789abcdef":
        expiry.run(part)


def set_policy(api: Api, policy: dict[str, Any]) -> None:
    version = api.get("/policy").json["tenant_version"]
    body = json.dumps({"replaces": version, "policy": policy})
    assert api("PUT", "/policy", body=body, actor=ALICE).status == 200


def test_what_was_kept_long_enough_is_erased_by_the_sweep(pipeline: Pipeline, api: Api) -> None:
    # Given a tenant that keeps invoices for a year
    version = api.get("/policy").json["version"]
    rules = {"retention": [{"type": "invoice", "days": 365, "lock_days": 30}]}
    set_policy(api, rules)
    try:
        content = fresh("de/rechnung.pdf")
        source = pipeline.upload(content)
        record = pipeline.ended(ref_of(content))
    finally:
        set_policy(api, {})
    assert record.retain_until == record.created_at + timedelta(days=365)
    assert record.policy_version != version
    # Until then nothing happens
    expire(pipeline, timedelta(days=364))
    assert pipeline.record(record.ref) == record
    # After that it is erased, locks or not
    expire(pipeline, timedelta(days=366))
    order = PurgeOrder(tenant="default", document_id=record.ref.document_id)
    assert purge_at(pipeline, timedelta(days=367)).run(order) == proven(pipeline, record.ref)
    assert everywhere(pipeline, record.ref, source) == {}
    assert told(pipeline, record.ref) == []


# ---------------------------------------------------------------------- by the command
def docparser(pipeline: Pipeline, actor: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the running stack, as somebody."""
    return subprocess.run(
        [
            Path(sys.executable).with_name("docparser"),
            *words,
            "--endpoint",
            pipeline.outputs.api_url,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "AWS_ACCESS_KEY_ID": actor},
    )


def test_the_command_does_what_it_says(pipeline: Pipeline) -> None:
    # Given a document
    content = fresh("en/nda.pdf")
    source = pipeline.upload(content)
    record = pipeline.ended(ref_of(content))
    document = record.ref.document_id
    # A looser level is not set, but asked for and approved by somebody else
    done = docparser(pipeline, "ALICE", "level", "set", document, "INTERNAL", "--reason", "r")
    assert (done.returncode, done.stdout) == (2, "")
    done = docparser(pipeline, "ALICE", "level", "request", document, "INTERNAL", "--reason", "r")
    assert (done.returncode, done.stderr) == (0, "")
    done = docparser(pipeline, "ALICE", "level", "approve", document)
    assert (done.returncode, done.stdout) == (3, "")
    assert "ALICE" in docparser(pipeline, "BOB", "level", "show", document).stdout
    done = docparser(pipeline, "BOB", "level", "approve", document)
    assert (done.returncode, done.stderr) == (0, "")
    second = pipeline.ended(revision(content, 2))
    assert second.level is Level.INTERNAL
    # A stricter one is set
    done = docparser(pipeline, "ALICE", "level", "set", document, "RESTRICTED", "--reason", "r")
    assert (done.returncode, done.stderr) == (0, "")
    third = pipeline.ended(revision(content, 3))
    assert third.level is Level.RESTRICTED
    # What is held is not erased
    assert docparser(pipeline, "ALICE", "hold", "set", document, "--reference", "m").returncode == 0
    done = docparser(pipeline, "BOB", "erase", document, "--yes")
    assert done.returncode == 1
    assert "hold" in done.stderr
    done = docparser(pipeline, "ALICE", "hold", "release", document, "--reference", "m")
    assert done.returncode == 0
    # What is released is, if one is sure
    assert docparser(pipeline, "BOB", "erase", document).returncode == 2
    done = docparser(pipeline, "BOB", "erase", document, "--yes", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    proof = json.loads(done.stdout)["proof"]
    assert proof["versions"] == proven(pipeline, record.ref).versions > 0
    assert everywhere(pipeline, record.ref, source) == {}
    assert told(pipeline, record.ref)[:2] == [
        ("level.requested", "ALICE"),
        ("level.approved", "BOB"),
    ]
    # And is no more
    assert docparser(pipeline, "BOB", "level", "show", document).returncode == 4
