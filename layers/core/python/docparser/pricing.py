"""What a document costs on AWS: measured use, multiplied by a dated table of list prices.

Prices are US dollars in us-east-1, from the public price lists of AWS Lambda (arm64, and x86_64 for
the image that reads scans), Step Functions, S3 Standard, DynamoDB on demand, SageMaker hosting,
Textract and Bedrock. The use of Lambda is measured in gigabyte-seconds where the functions run,
that of the OCR endpoint in seconds in which its engine worked; on a laptop both are estimates for
AWS, the second from above, as its engine has no GPU there. Textract has a price for a page, Bedrock
for a token. An endpoint that waits for pages or wakes up costs as much as one that works, and is
nobody's page. Requests are counted
from the shape of the walk. Queues and topics are not included, as they add less than a microdollar
to a shard; nor is storage: it depends on how long a document is kept.

A page's price is its share of what its shard used: seconds and charges. A document's is that of its
shards, and besides of all that is nobody's page: the other stages, and every request.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, NamedTuple

from .model import Lane, Noun

if TYPE_CHECKING:
    from collections.abc import Iterable

PRICES_OF = "2026-11-01"
"""The day on which the price lists were read."""

LAMBDA_GB_SECOND = Decimal("0.0000133334")
LAMBDA_X86_GB_SECOND = Decimal("0.0000166667")
LAMBDA_REQUEST = Decimal("0.0000002")
STATE_TRANSITION = Decimal("0.000025")
S3_WRITE = Decimal("0.000005")
S3_READ = Decimal("0.0000004")
TABLE_WRITE = Decimal("0.000000625")
TABLE_READ = Decimal("0.000000125")
GPU_SECOND = Decimal("1.408") / 3600
"""One ml.g5.xlarge, the instance of the OCR endpoint."""

TEXTRACT_DETECTION = Decimal("0.0015")
"""A page of DetectDocumentText; as the next, of the first million in a month."""

TEXTRACT_FEATURES = {
    "LAYOUT": Decimal("0.004"),
    "TABLES": Decimal("0.015"),
    "FORMS": Decimal("0.050"),
    "QUERIES": Decimal("0.015"),
}
"""A page of AnalyzeDocument by what it is asked for; its text is included."""

TEXTRACT_EXPENSE = Decimal("0.010")
"""A page of AnalyzeExpense."""

TEXTRACT_IDENTITY = Decimal("0.025")
"""A page of AnalyzeID; of the first hundred thousand in a month, the dearest."""

MICRODOLLAR = Decimal("0.000001")


class ModelPrice(NamedTuple):
    """What a model of Bedrock costs, in US dollars for a million tokens."""

    input_usd: Decimal
    output_usd: Decimal


_MODEL_PRICES = {
    "amazon.nova-micro-v1:0": ModelPrice(Decimal("0.035"), Decimal("0.14")),
    "amazon.nova-lite-v1:0": ModelPrice(Decimal("0.06"), Decimal("0.24")),
    "amazon.nova-pro-v1:0": ModelPrice(Decimal("0.80"), Decimal("3.20")),
    "anthropic.claude-3-haiku-20240307-v1:0": ModelPrice(Decimal("0.25"), Decimal("1.25")),
    "anthropic.claude-3-5-haiku-20241022-v1:0": ModelPrice(Decimal("0.80"), Decimal("4.00")),
    "anthropic.claude-haiku-4-5-20251001-v1:0": ModelPrice(Decimal("1.00"), Decimal("5.00")),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": ModelPrice(Decimal("3.00"), Decimal("15.00")),
}

# What the id of an inference profile begins with; newer models cost more in those of one part of
# the world.
_PROFILE = re.compile(r"(?:us|us-gov|eu|apac|au|ca|jp)\.|(?P<worldwide>global)\.")
_DEARER_AT_HOME = {
    "anthropic.claude-haiku-4-5-20251001-v1:0": Decimal("1.1"),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": Decimal("1.1"),
}
_TOKENS = 1_000_000

_QUEUE_WRITES = 3
# Two rosters, a queue, the slots and a record; two rosters again once the walk has ended.
_QUEUE_READS = 7


class Use(Noun):
    """What one document used; ``gb_seconds`` of Lambda, ``gpu_seconds`` of the OCR endpoint.

    The rest are requests.
    """

    gb_seconds: float
    gpu_seconds: float = 0
    functions: int
    transitions: int
    s3_writes: int
    s3_reads: int
    table_writes: int
    table_reads: int


def use_of_walk(*, gb_seconds: float, shards: int, zones: int) -> Use:
    """Return what a walk used but for its scans, from its measured seconds and its shape.

    The counts follow the stages: seven functions around the shards and one for each zone, intake
    before them, and dispatch when a document comes and when it has ended; the start, nine states,
    the choices where a walk begins, whether it waits for a person, whether anything was scanned or
    is redacted, and whether its zones are filled; per shard an iteration, its choice and its
    reader, per zone an iteration and its function. A zone gets a copy of each shard's file and of
    what was found in it, of original, Markdown and text, and the document itself; copies in the
    backup, which every document has that lies in two zones, are locked one by one. What Export and
    Redact add is not counted but for their seconds, nor are the files of tables, nor is the sweep,
    which is nobody's, nor a document's waiting.
    """
    # Plan, manifest, two texts, policy, classification, fields, document and placement, and two
    # lists of keys.
    stored = 11 + 2 * shards
    placed = 4 + 2 * shards
    return Use(
        gb_seconds=gb_seconds,
        functions=10 + shards + zones,
        transitions=15 + 3 * shards + 2 * zones,
        s3_writes=stored + placed * (zones + (zones > 1)),
        # Assemble, classify, extract, route and index read each shard; its reader reads plan and
        # source. Extract reads the source and six files more, and route what it has stored.
        s3_reads=18 + 7 * shards + 2 * zones,
        # A transaction writes each item twice: opening has five items, the other five have two or
        # three; three stages and every zone note that they are done. Outside of one, a place in the
        # queue is enrolled and given up, and a slot taken.
        table_writes=2 * (5 + 2 + 2 + 2 + 2 + 3) + 3 + zones + _QUEUE_WRITES,
        table_reads=12 + zones + _QUEUE_READS,
    )


def use_of_scans(*, gpu_seconds: float, scans: int) -> Use:
    """Return what shards in the gpu lane used besides what every shard uses.

    Per shard: the function that takes the answer; the shard alone and the answer, written and read
    once each; two looks whether the shard is there, and the plan once more; a callback that is
    written, read and deleted; and a look at the record.
    """
    return Use(
        gb_seconds=0,
        gpu_seconds=gpu_seconds,
        functions=scans,
        transitions=0,
        s3_writes=2 * scans,
        s3_reads=5 * scans,
        table_writes=2 * scans,
        table_reads=2 * scans,
    )


def use_of_stop(*, gb_seconds: float) -> Use:
    """Return what a walk used at least that stopped.

    Intake, dispatch as for any walk, where it begins, one state, Fail and the outcome.
    """
    return Use(
        gb_seconds=gb_seconds,
        functions=5,
        transitions=5,
        s3_writes=0,
        s3_reads=2,
        table_writes=2 * (5 + 2 + 2) + _QUEUE_WRITES,
        table_reads=3 + _QUEUE_READS,
    )


def textract_charge(features: Iterable[str] = ()) -> Decimal:
    """Return what Textract charges for a page, in US dollars.

    Parameters
    ----------
    features
        What AnalyzeDocument was asked for, of `TEXTRACT_FEATURES`; none: DetectDocumentText. The
        prices of several are added up, so that the sum is never too low.

    Raises
    ------
    KeyError
        A feature has no price here.
    """
    return sum((TEXTRACT_FEATURES[name] for name in set(features)), Decimal(0)) or (
        TEXTRACT_DETECTION
    )


def model_price(model_id: str) -> ModelPrice | None:
    """Return the price of a model or an inference profile, or None if it has none here."""
    profile = _PROFILE.match(model_id)
    model = model_id[profile.end() :] if profile else model_id
    price, dearer = _MODEL_PRICES.get(model), _DEARER_AT_HOME.get(model)
    if price is None or dearer is None or (profile is not None and profile["worldwide"]):
        return price
    return ModelPrice(price.input_usd * dearer, price.output_usd * dearer)


def model_charge(price: ModelPrice, input_tokens: int, output_tokens: int) -> Decimal:
    """Return what a model charges for an answer, in US dollars, rounded up to the microdollar."""
    usd = (input_tokens * price.input_usd + output_tokens * price.output_usd) / _TOKENS
    return usd.quantize(MICRODOLLAR, ROUND_CEILING)


def page_cost(
    lane: Lane,
    *,
    pages: int,
    gb_seconds: float = 0,
    gpu_seconds: float = 0,
    charges_usd: Decimal = Decimal(0),
) -> Decimal:
    """Return what each page of a shard cost in its lane, in US dollars, to the microdollar.

    Parameters
    ----------
    lane
        Who read the shard. Only the gpu lane has seconds of the endpoint, only textract charges.
    pages
        Among how many pages the use is shared: those that were read, at least one.
    gb_seconds
        What reading the shard used of Lambda, in gigabyte-seconds: all of it in the lanes text and
        cpu, and in the others what asking and taking the answer used.
    gpu_seconds
        How long the endpoint's engine worked on the shard.
    charges_usd
        What Textract charged for the shard: the sum of its pages' `textract_charge`.

    Raises
    ------
    ValueError
        A use that this lane cannot have, or no pages.
    """
    if pages < 1:
        raise ValueError("the cost of a shard is shared by its pages")
    if (gpu_seconds and lane is not Lane.GPU) or (charges_usd and lane is not Lane.TEXTRACT):
        raise ValueError("a use that this lane cannot have")
    seconds = _of_seconds(gb_seconds, gpu_seconds, x86=lane is Lane.CPU)
    return ((seconds + charges_usd) / pages).quantize(MICRODOLLAR)


def on_arm(cost: Decimal) -> Decimal:
    """Return what seconds of the cpu lane would have cost in a function of the other stages."""
    return cost * LAMBDA_GB_SECOND / LAMBDA_X86_GB_SECOND


def cost_usd(use: Use) -> Decimal:
    """Return the price of what was used, in US dollars, to the microdollar."""
    total = (
        _of_seconds(use.gb_seconds, use.gpu_seconds)
        + use.functions * LAMBDA_REQUEST
        + use.transitions * STATE_TRANSITION
        + use.s3_writes * S3_WRITE
        + use.s3_reads * S3_READ
        + use.table_writes * TABLE_WRITE
        + use.table_reads * TABLE_READ
    )
    return total.quantize(MICRODOLLAR)


def _of_seconds(gb_seconds: float, gpu_seconds: float, *, x86: bool = False) -> Decimal:
    price = LAMBDA_X86_GB_SECOND if x86 else LAMBDA_GB_SECOND
    return Decimal(str(gb_seconds)) * price + Decimal(str(gpu_seconds)) * GPU_SECOND
