"""Whatever stands on a page: no error, spans within it, none twice, and work that grows with it."""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from typing import Any

import pytest
from docparser.classify.pii import PiiWatch, RuleEngine
from docparser.classify.reading import Reading
from docparser.model import PiiFinding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.classify.pages import page_of

PIECES = [
    "IBAN", "DE89 3704 0044 0532 0130 00", "DE89", "4111 1111 1111 1111", "3782 822463 10005",
    "Steuer-ID:", "86095742719", "Tel.", "+49 30 41092-0", "(212) 555-0143", "a@b.example", "@",
    "https://www.a.example/x", "192.168.0.1", "::1", "geboren am", "12.03.1985", "* 1.2.1985",
    "Musterstraße 42", "75645 Frankfurt", "P.O. Box 1", "Apt. 5", "Herr", "Dear", "Ida Dale",
    "my name is", "members:", ",", ".", "\n", "\n\n", "\u200b", "\u00ad", "\u0410\u0412", "\uff11",
    "V E R T R A U", "Invoice no", "id", "1", "12 345 678", "<<<<", "A1", "ß", "\u0130",
    "\U0001d41c",
]  # fmt: skip
pages = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).flatmap(
    lambda pieces: st.sampled_from([" ".join(pieces), "".join(pieces)])
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pages)
def test_any_page_gives_findings_in_order_within_its_text(text: str):
    page = page_of(text)
    reading = Reading(page)
    findings = PiiWatch().read(reading)

    words = {word.id for block in page.blocks for line in block.lines for word in line.words}
    for finding in findings:
        assert 0 <= finding.start < finding.end <= len(reading.text)
        assert reading.text[finding.start : finding.end].strip()
        assert set(finding.words) <= words
        assert finding.words
        assert len(finding.polygons) >= 1
        assert finding == PiiFinding.model_validate_json(finding.to_json())
    assert all(before.end <= after.start for before, after in pairwise(findings))


@settings(max_examples=100, deadline=None)
@given(pages)
def test_positions_of_a_reading_lead_back_to_its_words(text: str):
    reading = Reading(page_of(text))

    assert len(reading.text) == len(reading.flat) == len(reading.lower) == len(reading.parted)
    places = reading.places(0, len(reading.text))
    assert [place.start for place in places] == sorted({place.start for place in places})
    for place in places:
        assert reading.places(place.start, place.end) == [place]


def steps(text: str) -> int:
    """Return how many calls reading a text takes."""
    reading = Reading(page_of(text))
    engine = RuleEngine()
    engine.find(reading)
    count = 0

    def counted(_: object, event: str, __: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        engine.find(reading)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "line",
    [
        "DE89 3704 0044 0532 0130 00",
        "IBAN DE89 3704 0044 0532 0130 01",
        "4111 1111 1111 1111 4111 1111 1111 1112",
        "Steuer-ID 86095742719",
        "Tel. 030 41092-{}",
        "mail m{}@club.example",
        "Musterstraße {}, 24103 Kiel",
        "Dear Ida Dale, born 12.3.1985",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "Ein Satz ohne irgendetwas darin.",
        "DE DE DE 12 DE AT FR 1",
    ],
)
def test_work_grows_with_the_page_and_not_faster(line: str):
    small, large = (steps("\n".join(line.format(i) for i in range(n))) for n in (100, 400))

    # four times the lines: four times the calls and a little, because sets grow and sorting does
    assert large <= 4.8 * small
    assert large <= 400 * 1000


@pytest.mark.parametrize("piece", ["A-", "A.", "A'", "An-", "A-B ", "Am ", "1 A-", "Ab-Cd 1 "])
def test_no_line_takes_more_time_than_its_length(piece: str):
    reading = Reading(page_of((piece * 400)[:400] + "1"))
    engine = RuleEngine()
    engine.find(reading)
    before = time.process_time()
    engine.find(reading)

    assert time.process_time() - before < 0.2


def test_a_page_of_prose_is_hardly_looked_at():
    prose = "\n".join(
        "the harbour was quiet in the evening and nobody had come to see the boats off" for _ in
        range(30)
    )  # fmt: skip

    assert steps(prose) <= 20 * len(prose.split())


def test_ten_thousand_identifiers_are_all_found():
    lines = [f"Steuer-ID 86095742719 m{i}@club.example 4111 1111 1111 1111" for i in range(3334)]
    watch = PiiWatch()
    findings = watch.read(Reading(page_of("\n".join(lines))))

    assert len(findings) == 3 * 3334
    assert watch.verified.total() == 3 * 3334
