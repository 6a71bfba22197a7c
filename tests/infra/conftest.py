"""Synthesizes each env once per session: the start of the CDK's Node.js process is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest

from infra.application import FEATURE_FLAGS, build
from infra.functions import API, PIPELINE
from tests.infra.template import Template

if TYPE_CHECKING:
    from pathlib import Path


IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/docparser-ocr:1.0"
# One model where it is, and one in whichever region of a profile.
MODELS = "mistral.mistral-large-2402-v1:0,eu.amazon.nova-lite-v1:0"
# Layers are built once, for the assembly that tests look into.
WITHOUT_LAYERS = {"aws:cdk:bundling-stacks": []}


def synthesize(outdir: Path, **context: object) -> Path:
    given = {**FEATURE_FLAGS, **context}
    app = cdk.App(outdir=str(outdir), context=given, tree_metadata=False)
    build(app)
    app.synth()
    return outdir


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of dev with every lane; cdk-nag has looked at it."""
    context = {"ocr_image": IMAGE, "textract": "on", "textract_tenants": "acme,globex"}
    context["bedrock_models"] = MODELS
    return synthesize(tmp_path_factory.mktemp("dev"), env="dev", **context)


@pytest.fixture(scope="session")
def storage(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-storage")


@pytest.fixture(scope="session")
def pipeline(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-pipeline")


@pytest.fixture(scope="session")
def api(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-api")


@pytest.fixture(scope="session")
def gpu(assembly: Path) -> Template:
    return Template(assembly, "docparser-dev-gpu")


@pytest.fixture(scope="session")
def homes(pipeline: Template, api: Template) -> dict[str, Template]:
    """Return the template that each function is in, by its folder."""
    return {**dict.fromkeys((spec.name for spec in PIPELINE), pipeline), API.folder: api}


@pytest.fixture(scope="session")
def local_homes(local_pipeline: Template, local_api: Template) -> dict[str, Template]:
    """Return the local template that each function is in, by its folder."""
    pipeline = dict.fromkeys((spec.name for spec in PIPELINE), local_pipeline)
    return {**pipeline, API.folder: local_api}


@pytest.fixture(scope="session")
def searching(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the assemblies of dev with OpenSearch, by the form that it is run in."""
    return {
        form: synthesize(tmp_path_factory.mktemp(form), env="dev", search=form, **WITHOUT_LAYERS)
        for form in ("serverless", "domain")
    }


@pytest.fixture(scope="session")
def search_location(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the file of the local env's index."""
    return str(tmp_path_factory.mktemp("index") / "search.sqlite")


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory, search_location: str) -> Path:
    folder = tmp_path_factory.mktemp("local")
    return synthesize(folder, env="local", search_location=search_location)


@pytest.fixture(scope="session")
def without_lanes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of dev with neither a CPU lane nor Textract."""
    folder = tmp_path_factory.mktemp("without")
    return synthesize(folder, env="dev", ocr_cpu="off", **WITHOUT_LAYERS)


@pytest.fixture(scope="session")
def guarded_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the assembly of dev where GuardDuty scans uploads; cdk-nag has looked at it."""
    folder = tmp_path_factory.mktemp("guarded")
    return synthesize(folder, env="dev", malware="guardduty", **WITHOUT_LAYERS)


@pytest.fixture(scope="session")
def guarded(guarded_assembly: Path) -> Template:
    return Template(guarded_assembly, "docparser-dev-pipeline")


@pytest.fixture(scope="session")
def local_pipeline(local_assembly: Path) -> Template:
    return Template(local_assembly, "docparser-local-pipeline")


@pytest.fixture(scope="session")
def local_api(local_assembly: Path) -> Template:
    return Template(local_assembly, "docparser-local-api")
