"""``docparser backfill`` over 1,000 objects, killed on the way, and the engine below it once.

``python -m benchmarks.flow_backfill`` starts a stack of its own, fills a bucket with one-page PDFs,
and runs the command. When a fifth of the objects is marked, the command gets ``kill -9``; when half
of them is, the engine does. Then the stack is started again, and the same command runs to its end.
Writes ``benchmarks/results/flow_backfill.json``: objects without exactly one row and one result,
files of a result that have two versions since a walk was killed while it copied them, marked
objects that were read again, executions, attempts, seconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.model import Ref, Status
from docparser_local.process_file import holder
from docparser_local.settings import EngineSettings
from docparser_local.stack import Stack

from benchmarks.machine import stamp
from benchmarks.pipeline import one_page
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).parent / "results" / "flow_backfill.json"
COMMAND = Path(sys.executable).with_name("docparser")
PORT = 4600
BUCKET, PREFIX, RUN = "archive-of-letters", "letters/", "letters"
COMMAND_KILLED_AT, ENGINE_KILLED_AT = 0.2, 0.5
PATIENCE_S = 3600
ZONES = ("VAULT_BUCKET", "BACKUP_BUCKET", "SYNC_BUCKET")


class Bucketful:
    """Objects in a bucket, and the command that takes them in.

    Parameters
    ----------
    stack, home
        The stack and its home directory.
    objects
        How many one-page documents lie there.
    """

    def __init__(self, stack: Stack, home: Path, objects: int) -> None:
        self._stack = stack
        self._home = home
        self._objects = objects
        self._pipeline = Pipeline(stack.up(), home)
        self._report = home / "report.tsv"

    def fill(self) -> None:
        """Make the bucket and its objects."""
        s3 = self._pipeline.client("s3")
        s3.create_bucket(Bucket=BUCKET)

        def put(number: int) -> None:
            s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}{number:05d}.pdf", Body=one_page(number))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(put, range(self._objects)))

    def run(self) -> dict[str, Any]:
        """Kill the command, then the engine; run to the end; return what was seen."""
        begun = time.monotonic()
        command = self._start()
        marked = self._marked_at(COMMAND_KILLED_AT)
        command.kill()
        command.wait()
        command = self._start()
        marked |= self._marked_at(ENGINE_KILLED_AT)
        walked = self._ended_documents()
        self._kill_engine()
        left = command.wait(PATIENCE_S)
        self._pipeline = Pipeline(self._stack.up(), self._home)
        said = json.loads(self._start().communicate()[0])
        seconds = time.monotonic() - begun
        after = self._marked()
        return {
            "objects": self._objects,
            "seconds": round(seconds, 1),
            "marked_before_the_kills": len(marked),
            "ended_before_the_engine_s_kill": walked,
            "exit_status_without_an_engine": left,
            "marked_anew": sum(after.get(key) != moment for key, moment in marked.items()),
            "outcomes": said["outcomes"],
            "statuses": said["statuses"],
            "runs_of_the_machine": self._runs(),
            **self._counted(),
        }

    # ------------------------------------------------------------------ the command, the engine
    def _start(self) -> subprocess.Popen[str]:
        words = ["backfill", f"s3://{BUCKET}/{PREFIX}", "--name", RUN, "--json"]
        return subprocess.Popen(
            [COMMAND, *words, "--out", str(self._report)],
            env={
                **os.environ,
                "DOCPARSER_HOME": str(self._home),
                "DOCPARSER_ENDPOINT": self._pipeline.outputs.endpoint,
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def _kill_engine(self) -> None:
        engine = EngineSettings(0, self._home).process_file("engine")
        process = holder(engine)
        assert process is not None
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        until(lambda: holder(engine) is None)

    # ------------------------------------------------------------------ what is left behind
    def _marked_at(self, share: float) -> dict[str, str]:
        def look() -> dict[str, str] | None:
            marked = self._marked()
            return marked if len(marked) >= share * self._objects else None

        return until(look, PATIENCE_S, 0.5)

    def _marked(self) -> dict[str, str]:
        """Return when each object was marked, by its key."""
        pages = (
            self._pipeline.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self._pipeline.names["TABLE"],
                KeyConditionExpression="pk = :run",
                ExpressionAttributeValues={":run": {"S": f"B#{RUN}"}},
                ConsistentRead=True,
            )
        )
        rows = [item for page in pages for item in page["Items"]]
        return {row["key"]["S"]: row["marked_at"]["S"] for row in rows}

    def _ended_documents(self) -> int:
        return sum("finished_at" in row for row in self._records())

    def _records(self) -> Iterator[dict[str, Any]]:
        pages = (
            self._pipeline.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self._pipeline.names["TABLE"],
                FilterExpression="begins_with(sk, :r)",
                ExpressionAttributeValues={":r": {"S": "R#"}},
            )
        )
        for page in pages:
            yield from page["Items"]

    def _executions(self, machine: str) -> list[dict[str, Any]]:
        pages = (
            self._pipeline.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=machine)
        )
        return [row for page in pages for row in page["executions"]]

    def _runs(self) -> dict[str, str]:
        machine = self._pipeline.names["STATE_MACHINE_ARN"].replace("-document", "-backfill")
        return {row["name"]: row["status"] for row in self._executions(machine)}

    def _counted(self) -> dict[str, Any]:
        """Return what each object has become, by the report, the table and the zones."""
        with self._report.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        keys = Counter(row["key"] for row in rows)
        ids = {row["document_id"] for row in rows if row["document_id"]}
        executions = self._executions(self._pipeline.names["STATE_MACHINE_ARN"])
        succeeded = Counter(
            row["name"].partition("-")[0] for row in executions if row["status"] == "SUCCEEDED"
        )
        files = {each: self._files(each) for each in ids}
        wrong = [
            each
            for each in ids
            if succeeded[each] != 1 or self._ends(each) != 1 or _manifests(files[each]) != 1
        ]
        repeated = [each for each in ids if set(files[each].values()) != {1}]
        return {
            "objects_without_exactly_one_row": sum(
                keys[f"{PREFIX}{number:05d}.pdf"] != 1 for number in range(self._objects)
            ),
            "rows": len(rows),
            "documents": len(ids),
            "documents_without_exactly_one_result": len(wrong),
            "documents_with_a_file_stored_twice": len(repeated),
            "executions": dict(Counter(row["status"] for row in executions)),
            "attempts": dict(Counter(row["attempt"]["N"] for row in self._records())),
        }

    def _ends(self, document_id: str) -> int:
        """Return how often a document was COMPLETED."""
        ref = Ref(tenant="default", document_id=document_id)
        return sum(to == Status.COMPLETED for to, _ in self._pipeline.events(ref))

    def _files(self, document_id: str) -> Counter[str]:
        """Return how many versions each file of a document's result has."""
        return Counter(
            f"{zone}/{key}"
            for zone in ZONES
            for key in self._pipeline.keys(zone, f"default/{document_id}/")
        )


def _manifests(files: Counter[str]) -> int:
    return sum(key.endswith("/document.json") for key in files if key.startswith("VAULT"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1000)
    asked = parser.parse_args()
    result = stamp("flow_backfill")
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=PORT)
        try:
            bucketful = Bucketful(stack, Path(home), asked.objects)
            bucketful.fill()
            result |= bucketful.run()
        finally:
            stack.down()
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
