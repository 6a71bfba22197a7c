"""The state machine of a run: four readers, one processor, and nothing that it keeps of keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from docparser.backfill.listed import Job, Kind
from jsonata import Jsonata
from statelint.linter import Linter

PATH = Path(__file__).parents[3] / "statemachines" / "backfill.asl.json"
MACHINE = json.loads(PATH.read_text("utf-8"))
STATES = MACHINE["States"]
MAPS = {name: state for name, state in STATES.items() if state["Type"] == "Map"}
READERS = {
    Kind.PREFIX: ("Prefix", "listObjectsV2", None),
    Kind.INVENTORY: ("Inventory", "getObject", "MANIFEST"),
    Kind.LINES: ("Lines", "getObject", "JSONL"),
    Kind.CSV: ("Csv", "getObject", "CSV"),
}


def evaluated(source: str, given: dict[str, Any]) -> Any:
    expression = source.removeprefix("{%").removesuffix("%}").strip()
    return Jsonata(expression).evaluate(None, {"states": {"input": given}})


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_list_has_its_reader(kind: Kind) -> None:
    given = {"job": Job(run="r", kind=kind, tenant="t", bucket="b").model_dump(mode="json")}
    choice = STATES[MACHINE["StartAt"]]
    taken = [rule["Next"] for rule in choice["Choices"] if evaluated(rule["Condition"], given)]
    name, action, read_as = READERS[kind]
    assert (taken or [choice["Default"]]) == [name]
    reader = STATES[name]["ItemReader"]
    assert reader["Resource"] == f"arn:aws:states:::s3:{action}"
    assert reader.get("ReaderConfig", {}).get("InputType") == read_as


@pytest.mark.parametrize("name", MAPS)
def test_every_reader_has_the_same_processor(name: str) -> None:
    state, first = MAPS[name], MAPS["Prefix"]
    for field in ("ItemBatcher", "MaxConcurrency", "ResultWriter", "Output", "End"):
        assert state[field] == first[field]
    (task,) = state["ItemProcessor"]["States"].values()
    (same,) = first["ItemProcessor"]["States"].values()
    assert task == same


@pytest.mark.parametrize("name", MAPS)
def test_a_run_s_children_keep_no_history(name: str) -> None:
    # Their input holds keys of other people's objects; what goes on is counts and the run's name
    processor = MAPS[name]["ItemProcessor"]
    assert processor["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    (task,) = processor["States"].values()
    assert task["TimeoutSeconds"] < 300  # the longest that an Express execution may take
    assert task["Output"] == "{% $states.result.Payload %}"
    assert MAPS[name]["Output"] == "{% {'run': $states.input.job.run} %}"


@pytest.mark.parametrize("name", MAPS)
def test_a_failed_batch_fails_the_run_so_that_it_can_be_redriven(name: str) -> None:
    assert not MAPS[name].keys() & {"ToleratedFailurePercentage", "ToleratedFailureCount", "Catch"}


def test_the_definition_is_well_formed() -> None:
    # statelint knows ReaderConfig's fields by their JSONPath names only
    known = json.loads(json.dumps(MACHINE))
    for state in known["States"].values():
        state.get("ItemReader", {}).pop("ReaderConfig", None)
    assert Linter().validate(known) == []
