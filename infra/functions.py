"""The functions: what each is given, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from docparser.model import Zone

ROOT = Path(__file__).parent.parent
FULL_VCPU_MB = 1769  # Lambda gives one whole vCPU at this memory size
SEARCH = ("SEARCH", "SEARCH_LOCATION")
SCAN_LANES = ("OCR_ENDPOINT", "OCR_CPU", "TEXTRACT", "TEXTRACT_TENANTS", "LANE_POLICY")


@dataclass(frozen=True)
class FunctionSpec:
    """One Lambda function.

    Parameters
    ----------
    folder
        ``functions/<folder>``, with ``handler.py``.
    memory_mb
        Memory in MiB; CPU grows with it.
    timeout_s
        Seconds. No longer than the time-out of the function's state: a call that outlives its
        state would still write while the document is already on its fail path.
    settings
        Names of ``DOCPARSER_*`` variables, without the prefix and besides ``ENV``. One that has
        nothing to say in an env, such as ``OCR_ENDPOINT`` where none is deployed, is not set.
    layers
        Third-party layers besides ``core``.
    storage_mb
        Size of ``/tmp`` in MiB.
    image
        The Dockerfile, relative to the repository, of a function that is more than a zip and its
        layers may hold; empty for any other. On the embedded AWS it is a folder like the others.
    zone
        The zone of a function that is deployed once per zone, each with rights on its own only;
        empty for any other.
    """

    folder: str
    memory_mb: int
    timeout_s: int
    settings: tuple[str, ...]
    layers: tuple[str, ...] = ()
    storage_mb: int = 512
    image: str = ""
    zone: str = ""

    @property
    def name(self) -> str:
        """Return what tells it from all others: its folder, and its zone if it has one."""
        return f"{self.folder}_{self.zone}" if self.zone else self.folder

    @property
    def purpose(self) -> str:
        """Return the last part of the function's AWS name."""
        return self.name.replace("_", "-")

    @property
    def construct_id(self) -> str:
        """Return the name in the CDK's tree and in the state machine's placeholders."""
        return "".join(word.title() for word in self.name.split("_"))

    @property
    def source(self) -> Path:
        """Return the folder of the function's code."""
        return ROOT / "functions" / self.folder


SLOTS = ("TABLE", "STATE_MACHINE_ARN", "SLOTS", "DOCUMENT_DEADLINE_S")


def _where(zone: Zone) -> tuple[str, ...]:
    """Return the settings that say where a zone is."""
    places = tuple(f"{zone.upper()}_{kind}" for kind in ("BUCKET", "ENDPOINT", "SECRET", "FOLDER"))
    published = ("SYNC_REPLICA_BUCKET", "SYNC_DISTRIBUTION") if zone is Zone.SYNC else ()
    return (*places, *published)


ZONES = tuple(name for zone in Zone for name in _where(zone))


def _place(zone: Zone) -> FunctionSpec:
    """Return the function that has rights in one zone.

    S3 itself makes the copies, as a rule: neither disk nor much of a CPU is needed. To another
    store they pass through, one at a time on the disk.
    """
    return FunctionSpec(
        folder="place",
        zone=zone,
        memory_mb=1024,
        timeout_s=600,
        # Only the backup has locks that its own function may not pass.
        settings=(
            *("TABLE", "WORK_BUCKET", "ZONE", *_where(zone), "LEVEL_KEYS"),
            *(["PURGE_QUEUE"] if zone is Zone.BACKUP else []),
        ),
        storage_mb=2560,
    )


PIPELINE = (
    # A batch holds up to ten uploads of 500 MB, hashed as they stream in at about 70 MB/s.
    FunctionSpec(
        folder="intake",
        memory_mb=1024,
        timeout_s=120,
        settings=("TABLE", "INTAKE_BUCKET", "DISPATCH_QUEUE"),
    ),
    # A batch of a run holds up to 25 objects; what its time does not suffice for is tried again.
    FunctionSpec(
        folder="backfill",
        memory_mb=1024,
        timeout_s=270,
        settings=("TABLE", "INTAKE_BUCKET", "DISPATCH_QUEUE"),
    ),
    # One run starts as many documents as there are slots, each with a few requests.
    FunctionSpec(folder="dispatch", memory_mb=512, timeout_s=60, settings=SLOTS),
    # What a minute leaves undone, the next one does.
    FunctionSpec(
        folder="sweep",
        memory_mb=512,
        timeout_s=60,
        settings=(
            *SLOTS,
            "MAX_FAILURES",
            "DISPATCH_QUEUE",
            "PURGE_QUEUE",
            "WORK_BUCKET",
            "OCR_BUCKET",
            *ZONES,
            *SEARCH,
        ),
        layers=("search",),
    ),
    # S3 itself copies the original, and the files of up to 400 shards.
    FunctionSpec(
        folder="restore",
        memory_mb=1024,
        timeout_s=300,
        settings=(
            *("TABLE", "WORK_BUCKET", "INTAKE_BUCKET", "DOCUMENT_DEADLINE_S"),
            *_where(Zone.VAULT),
        ),
    ),
    # The file as it came lies on the disk, what is read instead of it, and what is inside it.
    FunctionSpec(
        folder="preflight",
        memory_mb=FULL_VCPU_MB,
        timeout_s=300,
        settings=(
            "TABLE",
            "WORK_BUCKET",
            "INTAKE_BUCKET",
            *SCAN_LANES,
            "MALWARE",
            "CLAMD",
            "DOCUMENT_DEADLINE_S",
        ),
        layers=("pdf", "image", "export", "office"),
        storage_mb=4096,
    ),
    FunctionSpec(
        folder="extract_text",
        memory_mb=FULL_VCPU_MB,
        timeout_s=600,
        settings=("WORK_BUCKET",),
        layers=("pdf",),
        storage_mb=2048,
    ),
    # A frame of a TIFF may have 200 million pixels: it is in memory once as it was read, and once
    # as it is written.
    FunctionSpec(
        folder="ocr_request",
        memory_mb=3008,
        timeout_s=300,
        settings=(
            "TABLE",
            "WORK_BUCKET",
            "OCR_BUCKET",
            "OCR_ENDPOINT",
            "SCAN_DEADLINE_S",
        ),
        layers=("pdf", "image"),
        storage_mb=2048,
    ),
    # The engine on 1.7 vCPU: as much as an account gets without asking for more. Eight pages take
    # some ten seconds; if each takes all of its 30 seconds, four minutes and not ten.
    FunctionSpec(
        folder="ocr_cpu",
        memory_mb=3008,
        timeout_s=600,
        settings=("WORK_BUCKET", "OCR_MODELS"),
        storage_mb=2048,
        image="gpu_endpoints/ocr/Dockerfile.lambda",
    ),
    # A page waits up to half a minute for its turn at Textract, and eight of them for four minutes.
    FunctionSpec(
        folder="ocr_textract",
        memory_mb=3008,
        timeout_s=600,
        settings=("TABLE", "WORK_BUCKET", "TEXTRACT_PAGES_PER_SECOND"),
        layers=("pdf", "image", "textract"),
        storage_mb=2048,
    ),
    # A batch holds up to ten answers, of a megabyte or two for eight pages.
    FunctionSpec(
        folder="ocr_result",
        memory_mb=1024,
        timeout_s=60,
        settings=("TABLE", "WORK_BUCKET", "OCR_BUCKET"),
    ),
    FunctionSpec(folder="mark_unread", memory_mb=512, timeout_s=60, settings=("WORK_BUCKET",)),
    FunctionSpec(
        folder="assemble", memory_mb=1024, timeout_s=600, settings=("TABLE", "WORK_BUCKET")
    ),
    FunctionSpec(
        folder="classify",
        memory_mb=FULL_VCPU_MB,
        timeout_s=600,
        settings=("TABLE", "WORK_BUCKET"),
        layers=("identify",),
    ),
    # Rows of tables lie on the disk, and a source that may hold an invoice as XML.
    FunctionSpec(
        folder="extract",
        memory_mb=FULL_VCPU_MB,
        timeout_s=600,
        settings=(
            *("TABLE", "WORK_BUCKET"),
            *("TEXTRACT", "TEXTRACT_PAGES_PER_SECOND", "BEDROCK_MODELS"),
        ),
        layers=("pdf", "image", "textract", "extract"),
        storage_mb=2048,
    ),
    # The whole document and its searchable copy lie on the disk, pictures drawn anew beside them.
    FunctionSpec(
        folder="export",
        memory_mb=3008,
        timeout_s=900,
        settings=("TABLE", "WORK_BUCKET"),
        layers=("pdf", "image", "export"),
        storage_mb=10_240,
    ),
    # As for the searchable copy; and every page is drawn, in turn.
    FunctionSpec(
        folder="redact",
        memory_mb=3008,
        timeout_s=900,
        settings=("TABLE", "WORK_BUCKET"),
        layers=("pdf", "image", "export"),
        storage_mb=10_240,
    ),
    # A person has to look first, or a zone is away: what waits is written down.
    FunctionSpec(folder="park", memory_mb=512, timeout_s=60, settings=("TABLE", "SLOTS")),
    # The document's findings, up to 400 files of them, are described one by one.
    FunctionSpec(folder="route", memory_mb=1024, timeout_s=600, settings=("TABLE", "WORK_BUCKET")),
    *(_place(zone) for zone in Zone),
    FunctionSpec(
        folder="index",
        memory_mb=FULL_VCPU_MB,
        timeout_s=300,
        settings=("TABLE", "WORK_BUCKET", *SEARCH),
        layers=("search",),
    ),
    FunctionSpec(
        folder="complete",
        memory_mb=512,
        timeout_s=300,
        settings=("TABLE", "WORK_BUCKET", "OCR_BUCKET"),
    ),
    # Every version of a document, everywhere: a few thousand, a thousand in one call.
    FunctionSpec(
        folder="purge",
        memory_mb=512,
        timeout_s=300,
        settings=(
            *("TABLE", "STATE_MACHINE_ARN", "PURGE_QUEUE"),
            *("INTAKE_BUCKET", "WORK_BUCKET", "OCR_BUCKET"),
            *ZONES,
            *SEARCH,
        ),
        layers=("search",),
    ),
    # What a day has brought is read in pages and written in parts; what one run does not come to,
    # the next one does.
    FunctionSpec(folder="anchor", memory_mb=512, timeout_s=900, settings=("TABLE", "AUDIT_BUCKET")),
    FunctionSpec(
        folder="fail",
        memory_mb=512,
        timeout_s=60,
        settings=("TABLE", "MAX_FAILURES", "DISPATCH_QUEUE"),
    ),
)
# API Gateway waits 29 seconds for an answer, so nobody would read a later one.
API = FunctionSpec(
    folder="api",
    memory_mb=1024,
    timeout_s=29,
    settings=(
        "TABLE",
        "INTAKE_BUCKET",
        "WORK_BUCKET",
        *_where(Zone.VAULT),
        "STATE_MACHINE_ARN",
        "DISPATCH_QUEUE",
        "PURGE_QUEUE",
        "DOCUMENT_DEADLINE_S",
        *SEARCH,
    ),
    layers=("search",),
)
FUNCTIONS = (*PIPELINE, API)
ZIPPED = tuple(spec for spec in FUNCTIONS if not spec.image)
LAYERS = (
    *("core", "pdf", "identify", "image", "search", "textract", "export", "office", "extract"),
)
