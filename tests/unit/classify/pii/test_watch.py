"""What a watch keeps of pages that it has let go."""

from __future__ import annotations

from itertools import pairwise

from docparser.classify.pii import Hit, PiiWatch, RuleEngine
from docparser.classify.reading import Reading
from docparser.model import PiiType

from tests.unit.classify.pages import page_of
from tests.unit.classify.pii.looking import watch


def rules(watched: PiiWatch) -> set[str]:
    return {sighting.rule for sighting in watched.sightings}


def test_kinds_are_counted_and_told_apart():
    watched = watch("IBAN DE89 3704 0044 0532 0130 00", "IBAN DE89370400440532013000, a@b.example")

    assert watched.counts == {PiiType.IBAN: 2, PiiType.EMAIL: 1}
    assert watched.verified == {PiiType.IBAN: 2, PiiType.EMAIL: 1}
    assert watched.distinct(PiiType.IBAN) == 1
    assert watched.distinct(PiiType.PHONE) == 0


def test_what_fails_its_checksum_is_counted_and_not_verified():
    watched = watch("IBAN DE89 3704 0044 0532 0130 01")

    assert watched.counts[PiiType.IBAN] == 1
    assert watched.verified[PiiType.IBAN] == 0


def test_a_private_mailbox_is_told_from_a_companys():
    assert "pii.private_mail" in rules(watch("mail ida.dale@gmail.com"))
    assert rules(watch("mail info@halden.example")) == {"pii.email"}


def test_many_contacts_are_a_list():
    few = "\n".join(f"member{i}@club.example" for i in range(19))

    assert "pii.contact_list" not in rules(watch(few))
    assert "pii.contact_list" in rules(watch(few, "another@club.example"))


def test_one_contact_in_every_footer_is_no_list():
    assert "pii.contact_list" not in rules(watch(*["info@halden.example"] * 50))


def test_memory_is_bounded():
    watched = PiiWatch()
    for page in range(1, 4):
        text = "\n".join(f"m{page}-{i}@club.example" for i in range(4000))
        watched.read(Reading(page_of(text, page)))

    assert watched.counts[PiiType.EMAIL] == 12_000
    assert watched.distinct(PiiType.EMAIL) == 10_000


class Guess:
    """An engine that takes the second word for a person."""

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def find(self, reading: Reading) -> list[Hit]:
        start = reading.text.index(" ") + 1
        return [Hit(PiiType.PERSON, start, start + 4, self.confidence, "person.guess")]


def test_engines_stand_side_by_side_and_the_surer_is_believed():
    reading = Reading(page_of("call 4111 1111 1111 1111"))

    (doubted,) = PiiWatch().read(reading)
    (believed,) = PiiWatch([Guess(0.9)]).read(reading)

    assert doubted.type is PiiType.PAYMENT_CARD
    assert believed.rule == "person.guess"
    # a number whose checksum holds is not argued away
    (both,) = PiiWatch([Guess(0.99), RuleEngine()]).read(reading)
    assert both.type is PiiType.PAYMENT_CARD


def test_findings_are_in_page_order_with_ranges_of_the_reading():
    text = "Tel. 030 41092-0\nIBAN DE89 3704 0044 0532 0130 00\nmail a@b.example"
    findings = PiiWatch().read(Reading(page_of(text, 7)))

    assert [finding.type for finding in findings] == ["phone", "iban", "email"]
    assert {finding.page for finding in findings} == {7}
    assert all(a.end <= b.start for a, b in pairwise(findings))
