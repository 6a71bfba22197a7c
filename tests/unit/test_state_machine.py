"""The state machine's error handling, held to the code that raises and the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docparser import errors
from docparser.extract.stage import MOST_RETRIES
from docparser.model import Lane, PlannedShard, Stage, WaitingFor, Zone
from docparser.settings import Deadlines
from jsonata import Jsonata

from infra.deadlines import AFTER_READING_S, EXPORT_S, WAITING_S, scan_timeout
from infra.functions import PIPELINE

MACHINE = json.loads(
    (Path(__file__).parents[2] / "statemachines" / "document.asl.json").read_text("utf-8")
)
LOST = {"States.Timeout", "Sandbox.Timedout", "Runtime.ExitError"}
SERVICE_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Runtime.ExitError",
}


# How often a scan is tried again in one lane, and after how many seconds: it has another lane to go
# to as a rule, and 400 that go through two of them must fit into one history.
# Textract's quota is waited for longest.
TRIES = {
    "Extract": (2, 2),
    "Export": (2, 2),
    "Redact": (2, 2),
    "FillZone": (3, 2),
    "PurgeZone": (3, 2),
    "ReadScan": (1, 10),
    "ReadOnCpu": (2, 2),
    "ReadByTextract": (4, 30),
}
THROTTLED = {
    **dict.fromkeys(("Extract", "Export", "Redact", "FillZone", "PurgeZone"), (4, 2, 2.0, 60)),
    "ReadScan": (4, 5, 3.0, 120),
    "ReadOnCpu": (4, 5, 3.0, 120),
    "ReadByTextract": (2, 20, 3.0, 120),
}
# What a document waits for, and where it goes on from.
WAITS = {"AwaitReview": WaitingFor.REVIEW, "AwaitZone": WaitingFor.ZONE}
BACK = {"AwaitReview": "Classify", "AwaitZone": "Fill"}
PLACES = {"Fill": "FillZone", "Clear": "PurgeZone"}
SCANS = {"ReadScan", "ReadOnCpu", "ReadByTextract"}
READERS = {Lane.GPU: "ReadScan", Lane.CPU: "ReadOnCpu", Lane.TEXTRACT: "ReadByTextract"}


def states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])


TASKS = [(name, state) for name, state in states(MACHINE) if state["Type"] == "Task"]


@pytest.mark.parametrize(("name", "state"), TASKS, ids=[name for name, _ in TASKS])
def test_every_task_retries_what_passes(name: str, state: dict[str, Any]) -> None:
    passing, throttled = state["Retry"]
    assert set(passing["ErrorEquals"]) == {
        errors.Retryable.__name__,
        *(SERVICE_ERRORS - {"Lambda.TooManyRequestsException"}),
    }
    assert (passing["MaxAttempts"], passing["IntervalSeconds"]) == TRIES.get(name, (5, 2))
    assert (passing["BackoffRate"], passing["JitterStrategy"]) == (2.0, "FULL")
    # A burst waits for room: 12 tries, a minute apart in the end, are up to eight minutes; those of
    # a scan, one or three.
    assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    fields = ("MaxAttempts", "IntervalSeconds", "BackoffRate", "MaxDelaySeconds")
    tries = THROTTLED.get(name, (12, 2, 2.0, 60))
    assert tuple(throttled[field] for field in fields) == tries
    assert throttled["JitterStrategy"] == "FULL"


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, state in MACHINE["States"].items()
        if state["Type"] in {"Task", "Map"} and name not in {"Extract", "Export", "Redact", "Fail"}
    ],
)
def test_every_step_of_the_walk_leads_to_fail(name: str) -> None:
    (catch,) = MACHINE["States"][name]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Fail")


@pytest.mark.parametrize(
    ("begins_at", "walk"),
    [
        (None, ["Begin", "Preflight"]),
        (Stage.PREFLIGHT, ["Begin", "Restore", "Restored", "Preflight"]),
        (Stage.CLASSIFY, ["Begin", "Restore", "Restored", "Classify"]),
    ],
)
def test_a_revision_repeats_what_changed_upstream_of_it_only(
    begins_at: Stage | None, walk: list[str]
) -> None:
    # Given a revision of what was read before, or of what came now
    given = {"ref": {}} if begins_at is None else {"ref": {}, "begins_at": begins_at.value}
    # Then it walks from where it begins
    name, names = MACHINE["StartAt"], []
    while (state := MACHINE["States"][name])["Type"] == "Choice" or name == "Restore":
        names.append(name)
        name = state["Next"] if name == "Restore" else chosen(state, given)[0]
    assert [*names, name] == walk


def test_what_is_restored_is_what_the_stages_before_would_have_added() -> None:
    output = MACHINE["States"]["Restore"]["Output"]
    given = {"ref": {"revision": 2}, "source": {"key": "old"}, "priority": "high"}
    restored = {"source": {"key": "new"}, "plan": {"shards": []}, "manifest": {"pages": 3}}
    expression = Jsonata(output.removeprefix("{%").removesuffix("%}").strip())
    states = {"input": given, "result": {"Payload": restored}}
    assert expression.evaluate(None, {"states": states}) == {**given, **restored}


@pytest.mark.parametrize(
    ("choice", "given", "goes_to"),
    [
        ("Filled", {"route": {"fill": [], "purge": []}}, "Index"),
        ("Filled", {"route": {"fill": [], "purge": ["sync"]}}, "Clear"),
        ("Filled", {"route": {"fill": ["backup"], "purge": ["sync"]}}, "AwaitZone"),
        ("Cleared", {"route": {"fill": [], "purge": []}}, "Index"),
        ("Cleared", {"route": {"fill": [], "purge": ["sync"]}}, "AwaitZone"),
    ],
)
def test_nothing_is_purged_before_all_is_copied_and_a_zone_that_is_away_is_waited_for(
    choice: str, given: dict[str, Any], goes_to: str
) -> None:
    assert chosen(MACHINE["States"][choice], given) == (goes_to, given)


@pytest.mark.parametrize(("name", "do"), [("Fill", "fill"), ("Clear", "purge")])
@pytest.mark.parametrize("away", [[], ["vault"], ["backup"], ["vault", "sync"], [*Zone]])
def test_what_is_waited_for_are_the_zones_that_are_away_and_no_others(
    name: str, do: str, away: list[str]
) -> None:
    route = {"fill": ["x"], "purge": ["y"]}
    results = [{"zone": zone.value, "away": zone in away} for zone in Zone]
    source = MACHINE["States"][name]["Output"].removeprefix("{%").removesuffix("%}").strip()
    states = {"input": {"ref": {}, "route": route}, "result": results}
    output = json.loads(json.dumps(Jsonata(source).evaluate(None, {"states": states})))
    assert output == {"ref": {}, "route": {**route, do: away}}


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_a_zone_is_filled_and_purged_by_its_own_function(name: str, place: str) -> None:
    state = MACHINE["States"][name]
    inside = state["ItemProcessor"]["States"]
    assert inside.keys() == {place, PLACES[name].replace("Zone", "Away")}
    function = inside[place]["Arguments"]["FunctionName"]
    called = {zone: evaluated(function, {"zone": zone.value}) for zone in Zone}
    assert called == {
        zone: f"${{{spec.construct_id}}}"
        for zone in Zone
        for spec in PIPELINE
        if (spec.folder, spec.zone) == ("place", zone)
    }
    payload = inside[place]["Arguments"]["Payload"]
    assert payload.pop("do") == {"Fill": "fill", "Clear": "purge"}[name]
    names = ("ref", "source", "zone")
    assert payload == {name: f"{{% $states.input.{name} %}}" for name in names}
    assert state["ItemSelector"].keys() == {*names}
    assert state["Items"] == f"{{% $states.input.route.{place.removesuffix('Zone').lower()} %}}"


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_a_zone_that_is_away_is_no_failure(name: str, place: str) -> None:
    inside = MACHINE["States"][name]["ItemProcessor"]["States"]
    (catch,) = inside[place]["Catch"]
    # A mount that hangs or is not there, besides all that passes.
    mounts = {error for error in catch["ErrorEquals"] if error.startswith("Lambda.EFS")}
    assert len(mounts) == 4
    passing = {"Retryable", *(SERVICE_ERRORS | LOST) - {"Runtime.ExitError"}}
    assert {*catch["ErrorEquals"]} - mounts == passing
    assert catch["Output"] == "{% $states.input %}"
    gone = inside[catch["Next"]]
    assert (gone["Type"], gone["End"]) == ("Pass", True)
    given = {"zone": "sync", "ref": {}}
    assert evaluated(gone["Output"], given) == {"zone": "sync", "away": True}
    assert evaluated(inside[place]["Output"], given) == {"zone": "sync", "away": False}


@pytest.mark.parametrize(
    ("made", "then"), [("Extract", "Parked"), ("Export", "Personal"), ("Redact", "Route")]
)
def test_a_document_goes_on_without_its_fields_and_its_renditions(made: str, then: str) -> None:
    (catch,) = MACHINE["States"][made]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], then)
    assert "error" not in catch["Output"]


@pytest.mark.parametrize(
    "former", [{}, {"fields": {"uri": "s3://b/k", "violations": 3, "review": "park"}}]
)
def test_route_is_told_whether_extract_has_come_to_its_end(former: dict[str, Any]) -> None:
    # Given a document before Extract, for the first time or again after people have decided
    given = {"ref": {}, "classification": {"review": "none"}, **former}
    extract = MACHINE["States"]["Extract"]
    told = MACHINE["States"]["Route"]["Arguments"]["Payload"]["extracted"]
    # When that fails, it waits for nobody
    failed = evaluated(extract["Catch"][0]["Output"], given)
    assert chosen(MACHINE["States"]["Parked"], failed)[0] == "Scanned"
    # Then Route is told so, and of nothing that was found before
    assert evaluated(told, failed) is False
    # And otherwise it is told that there is something to find
    answer = {"uri": "s3://b/k", "violations": 0, "review": "none"}
    source = extract["Output"].removeprefix("{%").removesuffix("%}").strip()
    states = {"input": given, "result": {"Payload": answer}}
    made = json.loads(json.dumps(Jsonata(source).evaluate(None, {"states": states})))
    assert made == {**given, "fields": answer}
    assert evaluated(told, made) is True


def test_the_errors_that_leave_functions_are_the_three_that_the_contract_names() -> None:
    leaving = {errors.Rejected, errors.Retryable, errors.Terminal}
    assert {kind.__name__ for kind in leaving} == {"Rejected", "Retryable", "Terminal"}
    named = {
        error for _, state in states(MACHINE) for retry in state.get("Retry", ())
        for error in retry["ErrorEquals"]
    }  # fmt: skip
    assert named - SERVICE_ERRORS <= {kind.__name__ for kind in leaving}


INSIDE = MACHINE["States"]["ReadPages"]["ItemProcessor"]["States"]


def test_a_text_shard_that_nobody_reads_costs_its_own_pages_only() -> None:
    (catch,) = INSIDE["ReadText"]["Catch"]
    assert {*catch["ErrorEquals"]} == LOST
    assert catch["Next"] == "GiveUp"
    assert INSIDE["GiveUp"]["End"] is True
    assert "Catch" not in INSIDE["GiveUp"]  # what nobody could even mark stops the walk


@pytest.mark.parametrize("name", sorted(SCANS))
def test_a_scan_that_its_lane_cannot_read_may_have_another(name: str) -> None:
    (catch,) = INSIDE[name]["Catch"]
    assert {*catch["ErrorEquals"]} == {"Retryable", "Terminal", *LOST, *SERVICE_ERRORS}
    assert (catch["Next"], catch["Output"]) == ("Fallback", "{% $states.input %}")


def test_each_lane_has_its_reader() -> None:
    choice = INSIDE[MACHINE["States"]["ReadPages"]["ItemProcessor"]["StartAt"]]
    readers = {lane: chosen(choice, {"shard": {"lane": lane}})[0] for lane in Lane}
    assert readers == {Lane.TEXT: "ReadText", **READERS}


def chosen(choice: dict[str, Any], given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return where a Choice goes, and what it hands on."""
    for rule in choice["Choices"]:
        if evaluated(rule["Condition"], given) is True:
            return rule["Next"], evaluated(rule.get("Output", "{% $states.input %}"), given)
    return choice["Default"], given


def evaluated(source: str, given: dict[str, Any]) -> Any:
    expression = Jsonata(source.removeprefix("{%").removesuffix("%}").strip())
    return json.loads(json.dumps(expression.evaluate(None, {"states": {"input": given}})))


@pytest.mark.parametrize("fallback", [Lane.CPU, Lane.GPU])
def test_a_shard_falls_back_to_the_lane_that_its_plan_names_and_once(fallback: Lane) -> None:
    # Given a shard as preflight hands it on
    planned = PlannedShard(
        shard_id="s0001", first_page=1, last_page=8, lane=Lane.TEXTRACT, fallback=fallback
    )
    given = {"ref": {}, "source": {}, "shard": planned.model_dump(mode="json")}
    # When its lane cannot read it
    reader, handed_on = chosen(INSIDE["Fallback"], given)
    # Then the other one may, which is told so
    assert reader == "Lane"
    assert handed_on.keys() == given.keys()
    assert PlannedShard.model_validate(handed_on["shard"]) == planned.model_copy(
        update={"lane": fallback, "fallback": None, "fell_back": True}
    )
    assert chosen(INSIDE["Lane"], handed_on)[0] == READERS[fallback]
    # And if that cannot either, nobody does
    assert chosen(INSIDE["Fallback"], handed_on) == ("GiveUp", handed_on)


@pytest.mark.parametrize("shard", [{"lane": "gpu"}, {"lane": "gpu", "fallback": None}])
def test_a_shard_without_another_lane_is_given_up(shard: dict[str, Any]) -> None:
    given = {"shard": shard}
    assert chosen(INSIDE["Fallback"], given) == ("GiveUp", given)


@pytest.mark.parametrize("name", ["ReadText", *sorted(SCANS)])
def test_a_reader_is_told_of_its_shard_and_its_source(name: str) -> None:
    payload = INSIDE[name]["Arguments"]["Payload"]
    names = {"ref", "source", "shard"}
    assert {*payload} - {"task_token"} == names
    assert all(payload[name] == f"{{% $states.input.{name} %}}" for name in names)


def test_only_the_endpoint_and_people_are_waited_for() -> None:
    waiting = {
        name: state["Arguments"]["Payload"]
        for name, state in TASKS
        if state["Resource"].endswith(".waitForTaskToken")
    }
    assert waiting.keys() == {"ReadScan", *WAITS}
    tokens = {payload["task_token"] for payload in waiting.values()}
    assert tokens == {"{% $states.context.Task.Token %}"}


@pytest.mark.parametrize(("name", "waiting_for"), WAITS.items())
def test_what_waits_goes_on_with_what_it_came_with(name: str, waiting_for: WaitingFor) -> None:
    state = MACHINE["States"][name]
    assert state["Arguments"]["Payload"]["waiting_for"] == waiting_for
    assert state["Output"] == "{% $states.input %}"
    assert state["Next"] == BACK[name]
    assert state["TimeoutSeconds"] == WAITING_S


@pytest.mark.parametrize(
    ("review", "of_fields", "goes_to"),
    [
        ("none", "none", "Scanned"),
        ("mark", "mark", "Scanned"),
        ("park", "none", "AwaitReview"),
        ("none", "park", "AwaitReview"),
        ("mark", "park", "AwaitReview"),
    ],
)
def test_a_document_waits_for_a_person_where_its_policy_says_so(
    review: str, of_fields: str, goes_to: str
) -> None:
    given = {"classification": {"review": review}, "fields": {"review": of_fields}}
    assert chosen(MACHINE["States"]["Parked"], given) == (goes_to, given)


@pytest.mark.parametrize(("redact", "goes_to"), [(True, "Redact"), (False, "Route")])
def test_personal_data_is_taken_out_where_somebody_wants_it(redact: bool, goes_to: str) -> None:
    given = {"classification": {"redact": redact}}
    assert chosen(MACHINE["States"]["Personal"], given) == (goes_to, given)


def test_what_is_kept_of_a_document_s_deadline_holds_an_export_that_hangs_or_an_extract() -> None:
    # Its pages are read by then; a time-out is not tried again, and the rest has ten minutes more.
    export, extract = (MACHINE["States"][name] for name in ("Export", "Extract"))
    assert export["TimeoutSeconds"] == EXPORT_S == AFTER_READING_S - 600
    assert extract["TimeoutSeconds"] <= EXPORT_S
    assert not {"States.Timeout", "States.ALL"} & {
        error
        for state in (export, extract)
        for retry in state["Retry"]
        for error in retry["ErrorEquals"]
    }
    assert Deadlines().scan_deadline_s < Deadlines().document_deadline_s - AFTER_READING_S


def test_extract_knows_its_last_try() -> None:
    # Given how often it is tried again for a reason that passes
    extract = MACHINE["States"]["Extract"]
    assert extract["Retry"][0]["MaxAttempts"] == MOST_RETRIES
    # Then the function is told how often it was
    told = extract["Arguments"]["Payload"]["retries"]
    assert told == "{% $states.context.State.RetryCount %}"


def test_states_pass_no_variables_which_a_redrive_would_lose() -> None:
    assert "Assign" not in json.dumps(MACHINE)


def test_the_deadlines_are_the_settings() -> None:
    assert MACHINE["TimeoutSeconds"] == Deadlines().document_deadline_s + WAITING_S
    known = Deadlines()
    assert INSIDE["ReadScan"]["TimeoutSeconds"] == scan_timeout(
        int(known.document_deadline_s), known.scan_deadline_s
    )
    # These write a document anew as a whole: they have all the time that Lambda gives.
    limits = {
        "Export": EXPORT_S,
        "Redact": EXPORT_S,
        **dict.fromkeys(WAITS, WAITING_S),
    }
    others = [(name, state) for name, state in TASKS if name != "ReadScan"]
    assert all(state["TimeoutSeconds"] <= limits.get(name, 600) for name, state in others)


@pytest.mark.parametrize(
    ("elapsed_s", "waits_s", "fallback"),
    [
        *((0, 1800, None), (300, 1800, None), (900, 1200, None), (2050, 60, None)),
        *((9000, 60, None), (0, 700, "cpu"), (900, 400, "cpu"), (2050, 60, "cpu")),
    ],
)
def test_a_scan_waits_no_longer_than_its_document_has_time(
    elapsed_s: int, waits_s: int, fallback: str | None
) -> None:
    # Given a document that began some time ago
    began = datetime.now(UTC) - timedelta(seconds=elapsed_s)
    context = {"Execution": {"StartTime": began.isoformat().replace("+00:00", "Z")}}
    # When a shard of its scans is about to be read
    source = INSIDE["ReadScan"]["TimeoutSeconds"].removeprefix("{%").removesuffix("%}")
    expression = Jsonata(source.strip())
    expression.assign("states", {"context": context, "input": {"shard": {"fallback": fallback}}})
    # Then it may wait for what is left, less what the rest of the walk needs, and less what it and
    # those after it need in another lane
    assert expression.evaluate(None) == pytest.approx(waits_s, abs=1)
