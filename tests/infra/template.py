"""Reads a synthesized template: intrinsic functions become plain text, policies become pairs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
}


@dataclass(frozen=True)
class Template:
    """One stack's template, as CloudFormation would read it in account 123456789012."""

    assembly: Path
    stack: str

    @property
    def body(self) -> dict[str, Any]:
        return json.loads((self.assembly / f"{self.stack}.template.json").read_text())

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of every resource of a type, by logical id."""
        return {
            logical_id: plain(resource.get("Properties", {}))
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def named(self, kind: str, key: str) -> dict[str, dict[str, Any]]:
        """Return the properties of every resource of a type, by the value of a property."""
        return {properties[key]: properties for properties in self.of_type(kind).values()}

    def asset(self, s3_key: str) -> Path:
        """Return the folder that becomes an asset."""
        return self.assembly / f"asset.{s3_key.removesuffix('.zip')}"

    def rights_of(self, role_reference: str) -> set[tuple[str, str]]:
        """Return what a role may do, as (action, resource) pairs."""
        logical_id = role_reference.strip("<>").partition(".")[0]
        return {
            (action, resource)
            for policy in self.of_type("AWS::IAM::Policy").values()
            if f"<{logical_id}>" in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }


def plain(value: Any, pseudo_parameters: dict[str, str] = PSEUDO_PARAMETERS) -> Any:
    """Return a value of a template with its intrinsic functions written as text."""
    if isinstance(value, list):
        return [plain(item, pseudo_parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref":
            return pseudo_parameters.get(argument, f"<{argument}>")
        if name == "Fn::GetAtt":
            return f"<{'.'.join(argument)}>"
        if name == "Fn::Join":
            return argument[0].join(plain(argument[1], pseudo_parameters))
        if name == "Fn::ImportValue":
            return f"<import {argument}>"
    return {key: plain(item, pseudo_parameters) for key, item in value.items()}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
