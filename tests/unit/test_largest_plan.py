"""The largest plan fits into what Step Functions holds: events of a history, bytes of a state.

The quotas are 25,000 events in the history of one execution and 256 KiB (262,144 bytes) in the
input or output of a state; the contract asks for less than 10,000 and 128 KB. Both are worked out
from the definition itself, whose expressions are evaluated with answers as long as the functions
may give.

Events, as AWS counts them for a Lambda task (``arn:aws:states:::lambda:invoke``)::

    Task    TaskStateEntered  TaskScheduled  TaskStarted  TaskSucceeded  TaskStateExited      5
            each try before   TaskScheduled  TaskStarted  TaskFailed                          3
    Map     MapStateEntered  MapStateStarted  MapStateSucceeded  MapStateExited               4
            each iteration    MapIterationStarted  MapIterationSucceeded                      2
    walk    ExecutionStarted  ExecutionSucceeded                                              2

A shard is an iteration with one Task: 7 events. 400 shards are 2,800, five further tasks 25, so
a walk is 2,831. If every task of every shard uses the five retries of what passes, a shard is
7 + 5 x 3 = 22 events and the walk 8,906; with the twelve of a throttle it is 43 and 17,411.
Both to their end on every task of 400 shards are 23,486, still within the quota.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docparser.intake.preflight import plan_shards
from docparser.model import (
    DocumentType,
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
WALK = ("Preflight", "ReadPages", "Assemble", "Classify", "Route", "Complete")

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


def events(retried: int) -> int:
    """Return how many events a walk writes in which every task is tried again so often."""
    task = 5 + 3 * retried
    iteration = 2 + task
    tasks = [name for name in WALK if STATES[name]["Type"] == "Task"]
    maps = [name for name in WALK if STATES[name]["Type"] == "Map"]
    inside = STATES["ReadPages"]["ItemProcessor"]["States"]
    assert len(maps) == 1
    assert [name for name, state in inside.items() if state["Type"] == "Task"] == ["ReadText"]
    return 2 + len(tasks) * task + 4 + LIMITS.max_shards * iteration


def retries() -> list[int]:
    """Return how often each kind of fault is tried again, which is the same for every task."""
    tasks = [state for state in STATES.values() if state["Type"] == "Task"]
    tasks.append(STATES["ReadPages"]["ItemProcessor"]["States"]["ReadText"])
    (attempts,) = {tuple(retry["MaxAttempts"] for retry in task["Retry"]) for task in tasks}
    return list(attempts)


def test_a_walk_writes_less_than_10_000_events() -> None:
    assert events(retried=0) == 2_831
    assert events(retried=0) < EVENTS


def test_a_walk_on_which_every_fault_that_passes_comes_as_often_as_it_may_does_too() -> None:
    passing, _ = retries()
    assert events(passing) == 8_906
    assert events(passing) < EVENTS


def test_a_walk_that_is_throttled_as_often_as_it_may_be_keeps_within_the_quota() -> None:
    passing, throttled = retries()
    assert events(throttled) == 17_411
    assert events(passing + throttled) == 23_486
    assert events(passing + throttled) < EVENTS_QUOTA
