"""What the shipped rules find in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading

from tests.unit.classify.pages import page_of

if TYPE_CHECKING:
    from docparser.model import PiiFinding


class Seen(NamedTuple):
    """A finding and the text that it covers."""

    text: str
    finding: PiiFinding


def watch(*texts: str) -> PiiWatch:
    """Return a watch that has read pages of these texts."""
    watched = PiiWatch()
    for number, text in enumerate(texts, start=1):
        watched.read(Reading(page_of(text, number)))
    return watched


def look(text: str) -> list[Seen]:
    """Return what is found on one page of a text."""
    reading = Reading(page_of(text))
    findings = PiiWatch().read(reading)
    return [Seen(reading.text[finding.start : finding.end], finding) for finding in findings]


def types(text: str) -> set[str]:
    """Return the types that are found in a text."""
    return {seen.finding.type.value for seen in look(text)}


def texts(text: str, kind: str) -> list[str]:
    """Return the stretches of a text that are found to be of a type."""
    return [seen.text for seen in look(text) if seen.finding.type.value == kind]
