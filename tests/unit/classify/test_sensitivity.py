"""The level: what demands what, and that doubt closes."""

from __future__ import annotations

import pytest
from docparser.classify import Classifier
from docparser.classify.decisions import Decisions
from docparser.classify.markings import MarkingWatch
from docparser.classify.personal import PersonalData
from docparser.classify.sensitivity import decide_level
from docparser.model import (
    Classification,
    DocumentType,
    Level,
    PageCode,
    PageStatus,
    PiiRule,
    PiiType,
    Policy,
    ReviewReason,
    ReviewRule,
    TenantPolicy,
    TypeDecision,
    TypeRule,
    WarningCode,
    strictest,
)
from docparser.policy import default_policy, merged

from tests.unit.classify.pages import page_of
from tests.unit.classify.test_doctype import DOCUMENTS

REPORT = DOCUMENTS["report", "en"]
RELEASE = "PRESS RELEASE\n\nAcme opens a new plant in Ulm.\n\nPress contact: info@acme.example"


def classify(*texts: str) -> Classification:
    classifier = Classifier()
    for number, text in enumerate(texts, start=1):
        classifier.read(page_of(text, number))
    return classifier.decide()


def rules(decided: Classification) -> list[str]:
    return [entry.rule for entry in decided.level.evidence]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("invoice", Level.RESTRICTED),
        ("credit_note", Level.RESTRICTED),
        ("receipt", Level.INTERNAL),
        ("contract", Level.RESTRICTED),
        ("letter", Level.RESTRICTED),
        ("email", Level.RESTRICTED),
        ("report", Level.INTERNAL),
        ("form", Level.RESTRICTED),
        ("payslip", Level.CONFIDENTIAL),
        ("id_document", Level.CONFIDENTIAL),
        ("bank_statement", Level.CONFIDENTIAL),
        ("scientific_article", Level.INTERNAL),
    ],
)
def test_an_unmarked_document_gets_what_its_type_usually_holds(
    kind: str, language: str, level: Level
):
    assert classify(DOCUMENTS[kind, language]).level.value is level


@pytest.mark.parametrize("text", ["", "hello", "the and of " * 200, "Total 12.00"])
def test_the_unknown_is_confidential(text: str):
    decided = classify(text).level

    assert decided.value is Level.CONFIDENTIAL
    assert decided.confidence <= 0.5


def test_known_to_be_something_else_is_confidential_too():
    decided = classify(DOCUMENTS["other", "en"])

    assert decided.type.value is DocumentType.OTHER
    assert decided.level.value is Level.CONFIDENTIAL


@pytest.mark.parametrize(("likely", "level"), [(0.15, Level.CONFIDENTIAL), (0.14, Level.INTERNAL)])
def test_a_plausible_stricter_runner_up_decides(likely: float, level: Level):
    # Given a report that may as well be a payslip
    kind = TypeDecision(
        value=DocumentType.REPORT,
        confidence=0.82,
        alternatives=((DocumentType.PAYSLIP, likely), (DocumentType.LETTER, 0.01)),
    )
    policy = default_policy()

    decided = decide_level(
        policy, (kind,), MarkingWatch(), PersonalData(policy), pages=(), decisions=Decisions()
    )

    assert decided.value is level
    assert ("type.payslip" in [e.rule for e in decided.evidence]) == (level is Level.CONFIDENTIAL)


def test_a_marking_lowers_an_unknown_type():
    assert classify("Internal use only\n\nhello").level.value is Level.INTERNAL


@pytest.mark.parametrize(
    ("marking", "level"),
    [
        ("STRENG VERTRAULICH", Level.CONFIDENTIAL),
        ("NUR FÜR DEN DIENSTGEBRAUCH", Level.RESTRICTED),
        ("INTERN", Level.INTERNAL),
        ("Approved for public release", Level.PUBLIC),
    ],
)
def test_a_marked_report_gets_what_the_marking_says(marking: str, level: Level):
    decided = classify(f"{marking}\n\n{REPORT}")

    assert decided.level.value is level
    assert decided.level.confidence >= 0.9
    assert rules(decided)[0] == f"marking.{level.lower()}"


@pytest.mark.parametrize("kind", ["payslip", "id_document", "bank_statement"])
def test_no_marking_opens_what_is_personal(kind: str):
    text = "For public release\n\n" + DOCUMENTS[kind, "en"]

    assert classify(text).level.value is Level.CONFIDENTIAL


def test_a_contract_opens_only_for_a_public_marking():
    text = DOCUMENTS["contract", "en"]

    assert classify(f"Internal use only\n\n{text}").level.value is Level.RESTRICTED
    assert classify(f"For public release\n\n{text}").level.value is Level.PUBLIC


def test_a_release_with_company_contacts_is_public():
    decided = classify(RELEASE)

    assert decided.level.value is Level.PUBLIC
    assert rules(decided) == ["marking.public", "pii.email"]


@pytest.mark.parametrize(
    ("addition", "level"),
    [
        ("Spenden: IBAN DE89 3704 0044 0532 0130 00", Level.RESTRICTED),
        ("Spenden: DE89.3704.0044.0532.0130.00", Level.RESTRICTED),
        ("Spenden: IBANDE89370400440532013000", Level.RESTRICTED),
        ("Spenden: DE89 3704 0044 0532 0130 00Danke", Level.RESTRICTED),
        ("Spenden: DE89 37O4 0044 0532 0l30 00", Level.RESTRICTED),
        ("Please pay to DE89\n3704 0044 0532 0130 00", Level.RESTRICTED),
        ("The card is 4111\n1111 1111 1111", Level.CONFIDENTIAL),
        ("Steuer-ID: 86095742719", Level.CONFIDENTIAL),
        ("Ida Dale, geboren am 12.03.1985", Level.CONFIDENTIAL),
        ("Write to ida.dale@gmail.com", Level.INTERNAL),
        ("SSN: https://club.example/?ssn=536-22-8471", Level.CONFIDENTIAL),
        ("https://club.example/4111111111111111", Level.CONFIDENTIAL),
        ("Write to 4111111111111111@club.example", Level.CONFIDENTIAL),
        ("CONFIDENTIAL", Level.CONFIDENTIAL),
        ("Embargoed until 12 May", Level.RESTRICTED),
    ],
)
def test_a_release_with_more_in_it_is_not(addition: str, level: Level):
    assert classify(f"{RELEASE}\n\n{addition}").level.value is level
    assert classify(RELEASE, *["more text"] * 50, addition).level.value is level


def test_a_report_that_names_a_tax_id_on_page_40_is_confidential():
    assert classify(REPORT, *["text"] * 38, "Steuer-ID: 86095742719").level.value is (
        Level.CONFIDENTIAL
    )


def test_confidentiality_as_a_clause_is_no_marking():
    clause = "\nThe confidential information of a party is confidential information. Confidential."
    decided = classify(DOCUMENTS["contract", "en"] + clause)

    assert decided.level.value is Level.RESTRICTED
    assert "mention.confidential" in rules(decided)


def test_a_report_that_insists_is_restricted():
    text = REPORT + "\nWe handle confidential data. Confidential data is logged as confidential."

    assert classify(text).level.value is Level.RESTRICTED


@pytest.mark.parametrize("missing", [1, 2])
def test_a_page_that_was_not_read_closes_the_document(missing: int):
    # Given a release of which one page is missing
    unread = page_of("", missing).model_copy(
        update={"status": PageStatus.ERROR, "code": PageCode.PAGE_UNREADABLE}
    )
    pages = [page_of(RELEASE, 1), page_of("more", 2)]
    pages[missing - 1] = unread

    # When
    classifier = Classifier()
    for page in pages:
        classifier.read(page)
    decided = classifier.decide()

    # Then
    assert decided.level.value is Level.CONFIDENTIAL
    assert "page.unread" in rules(decided)


@pytest.mark.parametrize("declared", list(Level))
@pytest.mark.parametrize(
    ("text", "found"),
    [(RELEASE, Level.PUBLIC), (REPORT, Level.INTERNAL), ("hello", Level.CONFIDENTIAL)],
)
def test_what_its_owner_declared_is_the_least_that_a_document_is(
    text: str, found: Level, declared: Level
):
    classifier = Classifier()
    classifier.read(page_of(text, 1))
    assert classifier.decide().level.value is found

    decided = classifier.decide(Decisions(declared))

    assert decided.level.value is strictest(found, declared)
    assert f"declared.{declared.lower()}" in rules(decided)
    if declared is not found and decided.level.value is declared:
        assert rules(decided)[0] == f"declared.{declared.lower()}"


# ---------------------------------------------------------------------- rules that are data
def by_policy(policy: Policy, *texts: str) -> Classification:
    classifier = Classifier(policy)
    for number, text in enumerate(texts, start=1):
        classifier.read(page_of(text, number))
    return classifier.decide()


def test_a_policy_says_what_a_type_holds():
    own = TenantPolicy(types={DocumentType.REPORT: TypeRule(level=Level.PUBLIC, certainty=0.9)})

    assert by_policy(merged(own, 1), REPORT).level.value is Level.PUBLIC


def test_a_policy_says_what_a_kind_of_data_demands():
    own = TenantPolicy(pii={PiiType.EMAIL: PiiRule(level=Level.RESTRICTED)})

    assert by_policy(merged(own, 1), RELEASE).level.value is Level.RESTRICTED


def test_a_policy_that_does_not_know_a_kind_closes():
    policy = default_policy()
    unknowing = policy.model_copy(
        update={"pii": {PiiType.IBAN: policy.pii[PiiType.IBAN]}, "types": {}}
    )

    assert by_policy(unknowing, RELEASE).level.value is Level.CONFIDENTIAL
    assert by_policy(policy, RELEASE).level.value is Level.PUBLIC


@pytest.mark.parametrize(("many", "level"), [(4, Level.PUBLIC), (3, Level.CONFIDENTIAL)])
def test_many_different_ones_demand_more_than_one(many: int, level: Level):
    rule = PiiRule(level=Level.PUBLIC, many=many, level_of_many=Level.CONFIDENTIAL)
    own = TenantPolicy(pii={PiiType.EMAIL: rule})
    # Given three mail addresses, one of them twice
    text = RELEASE + "\n\nb@acme.example c@acme.example\nb@acme.example"

    decided = by_policy(merged(own, 1), text)

    assert decided.pii[PiiType.EMAIL] == 4
    assert decided.level.value is level
    assert ("pii.email.many" in rules(decided)) == (level is Level.CONFIDENTIAL)


def test_a_company_s_tax_number_is_no_person_s():
    of_a_company = classify(f"{RELEASE}\n\nSteuernummer: 181/815/08155")
    of_a_person = classify(f"{RELEASE}\n\nSteuer-ID: 86095742719")

    assert of_a_company.level.value is Level.RESTRICTED
    assert "pii.tax_id.de_steuernummer" in rules(of_a_company)
    assert of_a_person.level.value is Level.CONFIDENTIAL
    assert "pii.tax_id" in rules(of_a_person)


def test_what_was_found_is_counted():
    decided = classify(f"{RELEASE}\n\nIBAN DE89 3704 0044 0532 0130 00\nIBAN DE12 3456")

    assert decided.pii[PiiType.IBAN] >= 1
    assert decided.identifiers_verified >= 1


# ---------------------------------------------------------------------- doubt
@pytest.mark.parametrize(
    "texts",
    [
        ("INTERNAL\n\nA text", "a page\n\nCONFIDENTIAL"),
        ("PRESS RELEASE\n\nThis document is confidential.",),
        ("Classification: Public\n\nA text\n\nRESTRICTED",),
    ],
)
def test_of_markings_that_differ_the_stricter_wins_and_it_is_said(texts: tuple[str, ...]):
    decided = classify(*texts)

    assert decided.level.value is not Level.PUBLIC
    assert WarningCode.MARKINGS_DIFFER in decided.warnings
    assert ReviewReason.MARKINGS_DIFFER in decided.review


def test_the_same_marking_twice_differs_from_nothing():
    decided = classify("CONFIDENTIAL\n\nThis document is confidential.", "CONFIDENTIAL")

    assert decided.warnings == ()
    assert ReviewReason.MARKINGS_DIFFER not in decided.review


def test_a_level_that_is_more_likely_too_loose_than_not_is_confidential():
    # Given rules by which reports are INTERNAL, but hardly ever
    own = TenantPolicy(types={DocumentType.REPORT: TypeRule(level=Level.INTERNAL, certainty=0.4)})

    decided = by_policy(merged(own, 1), REPORT)

    assert decided.level.value is Level.CONFIDENTIAL
    assert rules(decided)[0] == "level.unsure"
    assert decided.level.confidence < 0.5
    assert decided.review == (ReviewReason.LEVEL_UNSURE,)


def test_what_demands_a_level_at_least_never_says_that_it_is_enough():
    own = TenantPolicy(types={DocumentType.REPORT: TypeRule(level=Level.INTERNAL, certainty=0.4)})
    classifier = Classifier(merged(own, 1))
    classifier.read(page_of(f"{REPORT}\n\nIBAN DE89 3704 0044 0532 0130 00"))

    for declared in (None, Level.INTERNAL, Level.RESTRICTED):
        decided = classifier.decide(Decisions(declared)).level
        assert decided.value is Level.CONFIDENTIAL
        assert decided.evidence[0].rule == "level.unsure"


def test_a_tenant_says_how_sure_is_sure():
    review = ReviewRule(least_type_confidence=1.0, least_level_confidence=0.0)
    decided = by_policy(merged(TenantPolicy(review=review), 1), REPORT)

    assert decided.level.value is Level.INTERNAL
    assert decided.review == (ReviewReason.TYPE_UNSURE,)


def test_what_is_clear_needs_nobody():
    assert classify(REPORT).review == ()
    assert classify("nothing to see").review == (
        ReviewReason.TYPE_UNSURE,
        ReviewReason.LEVEL_UNSURE,
    )


def test_a_disguise_is_undone_and_told_of():
    # Given a marking in which three letters are of another alphabet
    decided = classify(f"{RELEASE}\n\nC\u041eNF\u0406D\u0415NTIAL")

    assert decided.level.value is Level.CONFIDENTIAL
    assert WarningCode.TEXT_DISGUISED in decided.warnings
    assert "text.disguised" in rules(decided)


# ---------------------------------------------------------------------- people
def test_a_person_s_word_leaves_no_doubt_about_the_type():
    classifier = Classifier()
    classifier.read(page_of("nothing to see"))

    decided = classifier.decide(Decisions(type=DocumentType.RECEIPT))

    assert (decided.type.value, decided.type.confidence) == (DocumentType.RECEIPT, 1.0)
    assert decided.review == ()


@pytest.mark.parametrize("said", list(DocumentType))
@pytest.mark.parametrize("text", ["nothing to see", DOCUMENTS["payslip", "en"], RELEASE])
def test_one_person_alone_makes_no_level_looser_by_another_type(text: str, said: DocumentType):
    without, corrected = Classifier(), Classifier()
    for classifier in (without, corrected):
        classifier.read(page_of(text))

    before = without.decide().level.value
    after = corrected.decide(Decisions(type=said, reviewed=True)).level.value

    assert strictest(before, after) is after


@pytest.mark.parametrize("approved", list(Level))
@pytest.mark.parametrize("kind", ["payslip", "id_document", "bank_statement", "contract", "report"])
def test_two_people_decide_but_not_against_the_law(kind: str, approved: Level):
    classifier = Classifier()
    classifier.read(page_of(DOCUMENTS[kind, "en"]))

    decided = classifier.decide(Decisions(declared=Level.CONFIDENTIAL, approved=approved)).level

    lawful = kind in {"contract", "report"}
    assert decided.value is (approved if lawful else Level.CONFIDENTIAL)
    assert decided.evidence[0].rule == "level.approved"
    assert "declared.confidential" in [entry.rule for entry in decided.evidence]


def test_a_wait_without_an_end_closes():
    classifier = Classifier()
    classifier.read(page_of(RELEASE))

    decided = classifier.decide(Decisions(overdue=True)).level

    assert decided.value is Level.CONFIDENTIAL
    assert decided.evidence[0].rule == "review.overdue"
