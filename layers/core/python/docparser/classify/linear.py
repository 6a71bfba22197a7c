"""The linear model over words and pieces of words: its weights, and what they say of a text.

A multinomial logistic regression on hashed features. It was trained by
``benchmarks.classify.training`` from documents that are generated, and ships as one file of small
integers, so that no numerical library is needed here: a page takes about two milliseconds, and
the file is read when the first page is.
"""

from __future__ import annotations

import json
import re
from array import array
from functools import cache
from math import exp, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from docparser.model import DocumentType

from .sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from docparser.model import Evidence

    from .reading import Reading

MODEL_VERSION = "doctype-2"
"""What the shipped weights are called; it changes whenever they do."""
WEIGHTS = Path(__file__).parent / "weights" / "doctype.bin"
SCHEMA = "docparser/weights/1"

_TOKEN = re.compile(r"[^\W\d_]+|\d(?:[\d.,:/-]*\d)?|[^\w\s.,;:'\"()]|_+")
_MOST_CHARACTERS = 4_000
"""A page has said by then what it is; its time stays bounded whatever it holds."""
_MOST_TOKENS = 60
"""What counts of one line."""
_LONG_WORD = 7
ENOUGH_WORDS = 30
"""Of fewer different words that it knows the model says so much less."""
_MONEY = re.compile(r"[\d.,]*\d[.,]\d\d")
_SEPARATORS = frozenset("./-:,")


class Weights(NamedTuple):
    """Rows of weights, one number per kind: ``rows[places[feature] * n + kind] * scale``."""

    version: str
    kinds: tuple[DocumentType, ...]
    scale: float
    places: Mapping[int, int]
    rows: array[int]


@cache
def weights(path: Path = WEIGHTS) -> Weights:
    """Return the weights of a file, read once.

    Raises
    ------
    ValueError
        The file holds something else, or less than it says.
    """
    head, _, body = path.read_bytes().partition(b"\n")
    header = json.loads(head)
    count, kinds = header["features"], tuple(DocumentType(kind) for kind in header["kinds"])
    if header["schema"] != SCHEMA or len(body) != count * (4 + len(kinds)):
        raise ValueError("not the weights of a document type model")
    features, rows = array("I"), array("b")
    features.frombytes(body[: 4 * count])
    rows.frombytes(body[4 * count :])
    places = {feature: place for place, feature in enumerate(features)}
    return Weights(header["version"], kinds, header["scale"], places, rows)


def line_features(text: str) -> tuple[list[int], list[int]]:
    """Return the words of one line in lower case; and pairs, pieces, how it begins and ends.

    Numbers count by their shape alone, so that no amount, date or id of a training document can
    be learned.
    """
    words: list[int] = []
    others: list[int] = []
    before = "^"
    for found in _TOKEN.findall(text)[:_MOST_TOKENS]:
        token = _shape(found) if found[0].isdigit() else found
        word = crc32(token.encode())
        (words if token.isalpha() else others).append(word)
        others.append(crc32(f"{before} {token}".encode()))
        if len(token) >= _LONG_WORD:
            # A German compound ends with what it is; and a misread letter spares the other end.
            others.append(crc32(f"{token[:5]}*".encode()))
            others.append(crc32(f"*{token[-5:]}".encode()))
        before = token
    others.append(crc32(f"{before} $".encode()))
    return words, others


def _shape(number: str) -> str:
    if _MONEY.fullmatch(number):
        return "0.00"
    if len(_SEPARATORS.intersection(number)) and len(number) > 4:
        return "0/0"
    return "0" * min(len(number), 6)


def page_features(lines: list[str]) -> Iterator[int]:
    """Yield what a page looks like: how long its lines are, how much of it is figures."""
    whole = "".join(lines)
    if not whole:
        return
    letters = sum(map(str.isalpha, whole))
    digits = sum(map(str.isdigit, whole))
    ending = sum(line[-1:].isdigit() for line in lines)
    open_ends = sum(line[-1:] == ":" for line in lines)
    for name, value in (
        ("length", min(len(whole) // len(lines) // 12, 7)),
        ("lines", min(len(lines) // 8, 7)),
        ("digits", min(20 * digits // (letters + digits + 1), 9)),
        ("ending", 8 * ending // len(lines)),
        ("open", min(16 * open_ends // len(lines), 4)),
    ):
        yield crc32(f"={name}:{value}".encode())


class Seen(NamedTuple):
    """The features of a page, and which of them stand in which line.

    ``words`` are the features that are whole words; a span is of ``reading.text``.
    """

    features: set[int]
    words: set[int]
    spans: list[tuple[int, int, list[int]]]


def seen(reading: Reading) -> Seen:
    """Return the features of a page."""
    features: set[int] = set()
    spans = []
    words: set[int] = set()
    texts = []
    for line in reading.lines:
        if line.start > _MOST_CHARACTERS:
            break
        text = reading.lower[line.start : min(line.end, line.start + _MOST_CHARACTERS)]
        named, others = line_features(text)
        words.update(named)
        features.update(others)
        spans.append((line.start, line.end, named + others))
        texts.append(text)
    features.update(words, page_features(texts))
    return Seen(features, words, spans)


class Say(NamedTuple):
    """What the model says of one page.

    ``logits`` in the order of `Weights.kinds`, ``words`` is how many different ones it knew;
    ``kind`` is the likeliest, and ``telling`` the span of ``reading.text`` that speaks most for it.
    """

    logits: list[float]
    words: int
    kind: DocumentType
    telling: tuple[int, int]


def say(reading: Reading) -> Say | None:
    """Return what the model says of a page, or None if the page is empty.

    What it does not know makes its voice fainter: the sum is divided by `length`.
    """
    page = seen(reading)
    if not page.spans:
        return None
    model = weights()
    width = len(model.kinds)
    known = {
        feature: place * width
        for feature in page.features
        if (place := model.places.get(feature)) is not None
    }
    rows = model.rows
    columns = [rows[offset : offset + width] for offset in known.values()]
    factor = model.scale / length(len(page.features), len(known))
    logits = [factor * total for total in map(sum, zip(*columns, strict=True))] or [0.0] * width
    best = max(range(width), key=logits.__getitem__)
    start, end, _ = max(
        page.spans, key=lambda span: sum(rows[known[f] + best] for f in span[2] if f in known)
    )
    words = len(page.words & known.keys())
    return Say(logits, words, model.kinds[best], (start, end))


def length(features: int, known: int) -> float:
    """Return what a sum of weights is divided by: between the lengths of the whole and the known.

    The geometric mean of their Euclidean lengths: by that of the known ones alone, a text of
    which a few words are known would be as certain as any.
    """
    return sqrt(sqrt(features * max(known, 1)))


def shares(logits: list[float]) -> list[float]:
    """Return the softmax of some logits."""
    top = max(logits)
    parts = [exp(logit - top) for logit in logits]
    whole = sum(parts)
    return [part / whole for part in parts]


class Voice:
    """What the model says of a document, page by page; memory does not grow with the pages."""

    def __init__(self) -> None:
        self._logits: list[float] = []
        self._fading = 0.0
        self._words = 0
        self._telling = Sightings()

    def read(self, reading: Reading, fading: float) -> None:
        """Hear the model on one page."""
        said = say(reading)
        if said is None:
            return
        before = self._logits or [0.0] * len(said.logits)
        pairs = zip(before, said.logits, strict=True)
        self._logits = [one + fading * other for one, other in pairs]
        self._fading += fading
        self._words += said.words
        self._telling.add(_rule(said.kind), fading, reading, *said.telling)

    def surprise(self) -> dict[DocumentType, float]:
        """Return by how much each kind is likelier than by chance; what is less likely has none.

        Its share in the divergence from chance, ``p ln(p n)`` with n kinds: from 0 to ln n. So a
        kind that is one of several likely ones counts for little.
        """
        if not self._logits:
            return {}
        kinds = weights().kinds
        parts = shares([logit / self._fading for logit in self._logits])
        loudness = min(1.0, self._words / ENOUGH_WORDS)
        return {
            kind: loudness * part * log(part * len(kinds))
            for kind, part in zip(kinds, parts, strict=True)
            if part * len(kinds) > 1
        }

    def evidence(
        self, kinds: Collection[DocumentType], points: Mapping[DocumentType, float]
    ) -> list[Evidence]:
        """Return the line that spoke most for each of some kinds, with the points it came to."""
        return [
            self._telling[_rule(kind)].evidence().model_copy(update={"weight": round(given, 3)})
            for kind, given in points.items()
            if kind in kinds and _rule(kind) in self._telling
        ]


def _rule(kind: DocumentType) -> str:
    return f"type.{kind}.model"
