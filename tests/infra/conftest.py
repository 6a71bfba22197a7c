"""Synthesizes each env once per session: the start of the CDK's Node.js process is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from infra.application import FEATURE_FLAGS, build
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path


IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/docparser-ocr:1.0"


def synthesize(outdir: Path, **context: str) -> Path:
    app = cdk.App(outdir=str(outdir), context={**FEATURE_FLAGS, **context}, tree_metadata=False)
    build(app)
    app.synth()
    return outdir


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of dev with all that may be asked for; cdk-nag has looked at it."""
    return synthesize(tmp_path_factory.mktemp("dev"), env="dev", ocr_image=IMAGE)


@pytest.fixture(scope="session")
def storage(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-storage")


@pytest.fixture(scope="session")
def pipeline(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-pipeline")


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(tmp_path_factory.mktemp("local"), env="local")


@pytest.fixture(scope="session")
def local_pipeline(local_assembly: Path) -> Template:
    return Template(local_assembly, "docparser-local-pipeline")
