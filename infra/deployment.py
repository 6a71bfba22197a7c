"""One env, what its context asks for, and the names of its resources, as CONTRACTS fixes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Aws, RemovalPolicy

if TYPE_CHECKING:
    from constructs import Node

ENVS = ("local", "dev", "prod")
SEARCHES = ("", "serverless", "domain")
IMAGE: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<name>[a-z0-9][a-z0-9._/-]*)(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})"
)
"""An image in ECR, by tag or digest; SageMaker takes one from nowhere else."""


class ContextError(ValueError):
    """The CDK's context asks for what does not exist or cannot be."""


class UnknownEnvError(ContextError):
    """The context named an env that does not exist; a typing slip must not make a new one."""


@dataclass(frozen=True, kw_only=True)
class Ocr:
    """The OCR endpoint.

    Parameters
    ----------
    image
        URI of the OCR container in ECR.
    instance_type
        SageMaker instance type, with one GPU.
    min_instances
        How many instances run while nobody sends anything.
    max_instances
        How many instances a backlog may start.

    Raises
    ------
    ContextError
        If the image is not one of ECR's, or more instances must run than may.
    """

    image: str
    instance_type: str = "ml.g5.xlarge"
    min_instances: int = 0
    max_instances: int = 2

    def __post_init__(self) -> None:
        if not self.repository:
            raise ContextError(f"ocr_image must be an image in ECR with its tag: {self.image!r}")
        if not re.fullmatch(r"ml\.[a-z0-9]+\.[a-z0-9]+", self.instance_type):
            raise ContextError(f"ocr_instance_type is none of SageMaker's: {self.instance_type!r}")
        if not 0 <= self.min_instances <= self.max_instances or self.max_instances < 1:
            raise ContextError(
                "ocr_max_instances must be at least 1, and not less than ocr_min_instances: "
                f"{self.max_instances} and {self.min_instances}"
            )

    @property
    def repository(self) -> dict[str, str]:
        """Return the account, the region and the name of the image's repository."""
        found = IMAGE.fullmatch(self.image)
        return found.groupdict() if found else {}


@dataclass(frozen=True)
class Deployment:
    """One env: ``local``, ``dev`` or ``prod``.

    Parameters
    ----------
    env
        Which.
    ocr
        The OCR endpoint; none where no image is given.
    search
        How OpenSearch is run: ``serverless``, ``domain``, or empty for not at all.
    search_location
        The file of the embedded index, for ``local``.
    document_deadline_s
        How long a document may take, in seconds: the state machine's time-out.
    scan_deadline_s
        How long the OCR endpoint may take to answer for a shard, its cold start included, in
        seconds.

    Raises
    ------
    UnknownEnvError
        If `env` is none of the three.
    ContextError
        If `search` is unknown, or a scan may take as long as its document.

    Examples
    --------
    >>> Deployment("dev").name("document")
    'docparser-dev-document'
    """

    env: str
    ocr: Ocr | None = None
    search: str = ""
    search_location: str = ""
    document_deadline_s: int = 3600
    scan_deadline_s: int = 1800

    def __post_init__(self) -> None:
        if self.env not in ENVS:
            raise UnknownEnvError(f"env must be one of {', '.join(ENVS)}, not {self.env!r}")
        if self.search not in SEARCHES:
            raise ContextError(f"search must be serverless or domain, not {self.search!r}")
        # What comes after the reading needs time as well: the document must not end first. Six
        # hours are the longest that SageMaker keeps a request.
        if (
            not 60 <= self.scan_deadline_s < self.document_deadline_s
            or self.scan_deadline_s > 21_600
        ):
            raise ContextError(
                "scan_deadline_s must be 60 to 21600 and less than document_deadline_s: "
                f"{self.scan_deadline_s} and {self.document_deadline_s}"
            )

    @classmethod
    def from_context(cls, node: Node) -> Deployment:
        """Return what the context of ``cdk synth -c name=value`` asks for.

        Raises
        ------
        ContextError
            A value is malformed or asks for what does not exist.
        """

        def given(**names: type) -> dict[str, Any]:
            return {
                field: _parsed(name, kind, value)
                for name, kind in names.items()
                if (value := node.try_get_context(name)) not in (None, "")
                for field in [name.removeprefix("ocr_")]
            }

        env = node.try_get_context("env") or "dev"
        ocr = given(ocr_image=str, ocr_instance_type=str)
        ocr |= given(ocr_min_instances=int, ocr_max_instances=int)
        options = given(search=str, search_location=str, document_deadline_s=int)
        options |= given(scan_deadline_s=int)
        if env == "local":
            options.setdefault("search_location", str(Path(".docparser/search.sqlite").absolute()))
        return cls(env, ocr=Ocr(**ocr) if "image" in ocr else None, **options)

    @property
    def table(self) -> str:
        """Return the name of the one table."""
        return f"docparser-{self.env}"

    def name(self, purpose: str) -> str:
        """Return the name of a queue, a function, a stack or the state machine."""
        return f"docparser-{self.env}-{purpose}"

    def bucket(self, purpose: str) -> str:
        """Return the name of a bucket; account and region are filled in by CloudFormation."""
        return f"{self.name(purpose)}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    @property
    def ocr_endpoint(self) -> str:
        """Return the OCR endpoint's name, or nothing where scans are not read.

        The embedded AWS has one always: the model gateway answers for it.
        """
        return self.name("ocr") if self.ocr or self.is_local else ""

    @property
    def is_local(self) -> bool:
        """Whether the env is the embedded AWS."""
        return self.env == "local"

    @property
    def is_protected(self) -> bool:
        """Whether data outlives its stack."""
        return self.env == "prod"

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Return what happens to data when its stack goes.

        DESTROY still keeps a bucket that holds objects: CloudFormation refuses to delete it.
        The CDK's auto-delete would empty it by a function with rights over every object.
        """
        return RemovalPolicy.RETAIN if self.is_protected else RemovalPolicy.DESTROY


def _parsed(name: str, kind: type, value: object) -> Any:
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ContextError(f"{name} must be {kind.__name__}, not {value!r}") from None
