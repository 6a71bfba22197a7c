"""Backfill: objects of somebody else's bucket, each taken in once, whatever dies on the way."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from docparser.backfill.listed import Batch, Job, Kind
from docparser.backfill.stage import Backfill
from docparser.errors import Retryable, Terminal
from docparser.intake.arrival import Arrival
from docparser.model import Priority, Ref, Source, Status
from docparser.store.blobs import Blobs, OpenSource, Sources
from docparser.store.markers import Marker, Markers, Outcome
from docparser.store.waiting import Waiting

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(sys.executable).with_name("docparser")
TIMEOUT_S = 240
DISTINCT = 48


@dataclass(frozen=True)
class Archive:
    """A bucket of somebody else's, and the command over it."""

    pipeline: Pipeline
    bucket: str
    folder: Path

    def put(self, key: str, body: bytes) -> None:
        self.pipeline.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def objects(self) -> dict[str, str]:
        """Return what lies there: keys and ETags."""
        pages = self.pipeline.client("s3").get_paginator("list_objects_v2")
        rows = [row for page in pages.paginate(Bucket=self.bucket) for row in page["Contents"]]
        return {row["Key"]: row["ETag"] for row in rows}

    @property
    def report(self) -> Path:
        return self.folder / "report.tsv"

    def rows(self) -> list[dict[str, str]]:
        with self.report.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def start(self, *words: str) -> subprocess.Popen[str]:
        outputs = self.pipeline.outputs
        environment = {
            **os.environ,
            "DOCPARSER_HOME": str(self.pipeline.home),
            "DOCPARSER_ENDPOINT": outputs.endpoint,
        }
        return subprocess.Popen(
            [COMMAND, "backfill", f"s3://{self.bucket}/a/", "--json", *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, expected: int = 0) -> dict[str, Any]:
        """Run the command to its end; return the counts that it prints."""
        process = self.start("--out", str(self.report), *words)
        said, problem = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == expected, problem
        return json.loads(said)

    # ------------------------------------------------------------------ what is left behind
    @property
    def markers(self) -> Markers:
        return Markers(self.pipeline.client("dynamodb"), self.pipeline.names["TABLE"])

    def marked(self, run: str) -> dict[str, str]:
        """Return when each object of a run was marked, by its key."""
        answer = self.pipeline.client("dynamodb").query(
            TableName=self.pipeline.names["TABLE"],
            KeyConditionExpression="pk = :run",
            ExpressionAttributeValues={":run": {"S": f"B#{run}"}},
            ConsistentRead=True,
        )
        return {item["key"]["S"]: item["marked_at"]["S"] for item in answer["Items"]}

    def executions(self, run: str) -> list[str]:
        """Return the statuses of a run's executions, the first one first."""
        machine = self.pipeline.names["STATE_MACHINE_ARN"].replace("-document", "-backfill")
        answer = self.pipeline.client("stepfunctions").list_executions(stateMachineArn=machine)
        rows = [row for row in answer["executions"] if row["name"].startswith(f"{run}-a")]
        return [row["status"] for row in sorted(rows, key=lambda row: row["name"])]

    def arn(self, run: str, attempt: int) -> str:
        machine = self.pipeline.names["STATE_MACHINE_ARN"].replace("-document", "-backfill")
        return f"{machine.replace(':stateMachine:', ':execution:')}:{run}-a{attempt}"

    def stop(self, run: str, attempt: int) -> None:
        states = self.pipeline.client("stepfunctions")
        states.stop_execution(executionArn=self.arn(run, attempt), error="Killed")

    def redrive(self, run: str, attempt: int) -> None:
        states = self.pipeline.client("stepfunctions")
        states.redrive_execution(executionArn=self.arn(run, attempt))


@pytest.fixture
def archive(pipeline: Pipeline, tmp_path: Path) -> Iterator[Archive]:
    bucket = f"archive-{uuid.uuid4().hex[:12]}"
    pipeline.client("s3").create_bucket(Bucket=bucket)
    yield Archive(pipeline, bucket, tmp_path)
    # An empty bucket may be deleted: nothing but the test has put anything there
    for key in (archive := Archive(pipeline, bucket, tmp_path)).objects():
        archive.pipeline.client("s3").delete_object(Bucket=bucket, Key=key)
    pipeline.client("s3").delete_bucket(Bucket=bucket)


def fill(archive: Archive, distinct: int = DISTINCT) -> dict[str, str]:
    """Put letters there, some of them twice, and what is none; return what lies there."""
    letters = [text_pdf(("Dear Sir,", f"letter {number}")) for number in range(distinct)]
    for number, letter in enumerate(letters):
        archive.put(f"a/2024/Kim Example {number}.pdf", letter)
    for number, letter in enumerate(letters[: distinct // 5]):
        archive.put(f"a/copies/ü {number}+1.pdf", letter)
    archive.put("a/broken.bin", b"\x00\x01\x02" + os.urandom(64))
    archive.put("a/2024/", b"")
    archive.put("b/outside.pdf", text_pdf())
    return archive.objects()


def once(archive: Archive, rows: list[dict[str, str]]) -> None:
    """Check that every object has one row, and every document one result and one execution."""
    within = sorted(key for key in archive.objects() if key.startswith("a/"))
    assert sorted(row["key"] for row in rows) == within
    by_document = {row["document_id"]: row for row in rows if row["document_id"]}
    assert {row["outcome"] for row in rows} <= {"TAKEN", "KNOWN", "SKIPPED"}
    for document_id, row in by_document.items():
        ref = Ref(tenant="default", document_id=document_id)
        assert archive.pipeline.executions(ref) == [ref.execution_name]
        ends = [to for to, _ in archive.pipeline.events(ref) if Status(to).terminal]
        assert ends == [row["status"]]


def test_a_prefix_is_taken_in_once(archive: Archive) -> None:
    # Given a bucket of somebody else's
    before = fill(archive)
    # When what lies below a prefix is taken in
    said = archive.run()
    # Then every object has its row, the same bytes are one document, and what is none is rejected
    rows = archive.rows()
    once(archive, rows)
    copies = DISTINCT // 5
    statuses = Counter(row["status"] for row in rows)
    assert statuses == {"COMPLETED": DISTINCT + copies, "REJECTED": 1, "": 1}
    assert len({row["document_id"] for row in rows} - {""}) == DISTINCT + 1
    assert said["outcomes"]["SKIPPED"] == 1
    assert said["objects"] == len(rows) == DISTINCT + copies + 2
    # And nothing has changed in the bucket, or was asked of what lies elsewhere
    assert archive.objects() == before
    # When the same command comes again
    marked = archive.marked(said["run"])
    again = archive.run()
    # Then it is the same run, which reads nothing twice and says the same
    assert again["run"] == said["run"]
    assert archive.marked(said["run"]) == marked
    assert archive.rows() == rows
    assert archive.executions(said["run"]) == ["SUCCEEDED", "SUCCEEDED"]
    # And what came since is taken in as well
    archive.put("a/new.pdf", text_pdf())
    assert archive.run()["objects"] == len(rows) + 1
    assert set(archive.marked(said["run"])) - set(marked) == {"a/new.pdf"}


def test_a_manifest_may_name_what_is_not_there(archive: Archive) -> None:
    letter = text_pdf()
    archive.put("a/1.bin", letter)
    archive.put("a/2.bin", text_pdf())
    named = [
        {"key": "a/1.bin", "name": "Brief.pdf"},
        {"key": "a/gone.bin"},
        {"key": "a/2.bin", "version_id": "no-such-version"},
        {"key": "b/elsewhere.bin"},
    ]
    expected = {
        "a/1.bin": ("TAKEN", "COMPLETED", ""),
        "a/gone.bin": ("UNREADABLE", "", "SOURCE_GONE"),
        "a/2.bin": ("UNREADABLE", "", "SOURCE_GONE"),
        "b/elsewhere.bin": ("SKIPPED", "", ""),
    }
    # Given the same manifest as JSON lines and in CSV
    archive.put("list.jsonl", "".join(json.dumps(row) + "\n" for row in named).encode())
    lines = [f"{row['key']},{row.get('version_id', '')},{row.get('name', '')}" for row in named]
    archive.put("list.csv", "\n".join(["key,version_id,name", *lines, ""]).encode())
    for form in ("jsonl", "csv"):
        # When it is run, what cannot be read is told and fails neither its batch nor the others
        archive.run("--manifest", f"s3://{archive.bucket}/list.{form}", expected=1)
        rows = {row["key"]: row for row in archive.rows()}
        told = {key: (row["outcome"], row["status"], row["code"]) for key, row in rows.items()}
        assert told == expected
        # The second run finds the document of the first one
        expected["a/1.bin"] = ("KNOWN", "COMPLETED", "")
    ref = Ref(tenant="default", document_id=rows["a/1.bin"]["document_id"])
    known = archive.pipeline.records.known(ref.tenant, ref.document_id)
    assert known is not None
    assert known.name == "Brief.pdf"


def test_an_inventory_is_read(archive: Archive) -> None:
    key = "a/Grüße an + Kim.pdf"
    archive.put(key, text_pdf())
    quoted = "a/Gr%C3%BC%C3%9Fe+an+%2B+Kim.pdf"
    rows = [f'"{archive.bucket}","{quoted}"', '"another-bucket","a/x.pdf"']
    archive.put("inventory/data/1.csv.gz", gzip.compress("\n".join(rows).encode()))
    manifest = {
        "sourceBucket": archive.bucket,
        "destinationBucket": f"arn:aws:s3:::{archive.bucket}",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key",
        "files": [{"key": "inventory/data/1.csv.gz"}],
    }
    archive.put("inventory/manifest.json", json.dumps(manifest).encode())
    archive.run("--inventory", f"s3://{archive.bucket}/inventory/manifest.json")
    told = {row["key"]: (row["outcome"], row["status"]) for row in archive.rows()}
    assert told == {key: ("TAKEN", "COMPLETED"), "a/x.pdf": ("SKIPPED", "")}


def test_a_list_that_is_not_there_is_told(archive: Archive) -> None:
    archive.put("a/1.pdf", text_pdf())
    said = archive.run("--manifest", f"s3://{archive.bucket}/none.csv", expected=1)
    assert said["objects"] == 0
    # Another try would not find it either
    assert archive.executions(said["run"]) == ["FAILED"]


def test_a_run_that_is_killed_goes_on_where_it_was(archive: Archive) -> None:
    # Given a command that dies when some objects are taken in, and its execution with it
    distinct = DISTINCT // 2
    before = fill(archive, distinct)
    run = f"killed-{uuid.uuid4().hex[:8]}"
    with archive.start("--name", run) as command:
        until(lambda: len(archive.marked(run)) > 5, every_s=0.01)
        command.send_signal(signal.SIGKILL)
        assert command.wait(30) == -signal.SIGKILL
    archive.stop(run, 1)
    marked = archive.marked(run)
    # When the same command comes again
    said = archive.run("--name", run)
    # Then another execution has dealt with the rest, and nothing was read twice that was marked
    assert archive.executions(run)[0] == "ABORTED"
    assert archive.executions(run)[-1] == "SUCCEEDED"
    after = archive.marked(run)
    assert {key: after[key] for key in marked} == marked
    # And every object has exactly one result
    once(archive, archive.rows())
    assert said["statuses"]["COMPLETED"] == distinct + distinct // 5
    assert archive.objects() == before


def test_an_execution_may_be_redriven(archive: Archive) -> None:
    # Given a run that failed, since its list came late
    archive.put("a/1.pdf", text_pdf())
    run, words = f"late-{uuid.uuid4().hex[:8]}", ["--manifest", f"s3://{archive.bucket}/list.jsonl"]
    archive.run("--name", run, *words, expected=1)
    assert archive.executions(run) == ["FAILED"]
    archive.put("list.jsonl", b'{"key": "a/1.pdf"}\n')
    # When it is redriven, as an operator would
    archive.redrive(run, 1)
    # Then it ends well, and the command finds nothing left to do
    until(lambda: archive.executions(run) == ["SUCCEEDED"])
    marked = archive.marked(run)
    archive.run("--name", run, *words)
    assert archive.marked(run) == marked
    once(archive, archive.rows())


def test_two_commands_are_one_run(archive: Archive) -> None:
    fill(archive, 10)
    run = f"twice-{uuid.uuid4().hex[:8]}"
    with archive.start("--name", run) as other:
        said = archive.run("--name", run)
        told, _ = other.communicate(timeout=TIMEOUT_S)
    assert json.loads(told)["outcomes"] == said["outcomes"]
    once(archive, archive.rows())


def test_a_name_is_one_run_s(archive: Archive) -> None:
    archive.put("a/1.pdf", text_pdf())
    run = f"named-{uuid.uuid4().hex[:8]}"
    archive.run("--name", run)
    # How urgent it is may change
    archive.run("--name", run, "--priority", "high")
    with archive.start("--name", run, "--level", "RESTRICTED") as process:
        _, problem = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 2
    assert "choose another --name" in problem


# ---------------------------------------------------------------------- a batch and its faults
class FaultySources(Sources):
    """Reads, but for the objects that it fails at; remembers what it was asked for."""

    def __init__(self, client: Any, faults: dict[str, Exception]) -> None:
        super().__init__(client)
        self.faults = faults
        self.read: list[str] = []

    def open(self, source: Source) -> OpenSource:
        self.read.append(source.key)
        if (fault := self.faults.get(source.key)) is not None:
            raise fault
        return super().open(source)


def refused(code: str, operation: str = "GetObject", status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


@dataclass(frozen=True)
class Taking:
    """`functions/backfill` in this process, over three letters."""

    stage: Backfill
    sources: FaultySources
    batch: Batch
    markers: Markers

    def told(self) -> dict[str, Marker]:
        pages = self.markers.pages(self.batch.job.run)
        return {marker.key: marker for page in pages for marker in page}


@pytest.fixture
def taking(archive: Archive) -> Taking:
    pipeline, names = archive.pipeline, archive.pipeline.names
    for number in range(3):
        archive.put(f"a/{number}.pdf", text_pdf())
    s3, sqs = pipeline.client("s3"), pipeline.client("sqs")
    queue = sqs.create_queue(QueueName=f"nudges-{uuid.uuid4().hex}")["QueueUrl"]
    sources = FaultySources(s3, {})
    job = Job(
        run=f"r-{uuid.uuid4().hex[:8]}",
        kind=Kind.PREFIX,
        tenant="t-batch",
        bucket=archive.bucket,
        priority=Priority.HIGH,
    )
    arrival = Arrival(
        sources=sources,
        intake=Blobs(s3, names["INTAKE_BUCKET"]),
        records=pipeline.records,
        # A queue of its own: nobody is woken
        waiting=Waiting(pipeline.client("dynamodb"), names["TABLE"], sqs, queue),
        max_bytes=1 << 20,
    )
    rows = [{"Key": f"a/{number}.pdf"} for number in range(3)]
    markers = archive.markers
    return Taking(
        Backfill(arrival=arrival, markers=markers),
        sources,
        Batch.model_validate({"BatchInput": {"job": job}, "Items": [*rows, *rows]}),
        markers,
    )


def test_a_batch_reads_each_object_once_and_marked_ones_never(taking: Taking) -> None:
    assert taking.stage.run(taking.batch) == {Outcome.TAKEN: 3}
    assert sorted(taking.sources.read) == ["a/0.pdf", "a/1.pdf", "a/2.pdf"]
    assert taking.stage.run(taking.batch) == {}
    assert len(taking.sources.read) == 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (refused("AccessDenied", status=403), "FORBIDDEN"),
        (refused("InvalidObjectState", status=403), "NOT_READY"),
        (refused("NoSuchBucket", status=404), "SOURCE_GONE"),
        (ValueError("a defect of ours"), "INTERNAL"),
        # Not the object's fault: it is our own table that we may not use
        (refused("AccessDenied", "PutItem", status=403), "INTERNAL"),
    ],
)
def test_an_object_that_cannot_be_read_does_not_fail_its_batch(
    taking: Taking, fault: Exception, code: str
) -> None:
    taking.sources.faults["a/1.pdf"] = fault
    assert taking.stage.run(taking.batch) == {Outcome.TAKEN: 2, Outcome.UNREADABLE: 1}
    told = taking.told()
    assert (told["a/1.pdf"].outcome, told["a/1.pdf"].code) == (Outcome.UNREADABLE, code)
    assert told["a/1.pdf"].document_id is None


def test_a_passing_fault_is_tried_again_for_its_object_alone(taking: Taking) -> None:
    taking.sources.faults["a/1.pdf"] = refused("SlowDown", status=503)
    with pytest.raises(Retryable):
        taking.stage.run(taking.batch)
    assert sorted(taking.told()) == ["a/0.pdf", "a/2.pdf"]
    # When it has passed
    taking.sources.faults.clear()
    taking.sources.read.clear()
    assert taking.stage.run(taking.batch) == {Outcome.TAKEN: 1}
    assert taking.sources.read == ["a/1.pdf"]


def test_a_defect_that_meets_every_object_is_not_the_objects(taking: Taking) -> None:
    taking.sources.faults |= {f"a/{number}.pdf": ValueError() for number in range(3)}
    with pytest.raises(Terminal):
        taking.stage.run(taking.batch)
    assert taking.told() == {}


def test_a_crash_between_record_and_marker_makes_no_second_document(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking.markers, "put", dies)
        with pytest.raises(KeyboardInterrupt):
            taking.stage.run(taking.batch)
    assert taking.stage.run(taking.batch) == {Outcome.KNOWN: 1, Outcome.TAKEN: 2}
