"""The largest plan fits into what Step Functions holds: events of a history, bytes of a state.

The quotas are 25,000 events in the history of one execution and 256 KiB (262,144 bytes) in the
input or output of a state; the contract asks for less than 10,000 and 128 KB. Both are worked out
from the definition itself, whose expressions are evaluated with answers as long as the functions
may give.

Events, as AWS counts them for a Lambda task (``arn:aws:states:::lambda:invoke``)::

    Task    TaskStateEntered  TaskScheduled  TaskStarted  TaskSucceeded  TaskStateExited      5
            each try before   TaskScheduled  TaskStarted  TaskFailed                          3
            one that waits for its token: TaskSubmitted too, in each try                     +1
            that fails: TaskFailed in place of TaskSucceeded                                  5
    Choice  ChoiceStateEntered  ChoiceStateExited                                             2
    Map     MapStateEntered  MapStateStarted  MapStateSucceeded  MapStateExited               4
            each iteration    MapIterationStarted  MapIterationSucceeded                      2
    walk    ExecutionStarted  ExecutionSucceeded                                              2

The longest walk is that of a revision which reads again what was read before: it begins with
Restore. A shard is an iteration with a Choice and one Task, 9 events, or 10 if it waits for the
endpoint. 400 of these are 4,000, ten further tasks 50, three zones that are filled or purged 21,
seven Choices 14, three Maps 12, so a walk is 4,099. A shard whose endpoint fails every try is asked
for twice (10 events of its Task), and goes through two more Choices to the CPU: 23, 9,299 with the
walk around it. If the CPU's three tries fail as well, the shard is given up: 36, or 14,499. That is
above what the contract asks for and within the quota, as is a walk on which every task is throttled
as often as it may be besides.

To find that no zone can be reached, and to wait once, takes 66; a document waits for zones some 70
times in the month that it has for it, since each wait is longer than the one before.
"""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docparser.flow.parking import patience_with_zone
from docparser.intake.preflight import plan_shards
from docparser.model import (
    DocumentType,
    IndexScope,
    Lane,
    Level,
    PlannedShard,
    Priority,
    Ref,
    ReviewMode,
    Source,
    Stage,
    Status,
    TerminalCode,
    Zone,
)
from docparser.settings import Limits
from docparser.store import layout
from jsonata import Jsonata

from infra.deadlines import WAITING_S

MACHINE = json.loads(
    (Path(__file__).parents[2] / "statemachines" / "document.asl.json").read_text("utf-8")
)
STATES = MACHINE["States"]
READING = ("Restore", "Preflight", "ReadPages", "Assemble", "Classify", "Extract")
WALK = (*(*READING, "Export", "Redact", "Route", "Fill", "Clear", "Index", "Complete"),)
# Those it goes through on its way: whether it waits or goes on is a Choice each time.
CHOICES = ("Begin", "Restored", "Parked", "Scanned", "Personal", "Filled", "Cleared")
PLACES = {"Fill": "FillZone", "Clear": "PurgeZone"}

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
    "Restore": {"source": SOURCE.model_dump(mode="json")},
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
        "review": longest(ReviewMode),
        "redact": True,
    },
    "Extract": {
        "uri": uri(Stage.EXTRACT, "fields.json"),
        "violations": 10**9,
        "review": longest(ReviewMode),
    },
    "Export": {"files": 2},
    "Redact": {"files": 3},
    "Route": {"fill": [zone.value for zone in Zone], "purge": [zone.value for zone in Zone]},
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
        "begins_at": Stage.PREFLIGHT.value,
    }
    outputs = {}
    for name in WALK:
        payload = {"Payload": ANSWERS.get(name)}
        away = [{"zone": zone.value, "away": True} for zone in Zone]
        states = {"input": state, "result": away if name in PLACES else payload}
        outputs[name] = state = evaluated(STATES[name]["Output"], states)
    return outputs


def test_the_plan_is_cut_into_as_many_shards_as_are_allowed() -> None:
    assert len(SHARDS) == LIMITS.max_shards == 400
    assert SHARDS[-1].last_page == LIMITS.max_pages
    one_lane = plan_shards([Lane.GPU] * LIMITS.max_pages, LIMITS)
    assert len(one_lane) == 375
    assert {shard.last_page - shard.first_page for shard in one_lane} == {7}


def test_the_walk_here_is_the_definitions() -> None:
    following = {name: STATES[name].get("Next") for name in WALK}
    assert following == {
        **dict(itertools.pairwise(WALK)),
        "Restore": "Restored",
        "Extract": "Parked",
        "Export": "Personal",
        "Fill": "Filled",
        "Clear": "Cleared",
        "Complete": None,
    }
    ways = {
        name: [*(rule["Next"] for rule in state["Choices"]), state["Default"]]
        for name, state in STATES.items()
        if state["Type"] == "Choice" and name != "Outcome"
    }
    assert MACHINE["StartAt"] == "Begin"
    assert ways == {
        "Begin": ["Restore", "Preflight"],
        "Restored": ["Classify", "Preflight"],
        "Parked": ["AwaitReview", "Scanned"],
        "Scanned": ["Export", "Personal"],
        "Personal": ["Redact", "Route"],
        "Filled": ["AwaitZone", "Clear", "Index"],
        "Cleared": ["AwaitZone", "Index"],
    }
    assert ways.keys() == {*CHOICES}
    assert [STATES[name]["Next"] for name in ("AwaitReview", "AwaitZone")] == ["Classify", "Fill"]


@pytest.mark.parametrize(("lane", "asked"), [(Lane.TEXT, False), (Lane.GPU, True)])
def test_only_a_document_with_scans_is_exported(lane: Lane, asked: bool) -> None:
    (scans,) = STATES["Scanned"]["Choices"]
    shards = [{"lane": "text"}, {"lane": lane.value}, {"lane": "text"}]
    states = {"input": {"plan": {"shards": shards}}}
    assert evaluated(scans["Condition"], states) is asked


@pytest.mark.parametrize("name", WALK[1:])
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


READERS = {
    Lane.TEXT: "ReadText",
    Lane.GPU: "ReadScan",
    Lane.CPU: "ReadOnCpu",
    Lane.TEXTRACT: "ReadByTextract",
}
CHOICE = 2
MAP = 4


def task_events(name: str, state: dict[str, Any], *, passing: bool, throttled: bool) -> int:
    """Return how many events a task writes, after every try that it may make or after one."""
    submitted = state["Resource"].endswith(".waitForTaskToken")
    tries, rooms = (retry["MaxAttempts"] for retry in state["Retry"])
    # What is throttled was never submitted.
    return 5 + submitted + passing * tries * (3 + submitted) + throttled * rooms * 3


def shard_events(*lanes: Lane, given_up: bool, passing: bool, throttled: bool) -> int:
    """Return how many events a shard writes that goes through these lanes, one after the other."""
    count = 2 + CHOICE
    for reader in (READERS[lane] for lane in lanes):
        count += task_events(reader, INSIDE[reader], passing=passing, throttled=throttled)
    count += (len(lanes) - 1) * 2 * CHOICE  # Fallback, and Lane once more
    if given_up:
        by_choice = INSIDE[READERS[lanes[-1]]]["Catch"][0]["Next"] == "Fallback"
        count += by_choice * CHOICE
        count += task_events("GiveUp", INSIDE["GiveUp"], passing=False, throttled=False)
    return count


def walk_events(
    shard: int, *, scans: bool = True, passing: bool = False, throttled: bool = False
) -> int:
    """Return how many events a walk writes whose shards write so many each."""
    tasks = [name for name in WALK if STATES[name]["Type"] == "Task"]
    tasks = [name for name in tasks if scans or name != "Export"]
    assert [name for name in WALK if STATES[name]["Type"] == "Map"] == ["ReadPages", *PLACES]
    around = sum(
        task_events(name, STATES[name], passing=passing, throttled=throttled) for name in tasks
    )
    # Every zone is either filled or purged.
    place = placing("Fill")["FillZone"]
    around += len(Zone) * (2 + task_events("", place, passing=passing, throttled=throttled))
    return 2 + around + len(CHOICES) * CHOICE + 3 * MAP + LIMITS.max_shards * shard


def placing(name: str) -> dict[str, Any]:
    """Return the states in which one zone is filled or purged."""
    inside: dict[str, Any] = STATES[name]["ItemProcessor"]["States"]
    return inside


def zone_wait_events() -> int:
    """Return how many events it takes to find that no zone is there, and to wait once."""
    place = placing("Fill")["FillZone"]
    tried = task_events("FillZone", place, passing=True, throttled=False)
    gone = tried + 2 + 2  # the state that says so, and the iteration
    waiting = task_events("AwaitZone", STATES["AwaitZone"], passing=False, throttled=False)
    return waiting + MAP + len(Zone) * gone + CHOICE


def zone_waits() -> int:
    """Return how often a document waits for zones that are away as long as it may wait."""
    waits, left = 0, timedelta(seconds=WAITING_S)
    while left > timedelta(0):
        left -= patience_with_zone(waits)
        waits += 1
    return waits


def review_events() -> int:
    """Return how many events it takes to wait for a person, and to be classified and read again."""
    states = [STATES[name] for name in ("AwaitReview", "Classify", "Extract")]
    tasks = sum(task_events("", state, passing=False, throttled=False) for state in states)
    return tasks + CHOICE


def test_a_shard_goes_through_these_choices_and_no_more() -> None:
    choices = {name for name, state in INSIDE.items() if state["Type"] == "Choice"}
    assert choices == {"Lane", "Fallback"}
    tasks = {name for name, state in INSIDE.items() if state["Type"] == "Task"}
    assert tasks == {*READERS.values(), "GiveUp"}


@pytest.mark.parametrize(
    ("lane", "count"),
    [(Lane.TEXT, 3_694), (Lane.GPU, 4_099), (Lane.CPU, 3_699), (Lane.TEXTRACT, 3_699)],
)
def test_a_walk_writes_less_than_10_000_events(lane: Lane, count: int) -> None:
    shard = shard_events(lane, given_up=False, passing=False, throttled=False)
    assert walk_events(shard, scans=lane is not Lane.TEXT) == count
    assert count < EVENTS


def test_text_on_which_every_fault_that_passes_comes_as_often_as_it_may_does_too() -> None:
    shard = shard_events(Lane.TEXT, given_up=False, passing=True, throttled=False)
    count = walk_events(shard, scans=False, passing=True)
    assert count == 9_838
    assert count < EVENTS


def test_scans_that_all_fall_back_from_a_silent_endpoint_do_too() -> None:
    tried = task_events("ReadScan", INSIDE["ReadScan"], passing=True, throttled=False)
    shard = 2 + CHOICE + tried + 2 * CHOICE
    shard += task_events("ReadOnCpu", INSIDE["ReadOnCpu"], passing=False, throttled=False)
    assert walk_events(shard) == 9_299
    assert walk_events(shard) < EVENTS


def test_scans_that_nobody_reads_keep_within_the_quota() -> None:
    shard = shard_events(Lane.GPU, Lane.CPU, given_up=True, passing=True, throttled=False)
    assert walk_events(shard) == 14_499
    assert walk_events(shard) < EVENTS_QUOTA


@pytest.mark.parametrize(
    ("lanes", "count"),
    [
        ((Lane.TEXT,), 24_550),
        ((Lane.GPU,), 13_773),
        ((Lane.GPU, Lane.CPU), 24_573),
        ((Lane.CPU, Lane.GPU), 24_573),
        ((Lane.TEXTRACT, Lane.CPU), 24_973),
        ((Lane.TEXTRACT, Lane.GPU), 24_573),
    ],
)
def test_a_walk_that_fails_and_is_throttled_as_often_as_it_may_be_keeps_within_the_quota(
    lanes: tuple[Lane, ...], count: int
) -> None:
    # A reader of text that fails for a reason that passes ends the walk at last.
    given_up = lanes != (Lane.TEXT,)
    shard = shard_events(*lanes, given_up=given_up, passing=True, throttled=True)
    scans = lanes != (Lane.TEXT,)
    assert walk_events(shard, scans=scans, passing=True, throttled=True) == count
    assert count < EVENTS_QUOTA


@pytest.mark.parametrize("name", PLACES)
def test_a_zone_is_filled_and_purged_by_one_task_each(name: str) -> None:
    task, away = placing(name).values()
    assert (task["Type"], away["Type"]) == ("Task", "Pass")
    fill = placing("Fill")["FillZone"]
    assert all(task[field] == fill[field] for field in ("Retry", "TimeoutSeconds", "Resource"))


def test_a_month_without_zones_fits_into_the_history_of_the_largest_walk() -> None:
    waits = zone_waits() * zone_wait_events() + review_events()
    longest_walk = shard_events(Lane.GPU, given_up=False, passing=False, throttled=False)
    assert walk_events(longest_walk) + waits < EVENTS
    unread = shard_events(Lane.GPU, Lane.CPU, given_up=True, passing=True, throttled=False)
    assert walk_events(unread) + waits < EVENTS_QUOTA
