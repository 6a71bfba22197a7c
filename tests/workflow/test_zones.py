"""What lies where: level by level, when a level changes, and when a zone cannot be reached."""

from __future__ import annotations

import hashlib
import json
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from docparser.model import Document, IndexScope, Level, Status, WaitingFor, Zone, now
from docparser.route.folder_zone import MARKER
from docparser.search.embedded import EmbeddedIndex
from docparser.store import layout

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.unit.api.calls import Api, api_on, event
from tests.workflow.test_faults import NOWHERE
from tests.workflow.test_read_scans import mixed_pdf
from tests.workflow.test_revisions import entered, fresh, revision
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from docparser.model import Record, Ref, Source

WAITS_S = 90  # three retries of a zone that is away, on a machine that does something else besides
SAMPLES = {
    Level.CONFIDENTIAL: ("en/nda.pdf", {"vault"}, IndexScope.NONE, False),
    Level.RESTRICTED: ("de/rechnung.pdf", {"vault", "backup"}, IndexScope.METADATA, False),
    Level.INTERNAL: ("en/operations-report.pdf", {*Zone}, IndexScope.FULL, True),
    Level.PUBLIC: ("de/pressemitteilung.pdf", {*Zone}, IndexScope.FULL, True),
}


def everywhere(pipeline: Pipeline, ref: Ref, *sources: Source) -> dict[str, list[str]]:
    """Return what lies in any bucket of a document: every version, delete markers among them.

    Each bucket is listed from end to end: what lies under a key that nobody thought of is found.
    """
    s3 = pipeline.client("s3")
    found: dict[str, list[str]] = {}
    keys = {source.key for source in sources}
    for bucket in s3.list_buckets()["Buckets"]:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"])
        rows = [
            row["Key"]
            for page in pages
            for row in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            if ref.document_id in row["Key"] or row["Key"] in keys
        ]
        if rows:
            purpose = bucket["Name"].split("-")[2]
            found[purpose] = sorted(rows)
    return found


def result(pipeline: Pipeline, ref: Ref) -> list[str]:
    """Return the keys of a result: all that its document in the vault names."""
    prefix = layout.revision_prefix(ref)
    answer = pipeline.client("s3").get_object(
        Bucket=pipeline.names["VAULT_BUCKET"], Key=f"{prefix}document.json"
    )
    document = Document.model_validate_json(answer["Body"].read())
    made = (*document.texts, *document.exports, *document.redacted)
    files = {"document.json", "original", *(piece.name for piece in made)}
    files |= {f"pages/{entry.file.name}" for entry in document.shards}
    files |= {f"pii/{piece.name}" for piece in document.pii}
    files |= {f"tables/{piece.name}" for piece in document.table_files}
    assert len(document.pii) == len(document.shards)
    return sorted(prefix + file for file in files)


def hits(pipeline: Pipeline, record: Record) -> set[str]:
    """Return the documents that a search finds for the words of one."""
    name = f"docparser-{pipeline.outputs.env}-index"
    configuration = pipeline.client("lambda").get_function_configuration(FunctionName=name)
    variables = configuration["Environment"]["Variables"]
    api = api_on(pipeline, EmbeddedIndex(Path(variables["DOCPARSER_SEARCH_LOCATION"])))
    text = (
        pipeline.client("s3")
        .get_object(
            Bucket=pipeline.names["VAULT_BUCKET"],
            Key=f"{layout.revision_prefix(record.ref)}document.txt",
        )["Body"]
        .read()
        .decode()
    )
    words = " ".join(sorted({*text.split()}, key=len)[-3:])
    answer = api.get("/search", q=words, limit="100")
    assert answer.status == 200
    return {hit["document_id"] for hit in answer.json["hits"]}


@pytest.mark.parametrize("level", Level)
def test_a_document_lies_where_its_level_lets_it_and_nothing_else_of_it_anywhere(
    pipeline: Pipeline, level: Level
) -> None:
    # Given a document of a level
    sample, zones, scope, is_found = SAMPLES[level]
    content = fresh(sample)
    # When it has walked
    source = pipeline.upload(content, "sample.pdf")
    record = pipeline.ended(ref_of(content))
    assert (record.status, record.level) == (Status.COMPLETED, level)
    # Then each zone of its level holds the result, and no other bucket a version of anything
    found = everywhere(pipeline, record.ref, source)
    assert found.keys() == zones == {*record.zones}
    for zone in zones:
        assert found[zone] == result(pipeline, record.ref), zone
    # And the index knows as much as the level lets it, and tells no more
    assert record.index is scope
    assert (record.ref.document_id in hits(pipeline, record)) == is_found
    # And what lies in the backup is locked
    if "backup" in zones:
        bucket, s3 = pipeline.names["BACKUP_BUCKET"], pipeline.client("s3")
        for key in found["backup"]:
            head = s3.head_object(Bucket=bucket, Key=key)
            assert head["ObjectLockMode"] == "GOVERNANCE"
            assert head["ObjectLockRetainUntilDate"] > now() + timedelta(days=29)
    # And who walks first has nothing to purge
    assert "Clear" not in entered(pipeline, record.ref)


def test_nothing_is_left_of_a_confidential_scan_but_in_the_vault(pipeline: Pipeline) -> None:
    # Given a scan, whose pages go through the OCR endpoint
    content = mixed_pdf()
    with pipeline.changed("preflight", DOCPARSER_OCR_CPU="false"):
        source = pipeline.upload(content, "scan.pdf", level="CONFIDENTIAL")
        record = pipeline.ended(ref_of(content), timeout_s=180)
    assert (record.status, record.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    assert record.pages_by_lane["gpu"] == 1  # type: ignore[index]
    assert everywhere(pipeline, record.ref, source).keys() == {"vault"}


def test_a_public_document_that_becomes_confidential_is_nowhere_else(pipeline: Pipeline) -> None:
    # Given a document that lies everywhere, its backup locked
    content = fresh("de/pressemitteilung.pdf")
    first_source = pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    assert everywhere(pipeline, first.ref, first_source).keys() == {*Zone}
    assert first.ref.document_id in hits(pipeline, first)
    # When it becomes CONFIDENTIAL
    source = pipeline.upload(content, level="CONFIDENTIAL")
    record = pipeline.ended(revision(content, 2))
    assert (record.status, record.level) == (Status.COMPLETED, Level.CONFIDENTIAL)
    # Then the copies that it may have are there, and no version of any other
    until(lambda: {*everywhere(pipeline, record.ref, first_source, source)} == {"vault"})
    found = everywhere(pipeline, record.ref, first_source, source)["vault"]
    assert {key.split("/")[2] for key in found} == {"r1", "r2"}
    assert record.ref.document_id not in hits(pipeline, record)
    # And nothing was purged before all was copied
    states = entered(pipeline, record.ref)
    assert states.index("Clear") > states.index("FillZone")
    # And the audit trail tells where it lay, and where it lies
    routed = [
        event.facts["zones"]
        for ref in (first.ref, record.ref)
        for event in pipeline.records.events(ref)
        if event.action == "routed"
    ]
    assert routed == [("vault", "backup", "sync"), ("vault",)]


# ---------------------------------------------------------------------- a zone that is away
def waiting(pipeline: Pipeline, content: bytes, *, number: int = 1) -> Record:
    """Wait until a document waits for a zone; return its record."""

    def look() -> Record | None:
        record = pipeline.record(revision(content, number))
        return record if record is not None and record.status is Status.WAITING else None

    record = until(look, timeout_s=WAITS_S)
    assert record.waiting_for is WaitingFor.ZONE
    return record


def go_on(pipeline: Pipeline, record: Record) -> None:
    """Let the sweep find a document that has waited long enough."""
    assert pipeline.records.renew(record, now() - timedelta(minutes=1))
    pipeline.client("lambda").invoke(FunctionName=f"docparser-{pipeline.outputs.env}-sweep")


def versions(pipeline: Pipeline, purpose: str, ref: Ref) -> set[tuple[str, str]]:
    bucket = pipeline.names[f"{purpose.upper()}_BUCKET"]
    page = pipeline.client("s3").list_object_versions(
        Bucket=bucket, Prefix=layout.document_prefix(ref)
    )
    return {(row["Key"], row["VersionId"]) for row in page.get("Versions", [])}


def test_a_document_waits_for_a_zone_that_is_away_and_goes_on_when_it_is_back(
    pipeline: Pipeline,
) -> None:
    # Given a backup that nobody can reach
    content = fresh("de/rechnung.pdf")
    with pipeline.changed("place-backup", DOCPARSER_BACKUP_ENDPOINT=NOWHERE):
        # When a document comes that belongs there
        source = pipeline.upload(content, "rechnung.pdf")
        record = waiting(pipeline, content)
        # Then it waits, with all that was read of it, and takes nobody's slot
        found = everywhere(pipeline, record.ref, source)
        assert found.keys() == {"intake", "work", "vault"}
        assert pipeline.execution(record.ref)["status"] == "RUNNING"
        filled = versions(pipeline, "vault", record.ref)
        assert sorted(key for key, _ in filled) == result(pipeline, record.ref)
        # and waits again, if the zone is still away
        go_on(pipeline, record)
        again = until(lambda: waited(pipeline, record.ref, times=2), timeout_s=WAITS_S)
    # When the zone is back
    go_on(pipeline, again)
    ended = pipeline.ended(record.ref)
    # Then the document lies there too, and what was filled before was not filled again
    assert (ended.status, ended.waits) == (Status.COMPLETED, 2)
    found = everywhere(pipeline, record.ref, source)
    assert found.keys() == {"vault", "backup"}
    assert found["vault"] == found["backup"]
    assert versions(pipeline, "vault", record.ref) == filled
    statuses = [to for to, _ in pipeline.events(record.ref)]
    assert statuses.count("WAITING") == 2
    assert len(pipeline.executions(record.ref)) == 1


def waited(pipeline: Pipeline, ref: Ref, *, times: int) -> Record | None:
    record = pipeline.record(ref)
    waits = record is not None and record.status is Status.WAITING and record.waits >= times
    return record if waits else None


def test_nothing_is_purged_while_a_copy_is_missing(pipeline: Pipeline) -> None:
    # Given a public document that becomes RESTRICTED while the backup is away
    content = fresh("de/pressemitteilung.pdf")
    pipeline.upload(content)
    first = pipeline.ended(ref_of(content))
    synced = versions(pipeline, "sync", first.ref)
    with pipeline.changed("place-backup", DOCPARSER_BACKUP_ENDPOINT=NOWHERE):
        pipeline.upload(content, level="RESTRICTED")
        record = waiting(pipeline, content, number=2)
        # Then what it will be taken from is still there,
        assert versions(pipeline, "sync", record.ref) == synced
    # and is purged once all copies are.
    go_on(pipeline, record)
    assert pipeline.ended(record.ref).status is Status.COMPLETED
    assert {*everywhere(pipeline, record.ref)} == {"vault", "backup"}


def test_a_zone_that_cannot_be_purged_is_waited_for_too(pipeline: Pipeline) -> None:
    content = fresh("de/pressemitteilung.pdf")
    pipeline.upload(content)
    pipeline.ended(ref_of(content))
    with pipeline.changed("place-sync", DOCPARSER_SYNC_ENDPOINT=NOWHERE):
        pipeline.upload(content, level="RESTRICTED")
        record = waiting(pipeline, content, number=2)
        assert pipeline.keys("SYNC_BUCKET", layout.document_prefix(record.ref))
    filled = versions(pipeline, "vault", record.ref)
    go_on(pipeline, record)
    assert pipeline.ended(record.ref).status is Status.COMPLETED
    assert {*everywhere(pipeline, record.ref)} == {"vault", "backup"}
    assert versions(pipeline, "vault", record.ref) == filled


# ---------------------------------------------------------------------- other kinds of zones
def test_a_zone_may_be_a_mounted_folder(pipeline: Pipeline, tmp_path: Path) -> None:
    # Given a NAS as the backup, and another one that is not mounted as the sync zone
    nas, missing = tmp_path / "nas", tmp_path / "missing"
    nas.mkdir()
    (nas / MARKER).write_text("backup")
    content = fresh("de/pressemitteilung.pdf")
    with (
        pipeline.changed("place-backup", DOCPARSER_BACKUP_FOLDER=str(nas)),
        pipeline.changed("place-sync", DOCPARSER_SYNC_FOLDER=str(missing)),
    ):
        pipeline.upload(content)
        record = waiting(pipeline, content)
        assert everywhere(pipeline, record.ref).get("sync") is None
        # When it is mounted
        missing.mkdir()
        (missing / MARKER).write_text("sync\n")
        go_on(pipeline, record)
        assert pipeline.ended(record.ref).status is Status.COMPLETED
        # Then both hold the result, and the buckets in their place nothing
        assert {*everywhere(pipeline, record.ref)} == {"vault"}
        for folder in (nas, missing):
            original = folder / layout.revision_prefix(record.ref) / "original"
            assert original.read_bytes() == content
            assert not [path for path in folder.rglob(".*") if path.name != MARKER]
        # And the purge reaches them
        pipeline.upload(content, level="CONFIDENTIAL")
        assert pipeline.ended(revision(content, 2)).status is Status.COMPLETED
        for folder in (nas, missing):
            assert [path.name for path in folder.rglob("*") if path.is_file()] == [MARKER]


def test_the_vault_may_be_another_store(pipeline: Pipeline) -> None:
    # Given a vault behind an endpoint of its own
    content = fresh("en/nda.pdf")
    elsewhere = {"DOCPARSER_VAULT_ENDPOINT": pipeline.outputs.endpoint}
    with pipeline.changed("place-vault", **elsewhere), pipeline.changed("restore", **elsewhere):
        pipeline.upload(content, "nda.pdf")
        first = pipeline.ended(ref_of(content))
        assert first.status is Status.COMPLETED
        # When the next revision takes up what lies there
        api: Api = api_on(pipeline)
        path = f"/documents/{first.ref.document_id}/revisions"
        answer: Any = api.post(path, {"from": "read"})
        assert answer.status == 202
        record = pipeline.ended(revision(content, 2))
    # Then it finds the file as it came
    assert record.status is Status.COMPLETED
    body = pipeline.client("s3").get_object(
        Bucket=pipeline.names["VAULT_BUCKET"], Key=f"{layout.revision_prefix(record.ref)}original"
    )["Body"]
    assert hashlib.sha256(body.read()).hexdigest() == record.content_sha256


def test_what_lies_at_another_store_is_had_by_a_url_of_that_store(pipeline: Pipeline) -> None:
    # Given a document in a vault behind another name
    content = text_pdf(("Dear Sir,", "here is what you asked for"))
    pipeline.upload(content)
    record = pipeline.ended(ref_of(content))
    store = pipeline.outputs.endpoint.replace("127.0.0.1", "localhost")
    # When its text is asked for
    with pipeline.changed("api", DOCPARSER_VAULT_ENDPOINT=store):
        answer = pipeline.client("lambda").invoke(
            FunctionName=f"docparser-{pipeline.outputs.env}-api",
            Payload=json.dumps(
                event(
                    "GET", f"/documents/{record.ref.document_id}/content", query={"format": "txt"}
                )
            ),
        )
        told = json.loads(answer["Payload"].read())
    # Then the answer leads there
    assert told["statusCode"] == 303
    (url,) = told["multiValueHeaders"]["Location"]
    assert url.startswith(f"{store}/{pipeline.names['VAULT_BUCKET']}/")
    with urllib.request.urlopen(url) as got:
        assert got.read().split() == b"Dear Sir, here is what you asked for".split()
