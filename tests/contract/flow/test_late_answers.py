"""What the OCR endpoint says after a document has ended is kept nowhere, whoever asked for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from docparser.function import Call
from docparser.model import Lane, PlannedShard, Ref, Stage, Status, now
from docparser.ocr.inference_result import InferenceResult, InferenceResults
from docparser.ocr.shards import Shards
from docparser.store import layout
from docparser.store.callbacks import Callback, Callbacks, TaskTokens

from tests.contract.flow.bench import Bench

SHARD = PlannedShard(shard_id="s0001", first_page=1, last_page=1, lane=Lane.GPU)


def answer(bench: Bench, ref: Ref, *, waited_for: bool, failed: bool = False) -> str:
    """Let the endpoint answer; return the key under which it did."""
    name = layout.ocr_answer_name(ref, SHARD.shard_id)
    key = layout.ocr_output_prefix(ref) + name
    if failed:
        key = f"{layout.ocr_failure_prefix(ref)}{name.removesuffix('.json')}-error.out"
    exchange = bench.blobs("ocr")
    exchange.put(key, b"what stood on the page", "application/json")
    callbacks = Callbacks(bench.client("dynamodb"), bench.table)
    if waited_for:
        callback = Callback(
            ref=ref, shard=SHARD, task_token="token", pages=(1,), requested_at=now()
        )
        callbacks.put(callback, timedelta(hours=1))
    said: dict[str, Any] = {
        "inferenceId": layout.inference_id(ref, SHARD.shard_id),
        "invocationStatus": "Failed" if failed else "Completed",
        "responseParameters": {"outputLocation": layout.uri(exchange.bucket, key)},
    }
    results = InferenceResults(
        shards=Shards(bench.blobs("work")),
        exchange=exchange,
        records=bench.records,
        callbacks=callbacks,
        tokens=TaskTokens(bench.client("stepfunctions")),
    )
    results.take(InferenceResult.model_validate(said), Call())
    return key


@pytest.mark.parametrize("failed", [False, True], ids=["answer", "failure"])
@pytest.mark.parametrize("waited_for", [False, True], ids=["unknown", "known"])
@pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED])
def test_an_answer_to_a_document_that_has_ended_is_deleted(
    bench: Bench, status: Status, waited_for: bool, failed: bool
) -> None:
    record = bench.running()
    assert bench.records.change_from(record, status, stage=Stage.READ)
    answer(bench, record.ref, waited_for=waited_for, failed=failed)
    assert bench.keys("ocr") == []
    assert bench.keys("work") == []


def test_an_answer_to_a_document_that_nobody_knows_is_deleted(bench: Bench) -> None:
    answer(bench, Ref(tenant="t", document_id="d" + "0" * 32), waited_for=False)
    assert bench.keys("ocr") == []


def test_a_second_answer_to_a_document_that_walks_is_left_to_its_end(bench: Bench) -> None:
    record = bench.running()
    key = answer(bench, record.ref, waited_for=False)
    assert bench.keys("ocr") == [key]
    # Whatever its end is, it goes then
    cancelled = bench.records.change_from(record, Status.CANCELLED, stage=Stage.READ)
    assert cancelled is not None
    bench.at(timedelta(minutes=2)).sweep().run()
    assert bench.keys("ocr") == []
