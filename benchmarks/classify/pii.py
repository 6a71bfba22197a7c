"""Personal data: spans found on the shared collections, beside a plain list of patterns.

Persons and addresses are scored apart from identifiers, which have a form. The rules were written
on the even templates of the generated sentences; of the odd ones, which stand apart, the score was
seen meanwhile, and a few sentences at the start. Intervals are 95%, by drawing texts with
replacement.
"""

from __future__ import annotations

import json
import os
import random
import re
import textwrap
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.model import Block, Lane, LaneReason, Line, Page, PiiType, Word, box

from benchmarks.machine import stamp
from benchmarks.text_lane import PROSE

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data")) / "pii"
RESULT = ROOT / "benchmarks" / "results" / "classify_pii.json"
DRAWS = 1000
NUMBERS = (
    "Invoice 4711 of 2025-03-01: IBAN DE89 3704 0044 0532 0130 00, VAT DE136695976, 12 x 84,00, "
    "Tel. 030 41092-0, Steuernummer 181/815/08155, total 1.199,92. "
)

NAMES = {
    PiiType.IBAN: "IBAN_CODE",
    PiiType.BANK_ACCOUNT: "BIC",
    PiiType.PAYMENT_CARD: "CREDIT_CARD",
    PiiType.TAX_ID: "DE_TAX_NUMBER",
    PiiType.VAT_ID: "VAT_ID",
    PiiType.SOCIAL_SECURITY: "US_SSN",
    PiiType.PHONE: "PHONE_NUMBER",
    PiiType.EMAIL: "EMAIL_ADDRESS",
    PiiType.IP_ADDRESS: "IP_ADDRESS",
    PiiType.URL: "DOMAIN_NAME",
    PiiType.DATE_OF_BIRTH: "DATE_TIME",
    PiiType.PERSON: "PERSON",
    PiiType.ADDRESS: "STREET_ADDRESS",
}
IDENTIFIERS = frozenset(
    "IBAN_CODE BIC CREDIT_CARD DE_TAX_NUMBER VAT_ID US_SSN PHONE_NUMBER EMAIL_ADDRESS IP_ADDRESS "
    "DOMAIN_NAME".split()
) | {kind.value for kind in PiiType if kind not in NAMES}
"""What counts as an identifier; a type of ours that no text has marked can only be wrong."""

CASES: dict[str, PiiType] = {
    "IBAN_CODE": PiiType.IBAN,
    "CREDIT_CARD": PiiType.PAYMENT_CARD,
    "EMAIL_ADDRESS": PiiType.EMAIL,
    "IP_ADDRESS": PiiType.IP_ADDRESS,
    "URL": PiiType.URL,
    "DE_VAT_ID": PiiType.VAT_ID,
    "DE_TAX_ID": PiiType.TAX_ID,
    "DE_TAX_NUMBER": PiiType.TAX_ID,
    "ES_NIE": PiiType.TAX_ID,
    "ES_NIF": PiiType.TAX_ID,
    "IT_FISCAL_CODE": PiiType.TAX_ID,
    "US_ITIN": PiiType.TAX_ID,
    "US_SSN": PiiType.SOCIAL_SECURITY,
    "UK_NINO": PiiType.SOCIAL_SECURITY,
    "DE_SOCIAL_SECURITY": PiiType.SOCIAL_SECURITY,
    "FI_PERSONAL_IDENTITY_CODE": PiiType.SOCIAL_SECURITY,
    "UK_DRIVING_LICENCE": PiiType.DRIVING_LICENCE,
}
"""Types that need no label here: the cases are bare strings."""

Span = tuple[int, int, str]


class Text(NamedTuple):
    """A text with what is marked in it, and what was found."""

    gold: list[Span]
    found: list[Span]
    plain: list[Span]
    template: int


def page_at(text: str) -> Page:
    """Return a page whose words' ids are their places in the text."""
    blocks: list[Block] = []
    lines: list[Line] = []
    offset = 0
    step = 0.8 / (text.count("\n") + 1)
    rows = text.split("\n")
    for number, row in enumerate([*rows, ""]):
        top = 0.1 + number * step
        words = tuple(
            Word(
                id=str(offset + match.start()),
                text=match.group(),
                polygon=box(
                    0.05 + 0.005 * match.start(), top, 0.05 + 0.005 * match.end(), top + 0.8 * step
                ),
                confidence=1,
            )
            for match in re.finditer(r"\S+", row)
        )
        if words:
            place = box(0.05, top, 0.95, top + 0.8 * step)
            lines.append(Line(id=f"l{number}", text=row, polygon=place, words=words))
        elif lines:
            place = lines[0].polygon
            blocks.append(Block(id=f"b{number}", polygon=place, lines=tuple(lines)))
            lines = []
        offset += len(row) + 1
    return Page(
        number=1,
        lane=Lane.TEXT,
        lane_reason=LaneReason.TEXT_LAYER_TRUSTED,
        width_pt=595,
        height_pt=842,
        blocks=tuple(blocks),
    )


def spans_of(text: str) -> list[Span]:
    """Return what the product finds, in the places of the given text."""
    reading = Reading(page_at(text))
    spans = []
    for finding in PiiWatch().read(reading):
        places = reading.places(finding.start, finding.end)
        first, last = places[0], places[-1]
        start = int(first.id or 0) + max(finding.start - first.start, 0)
        end = int(last.id or 0) + min(finding.end, last.end) - last.start
        spans.append((start, end, NAMES.get(finding.type, finding.type.value)))
    return spans


PATTERNS: tuple[tuple[str, str], ...] = (
    ("EMAIL_ADDRESS", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("DOMAIN_NAME", r"(?:https?://|www\.)\S+"),
    ("IP_ADDRESS", r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    ("IP_ADDRESS", r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b"),
    ("IBAN_CODE", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("CREDIT_CARD", r"\b(?:\d[ -]?){12,18}\d\b"),
    ("US_SSN", r"\b\d{3}-\d{2}-\d{4}\b"),
    ("VAT_ID", r"\b(?:DE\d{9}|FR[A-Z0-9]{2}\d{9}|ATU\d{8}|ES[A-Z]\d{8}|IT\d{11})\b"),
    ("DE_TAX_NUMBER", r"\b\d{2,3}/\d{3,4}/\d{4,5}\b"),
    ("DATE_TIME", r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b"),
    ("BIC", r"\b[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b"),
    ("PHONE_NUMBER", r"\+\d[\d ()/-]{6,18}\d"),
    ("PHONE_NUMBER", r"\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"),
    ("STREET_ADDRESS", r"\b\d{1,5} (?:[A-Z]\w+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane)\b"),
    ("PERSON", r"\b[A-Z][a-zà-ž]+(?: [A-Z]\.?)? [A-Z][a-zà-ž]+\b"),
)
"""The baseline: what a list of patterns finds that looks at neither checks nor labels."""


def spans_by_pattern(text: str) -> list[Span]:
    """Return what the patterns find; the first in the list has a place."""
    taken: list[Span] = []
    for name, pattern in PATTERNS:
        for match in re.finditer(pattern, text):
            start, end = match.span()
            if not any(start < other[1] and other[0] < end for other in taken):
                taken.append((start, end, name))
    return taken


def read(name: str) -> list[Text]:
    """Return the texts of a collection with all spans."""
    texts = []
    with (DATA / name).open(encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            gold = [
                (start, end, _marked(entry["text"], start, kind))
                for start, end, kind in entry["spans"]
            ]
            found, plain = spans_of(entry["text"]), spans_by_pattern(entry["text"])
            texts.append(Text(gold, found, plain, entry.get("template", 0)))
    return texts


def _marked(text: str, start: int, kind: str) -> str:
    """Return a span's type; of the dates only those of birth are personal."""
    if kind == "DATE_TIME" and not re.search(
        r"(?i)born|birth|dob", text[max(0, start - 40) : start]
    ):
        return ""
    return kind


def tally(gold: list[Span], found: list[Span]) -> Counter[tuple[str, str]]:
    """Count right, missed and false spans per type: one to one, same type, any overlap."""
    counts: Counter[tuple[str, str]] = Counter()
    left = list(found)
    for start, end, kind in gold:
        same = [other for other in left if other[2] == kind and other[0] < end and start < other[1]]
        if same:
            left.remove(max(same, key=lambda o: min(o[1], end) - max(o[0], start)))
        counts[kind, "right" if same else "missed"] += 1
    for _, _, kind in left:
        counts[kind, "false"] += 1
    return counts


Counts = tuple[int, int, int]
"""Right, missed and false."""


def counts_of(counts: Counter[tuple[str, str]], kinds: frozenset[str]) -> Counts:
    """Return the counts of some types together."""
    right, missed, false = (
        sum(n for (kind, what), n in counts.items() if what == name and kind in kinds)
        for name in ("right", "missed", "false")
    )
    return right, missed, false


def figures(counts: Counts) -> dict[str, float]:
    """Return recall, precision and F1; 1 where there was nothing to find or to be wrong about."""
    right, missed, false = counts
    return {
        "recall": right / (right + missed) if right + missed else 1.0,
        "precision": right / (right + false) if right + false else 1.0,
        "f1": 2 * right / (2 * right + missed + false) if right + missed + false else 1.0,
    }


def scored(texts: list[Counts]) -> dict[str, Any]:
    """Return the figures of texts with their intervals, and the counts."""
    total = _sum(texts)
    # Texts with nothing to count change no figure but the number of those drawn.
    draw = random.Random(6)
    drawn = [figures(_sum(draw.choices(texts, k=len(texts)))) for _ in range(DRAWS)]
    result: dict[str, Any] = {"right": total[0], "missed": total[1], "false": total[2]}
    for name, figure in figures(total).items():
        values = sorted(sample[name] for sample in drawn)
        low, high = values[int(0.025 * DRAWS)], values[int(0.975 * DRAWS)]
        result[name] = round(figure, 3)
        result[f"{name}_95"] = [round(low, 3), round(high, 3)]
    return result


def _sum(texts: list[Counts]) -> Counts:
    right, missed, false = zip(*texts, strict=True)
    return sum(right), sum(missed), sum(false)


GROUPS: dict[str, frozenset[str]] = {
    "identifiers": IDENTIFIERS | {"DATE_TIME"},
    "persons": frozenset({"PERSON"}),
    "addresses": frozenset({"STREET_ADDRESS"}),
}


def sentences() -> dict[str, Any]:
    """Score the generated sentences: per group and per type, all of them and the odd templates."""
    texts = read("presidio_synth.jsonl")
    result: dict[str, Any] = {"texts": len(texts)}
    for side in ("found", "plain"):
        tallies = [tally(text.gold, getattr(text, side)) for text in texts]
        unseen = [counts for counts, text in zip(tallies, texts, strict=True) if text.template % 2]
        whole: Counter[tuple[str, str]] = Counter()
        for counts in tallies:
            whole.update(counts)
        kinds = sorted({kind for kind, _ in whole if kind in frozenset().union(*GROUPS.values())})
        result[SIDES[side]] = {
            "groups": {
                name: scored([counts_of(counts, kinds) for counts in tallies])
                for name, kinds in GROUPS.items()
            },
            "unseen_templates": {
                name: scored([counts_of(counts, kinds) for counts in unseen])
                for name, kinds in GROUPS.items()
            },
            "types": {
                kind: dict(
                    zip(("right", "missed", "false"), counts_of(whole, frozenset({kind})),
                        strict=True)
                )
                for kind in kinds
            },
        }  # fmt: skip
    return result


def invoices() -> dict[str, Any]:
    """Score the invoices; other data than what is marked may be on them: recall alone."""
    texts = read("einvoice_de_fr.jsonl")
    groups = {**GROUPS, "persons": frozenset({"PERSON"})}
    result: dict[str, Any] = {"texts": len(texts)}
    for side in ("found", "plain"):
        tallies = [tally(text.gold, getattr(text, side)) for text in texts]
        result[SIDES[side]] = {
            name: {
                key: value
                for key, value in scored([counts_of(c, kinds) for c in tallies]).items()
                if key in {"right", "missed", "recall", "recall_95"}
            }
            for name, kinds in groups.items()
        }
        # What is called a person on an invoice and is none marked: the flood that counts.
        result[SIDES[side]]["persons"]["found_a_text"] = round(
            sum(kind == "PERSON" for text in texts for *_, kind in getattr(text, side))
            / len(texts), 2,
        )  # fmt: skip
    return result


def cases() -> dict[str, Any]:
    """Score bare strings, right and wrong ones, for the types that need no label."""
    hits: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    with (DATA / "recognizer_cases.jsonl").open(encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            if (kind := CASES.get(case["entity"])) is None:
                continue
            found = sum(f.type is kind for f in PiiWatch().read(Reading(page_at(case["text"]))))
            wanted = case["expected_len"]
            row = hits[case["entity"]]
            if wanted:
                row[0] += min(found, wanted)
                row[1] += wanted
            else:
                row[2] += found > 0
                row[3] += 1
    return {
        entity: {"found": a, "of_right": b, "false": c, "of_wrong": d}
        for entity, (a, b, c, d) in sorted(hits.items())
    }


SIDES = {"found": "docparser", "plain": "patterns"}


def costs() -> dict[str, float]:
    """Return CPU milliseconds a page of 2,000 characters, the least of some runs."""
    prose = page_at(textwrap.fill((PROSE * 20)[:2000], 90))
    numbers = page_at(textwrap.fill((NUMBERS * 20)[:2000], 90))
    many = page_at("\n".join(map(_three_identifiers, range(3334))))
    return {
        "cpu_ms_a_page_of_prose": _milliseconds(prose, 20),
        "cpu_ms_a_page_of_numbers": _milliseconds(numbers, 20),
        "cpu_ms_a_page_of_10000_identifiers": _milliseconds(many, 3),
    }


def _three_identifiers(number: int) -> str:
    """Return a line with an IBAN that passes its check, a card and a mail address."""
    account = f"37040044{number:010d}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account} 4111 1111 1111 1111 member{number}@club{number % 50}.example"


def _milliseconds(page: Page, runs: int) -> float:
    spent = []
    for _ in range(runs):
        start = time.process_time()
        PiiWatch().read(Reading(page))
        spent.append(1000 * (time.process_time() - start))
    return round(min(spent), 2)


def run() -> dict[str, Any]:
    """Measure everything."""
    return {"sentences": sentences(), "invoices": invoices(), "cases": cases(), "costs": costs()}


def rows(result: dict[str, Any]) -> list[str]:
    """Return the tables of a result as rows of Markdown."""
    sentences = result["sentences"]
    table = [
        f"| {sentences['texts']} sentences, 95% interval | recall | precision | F1 "
        "| F1, odd templates only |",
        "|---|---|---|---|---|",
    ]
    for name in GROUPS:
        for side in SIDES.values():
            held, unseen = (
                sentences[side]["groups"][name],
                sentences[side]["unseen_templates"][name],
            )
            figures = " | ".join(_with(held, figure) for figure in ("recall", "precision", "f1"))
            table.append(f"| {name}, {side} | {figures} | {_with(unseen, 'f1')} |")
    table += ["", "| type: right, missed, false | docparser | patterns |", "|---|---|---|"]
    plain = sentences["patterns"]["types"]
    for kind, held in sentences["docparser"]["types"].items():
        table.append(f"| {kind} | {_counted(held)} | {_counted(plain.get(kind, {}))} |")
    invoices = result["invoices"]
    table += [
        "",
        f"| recall on {invoices['texts']} invoices | docparser | patterns |",
        "|---|---|---|",
    ]
    for name in GROUPS:
        cells = [
            f"{_with(invoices[side][name], 'recall')}, {invoices[side][name]['right']} of "
            f"{invoices[side][name]['right'] + invoices[side][name]['missed']}"
            for side in SIDES.values()
        ]
        table.append(f"| {name} | {' | '.join(cells)} |")
    named = [f"{invoices[side]['persons']['found_a_text']}" for side in SIDES.values()]
    table.append(f"| called a person, per invoice | {' | '.join(named)} |")
    table += ["", "| bare strings | right ones found | wrong ones found |", "|---|---|---|"]
    for entity, held in result["cases"].items():
        right = f"{held['found']} of {held['of_right']}"
        table.append(f"| {entity} | {right} | {held['false']} of {held['of_wrong']} |")
    table += ["", "| CPU milliseconds | |", "|---|---|"]
    for name, value in result["costs"].items():
        table.append(f"| {name.removeprefix('cpu_ms_').replace('_', ' ')} | {value} |")
    return table


def _with(held: dict[str, Any], name: str) -> str:
    low, high = held[f"{name}_95"]
    return f"{held[name]} ({low} to {high})"


def _counted(held: dict[str, int]) -> str:
    return ", ".join(str(held.get(name, 0)) for name in ("right", "missed", "false"))


def main() -> None:
    """Measure, print, and keep the result."""
    result = {**stamp("classify.pii"), **run()}
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print("\n".join(rows(result)))


if __name__ == "__main__":
    main()
