"""cdk-nag: clean as it is, and able to stop a synthesis."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from infra.compliance import acknowledge, add_checks
from infra.deployment import Deployment, UnknownEnvError
from infra.storage_stack import StorageStack

if TYPE_CHECKING:
    from pathlib import Path


def test_no_finding_is_open_and_each_accepted_one_has_its_reason(
    assembly: Path, searching: dict[str, Path]
) -> None:
    for folder in (assembly, *searching.values()):
        (report,) = (
            report
            for report in json.loads((folder / "validation-report.json").read_text())[
                "pluginReports"
            ]
            if report["pluginName"] == "AwsSolutions"
        )
        assert report["conclusion"] == "success"
        assert report["violations"] == []
        accepted = report["suppressedViolations"]
        assert accepted
        stacks = {path.name.partition(".")[0] for path in folder.glob("*.template.json")}
        assert len(stacks) == 4  # storage, pipeline, api, and gpu or search
        for finding in accepted:
            assert len(finding["reason"].split()) >= 5
            assert finding["acknowledgedAt"] not in stacks  # on a resource, never a whole stack


def test_an_open_finding_stops_the_synthesis() -> None:
    # Given our own stack with one more bucket, which is as CloudFormation makes it
    app = cdk.App()
    stack = StorageStack(app, deployment=Deployment("dev"))
    s3.Bucket(stack, "Open")
    add_checks(app)
    # Then
    with pytest.raises(RuntimeError, match=r"(?i)validation"):
        app.synth()


def test_an_acknowledgement_covers_its_own_resource_only() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Two")
    accepted, open_one = (s3.Bucket(stack, name, enforce_ssl=True) for name in ("Yes", "No"))
    acknowledge(accepted, {"S1": "Holds nothing."})
    add_checks(app)
    with pytest.raises(RuntimeError, match=r"(?i)validation") as raised:
        app.synth()
    assert open_one.node.path in str(raised.value) or "S1" in str(raised.value)


def test_a_misspelt_env_makes_no_new_one() -> None:
    with pytest.raises(UnknownEnvError, match="prodd"):
        Deployment("prodd")
