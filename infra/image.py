"""The container image of a function that a zip and its layers cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, IgnoreMode, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as assets
from aws_cdk import aws_lambda as lambda_

from infra.deployment import BUILD, IMAGE
from infra.functions import ROOT

if TYPE_CHECKING:
    from constructs import Construct

CONTENT = (
    "functions/ocr_cpu",
    "gpu_endpoints/ocr/Dockerfile.lambda",
    "gpu_endpoints/ocr/docparser_ocr",
    "layers/core/python/docparser",
)
"""What an image is built from, relative to the repository."""


def image_code(scope: Construct, dockerfile: str, source: str) -> lambda_.DockerImageCode:
    """Return an image's code: built when it is deployed, or one that lies in ECR.

    Parameters
    ----------
    scope
        The function's construct.
    dockerfile
        Relative to the repository.
    source
        ``build``, or the image's URI.
    """
    if source == BUILD:
        return lambda_.DockerImageCode.from_image_asset(
            str(ROOT),
            file=dockerfile,
            platform=assets.Platform.LINUX_AMD64,
            # Everything that is here and no more: a change elsewhere is no change of the image.
            exclude=["*", *(f"!{path}" for path in CONTENT), "**/__pycache__", "**/*.pyc"],
            ignore_mode=IgnoreMode.DOCKER,
        )
    found = IMAGE.fullmatch(source)
    if found is None:
        raise ValueError("no image in ECR")
    repository = ecr.Repository.from_repository_attributes(
        scope,
        "Repository",
        repository_name=found["name"],
        repository_arn=Stack.of(scope).format_arn(
            service="ecr",
            region=found["region"],
            account=found["account"],
            resource="repository",
            resource_name=found["name"],
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        ),
    )
    version = source[found.end("name") :]
    return lambda_.DockerImageCode.from_ecr(repository, tag_or_digest=version.lstrip(":@"))
