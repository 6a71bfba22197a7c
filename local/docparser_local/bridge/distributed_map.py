"""Distributed Map: batching, JSON Lines, paging, failure thresholds, result files.

moto's copy parses most of these fields but ignores them. In particular it swallows a failed
child execution even when no failure is tolerated.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.parargs import Parameters
from moto.stepfunctions.parser.asl.component.state.exec.state_map import state_map
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader import (
    item_reader_decl,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import (
    resource_eval_s3 as reader,
)

# The line is as long as the module's name.
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval.resource_output_transformer.transformer import (  # noqa: E501
    ResourceOutputTransformer,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.reader_config import (
    input_type,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
    distributed_iteration_component as distributed,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker as worker_module,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.job import JobPool
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval import (  # noqa: E501
    resource_eval_s3 as writer,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.credentials import (
    StateCredentials,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramError
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

from docparser_local.bridge.definitions import decode_batcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_LOCAL_CHILDREN = 32  # MaxConcurrency 0 means 10,000 on AWS: far too many threads here
_JSON_LINES = "JSONL"
_INVENTORY = "MANIFEST"
_outcome_lock = threading.Lock()


# ---------------------------------------------------------------- running the items
def _run_items(component: Any, env: Any, eval_input: Any) -> None:
    """Run the children; replaces ``DistributedIterationComponent._map_run``."""
    items = env.stack.pop()
    record = eval_input.map_run_record
    batcher = getattr(component, "item_batcher", None)
    if batcher:
        items = _batch(env, eval_input, items, batcher)
    record.outcomes = {}
    pool = JobPool(job_program=component._get_iteration_program(), job_inputs=items)
    limit = record.max_concurrency or MAX_LOCAL_CHILDREN
    for _ in range(min(limit, MAX_LOCAL_CHILDREN, len(items))):
        component._launch_worker(env=env, eval_input=eval_input, job_pool=pool)
    pool.await_jobs()
    error = pool.get_worker_exception()
    if error is not None:
        raise error
    _raise_if_too_many_failed(env, record, len(items))
    env.stack.append([job.job_output for job in pool.get_closed_jobs()])


def _raise_if_too_many_failed(env: Any, record: Any, total: int) -> None:
    failed = sum(1 for outcome in record.outcomes.values() if outcome["Status"] == "FAILED")
    count, percentage = record.tolerated_failure_count, record.tolerated_failure_percentage
    limits = [failed > count] if count else []
    limits += [failed * 100 > percentage * total] if percentage else []
    exceeded = any(limits) if limits else failed > 0
    if not exceeded:
        return
    name = StatesErrorName(typ=StatesErrorNameType.StatesExceedToleratedFailureThreshold)
    details = MapRunFailedEventDetails(
        error=name.error_name, cause="The specified tolerated failure threshold was exceeded"
    )
    raise FailureEventException(
        FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType.MapRunFailed,
            event_details=EventDetails(mapRunFailedEventDetails=details),
        )
    )


def _recording(original: Callable[..., None]) -> Callable[..., None]:
    """Remember each child's input, output and status on the Map Run record."""

    def eval_job(worker: Any, env: Any, job: Any) -> None:
        original(worker, env=env, job=job)
        state = env.program_state()
        failed = isinstance(state, ProgramError)
        outcome: dict[str, Any] = {
            "Input": json.dumps(job.job_input, default=str),
            "Status": "FAILED" if failed else "SUCCEEDED",
        }
        if failed:
            outcome |= {"Error": state.error.get("error"), "Cause": state.error.get("cause")}
        else:
            outcome["Output"] = json.dumps(job.job_output, default=str)
        with _outcome_lock:
            worker._map_run_record.outcomes[job.job_index] = outcome

    return eval_job


# ---------------------------------------------------------------- ItemBatcher
def _batch(env: Any, eval_input: Any, items: list[Any], batcher: dict[str, Any]) -> list[Any]:
    """Apply ItemSelector to each item, then group the results as AWS does."""
    if eval_input.item_selector:
        items = [_select(env, eval_input.item_selector, i, item) for i, item in enumerate(items)]
        eval_input.item_selector = None
    fields = _evaluate_fields(env, batcher)
    head = {"BatchInput": fields["BatchInput"]} if "BatchInput" in fields else {}
    max_items = int(fields.get("MaxItemsPerBatch") or len(items) or 1)
    max_bytes = int(fields.get("MaxInputBytesPerBatch") or 256 * 1024)
    batches: list[list[Any]] = []
    size = 0
    for item in items:
        item_size = len(json.dumps(item, default=str)) + 1
        if not batches or len(batches[-1]) >= max_items or size + item_size > max_bytes:
            batches.append([])
            size = len(json.dumps(head, default=str)) + 16
        batches[-1].append(item)
        size += item_size
    return [{**head, "Items": batch} for batch in batches]


def _select(env: Any, selector: Any, index: int, item: Any) -> Any:
    frame = env.open_inner_frame()
    try:
        frame.states.context_object.context_object_data["Map"] = {
            "Item": {"Index": index, "Value": item}
        }
        frame.stack.append(frame.states.get_input())
        selector.eval(env=frame)
        return frame.stack.pop()
    finally:
        env.delete_frame(frame)


def _evaluate_fields(env: Any, batcher: dict[str, Any]) -> dict[str, Any]:
    """Evaluate paths, intrinsics and JSONata in the batcher by running it as a Pass state."""
    template = {
        (key.removesuffix("Path") + ".$" if key.endswith("Path") else key): value
        for key, value in batcher.items()
    }
    jsonata = "{%" in json.dumps(template)
    state = {"Type": "Pass", "End": True, "Output" if jsonata else "Parameters": template}
    language = {"QueryLanguage": "JSONata"} if jsonata else {}
    machine = {**language, "StartAt": "Batch", "States": {"Batch": state}}
    program, _ = AmazonStateLanguageParser.parse(json.dumps(machine))
    frame = env.open_inner_frame()
    try:
        program.states.states["Batch"].eval(frame)
        return dict(frame.states.get_input())
    finally:
        env.delete_frame(frame)


def _remember_batcher(original: Callable[..., None]) -> Callable[..., None]:
    def from_state_props(state: Any, state_props: Any) -> None:
        original(state, state_props)
        comment = getattr(state.comment, "comment", None)
        state.iteration_component.item_batcher = decode_batcher(comment)

    return from_state_props


# ---------------------------------------------------------------- ItemReader
class JsonLinesTransformer(ResourceOutputTransformer):  # type: ignore[misc]
    """Reads one JSON value per line."""

    def _eval_body(self, env: Any) -> None:
        config = env.stack.pop()
        lines = (line for line in env.stack.pop().splitlines() if line.strip())
        env.stack.append([json.loads(line) for line in lines][: config["MaxItemsValue"]])


class InventoryTransformer(ResourceOutputTransformer):  # type: ignore[misc]
    """Reads the CSV files that an S3 inventory's ``manifest.json`` names, a row for an item.

    Keys stay URL-encoded, as S3 writes them.
    """

    def _eval_body(self, env: Any) -> None:
        config = env.stack.pop()
        manifest = json.loads(env.stack.pop())
        if manifest["fileFormat"] != "CSV":
            raise ValueError("Only inventories in CSV are read.")
        client = boto_client_for(
            region=env.aws_execution_details.region,
            service="s3",
            state_credentials=StateCredentials(role_arn=env.aws_execution_details.role_arn),
        )
        rows = _inventory_rows(client, manifest)
        env.stack.append(list(itertools.islice(rows, config["MaxItemsValue"])))


def _inventory_rows(client: Any, manifest: dict[str, Any]) -> Iterator[dict[str, str]]:
    names = [name.strip() for name in manifest["fileSchema"].split(",")]
    bucket = manifest["destinationBucket"].rpartition(":")[2]
    for file in manifest["files"]:
        body = client.get_object(Bucket=bucket, Key=file["key"])["Body"].read()
        text = gzip.decompress(body) if file["key"].endswith(".gz") else body
        for row in csv.reader(text.decode().splitlines()):
            yield dict(zip(names, row, strict=True))


_TRANSFORMERS: dict[str, Callable[[], ResourceOutputTransformer]] = {
    _JSON_LINES: JsonLinesTransformer,
    _INVENTORY: InventoryTransformer,
}


def _patch_input_types() -> None:
    original_init = input_type.InputType.__init__
    original_factory = item_reader_decl.resource_output_transformer_for

    def init(self: Any, input_type: str) -> None:
        if input_type in _TRANSFORMERS:
            self.input_type_value = input_type
        else:
            original_init(self, input_type)

    def transformer_for(input_type: Any) -> Any:
        if input_type.input_type_value in _TRANSFORMERS:
            return _TRANSFORMERS[input_type.input_type_value]()
        return original_factory(input_type)

    input_type.InputType.__init__ = init
    item_reader_decl.resource_output_transformer_for = transformer_for


def _naming_failures(original: Callable[..., None]) -> Callable[..., None]:
    """Give what a reader runs into its name: the list is not there, or is no list."""

    def eval_body(item_reader: Any, env: Any) -> None:
        try:
            original(item_reader, env)
        except FailureEventException:
            raise
        except Exception as error:
            name = StatesErrorName(typ=StatesErrorNameType.StatesItemReaderFailed)
            details = MapRunFailedEventDetails(error=name.error_name, cause=str(error))
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=name,
                    event_type=HistoryEventType.MapRunFailed,
                    event_details=EventDetails(mapRunFailedEventDetails=details),
                )
            ) from error

    return eval_body


def _list_every_object(env: Any, resource_runtime_part: Any, state_credentials: Any) -> None:
    """List all pages (the original stops at 1,000 keys and fails on an empty prefix)."""
    client = reader.ResourceEvalS3._get_s3_client(
        resource_runtime_part=resource_runtime_part, state_credentials=state_credentials
    )
    pages = client.get_paginator("list_objects_v2").paginate(**env.stack.pop())
    env.stack.append([item for page in pages for item in page.get("Contents", [])])


# ---------------------------------------------------------------- ResultWriter
def _write_results(env: Any, resource_runtime_part: Any, state_credentials: Any) -> None:
    """Write SUCCEEDED/FAILED result files and the manifest that lists them."""
    parameters = env.stack.pop()
    env.stack.pop()  # the plain results, replaced by a pointer to the manifest
    client = writer.ResourceEvalS3._get_s3_client(
        resource_runtime_part=resource_runtime_part, state_credentials=state_credentials
    )
    record = env.map_run_record_pool_manager.get_all()[-1]
    run_id = record.map_run_arn.rsplit(":", 1)[-1]
    folder = f"{parameters.get('Prefix', '').rstrip('/')}/{run_id}".lstrip("/")
    files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    for status in ("SUCCEEDED", "FAILED"):
        rows = [row for _, row in sorted(record.outcomes.items()) if row["Status"] == status]
        if rows:
            key, body = f"{folder}/{status}_0.json", json.dumps(rows).encode()
            client.put_object(Bucket=parameters["Bucket"], Key=key, Body=body)
            files[status].append({"Key": key, "Size": len(body)})
    manifest = {
        "DestinationBucket": parameters["Bucket"],
        "MapRunArn": record.map_run_arn,
        "ResultFiles": files,
    }
    key = f"{folder}/manifest.json"
    client.put_object(
        Bucket=parameters["Bucket"], Key=key, Body=json.dumps(manifest, indent=2).encode()
    )
    env.stack.append(
        {
            "MapRunArn": record.map_run_arn,
            "ResultWriterDetails": {"Bucket": parameters["Bucket"], "Key": key},
        }
    )


def _patch_result_writer() -> None:
    """Take the writer's parameters, constants only, in a JSONata state as well."""
    original = Preprocessor.visitParameters_decl

    def visit(preprocessor: Any, ctx: Any) -> Any:
        if not isinstance(ctx.parentCtx, ASLParser.Result_writer_fieldContext):
            return original(preprocessor, ctx)
        if "{%" in ctx.getText():
            raise ValueError("The arguments of a ResultWriter are constants here.")
        return Parameters(payload_tmpl=preprocessor.visit(ctx.payload_tmpl_decl()))

    Preprocessor.visitParameters_decl = visit


def install() -> None:
    """Patch the interpreter's Distributed Map."""
    distributed.DistributedIterationComponent._map_run = _run_items
    worker = worker_module.DistributedItemProcessorWorker
    worker._eval_job = _recording(worker._eval_job)
    state_map.StateMap.from_state_props = _remember_batcher(state_map.StateMap.from_state_props)
    reader.ResourceEvalS3._handle_list_objects_v2 = staticmethod(_list_every_object)
    writer.ResourceEvalS3._handle_put_object = staticmethod(_write_results)
    _patch_input_types()
    reader_kind = item_reader_decl.ItemReader
    reader_kind._eval_body = _naming_failures(reader_kind._eval_body)
    _patch_result_writer()
