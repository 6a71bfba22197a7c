"""Registers an image of the OCR server as a version in SageMaker's model registry.

It has an environment of its own, ``register-requirements.txt``: SageMaker's SDK is 731 MB and asks
for other versions than the project. What the image holds comes on standard input::

    uv run python gpu_endpoints/ocr/description.py | .register/bin/python \
        gpu_endpoints/ocr/register.py --env dev --image <account>.dkr.ecr.<region>.amazonaws.com/...

The version's ARN is printed. ``cdk deploy -c ocr_model_package=<ARN or its last number>`` runs it,
once somebody has approved it in the registry; ``--approve`` does so at once.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import Any

CONTENT_TYPES = ("application/pdf", "image/png", "image/jpeg", "image/tiff")
INSTANCE_TYPES = (
    "ml.g5.xlarge",
    "ml.g5.2xlarge",
    "ml.g6.xlarge",
    "ml.g6.2xlarge",
    "ml.g6e.xlarge",
    "ml.p5.4xlarge",
    "ml.p5.48xlarge",
)
"""With one GPU that the server uses; of several it uses the first."""

_IMAGE = re.compile(
    r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/[a-z0-9][a-z0-9._/-]*"
    r"(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})"
)
_PURPOSE = "Docparser: versions of the OCR server"


def group_name(env: str) -> str:
    """Return the model package group of an env, which its endpoint stack looks for."""
    return f"docparser-{env}-ocr"


def version(env: str, image: str, description: dict[str, str], *, approved: bool) -> dict[str, Any]:
    """Return the arguments of the SDK's ``create_model_package_from_containers``."""
    return {
        "containers": [{"Image": image}],
        "content_types": list(CONTENT_TYPES),
        "response_types": ["application/json"],
        "inference_instances": list(INSTANCE_TYPES),
        "model_package_group_name": group_name(env),
        "metadata_properties": {"CommitId": description["commit"]},
        "customer_metadata_properties": {
            "engine": description["engine"],
            "weights_sha256": description["weights_sha256"],
            "commit": description["commit"],
        },
        "approval_status": "Approved" if approved else "PendingManualApproval",
        "description": f"{description['engine']} at {description['commit'][:12]}",
        "domain": "COMPUTER_VISION",
        "task": "OTHER",
        # A version says what an image is; whether it starts, the endpoint's deployment tells.
        "skip_model_validation": "All",
    }


def registered(env: str, image: str, description: dict[str, str], *, approved: bool) -> str:
    """Register an image, in a group that is made if there is none, and return the version's ARN."""
    # Three seconds and 700 MB: not for `--help`, nor for the tests of what is sent.
    import boto3
    from botocore.exceptions import ClientError
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.model_registry import create_model_package_from_containers
    from sagemaker.core.resources import ModelPackageGroup

    place = _IMAGE.fullmatch(image)
    session = boto3.Session(region_name=place["region"] if place else None)
    try:
        ModelPackageGroup.get(group_name(env), session=session, region=session.region_name)
    except ClientError as error:
        # The API has no error of its own for a group that is not there.
        if "does not exist" not in error.response["Error"]["Message"]:
            raise
        ModelPackageGroup.create(
            model_package_group_name=group_name(env),
            model_package_group_description=_PURPOSE,
            session=session,
            region=session.region_name,
        )
    # Not ModelPackage.create: in SDK 3.27 it reads a member of the answer that the API never sends.
    answer = create_model_package_from_containers(
        Session(boto_session=session), **version(env, image, description, approved=approved)
    )
    return str(answer["ModelPackageArn"])


def main(arguments: list[str] | None = None) -> int:
    """Register what standard input describes; the exit status is 2 for wrong arguments."""
    parser = argparse.ArgumentParser(description=__doc__, prog="register.py")
    parser.add_argument("--env", required=True, choices=("dev", "prod"))
    parser.add_argument("--image", required=True, help="URI in ECR, with tag or digest")
    parser.add_argument("--approve", action="store_true", help="let it be deployed at once")
    options = parser.parse_args(arguments)
    if not _IMAGE.fullmatch(options.image):
        parser.error(f"no image in ECR with its tag or digest: {options.image}")
    try:
        description = json.load(sys.stdin)
        missing = {"engine", "weights_sha256", "commit"} - {*description}
    except (ValueError, TypeError):
        parser.error("standard input is not what description.py prints")
    if missing:
        parser.error(f"standard input lacks {', '.join(sorted(missing))}")
    arn = registered(options.env, options.image, description, approved=options.approve)
    sys.stdout.write(f"{arn}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
