"""Synthesizes each env once per session: the start of the CDK's Node.js process is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from infra.application import FEATURE_FLAGS, build
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path


def synthesize(env: str, outdir: Path) -> Path:
    app = cdk.App(outdir=str(outdir), context={**FEATURE_FLAGS, "env": env}, tree_metadata=False)
    build(app)
    app.synth()
    return outdir


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of dev; cdk-nag has looked at it."""
    return synthesize("dev", tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def storage(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-storage")


@pytest.fixture(scope="session")
def pipeline(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-pipeline")


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize("local", tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def local_pipeline(local_assembly: Path) -> Template:
    return Template(local_assembly, "docparser-local-pipeline")
