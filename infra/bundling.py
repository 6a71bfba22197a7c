"""Lambda layers without Docker: uv installs locked wheels for the target platform.

boto3 is in no layer. The Lambda runtime's own copy comes with bytecode; a copy in a layer has
none and would be compiled anew at every cold start, which costs about a second for botocore.
For the same reason the layers would gain from bytecode, but the compiler of the interpreter that
synthesizes (3.11 or newer) writes files that the 3.13 of the target does not read.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
import uv
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")
# Console scripts point at the interpreter that installed them; type stubs serve no running code.
# *.dist-info stays: pydantic and others look themselves up in it. Test folders stay as well:
# numpy imports from its own.
NOT_NEEDED = ("bin", "**/*.pyi")


@dataclass(frozen=True)
class Target:
    """Where a layer runs: what ``uv pip install`` takes to choose its wheels."""

    options: tuple[str, ...]

    @classmethod
    def host(cls) -> Target:
        """Return the interpreter that runs this code."""
        return cls(("--python", sys.executable))


# Amazon Linux 2023 (glibc 2.34) is the base of the python3.13 runtime.
LAMBDA_ARM64 = Target(("--python-platform", "aarch64-manylinux_2_34", "--python-version", "3.13"))


def install_layer(folder: Path, output: Path, target: Target) -> None:
    """Lay out a layer: our own packages and the locked third-party ones under ``python/``.

    Parameters
    ----------
    folder
        ``layers/<name>``: ``requirements.txt`` with hashes and, for core, ``python/``.
    output
        The folder that becomes the layer's zip.
    target
        The platform whose wheels are installed.

    Raises
    ------
    subprocess.CalledProcessError
        If a wheel is missing for the target or does not match its hash; uv has said which.
    """
    packages = output / "python"
    own = folder / "python"
    if own.is_dir():
        shutil.copytree(own, packages, ignore=NOT_SHIPPED)
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--no-compile-bytecode"]
    command += ["--require-hashes", "--only-binary", ":all:", *target.options]
    command += ["--target", str(packages), "--requirement", str(folder / "requirements.txt")]
    subprocess.run(command, check=True)
    for pattern in NOT_NEEDED:
        for path in packages.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    # uv's own bookkeeping of a --target folder.
    (packages / ".lock").unlink(missing_ok=True)


def layer_fingerprint(folder: Path, target: Target) -> str:
    """Return the hash of all that decides a layer's content: pins, sources, target, this file."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update("\0".join(target.options).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"\0{path.relative_to(folder).as_posix()}\0{content}".encode())
    return digest.hexdigest()


def layer_code(folder: Path) -> lambda_.Code:
    """Return a layer's asset for Lambda on arm64.

    The CDK bundles an asset only if its output folder lacks one of that hash, so a layer is
    rebuilt when its fingerprint changes and at no other time.
    """
    return lambda_.Code.from_asset(
        str(folder),
        asset_hash=layer_fingerprint(folder, LAMBDA_ARM64),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused"),  # a required property, never pulled
            local=_UvBundling(folder),
        ),
    )


@jsii.implements(ILocalBundling)
class _UvBundling:
    """Bundles on this machine, so the CDK asks for no Docker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def try_bundle(self, output_dir: str, *_args: Any, **_kwargs: Any) -> bool:
        """Fill the asset's folder; jsii passes the bundling options in either form."""
        install_layer(self._folder, Path(output_dir), LAMBDA_ARM64)
        return True
