"""What a Lambda receives: the locked packages, importable, and small enough."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uv

from infra.bundling import LAMBDA_ARM64, Target, install_layer, layer_fingerprint
from infra.functions import FUNCTIONS, LAYERS, ROOT, ZIPPED, FunctionSpec

if TYPE_CHECKING:
    from tests.infra.template import Template

UNZIPPED_LIMIT_BYTES = 220_000_000  # AWS stops at 262,144,000
# What the Lambda runtime has besides the standard library.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
AARCH64 = 183  # EM_AARCH64 of the ELF specification
PROGRAM = Path(__file__).with_name("isolated_import.py")


@pytest.mark.parametrize("layer", LAYERS)
def test_requirements_are_those_of_the_lock(layer: str) -> None:
    command = [uv.find_uv_bin(), "export", "--frozen", "--only-group", f"layer-{layer}"]
    command += ["--no-emit-project", "--no-header", "--quiet"]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert (ROOT / "layers" / layer / "requirements.txt").read_text() == exported


@pytest.fixture(scope="session")
def host_layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the layers built for this interpreter, by the same code as those for Lambda."""
    built = {}
    for name in LAYERS:
        output = tmp_path_factory.mktemp(f"layer-{name}")
        install_layer(ROOT / "layers" / name, output, Target.host())
        built[name] = output / "python"
    return built


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the packages of the Lambda runtime and nothing else."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return folder


@pytest.mark.parametrize("spec", ZIPPED, ids=lambda spec: spec.name)
def test_a_function_imports_with_its_layers_and_nothing_else(
    spec: FunctionSpec, host_layers: dict[str, Path], runtime: Path, homes: dict[str, Template]
) -> None:
    # Given its code, its layers and the runtime's packages, with the variables of its template
    layers = [str(host_layers[name]) for name in ("core", *spec.layers)]
    name = f"docparser-dev-{spec.purpose}"
    home = homes[spec.name]
    function = home.named("AWS::Lambda::Function", "FunctionName")[name]
    variables = function["Environment"]["Variables"] | {
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "PATH": os.environ["PATH"],
    }
    if "SEARCH" in spec.settings:
        # as it is where there is an index: its client is imported for no other
        variables["DOCPARSER_SEARCH"] = "opensearch"
        variables["DOCPARSER_SEARCH_LOCATION"] = "https://index.example"
    # When an interpreter without site-packages (-S) and without our surroundings (-I) imports it
    path = [str(home.asset(function["Code"]["S3Key"])), *layers, str(runtime)]
    process = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(PROGRAM), *path],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    # Then its init phase, where settings are checked and clients are made, goes through,
    assert process.returncode == 0, process.stderr
    # and it is given the settings that it cannot do without, and none that it does not know
    required, known = (set(line.split()) for line in process.stdout.splitlines())
    assert required <= set(spec.settings) <= known


@pytest.mark.parametrize("spec", ZIPPED, ids=lambda spec: spec.name)
def test_a_function_with_its_layers_is_small_enough(
    spec: FunctionSpec, homes: dict[str, Template]
) -> None:
    home = homes[spec.name]
    function = home.named("AWS::Lambda::Function", "FunctionName")[f"docparser-dev-{spec.purpose}"]
    layers = home.of_type("AWS::Lambda::LayerVersion")
    keys = [layers[layer.strip("<>")]["Content"]["S3Key"] for layer in function["Layers"]]
    folders = [home.asset(key) for key in (*keys, function["Code"]["S3Key"])]
    size_bytes = sum(size_of(folder) for folder in folders)
    assert size_bytes < UNZIPPED_LIMIT_BYTES


IMAGES = [spec for spec in FUNCTIONS if spec.image]


@pytest.mark.parametrize("spec", IMAGES, ids=lambda spec: spec.name)
def test_an_image_holds_what_the_lock_says(spec: FunctionSpec) -> None:
    command = [uv.find_uv_bin(), "export", "--frozen", "--no-emit-project", "--no-header"]
    command += ["--quiet", "--only-group", "layer-core", "--only-group", "ocr"]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert (spec.source / "requirements.txt").read_text() == exported


@pytest.mark.parametrize("spec", IMAGES, ids=lambda spec: spec.name)
def test_an_images_wheels_run_on_lambda(spec: FunctionSpec) -> None:
    # Amazon Linux 2023 has glibc 2.34. For arm64 there is no such OpenVINO, so the image is x86_64.
    command = [uv.find_uv_bin(), "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--target", "/nowhere"]
    command += ["--python-version", "3.13", "--requirement", str(spec.source / "requirements.txt")]
    found = {
        machine: subprocess.run(
            [*command, "--python-platform", f"{machine}-manylinux_2_34"],
            capture_output=True,
            text=True,
            check=False,
        )
        for machine in ("x86_64", "aarch64")
    }
    assert found["x86_64"].returncode == 0, found["x86_64"].stderr
    assert found["aarch64"].returncode != 0
    assert "openvino" in found["aarch64"].stderr


@pytest.fixture(scope="session")
def image(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder that an image's Dockerfile lays out, for this interpreter, and its text.

    Its instructions are followed here as far as they can be without Docker.
    """
    assets = json.loads((assembly / "docparser-dev-pipeline.assets.json").read_text())
    (asset,) = (row["source"] for row in assets["dockerImages"].values())
    context = assembly / asset["directory"]
    root = tmp_path_factory.mktemp("task")
    dockerfile = (context / asset["dockerFile"]).read_text().replace("\\\n", " ")
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", dockerfile, re.MULTILINE):
        place = root / target.replace("${LAMBDA_TASK_ROOT}", ".")
        path = context / source
        if path.is_dir():
            shutil.copytree(path, place)
        else:
            shutil.copy(path, place / path.name)
    (install,) = re.findall(r"^RUN python -m pip (install .*)$", dockerfile, re.MULTILINE)
    words = shlex.split(install.replace("${LAMBDA_TASK_ROOT}", str(root)))
    words.remove("--no-cache-dir")
    command = [uv.find_uv_bin(), "pip", *words, "--python", sys.executable, "--quiet"]
    subprocess.run(command, cwd=root, check=True)
    return root, dockerfile


@pytest.mark.parametrize("spec", IMAGES, ids=lambda spec: spec.name)
def test_an_image_imports_with_what_its_dockerfile_puts_there(
    spec: FunctionSpec, image: tuple[Path, str], runtime: Path, pipeline: Template
) -> None:
    root, dockerfile = image
    settings = dict(re.findall(r"^ENV (\w+)=(\S+)$", dockerfile, re.MULTILINE))
    settings = {
        name: value.replace("${LAMBDA_TASK_ROOT}", str(root)) for name, value in settings.items()
    }
    surroundings = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-central-1", **settings}
    # Given models that were prepared as the Dockerfile says
    (prepare,) = re.findall(r'^RUN python -c "(.*)"$', dockerfile, re.MULTILINE)
    path = f"import sys; sys.path[:0] = {[str(root), str(runtime)]!r}; "
    subprocess.run([sys.executable, "-I", "-S", "-c", path + prepare], env=surroundings, check=True)
    models = Path(settings["DOCPARSER_OCR_MODELS"])
    prepared = {file.name: file.stat().st_mtime_ns for file in models.iterdir()}
    assert prepared
    # When the handler is imported with the variables of its template and nothing else in reach
    name = f"docparser-dev-{spec.purpose}"
    function = pipeline.named("AWS::Lambda::Function", "FunctionName")[name]
    process = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(PROGRAM), str(root), str(runtime)],
        env=surroundings
        | function["Environment"]["Variables"]
        | {"AWS_LAMBDA_FUNCTION_NAME": name},
        capture_output=True,
        text=True,
        check=False,
    )
    # Then it opens these models and writes none,
    assert process.returncode == 0, process.stderr
    assert {file.name: file.stat().st_mtime_ns for file in models.iterdir()} == prepared
    # and knows the settings that it is given.
    required, known = (set(line.split()) for line in process.stdout.splitlines())
    assert required <= set(spec.settings) <= known


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_layers_hold_code_for_lambda(pipeline: Template) -> None:
    shared = [
        library
        for layer in pipeline.of_type("AWS::Lambda::LayerVersion").values()
        for library in pipeline.asset(layer["Content"]["S3Key"]).rglob("*.so*")
    ]
    # One that is built for a release of Python says so; any other, such as kreuzberg's, says in its
    # ELF header which machine it is for.
    ours = [library.name for library in shared if ".cpython-" in library.name]
    assert ours
    assert all(name.endswith(".cpython-313-aarch64-linux-gnu.so") for name in ours)
    assert any(library.name.endswith(".abi3.so") for library in shared)
    assert {machine_of(library) for library in shared} == {AARCH64}


def machine_of(library: Path) -> int:
    """Return the machine that an ELF file is for, by its header's ``e_machine``."""
    with library.open("rb") as file:
        header = file.read(20)
    assert header.startswith(b"\x7fELF")
    return int.from_bytes(header[18:20], "little")


def test_a_layer_is_rebuilt_when_its_content_changes_and_not_otherwise(tmp_path: Path) -> None:
    # Given a layer with a module of ours
    (tmp_path / "requirements.txt").write_text("pydantic==2.14.3\n")
    module = tmp_path / "python" / "docparser" / "errors.py"
    module.parent.mkdir(parents=True)
    module.write_text("A = 1\n")
    first = layer_fingerprint(tmp_path, LAMBDA_ARM64)
    # When nothing but bytecode is added, it stays the same
    cache = module.parent / "__pycache__"
    cache.mkdir()
    (cache / "errors.cpython-311.pyc").write_bytes(b"\0")
    assert layer_fingerprint(tmp_path, LAMBDA_ARM64) == first
    # When code, target or pins change, it changes
    module.write_text("A = 2\n")
    second = layer_fingerprint(tmp_path, LAMBDA_ARM64)
    (tmp_path / "requirements.txt").write_text("pydantic==2.14.4\n")
    third = layer_fingerprint(tmp_path, LAMBDA_ARM64)
    assert len({first, second, third, layer_fingerprint(tmp_path, Target.host())}) == 4
