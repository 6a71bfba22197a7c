"""One env, what its context asks for, and the names of its resources, as CONTRACTS fixes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Aws, RemovalPolicy
from docparser.model import LanePolicy, Zone

from infra.stores import Published, Store, StoreError, stores_from_context

if TYPE_CHECKING:
    from constructs import Node

ENVS = ("local", "dev", "prod")
SEARCHES = ("", "serverless", "domain")
BUILD, OFF, ON = "build", "off", "on"
GUARDDUTY, CLAMD = "guardduty", "clamd"
TENANTS: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}(,[a-z0-9][a-z0-9-]{0,30})*")
MODELS: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?(,[a-z0-9][a-z0-9.-]*(:\d+)?)*")
"""Models of Bedrock, or inference profiles, by their ids."""
IMAGE: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<name>[a-z0-9][a-z0-9._/-]*)(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})"
)
"""An image in ECR, by tag or digest; SageMaker takes one from nowhere else."""
REPOSITORY: Final = re.compile(r"[a-z0-9][a-z0-9._/-]*")
MODEL_PACKAGE: Final = re.compile(
    r"[1-9]\d*|arn:aws[a-z-]*:sagemaker:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":model-package/[A-Za-z0-9-]+/[1-9]\d*"
)
"""A version in SageMaker's model registry: a number, or an ARN that ends in one."""
ASYNC, REALTIME = "async", "realtime"
BUCKETS: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](,[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])*")
TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}")
MOST_SLOTS: Final = 1000
LOCAL_SLOTS: Final = 8
"""A laptop's own: more documents at once would wait for its cores, not be ready sooner."""


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
        URI of the OCR container in ECR; or
    model_package
        a version of it in SageMaker's model registry: its ARN, or its number in the env's own
        group.
    repository
        Name of the ECR repository that a model package's image lies in, in the package's account
        and region.
    mode
        ``async``, which the pipeline calls and which may have no instance; or ``realtime``, for
        callers of their own that wait for an answer, at most a minute. It has a name of its own,
        and the pipeline does not know it.
    instance_type
        SageMaker instance type, with one GPU.
    min_instances
        How many instances run while nobody sends anything.
    max_instances
        How many instances a backlog may start.

    Raises
    ------
    ContextError
        If there are both or neither of image and model package, one of them is not what it should
        be, more instances must run than may, or none of a real-time endpoint must.
    """

    image: str = ""
    model_package: str = ""
    repository: str = "docparser-ocr"
    mode: str = ASYNC
    instance_type: str = "ml.g5.xlarge"
    min_instances: int = 0
    max_instances: int = 2

    def __post_init__(self) -> None:
        if bool(self.image) == bool(self.model_package):
            raise ContextError("the endpoint takes one of ocr_image and ocr_model_package")
        if self.image and not IMAGE.fullmatch(self.image):
            raise ContextError(f"ocr_image must be an image in ECR with its tag: {self.image!r}")
        if self.model_package and not MODEL_PACKAGE.fullmatch(self.model_package):
            raise ContextError(
                "ocr_model_package must be a version's ARN or number in the model registry: "
                f"{self.model_package!r}"
            )
        if not REPOSITORY.fullmatch(self.repository):
            raise ContextError(f"ocr_repository is no name in ECR: {self.repository!r}")
        if self.mode not in (ASYNC, REALTIME):
            raise ContextError(f"ocr_mode must be {ASYNC} or {REALTIME}, not {self.mode!r}")
        if not re.fullmatch(r"ml\.[a-z0-9]+\.[a-z0-9]+", self.instance_type):
            raise ContextError(f"ocr_instance_type is none of SageMaker's: {self.instance_type!r}")
        if not 0 <= self.min_instances <= self.max_instances or self.max_instances < 1:
            raise ContextError(
                "ocr_max_instances must be at least 1, and not less than ocr_min_instances: "
                f"{self.max_instances} and {self.min_instances}"
            )
        if self.is_realtime and self.min_instances == 0:
            raise ContextError("a real-time endpoint has an instance always: ocr_min_instances")

    @property
    def is_realtime(self) -> bool:
        """Whether callers wait for the answer."""
        return self.mode == REALTIME

    @property
    def image_place(self) -> dict[str, str]:
        """Return the image's repository, ``name``, and its ``account`` and ``region`` if named."""
        if found := IMAGE.fullmatch(self.image):
            return found.groupdict()
        package = MODEL_PACKAGE.fullmatch(self.model_package)
        named = (
            {key: value for key, value in package.groupdict().items() if value} if package else {}
        )
        return {**named, "name": self.repository}


@dataclass(frozen=True)
class Deployment:
    """One env: ``local``, ``dev`` or ``prod``.

    Parameters
    ----------
    env
        Which.
    ocr
        The OCR endpoint; none where no image is given.
    ocr_cpu
        Where the image of the function comes from that reads scans on a CPU: ``build`` it from this
        repository, which needs Docker when it is deployed; an image in ECR; or ``off``, no such
        function. The embedded AWS has one always, and needs no image.
    ocr_models
        The folder that prepared models are kept in, for ``local``; an image holds its own.
    textract
        Whether Textract may be asked, ``on`` or ``off``. The embedded AWS has one.
    textract_pages_per_second
        How many pages a second it takes from this account: the smaller one of the quotas of
        DetectDocumentText and AnalyzeDocument.
    textract_tenants
        Whose documents it may see before their level is known: tenants, parted by commas.
    bedrock_models
        Which models of Bedrock may be asked for fields, where a tenant's policy wants that: ids of
        models or of inference profiles, parted by commas; empty for none.
    lane_policy
        How a lane is chosen for scans whose sender does not say: ``quality``, ``cost`` or ``fast``.
    search
        How OpenSearch is run: ``serverless``, ``domain``, or empty for not at all.
    search_location
        The file of the embedded index, for ``local``.
    slots
        How many documents walk at once; the last fifth of them is kept for high priority.
    max_failures
        After how many failures that might pass a document is set aside.
    malware
        Who scans uploads: ``off``, nobody; ``guardduty``, GuardDuty Malware Protection, whose
        verdict lets a document in; ``clamd``, preflight asks the ClamAV daemon.
    clamd
        The daemon's address, a socket's path or ``host:port``, where it is asked.
    backfill_buckets
        The buckets whose objects `backfill` may take in, parted by commas.
    document_deadline_s
        How long a document may take, in seconds, but for what it waits for a person or a zone.
    scan_deadline_s
        How long the OCR endpoint may take to answer for a shard, its cold start included, in
        seconds.
    level_keys
        Whether each level has a key of its own, ``on`` or ``off``, under which its documents lie
        in vault and sync zone. The embedded AWS, whose keys protect nothing, makes none.
    stores
        Where zones are that are no buckets of this account.
    published
        The sync zone's replica, and the CDN before it, which are somebody's own to make.
    alarms
        Whether there are alarms in CloudWatch, ``on`` or ``off``.
    alarm_topic
        The ARN of the SNS topic that they tell; empty for none.

    Raises
    ------
    UnknownEnvError
        If `env` is none of the three.
    ContextError
        If a value is none of those above, or a scan may take as long as its document.

    Examples
    --------
    >>> Deployment("dev").name("document")
    'docparser-dev-document'
    """

    env: str
    ocr: Ocr | None = None
    ocr_cpu: str = BUILD
    ocr_models: str = ""
    textract: str = OFF
    textract_pages_per_second: float = 1.0
    textract_tenants: str = ""
    bedrock_models: str = ""
    lane_policy: str = LanePolicy.COST
    search: str = ""
    search_location: str = ""
    slots: int = 100
    max_failures: int = 3
    malware: str = OFF
    clamd: str = ""
    backfill_buckets: str = ""
    document_deadline_s: int = 3600
    scan_deadline_s: int = 1800
    level_keys: str = ON
    stores: tuple[Store, ...] = ()
    published: Published = field(default_factory=Published)
    alarms: str = ON
    alarm_topic: str = ""

    def __post_init__(self) -> None:
        if self.env not in ENVS:
            raise UnknownEnvError(f"env must be one of {', '.join(ENVS)}, not {self.env!r}")
        self._check_lanes()
        if self.level_keys not in (ON, OFF):
            raise ContextError(f"level_keys must be on or off, not {self.level_keys!r}")
        if not self.is_local and any(store.folder for store in self.stores):
            raise ContextError("a folder is mounted where functions run: on this machine only")
        if self.search not in SEARCHES:
            raise ContextError(f"search must be serverless or domain, not {self.search!r}")
        self._check_flow()
        self._check_deadlines()
        self._check_alarms()

    def _check_lanes(self) -> None:
        if self.ocr_cpu not in (BUILD, OFF) and not IMAGE.fullmatch(self.ocr_cpu):
            raise ContextError(
                f"ocr_cpu must be build, off or an image in ECR with its tag, not {self.ocr_cpu!r}"
            )
        if self.textract not in (ON, OFF):
            raise ContextError(f"textract must be on or off, not {self.textract!r}")
        if not 0 < self.textract_pages_per_second <= 100:
            raise ContextError(
                "textract_pages_per_second must be more than 0 and at most 100, not "
                f"{self.textract_pages_per_second}"
            )
        if self.textract_tenants and not TENANTS.fullmatch(self.textract_tenants):
            raise ContextError(
                f"textract_tenants must be tenants, parted by commas: {self.textract_tenants!r}"
            )
        if self.bedrock_models and not MODELS.fullmatch(self.bedrock_models):
            raise ContextError(
                f"bedrock_models must be ids of models, parted by commas: {self.bedrock_models!r}"
            )
        if self.lane_policy not in {*LanePolicy}:
            raise ContextError(
                f"lane_policy must be one of {', '.join(LanePolicy)}, not {self.lane_policy!r}"
            )

    def _check_flow(self) -> None:
        if not 1 <= self.slots <= MOST_SLOTS:
            raise ContextError(f"slots must be 1 to {MOST_SLOTS}, not {self.slots}")
        if self.max_failures < 1:
            raise ContextError(f"max_failures must be at least 1, not {self.max_failures}")
        if self.malware not in (OFF, GUARDDUTY, CLAMD):
            raise ContextError(f"malware must be off, guardduty or clamd, not {self.malware!r}")
        if (self.malware == CLAMD) != bool(self.clamd):
            raise ContextError("clamd is the daemon's address, and goes with malware=clamd")
        if self.backfill_buckets and not BUCKETS.fullmatch(self.backfill_buckets):
            raise ContextError(
                f"backfill_buckets must be buckets, parted by commas: {self.backfill_buckets!r}"
            )

    def _check_deadlines(self) -> None:
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

    def _check_alarms(self) -> None:
        if self.alarms not in (ON, OFF):
            raise ContextError(f"alarms must be on or off, not {self.alarms!r}")
        if self.alarm_topic and not TOPIC.fullmatch(self.alarm_topic):
            raise ContextError(f"alarm_topic must be the ARN of a topic: {self.alarm_topic!r}")

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
        ocr = given(ocr_image=str, ocr_model_package=str, ocr_repository=str, ocr_mode=str)
        ocr |= given(ocr_instance_type=str, ocr_min_instances=int, ocr_max_instances=int)
        if ocr.get("mode") == REALTIME:
            ocr.setdefault("min_instances", 1)
        options = given(search=str, search_location=str, document_deadline_s=int)
        options |= given(scan_deadline_s=int, textract=str, textract_tenants=str, lane_policy=str)
        options |= given(textract_pages_per_second=float, slots=int, max_failures=int)
        options |= given(malware=str, clamd=str, backfill_buckets=str, level_keys=str)
        options |= given(bedrock_models=str)
        options |= given(alarms=str, alarm_topic=str)
        options |= {
            f"ocr_{name}": value for name, value in given(ocr_cpu=str, ocr_models=str).items()
        }
        if env == "local":
            options.setdefault("slots", LOCAL_SLOTS)
            options.setdefault("search_location", str(Path(".docparser/search.sqlite").absolute()))
            options.setdefault("ocr_models", str(Path(".docparser/models").absolute()))
        try:
            options["stores"] = tuple(stores_from_context(node))
            options["published"] = Published(
                replica_bucket=node.try_get_context("sync_replica_bucket") or "",
                distribution=node.try_get_context("sync_distribution") or "",
            )
        except StoreError as error:
            raise ContextError(str(error)) from None
        return cls(env, ocr=Ocr(**ocr) if {"image", "model_package"} & {*ocr} else None, **options)

    @property
    def store_settings(self) -> dict[str, str]:
        """Return where zones are, as settings without their prefix; empty for buckets of ours."""
        default = [Store(zone=zone) for zone in Zone]
        places: tuple[Store | Published, ...] = (*default, *self.stores, self.published)
        return {name: value for each in places for name, value in each.settings.items()}

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
        """Return the name of the endpoint that the pipeline sends scans to, or nothing.

        The embedded AWS has one always: the model gateway answers for it.
        """
        return self.name("ocr") if self.is_local or (self.ocr and not self.ocr.is_realtime) else ""

    @property
    def reads_on_cpu(self) -> bool:
        """Whether there is a function that reads scans on a CPU."""
        return self.is_local or self.ocr_cpu != OFF

    @property
    def asks_textract(self) -> bool:
        """Whether Textract may be asked; the embedded AWS has one, which our own engine answers."""
        return self.is_local or self.textract == ON

    @property
    def has_level_keys(self) -> bool:
        """Whether each level has a key of its own."""
        return not self.is_local and self.level_keys == ON

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
