"""Settings: flag > environment (``DOCPARSER_`` + name) > default, validated once at init.

A function composes what it needs and nothing else::

    class IntakeSettings(Limits, Table, IntakeBucket):
        state_machine_arn: str

    settings = load(IntakeSettings)

A missing, malformed or unknown ``DOCPARSER_`` name is a `ConfigurationError`: a typo in a limit
must not silently mean the default.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import ConfigurationError
from .model.codes import LanePolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "DOCPARSER_"

NAMES = frozenset(
    (
        "ENV TABLE INTAKE_BUCKET WORK_BUCKET OCR_BUCKET VAULT_BUCKET BACKUP_BUCKET SYNC_BUCKET "
        "EVENT_BUS STATE_MACHINE_ARN OCR_ENDPOINT OCR_CPU OCR_BACKEND OCR_MODELS OCR_THREADS "
        "LANE_POLICY TEXTRACT TEXTRACT_TENANTS TEXTRACT_PAGES_PER_SECOND SEARCH SEARCH_LOCATION "
        "BEDROCK_MODELS HOME ENDPOINT MAX_BYTES MAX_PAGES MAX_PAGE_PIXELS SHARD_PAGES MAX_SHARDS "
        "PAGE_DEADLINE_S SHARD_DEADLINE_S DOCUMENT_DEADLINE_S SCAN_DEADLINE_S RENDER_DPI "
        "MIN_CONFIDENCE DATA_DIR SLOTS MAX_FAILURES DISPATCH_QUEUE INTAKE_QUEUE MALWARE CLAMD "
        "MAX_CHILDREN MAX_DEPTH MAX_RATIO MAX_UNPACKED_BYTES PARSER_MEMORY_MB PARSER_SECONDS "
        "AUDIT_BUCKET PURGE_QUEUE ZONE VAULT_ENDPOINT BACKUP_ENDPOINT SYNC_ENDPOINT VAULT_FOLDER "
        "BACKUP_FOLDER SYNC_FOLDER VAULT_SECRET BACKUP_SECRET SYNC_SECRET SYNC_REPLICA_BUCKET "
        "SYNC_DISTRIBUTION LEVEL_KEYS"
    ).split()
)
"""Every name that some part of the product knows."""


class Settings(BaseModel):
    """The base: one deployment's name."""

    # A function builds the schema of its own composition, not of every part.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    env: str = Field(default="local", pattern=r"^[a-z][a-z0-9-]{0,15}$")


class Limits(Settings):
    """What a document may ask of us (bytes, pages, pixels), and how its pages are cut."""

    max_bytes: int = Field(default=524_288_000, gt=0)
    max_pages: int = Field(default=3000, gt=0)
    max_page_pixels: int = Field(default=200_000_000, gt=0)
    shard_pages: int = Field(default=8, gt=0)
    max_shards: int = Field(default=400, gt=0, le=400)
    render_dpi: int = Field(default=200, gt=0)


class Archives(Settings):
    """What may be inside a file: how many files, how deep, how many bytes unpacked.

    ``max_ratio`` is how many times larger than the file all that is in it may be.
    """

    max_children: int = Field(default=1000, gt=0)
    max_depth: int = Field(default=3, ge=0)
    max_ratio: int = Field(default=100, gt=0)
    max_unpacked_bytes: int = Field(default=2_147_483_648, gt=0)


class Parsing(Settings):
    """What the process that looks at an untrusted file may use: MiB of memory, CPU seconds."""

    parser_memory_mb: int = Field(default=1024, gt=0)
    parser_seconds: int = Field(default=120, gt=0)


class MalwareScan(Settings):
    """Who scans uploads for malware: nobody, GuardDuty before intake, or the ClamAV daemon.

    ``clamd`` is the daemon's address: a socket's path, or ``host:port``.
    """

    malware: Literal["off", "guardduty", "clamd"] = "off"
    clamd: str = ""


class Flow(Settings):
    """How many documents walk at once, and how often one may fail before it is set aside."""

    slots: int = Field(default=100, gt=0, le=1000)
    max_failures: int = Field(default=3, gt=0)


class DispatchQueue(Settings):
    """The URL of the queue that wakes `dispatch`."""

    dispatch_queue: str


class Deadlines(Settings):
    """How long a document may take, and a shard of scanned pages within it, in seconds.

    A GPU endpoint that has scaled to zero needs minutes to wake: the first queued page counts as
    its backlog, and the pages wait for it.
    """

    document_deadline_s: float = Field(default=3600, gt=0)
    scan_deadline_s: int = Field(default=1800, ge=60, le=21_600)


class Confidence(Settings):
    """Below which confidence (0..1) the classifier abstains."""

    min_confidence: float = Field(default=0.6, ge=0, le=1)


class Table(Settings):
    """The DynamoDB table's name."""

    table: str


class IntakeBucket(Settings):
    """The bucket that uploads arrive in."""

    intake_bucket: str


class WorkBucket(Settings):
    """The bucket of the stages' outputs."""

    work_bucket: str


class OcrBucket(Settings):
    """The bucket through which pages reach the OCR endpoint, and its answers come back."""

    ocr_bucket: str


class OcrEndpoint(Settings):
    """The SageMaker endpoint that reads scans; empty where none is deployed."""

    ocr_endpoint: str = ""


class ScanLanes(OcrEndpoint):
    """Which lanes may read scans, and by which policy one is chosen.

    ``ocr_cpu`` tells whether the function that reads scans on a CPU is deployed, ``textract``
    whether Textract may be asked at all; ``textract_tenants`` are those, parted by commas, whose
    documents it may see before their level is known.
    """

    ocr_cpu: bool = False
    textract: bool = False
    textract_tenants: str = ""
    lane_policy: LanePolicy = LanePolicy.COST


class FieldEngines(Settings):
    """Which services may be asked for fields, where a tenant's policy wants that.

    ``textract`` tells whether Textract may be, and ``textract_pages_per_second`` how many pages a
    second it takes from this account. ``bedrock_models`` are the ids of the models of Bedrock that
    may be, parted by commas: none where it is empty.
    """

    textract: bool = False
    textract_pages_per_second: float = Field(default=1.0, gt=0, le=100)
    bedrock_models: str = ""


class Search(Settings):
    """Which index is written and searched: none where it is empty.

    ``search_location`` is the OpenSearch endpoint's URL, or the embedded index's file.
    """

    search: Literal["", "embedded", "opensearch"] = ""
    search_location: str = ""


class ZoneBuckets(Settings):
    """The buckets of the zones."""

    vault_bucket: str
    backup_bucket: str
    sync_bucket: str


class AuditBucket(Settings):
    """The bucket of the audit trail: its anchors, and what happened day by day."""

    audit_bucket: str


class PurgeQueue(Settings):
    """The URL of the queue of what has to be erased."""

    purge_queue: str


S = TypeVar("S", bound=Settings)


def load(kind: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Return the settings of one kind from the environment.

    Raises
    ------
    ConfigurationError
        A name is unknown, missing or malformed. The message holds names, never values.
    """
    environment = os.environ if environment is None else environment
    given = {
        name.removeprefix(PREFIX): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    if unknown := sorted(given.keys() - NAMES):
        names = ", ".join(PREFIX + name for name in unknown)
        raise ConfigurationError(f"unknown settings: {names}")
    try:
        return kind(**{name.lower(): value for name, value in given.items()})
    except ValidationError as error:
        wrong = sorted({str(detail["loc"][0]).upper() for detail in error.errors()})
        names = ", ".join(PREFIX + name for name in wrong)
        raise ConfigurationError(f"missing or malformed settings: {names}") from None
