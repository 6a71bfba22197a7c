"""Markings: where they count, what they mean, and where the same words mean little."""

from __future__ import annotations

import time

import pytest
from docparser.classify.markings import MarkingWatch
from docparser.classify.reading import Reading
from docparser.model import Level

from tests.unit.classify.pages import page_of

PROSE = "The committee met in May and agreed on the plan for the coming year."


def watch(*texts: str) -> MarkingWatch:
    watched = MarkingWatch()
    for number, text in enumerate(texts, start=1):
        watched.read(Reading(page_of(text, number)))
    return watched


def rules(watched: MarkingWatch) -> set[str]:
    return {sighting.rule for sighting in watched.seen}


@pytest.mark.parametrize(
    ("marking", "level"),
    [
        ("CONFIDENTIAL", Level.CONFIDENTIAL),
        ("Strictly confidential", Level.CONFIDENTIAL),
        ("Private & Confidential", Level.CONFIDENTIAL),
        ("STRENG VERTRAULICH", Level.CONFIDENTIAL),
        ("Vertraulich", Level.CONFIDENTIAL),
        ("- Vertraulich -", Level.CONFIDENTIAL),
        ("V E R T R A U L I C H", Level.CONFIDENTIAL),
        ("STRICTEMENT CONFIDENTIEL", Level.CONFIDENTIAL),
        ("Strictly confidential, 12 May 2025", Level.CONFIDENTIAL),
        ("Classification: Confidential", Level.CONFIDENTIAL),
        ("VS \u2013 NUR FÜR DEN DIENSTGEBRAUCH", Level.RESTRICTED),
        ("RESTRICTED", Level.RESTRICTED),
        ("TLP:AMBER", Level.RESTRICTED),
        ("INTERNAL USE ONLY", Level.INTERNAL),
        ("NUR FÜR DEN INTERNEN GEBRAUCH", Level.INTERNAL),
        ("INTERN", Level.INTERNAL),
        ("Einstufung: Intern", Level.INTERNAL),
        ("Usage interne", Level.INTERNAL),
        ("FOR PUBLIC RELEASE", Level.PUBLIC),
        ("ZUR VERÖFFENTLICHUNG FREIGEGEBEN", Level.PUBLIC),
        ("PRESS RELEASE", Level.PUBLIC),
        ("Pressemitteilung Nr. 12/2025", Level.PUBLIC),
        ("COMMUNIQUÉ DE PRESSE", Level.PUBLIC),
        ("Classification: Public", Level.PUBLIC),
    ],
)
def test_a_marking_on_its_own_line_announces_the_level(marking: str, level: Level):
    watched = watch(f"{marking}\n\n{PROSE}\n{PROSE}")

    assert watched.announced is level
    assert rules(watched) == {f"marking.{level.lower()}"}


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE} All confidential information shall be returned.",
        "Die Parteien halten vertrauliche Informationen geheim.",
        "The parties shall keep the terms\nConfidential.",
        "Interne Kosten und Internetkosten",
        "The notary public signed.",
        "Public",
        "Not confidential",
        "A press release was sent to the public and approved for public release by nobody in May.",
    ],
)
def test_words_in_running_text_announce_nothing(text: str):
    watched = watch(f"{PROSE}\n\n{text}")

    assert watched.announced is None
    assert not any(rule.startswith("marking.") for rule in rules(watched))


def test_a_header_is_read_in_its_parts():
    page = page_of(f"ACME GmbH | Vertraulich | Seite 3\n\n{PROSE}")

    watched = MarkingWatch()
    watched.read(Reading(page))

    assert watched.announced is Level.CONFIDENTIAL
    (marking,) = watched.seen
    assert marking.phrase == "Vertraulich"
    # the fourth of seven words: "ACME GmbH | " is twelve characters of one percent each
    assert marking.polygon is not None
    assert marking.polygon[0][0] == pytest.approx(0.17)
    assert marking.polygon[1][0] == pytest.approx(0.28)


def test_the_strictest_of_two_markings_is_announced():
    assert watch(f"PRESS RELEASE\n\nCONFIDENTIAL\n\n{PROSE}").announced is Level.CONFIDENTIAL


def test_not_for_public_release_is_no_release():
    assert watch(f"NOT FOR PUBLIC RELEASE\n\n{PROSE}").announced is Level.INTERNAL


@pytest.mark.parametrize(
    "line", ["Subject: Press release", "Betreff: Pressemitteilung", "Re: Internal use only"]
)
def test_the_subject_of_a_mail_opens_nothing(line: str):
    assert watch(f"To: ida@dale.example\n{line}\n\n{PROSE}").announced is None
    assert watch(f"To: ida@dale.example\nSubject: Vertraulich\n\n{PROSE}").announced is (
        Level.CONFIDENTIAL
    )


def test_a_draft_of_a_release_is_not_released():
    watched = watch(f"Pressemitteilung (Entwurf)\n\n{PROSE}")

    assert watched.announced is None
    assert rules(watched) == {"statement.internal"}


def test_a_public_marking_on_a_later_page_opens_nothing():
    watched = watch(f"{PROSE}\n" * 20, f"{PROSE}\n" * 20, f"{PROSE}\n" * 20 + "\nPRESS RELEASE")

    assert watched.announced is None
    assert rules(watched) == set()


def test_a_strict_marking_on_a_later_page_is_seen():
    watched = watch(PROSE, PROSE, f"{PROSE}\n\nSTRENG VERTRAULICH\n\n{PROSE}\n\n{PROSE}")

    assert watched.announced is None
    assert rules(watched) == {"marking.confidential"}


def test_a_running_header_announces_though_the_cover_lacks_it():
    header = f"Annual plan | Internal use only\n\n{PROSE}"

    assert watch(PROSE, *[header] * 3).announced is Level.INTERNAL
    assert watch(PROSE, PROSE, PROSE, header).announced is None


def test_a_sentence_about_the_document_is_a_statement():
    watched = watch(f"{PROSE} This document is confidential and meant for the board.")

    assert rules(watched) == {"statement.confidential"}


def test_many_mentions_insist_and_few_do_not():
    mention = "Keep confidential information safe. "

    assert not watch(mention * 2).insistent
    assert watch(mention * 3).insistent


@pytest.mark.parametrize(
    ("stamp", "level"),
    [
        ("STRICTLY\nCONFIDENTIAL", Level.CONFIDENTIAL),
        ("COMMERCIAL\nIN\nCONFIDENCE", Level.CONFIDENTIAL),
        ("VS\n-\nNUR\nFÜR\nDEN\nDIENSTGEBRAUCH", Level.RESTRICTED),
        ("NOT FOR\nPUBLIC RELEASE", Level.INTERNAL),
    ],
)
def test_a_stamp_may_have_a_word_on_each_line(stamp: str, level: Level):
    watched = watch(f"{stamp}\n\n{PROSE}")

    assert watched.announced is level
    assert rules(watched) == {f"marking.{level.lower()}"}
    assert not watched.differ


@pytest.mark.parametrize(
    "line",
    [
        "CONFIDENTIAL (DRAFT)",
        "DRAFT - Confidential",
        "Entwurf / Vertraulich",
        "Seite 2 Vertraulich",
        "Vertraulich / Confidential",
        "Confidential, 14 May 2026",
        "CONFIDENTIAL / CONFIDENTIAL",
        "Classification: Confidential (see policy 12)",
        "Security level: Confidential",
        "Status: Confidential",
        "Classification     Confidential",
        "Classification     T L P : R E D",
    ],
)
def test_what_stands_around_a_marking_takes_nothing_from_it(line: str):
    assert watch(f"{line}\n\n{PROSE}").announced is Level.CONFIDENTIAL


@pytest.mark.parametrize(
    "line",
    [
        "For public release (draft)",
        "ENTWURF - Pressemitteilung",
        "Status: Public",
        "Distribution: Public",
        "Classification Public",
    ],
)
def test_what_is_loosely_said_opens_nothing(line: str):
    assert watch(f"{line}\n\n{PROSE}").announced is None


def test_a_loose_word_closes_what_is_released_and_opens_nothing_else():
    header = "Acme Ltd: Internal"

    assert watch(f"{header}\n\n{PROSE}").announced is None
    assert rules(watch(f"{header}\n\n{PROSE}")) == {"marking.internal"}


def test_paragraphs_are_no_stamps():
    assert watch(f"{PROSE}\nThe report is not for\npublic release before May.").announced is None


@pytest.mark.parametrize(
    ("texts", "differ"),
    [
        (("CONFIDENTIAL", "CONFIDENTIAL"), False),
        (("CONFIDENTIAL\n\nthis document is confidential", PROSE), False),
        (("CONFIDENTIAL", f"{PROSE}\n\nINTERNAL USE ONLY"), True),
        (("PRESS RELEASE\n\nEmbargoed until 12 May", PROSE), True),
        (
            (f"For public release\n\n{PROSE} We keep confidential data confidential.", PROSE),
            False,
        ),
        ((PROSE, PROSE), False),
    ],
)
def test_two_levels_are_a_contradiction(texts: tuple[str, ...], *, differ: bool):
    assert watch(*texts).differ is differ


@pytest.mark.parametrize(
    "text", ["- " * 60, "confidential " * 9, "(" * 119, "draft" * 24, "a " * 59]
)
def test_a_line_of_anything_is_looked_at_in_time(text: str):
    start = time.process_time()

    watch("\n\n".join([text] * 40))

    assert time.process_time() - start < 1
