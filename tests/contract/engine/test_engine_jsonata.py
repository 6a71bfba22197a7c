"""JSONata and variables."""

from __future__ import annotations

from tests.contract.engine.machines import LAMBDA, PASS_END, machine
from tests.contract.engine.running import Engine, function_arn


def test_jsonata_assign_condition_map_output(engine: Engine) -> None:
    arguments = {
        "FunctionName": function_arn("echo"),
        "Payload": {"v": "{% $states.input %}", "x": "{% $x %}"},
    }
    call = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Arguments": arguments,
        "Output": "{% $states.result.Payload.in %}",
    }
    each = {
        "Type": "Map",
        "Items": "{% $states.input.items %}",
        "ItemProcessor": machine({"Call": call | {"End": True}}),
        "Output": {
            "sum": "{% $sum($states.result.v) %}",
            "parts": "{% $partition([1, 2, 3], 2) %}",
        },
        "End": True,
    }
    states = {
        "Set": {"Type": "Pass", "Assign": {"x": "{% $states.input.n * 2 %}"}, "Next": "Route"},
        "Route": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $x > 3 %}", "Next": "Each"}],
            "Default": "No",
        },
        "No": {"Type": "Fail"},
        "Each": each,
    }
    output = engine.run(machine(states, QueryLanguage="JSONata"), {"n": 3, "items": [1, 2, 3]})
    assert output == {"sum": 6, "parts": [[1, 2], [3]]}


def test_jsonata_variables_keep_special_characters(engine: Engine) -> None:
    text = 'He said "hi"\nand \\ left'
    states = {
        "Set": {"Type": "Pass", "Assign": {"t": "{% $states.input.t %}"}, "Next": "Use"},
        "Use": {"Type": "Pass", "Output": "{% {'t': $t & '!'} %}", "End": True},
    }
    assert engine.run(machine(states, QueryLanguage="JSONata"), {"t": text}) == {"t": text + "!"}


def test_jsonata_undefined_is_a_query_evaluation_error(engine: Engine) -> None:
    arguments = {"FunctionName": function_arn("echo"), "Payload": "{% $states.input.missing.x %}"}
    catch = [
        {
            "ErrorEquals": ["States.QueryEvaluationError"],
            "Output": "{% $states.errorOutput %}",
            "Next": "After",
        }
    ]
    task = {"Type": "Task", "Resource": LAMBDA, "Arguments": arguments, "Catch": catch, "End": True}
    output = engine.run(machine({"Call": task, "After": PASS_END}, QueryLanguage="JSONata"))
    assert output["Error"] == "States.QueryEvaluationError"


def test_jsonpath_variables(engine: Engine) -> None:
    states = {
        "Set": {"Type": "Pass", "Assign": {"x.$": "$.n"}, "Next": "Use"},
        "Use": {"Type": "Pass", "Parameters": {"v.$": "$x"}, "End": True},
    }
    assert engine.run(machine(states), {"n": 3}) == {"v": 3}
