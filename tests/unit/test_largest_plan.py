"""The largest plan fits into what Step Functions holds: events of a history, bytes of a state.

The quotas are 25,000 events in the history of one execution and 256 KiB (262,144 bytes) in the
input or output of a state; the contract asks for less than 10,000 and 128 KB. Both are worked out
from the definition itself, whose expressions are evaluated with answers as long as the functions
may give.

Events, as AWS counts them for a Lambda task (``arn:aws:states:::lambda:invoke``)::

    Task    TaskStateEntered  TaskScheduled  TaskStarted  TaskSucceeded  TaskStateExited      5
            each try before   TaskScheduled  TaskStarted  TaskFailed                          3
            one that waits for its token: TaskSubmitted too, in each try                     +1
            given up: TaskFailed and TaskStateExited, then the task that marks the pages     +5
    Choice  ChoiceStateEntered  ChoiceStateExited                                             2
    Map     MapStateEntered  MapStateStarted  MapStateSucceeded  MapStateExited               4
            each iteration    MapIterationStarted  MapIterationSucceeded                      2
    walk    ExecutionStarted  ExecutionSucceeded                                              2

A shard is an iteration with a Choice and one Task, 9 events, or 10 if it is a scan. 400 scans are
4,000, six further tasks 30, so a walk is 4,036. If every task of every shard uses the five retries
of what passes, such as an endpoint that answers nothing good, a scan is 10 + 5 x 4 = 30 events and
if it is given up then, 35: 14,126 with the walk around it. That is above what the contract asks
for and within the quota, as is a walk on which every task is throttled twelve times besides.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docparser.intake.preflight import plan_shards
from docparser.model import (
    DocumentType,
    IndexScope,
    Lane,
    Level,
    PlannedShard,
    Priority,
    Ref,
    Source,
    Stage,
    Status,
    TerminalCode,
    Zone,
)
from docparser.settings import Limits
from docparser.store import layout
from jsonata import Jsonata

MACHINE = json.loads(
    (Path(__file__).parents[2] / "statemachines" / "document.asl.json").read_text("utf-8")
)
STATES = MACHINE["States"]
WALK = ("Preflight", "ReadPages", "Assemble", "Classify", "Route", "Index", "Complete")

EVENTS = 10_000
EVENTS_QUOTA = 25_000
STATE_BYTES = 128_000
CAUSE_CHARACTERS = 32_768  # Step Functions' own limit

LIMITS = Limits()
REF = Ref(tenant="t" * 31, document_id="d" + "f" * 32, revision=9999, attempt=9999)
BUCKET = "b" * 63
# S3 allows 1,024 bytes each; every byte of a key of ours is one character.
SOURCE = Source(bucket=BUCKET, key="k" * 1024, version_id="v" * 1024)


def most_shards() -> tuple[PlannedShard, ...]:
    """Return the plan of as many pages as are allowed, in as many shards, in the longest lane."""
    pages_of_two = LIMITS.max_pages * 2 // LIMITS.max_shards
    short = pages_of_two // 2
    lanes = [Lane.TEXTRACT] * short + [Lane.TEXT] * (pages_of_two - short)
    shards = plan_shards(lanes * (LIMITS.max_shards // 2), LIMITS)
    return tuple(shard.model_copy(update={"lane": Lane.TEXTRACT}) for shard in shards)


SHARDS = most_shards()


def uri(stage: Stage, file: str) -> str:
    return layout.uri(BUCKET, layout.stage_key(REF, stage, file))


def longest(names: Any) -> str:
    return max(names, key=len).value


ANSWERS = {
    "Preflight": {
        "uri": uri(Stage.PREFLIGHT, "plan.json"),
        "pages": LIMITS.max_pages,
        "shards": [shard.model_dump(mode="json") for shard in SHARDS],
    },
    "Assemble": {
        "uri": uri(Stage.ASSEMBLE, "manifest.json"),
        "pages": LIMITS.max_pages,
        "failed": LIMITS.max_pages,
    },
    "Classify": {
        "uri": uri(Stage.CLASSIFY, "classification.json"),
        "type": longest(DocumentType),
        "level": longest(Level),
    },
    "Route": {"zones": [zone.value for zone in Zone]},
    "Index": {"scope": longest(IndexScope), "chunks": 10**9},
    "Complete": {"status": longest(Status)},
    "Fail": {"status": longest(Status), "code": longest(TerminalCode)},
}


def evaluated(template: Any, states: dict[str, Any]) -> Any:
    """Return a template of the definition with its expressions evaluated."""
    if isinstance(template, dict):
        return {name: evaluated(value, states) for name, value in template.items()}
    if isinstance(template, str) and template.startswith("{%"):
        expression = Jsonata(template.removeprefix("{%").removesuffix("%}"))
        return json.loads(json.dumps(expression.evaluate(None, {"states": states})))
    return template


def size_bytes(state: Any) -> int:
    return len(json.dumps(state).encode())


def walked() -> dict[str, dict[str, Any]]:
    """Return the output of every state of a walk."""
    state = {
        "ref": REF.model_dump(mode="json"),
        "source": SOURCE.model_dump(mode="json"),
        "priority": longest(Priority),
    }
    outputs = {}
    for name in WALK:
        states = {"input": state, "result": {"Payload": ANSWERS.get(name)}}
        outputs[name] = state = evaluated(STATES[name]["Output"], states)
    return outputs


def test_the_plan_is_cut_into_as_many_shards_as_are_allowed() -> None:
    assert len(SHARDS) == LIMITS.max_shards == 400
    assert SHARDS[-1].last_page == LIMITS.max_pages
    one_lane = plan_shards([Lane.TEXT] * LIMITS.max_pages, LIMITS)
    assert len(one_lane) == 375
    assert {shard.last_page - shard.first_page for shard in one_lane} == {7}


def test_the_walk_here_is_the_definitions() -> None:
    following = [MACHINE["StartAt"], *(STATES[name].get("Next") for name in WALK)]
    assert following == [*WALK, None]


@pytest.mark.parametrize("name", WALK)
def test_a_state_passes_less_than_128_kb(name: str) -> None:
    output = walked()[name]
    assert len(output["plan"]["shards"]) == LIMITS.max_shards
    assert size_bytes(output) < STATE_BYTES


@pytest.mark.parametrize("name", WALK)
def test_a_state_that_fails_with_the_longest_cause_passes_less_than_128_kb(name: str) -> None:
    outputs = walked()
    (catch,) = STATES[name]["Catch"]
    error = {"Error": "Terminal", "Cause": "x" * CAUSE_CHARACTERS}
    states = {"input": outputs["Complete"], "errorOutput": error}
    caught = evaluated(catch["Output"], states)
    assert size_bytes(caught) < STATE_BYTES
    states = {"input": caught, "result": {"Payload": ANSWERS["Fail"]}}
    assert size_bytes(evaluated(STATES["Fail"]["Output"], states)) < STATE_BYTES


def test_a_shard_gets_its_own_pages_and_not_the_plan() -> None:
    states = {
        "input": walked()["Preflight"],
        "context": {"Map": {"Item": {"Value": ANSWERS["Preflight"]["shards"][-1]}}},
    }
    item = evaluated(STATES["ReadPages"]["ItemSelector"], states)
    assert item.keys() == {"ref", "source", "shard"}
    assert size_bytes(item) < 4_000


def test_the_maps_result_fits_and_is_dropped() -> None:
    shard = {
        "shard_id": SHARDS[-1].shard_id,
        "pages": LIMITS.max_pages,
        "failed": LIMITS.max_pages,
        "uri": uri(Stage.READ, f"{SHARDS[-1].shard_id}.json"),
    }
    assert size_bytes([shard] * LIMITS.max_shards) < STATE_BYTES
    outputs = walked()
    assert outputs["ReadPages"] == outputs["Preflight"]


INSIDE = STATES["ReadPages"]["ItemProcessor"]["States"]


def task_events(retried: int, *, waits: bool = False) -> int:
    """Return how many events a task writes that is tried again so often."""
    submitted = 1 if waits else 0
    return 5 + submitted + (3 + submitted) * retried


def events(lane: Lane, retried: int, *, given_up: bool = False) -> int:
    """Return how many events a walk writes in which every task is tried again so often."""
    reader = {Lane.TEXT: "ReadText", Lane.GPU: "ReadScan"}[lane]
    waits = INSIDE[reader]["Resource"].endswith(".waitForTaskToken")
    shard = 2 + 2 + task_events(retried, waits=waits) + (5 if given_up else 0)
    tasks = [name for name in WALK if STATES[name]["Type"] == "Task"]
    maps = [name for name in WALK if STATES[name]["Type"] == "Map"]
    assert len(maps) == 1
    assert {name for name, state in INSIDE.items() if state["Type"] == "Choice"} == {"Lane"}
    return 2 + len(tasks) * task_events(retried) + 4 + LIMITS.max_shards * shard


def retries(name: str) -> tuple[int, int]:
    """Return how often a shard's task is tried again: after what passes, after a throttle."""
    passing, throttled = (retry["MaxAttempts"] for retry in INSIDE[name]["Retry"])
    return passing, throttled


@pytest.mark.parametrize(("lane", "count"), [(Lane.TEXT, 3_636), (Lane.GPU, 4_036)])
def test_a_walk_writes_less_than_10_000_events(lane: Lane, count: int) -> None:
    assert events(lane, retried=0) == count
    assert count < EVENTS


def test_text_on_which_every_fault_that_passes_comes_as_often_as_it_may_does_too() -> None:
    passing, _ = retries("ReadText")
    assert events(Lane.TEXT, passing) == 9_726
    assert events(Lane.TEXT, passing) < EVENTS


def test_an_endpoint_that_never_answers_well_keeps_within_the_quota() -> None:
    passing, _ = retries("ReadScan")
    assert events(Lane.GPU, passing, given_up=True) == 14_126
    assert events(Lane.GPU, passing, given_up=True) < EVENTS_QUOTA


@pytest.mark.parametrize(
    ("lane", "name", "count"),
    [(Lane.TEXT, "ReadText", 24_342), (Lane.GPU, "ReadScan", 23_942)],
)
def test_a_walk_that_is_throttled_as_often_as_it_may_be_keeps_within_the_quota(
    lane: Lane, name: str, count: int
) -> None:
    passing, throttled = retries(name)
    # What is throttled was never submitted: three events a try, in either lane.
    shards = LIMITS.max_shards * 3 * throttled
    around = events(lane, passing, given_up=lane is Lane.GPU)
    tasks = 6 * 3 * 12
    assert around + shards + tasks == count
    assert count < EVENTS_QUOTA
