"""Who reads a page: the policy, as tables over what is known before anybody reads.

Preflight renders nothing, because it must survive any file. What it knows of a PDF's page is what
the file says: the text layer and whether it can be believed, how much of the page lies under images
and at which resolution, and the rules among the page's paths. Of a picture it knows the size, and
of a JPEG also ink and skew, which an eighth of it shows (`thumbnail`).

Nothing leaves the account by itself: Textract must be allowed, document by document
(`textract_allowed`), and no page ever falls back to it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from docparser import pricing
from docparser.model import Lane, LanePolicy, LaneReason, Level, PageCode
from docparser.store.endpoint_state import EndpointState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ESTIMATES_OF = "2026-11-22"
"""The day of the estimates below; nothing of the GPU is measured yet."""

CPU_GB_SECONDS_A_PAGE = Decimal("3.7")
"""Eight pages in ten seconds of a function of 3,008 MB. Measured is 0.66 s of an x86 core for a
page; a core of Lambda is taken to need twice that."""

GPU_SECONDS_A_PAGE = Decimal("0.05")
"""Twenty pages a second on the four vCPUs of a g5.xlarge, which decode and find contours."""

START_MINUTES = Decimal(8)
"""Until a G5 reads its first page: instance and image four to eight, models one (decision 12)."""

IDLE_MINUTES = Decimal(10)
"""How long it stays after its last page, by the cooldown of its scaling."""

FEW_SCANS = 8
"""One shard. So few are read before the endpoint has answered, and would only keep it awake."""

LOW_DPI = 150
"""Textract's own advice is 150 dots per inch at least; engines lose small print below that."""

SCAN_COVER = 0.5
"""A page that lies under images to this share is as coarse as they are."""

TABLE_RULES = 6
"""A grid of two rows and two columns has three rules each way."""

STEEP_DEGREES = 10
"""As far as the engine straightens a page."""

BLANK_INK = 0.002
"""Two lines of print have more, the grain of empty paper less (measured)."""


class Signals(NamedTuple):
    """What preflight knows of a page.

    ``reason`` says what its text layer is worth. ``scan``: it takes an engine to read the page;
    ``layered``: a text layer could be read, whatever it is worth. ``dpi`` is the resolution of its
    images in dots per inch, None without one; ``cover`` the share of the page below them (0..1);
    ``rules`` how many ruled lines are among its paths, ``ink`` the share of it that is dark (0..1)
    and ``skew`` how many degrees it is turned, each None where nobody has looked. A ``refused``
    page is read by nobody.
    """

    reason: LaneReason
    scan: bool
    layered: bool = False
    dpi: float | None = None
    cover: float = 0.0
    rules: int | None = None
    ink: float | None = None
    skew: int | None = None
    refused: PageCode | None = None


class Situation(NamedTuple):
    """What is deployed, and what the document's owner wants.

    ``cpu``: whether the function is deployed that reads on a CPU; ``textract``: whether Textract
    may see this document; ``forced``: the lane that its owner named.
    """

    endpoint: EndpointState
    cpu: bool
    textract: bool
    policy: LanePolicy
    forced: Lane | None = None


class PlannedPage(NamedTuple):
    """Who reads a page and why, or why nobody does."""

    lane: Lane
    reason: LaneReason
    refused: PageCode | None


# ---------------------------------------------------------------------- prices
def cpu_price() -> Decimal:
    """Return what a page costs in the cpu lane, estimated, in US dollars."""
    return CPU_GB_SECONDS_A_PAGE * pricing.LAMBDA_X86_GB_SECOND


def gpu_price() -> Decimal:
    """Return what a page costs on an endpoint that is awake, estimated, in US dollars."""
    return GPU_SECONDS_A_PAGE * pricing.GPU_SECOND


def start_price() -> Decimal:
    """Return what it costs to wake the endpoint, until it sleeps again, in US dollars."""
    return (START_MINUTES + IDLE_MINUTES) * 60 * pricing.GPU_SECOND


def start_pays(pages: int) -> bool:
    """Tell whether so many waiting pages save more on the GPU than its start costs."""
    return pages * (cpu_price() - gpu_price()) > start_price()


# ---------------------------------------------------------------------- the tables
def _never(_: int) -> bool:
    return False


def _always(_: int) -> bool:
    return True


def _many(scans: int) -> bool:
    return scans > FEW_SCANS


ENDPOINT_READS: dict[tuple[LanePolicy, EndpointState], Callable[[int], bool]] = {
    (LanePolicy.COST, EndpointState.WARM): _many,
    (LanePolicy.COST, EndpointState.WAKING): _many,  # its start is paid for, and there is time
    (LanePolicy.COST, EndpointState.COLD): start_pays,
    (LanePolicy.QUALITY, EndpointState.WARM): _many,  # both lanes read alike: so the price decides
    (LanePolicy.QUALITY, EndpointState.WAKING): _many,
    (LanePolicy.QUALITY, EndpointState.COLD): start_pays,
    (LanePolicy.FAST, EndpointState.WARM): _always,
    (LanePolicy.FAST, EndpointState.WAKING): _never,
    (LanePolicy.FAST, EndpointState.COLD): _never,
    **{(policy, EndpointState.NONE): _never for policy in LanePolicy},
}
"""Whether the endpoint reads a document's scans, by their number, where the cpu lane could too."""

CALLS_FOR_TEXTRACT: dict[str, Callable[[Signals], bool]] = {
    "low resolution": lambda page: (
        page.cover >= SCAN_COVER and page.dpi is not None and page.dpi < LOW_DPI
    ),
    "a ruled table or form": lambda page: (page.rules or 0) >= TABLE_RULES,
    "skew": lambda page: abs(page.skew or 0) > STEEP_DEGREES,
}
"""What makes a scanned page that is not blank one that `quality` prefers to show to Textract; any
of them."""

TEXTRACT_LEVELS = frozenset({Level.PUBLIC, Level.INTERNAL})
"""Declared levels of documents that Textract may see."""

TEXTRACT_FORBIDDEN = frozenset({Level.CONFIDENTIAL, Level.RESTRICTED})
"""Declared levels of documents that it may not see, whatever their tenant allows."""


def textract_allowed(*, deployed: bool, level: Level | None, tenant_allows: bool) -> bool:
    """Tell whether Textract may see a document whose level nobody has found out yet.

    Parameters
    ----------
    deployed
        Whether the deployment allows Textract at all.
    level
        What its owner declared; None if nothing.
    tenant_allows
        Whether its tenant's documents may be shown while their level is unknown.
    """
    if not deployed or level in TEXTRACT_FORBIDDEN:
        return False
    return level in TEXTRACT_LEVELS or tenant_allows


def fallback(lane: Lane, *, cpu: bool, gpu: bool) -> Lane | None:
    """Return the lane that reads a shard whose own lane fails: always one in the account."""
    if lane is Lane.TEXT:
        return None
    deployed = {Lane.CPU: cpu, Lane.GPU: gpu}
    return next((other for other, there in deployed.items() if there and other is not lane), None)


# ---------------------------------------------------------------------- the decision
def scans_of(pages: Sequence[Signals]) -> int:
    """Return how many pages wait for an engine."""
    return sum(page.scan and page.refused is None for page in pages)


def engine_lane(scans: int, situation: Situation) -> tuple[Lane | None, bool]:
    """Return the lane in which the engine reads a document's scans, None where it has none.

    Parameters
    ----------
    scans
        How many of the document's pages need an engine: the pages that wait.
    situation
        What is deployed and wanted.

    Returns
    -------
    Lane or None, bool
        The lane, and whether a sleeping endpoint was passed over that would have read them awake.
    """
    if not situation.cpu:
        return (None if situation.endpoint is EndpointState.NONE else Lane.GPU), False
    if ENDPOINT_READS[situation.policy, situation.endpoint](scans):
        return Lane.GPU, False
    sleeps = situation.endpoint in {EndpointState.COLD, EndpointState.WAKING}
    awake = ENDPOINT_READS[situation.policy, EndpointState.WARM]
    return Lane.CPU, sleeps and awake(scans)


def plan_lanes(pages: Sequence[Signals], situation: Situation) -> list[PlannedPage]:
    """Return who reads each page of a document.

    A forced lane is obeyed where it is deployed, allowed and able to read the page; elsewhere the
    policy decides, and the reason says so. Where no engine is deployed, scans stay in the text
    lane, which keeps the account of them.
    """
    engine, passed_over = engine_lane(scans_of(pages), situation)
    return [_planned(page, situation, engine, passed_over=passed_over) for page in pages]


def _planned(
    page: Signals, situation: Situation, engine: Lane | None, *, passed_over: bool
) -> PlannedPage:
    if page.refused is not None:
        return PlannedPage(Lane.TEXT, page.reason, page.refused)
    if situation.forced is not None and _obeys(page, situation, situation.forced):
        return PlannedPage(situation.forced, LaneReason.FORCED, None)
    lane, reason = _by_policy(page, situation, engine, passed_over=passed_over)
    # The text lane must know a scan that only waits there to be told of.
    if situation.forced is not None and not (page.scan and lane is Lane.TEXT):
        reason = LaneReason.POLICY
    return PlannedPage(lane, reason, None)


def _obeys(page: Signals, situation: Situation, forced: Lane) -> bool:
    able = {
        # A page with nothing to read is no engine's business, and a garbled layer nobody's.
        Lane.TEXT: page.layered and page.reason is not LaneReason.TEXT_LAYER_GARBLED,
        Lane.CPU: situation.cpu,
        Lane.GPU: situation.endpoint is not EndpointState.NONE,
        Lane.TEXTRACT: situation.textract,
    }
    return able[forced] and (page.scan or page.layered)


def _by_policy(
    page: Signals, situation: Situation, engine: Lane | None, *, passed_over: bool
) -> tuple[Lane, LaneReason]:
    if not page.scan:
        return Lane.TEXT, page.reason
    if situation.textract and situation.policy is LanePolicy.QUALITY and _calls(page):
        return Lane.TEXTRACT, LaneReason.POLICY
    if engine is None:
        return (Lane.TEXTRACT if situation.textract else Lane.TEXT), page.reason
    return engine, LaneReason.FALLBACK_COLD if passed_over else page.reason


def _calls(page: Signals) -> bool:
    if page.ink is not None and page.ink < BLANK_INK:
        return False
    return any(calls(page) for calls in CALLS_FOR_TEXTRACT.values())
