"""The Lambda layers of one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from infra.bundling import layer_code
from infra.functions import ROOT, FunctionSpec

if TYPE_CHECKING:
    from aws_cdk import Stack

    from infra.deployment import Deployment


class Layers:
    """Makes the layers that a stack's functions ask for, each once.

    Each stack has its own: a layer is replaced with every change of our code, which a
    CloudFormation export would forbid for as long as another stack imports it.
    """

    def __init__(self, stack: Stack, deployment: Deployment) -> None:
        self._stack = stack
        self._deployment = deployment
        self._made: dict[str, lambda_.LayerVersion] = {}

    def of(self, spec: FunctionSpec) -> list[lambda_.LayerVersion]:
        """Return a function's layers: none on the embedded AWS.

        It runs functions in the project's locked environment, on its own platform.
        """
        if self._deployment.is_local:
            return []
        return [self._layer(name) for name in ("core", *spec.layers)]

    def _layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._made:
            self._made[name] = lambda_.LayerVersion(
                self._stack,
                f"{name.title()}Layer",
                layer_version_name=self._deployment.name(name),
                code=layer_code(ROOT / "layers" / name),
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
                compatible_architectures=[lambda_.Architecture.ARM_64],
            )
        return self._made[name]
