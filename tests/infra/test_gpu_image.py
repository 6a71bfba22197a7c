"""The container's image, as far as it can be looked at without Docker; and how it is registered."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import boto3
import pytest
import uv
from botocore.validate import ParamValidator

from gpu_endpoints.ocr import register
from infra.deployment import MODEL_PACKAGE, Deployment
from infra.functions import ROOT

FOLDER = ROOT / "gpu_endpoints" / "ocr"
DOCKERFILE = FOLDER / "Dockerfile"
# Of no use on a GPU.
LEFT_OUT = ("onnxruntime", "openvino")
DESCRIPTION = {"engine": "an-engine", "weights_sha256": "ab" * 32, "commit": "c0ffee" * 6 + "1234"}
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/docparser-ocr:1.0"


def instructions() -> list[tuple[str, str]]:
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest.strip()) for name, _, rest in map(partitioned, joined.splitlines()) if name]


def partitioned(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def values(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def copied() -> dict[Path, str]:
    """Return what is copied into the image, and where."""
    pairs = {}
    for rest in values("COPY"):
        *sources, target = shlex.split(rest)
        pairs.update({ROOT / source: target for source in sources})
    return pairs


def test_everything_that_is_copied_is_there_and_sent() -> None:
    sent = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert copied()
    for source in copied():
        assert source.exists()
        assert f"!{source.relative_to(ROOT)}" in sent
    assert "*" in sent


def test_the_base_is_a_container_for_pytorch_inference_on_gpus() -> None:
    (base,) = (rest.partition("=")[2] for rest in values("ARG") if rest.startswith("BASE="))
    assert values("FROM") == ["${BASE}"]
    name, _, tag = base.rpartition("/")[2].partition(":")
    assert name == "pytorch-inference"
    assert "-gpu-py312-" in tag
    assert tag.endswith("-sagemaker")


def test_requirements_are_those_of_the_lock() -> None:
    groups = ("layer-core", "ocr")
    command = [uv.find_uv_bin(), "export", "--frozen", "--quiet"]
    command += [f"--only-group={group}" for group in groups]
    command += [f"--prune={package}" for package in LEFT_OUT]
    command += ["--no-emit-project", "--no-header"]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert (FOLDER / "requirements.txt").read_text() == exported
    # the base brings torch, built for its CUDA
    assert not any(line.startswith(("torch==", "nvidia-")) for line in exported.splitlines())
    (install,) = (rest for rest in values("RUN") if "pip install" in rest)
    assert {"--require-hashes", "--no-deps", "--requirement"} <= set(install.split())


def test_it_does_not_run_as_root() -> None:
    names = [name for name, _ in instructions()]
    assert values("USER") == ["docparser"]
    assert not {"RUN", "COPY"} & set(names[names.index("USER") :])


def test_it_listens_where_sagemaker_calls() -> None:
    (entry,) = map(json.loads, values("ENTRYPOINT"))
    assert values("EXPOSE") == ["8080"]
    # SageMaker adds "serve", which must not reach the server
    assert entry[:2] == ["/bin/sh", "-c"]
    assert len(entry) == 3
    assert entry[2].split() == [
        *("exec", "python", "-m", "docparser_ocr.server"),
        *("--host", "0.0.0.0", "--port", "8080"),
    ]


def test_labels_name_the_version_and_the_commit() -> None:
    labels = dict(label.split("=", 1) for rest in values("LABEL") for label in shlex.split(rest))
    assert labels["org.opencontainers.image.version"] == "${VERSION}"
    assert labels["org.opencontainers.image.revision"] == "${COMMIT}"
    given = {rest.partition("=")[0] for rest in values("ARG")}
    assert {"VERSION", "COMMIT"} <= given


def test_the_server_starts_from_what_is_copied_alone(tmp_path: Path) -> None:
    # Given the code of the image, the locked packages, and nothing of the repository
    for source in copied():
        if source.is_dir():
            shutil.copytree(source, tmp_path / source.name)
    packages = sysconfig.get_path("purelib")
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {packages!r}]; "
    program += "from docparser_ocr import server; sys.exit(server.main(['--help']))"
    # When the entry point is asked what it takes (-S: without the packages' links to our sources)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    # Then it says so
    assert run.returncode == 0, run.stderr
    assert "--port" in run.stdout


# ------------------------------------------------------------ the model registry
@pytest.fixture(scope="module")
def service() -> Any:
    return boto3.client("sagemaker", region_name="eu-central-1").meta.service_model


def test_a_version_is_what_the_registry_takes(service: Any) -> None:
    told = register.version("dev", IMAGE, DESCRIPTION, approved=False)
    request = {
        "ModelPackageGroupName": told["model_package_group_name"],
        "ModelPackageDescription": told["description"],
        "InferenceSpecification": {
            "Containers": told["containers"],
            "SupportedContentTypes": told["content_types"],
            "SupportedResponseMIMETypes": told["response_types"],
            "SupportedRealtimeInferenceInstanceTypes": told["inference_instances"],
        },
        "ModelApprovalStatus": told["approval_status"],
        "MetadataProperties": told["metadata_properties"],
        "CustomerMetadataProperties": told["customer_metadata_properties"],
        "Domain": told["domain"],
        "Task": told["task"],
        "SkipModelValidation": told["skip_model_validation"],
    }
    shape = service.operation_model("CreateModelPackage").input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    specification = shape.members["InferenceSpecification"].members
    known = specification["SupportedRealtimeInferenceInstanceTypes"].member.enum
    assert set(told["inference_instances"]) <= set(known)
    assert told["approval_status"] == "PendingManualApproval"
    assert told["customer_metadata_properties"] == DESCRIPTION


def test_the_stack_looks_where_versions_are_registered() -> None:
    assert register.group_name("prod") == Deployment("prod").name("ocr")
    arn = (
        f"arn:aws:sagemaker:eu-central-1:123456789012:model-package/{register.group_name('prod')}/3"
    )
    assert MODEL_PACKAGE.fullmatch(arn)


def test_the_server_reads_what_the_version_says() -> None:
    from docparser_ocr.reader import MEDIA_TYPES

    assert set(register.CONTENT_TYPES) == MEDIA_TYPES


@pytest.mark.parametrize(
    ("image", "described"),
    [
        ("docparser-ocr:1.0", json.dumps(DESCRIPTION)),
        (IMAGE.rpartition(":")[0], json.dumps(DESCRIPTION)),
        (IMAGE, ""),
        (IMAGE, "{}"),
        (IMAGE, "7"),
    ],
)
def test_nothing_is_registered_of_what_is_not_known(
    monkeypatch: pytest.MonkeyPatch, image: str, described: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(described))
    with pytest.raises(SystemExit) as exit_:
        register.main(["--env", "dev", "--image", image])
    assert exit_.value.code == 2


def test_what_registers_is_locked() -> None:
    lines = (FOLDER / "register-requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line[:1].isalnum()]
    assert "sagemaker==3.27.0 \\" in pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
