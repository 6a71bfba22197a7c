"""The document type: one short document per type and language, and what must not mislead."""

from __future__ import annotations

from collections import Counter

import pytest
from docparser.classify import Classifier
from docparser.classify.cues import CUES, Where
from docparser.model import Classification, DocumentType

from tests.unit.classify.pages import page_of


def classify(*texts: str) -> Classification:
    classifier = Classifier()
    for number, text in enumerate(texts, start=1):
        classifier.read(page_of(text, number))
    return classifier.decide()


DOCUMENTS = {
    ("invoice", "en"): """Halden Tools Ltd
4 Quay Road, Whitby

INVOICE

Invoice number: HT-2291
Invoice date: 3 March 2025
Due date: 2 April 2025

Description Quantity Unit price Amount
Torque wrench 2 84.00 168.00

Subtotal 168.00
VAT 20% 33.60
Total due 201.60
""",
    ("invoice", "de"): """Werkzeug Halden GmbH
Kaistraße 4, 24103 Kiel

Rechnung

Rechnungsnummer: 2291
Rechnungsdatum: 3. März 2025
Leistungsdatum: 1. März 2025

Pos. Bezeichnung Menge Einzelpreis Gesamt
1 Drehmomentschlüssel 2 84,00 168,00

Nettobetrag 168,00
zzgl. 19 % Umsatzsteuer 31,92
Gesamtbetrag 199,92
Zahlbar innerhalb von 14 Tagen ohne Abzug.
""",
    ("credit_note", "en"): """Halden Tools Ltd

CREDIT NOTE

Credit note number: CN-117
Original invoice: HT-2291
Reason for credit: goods returned

Quantity Unit price Amount
1 84.00 84.00
VAT 20% 16.80
Total credited 100.80
""",
    ("credit_note", "de"): """Werkzeug Halden GmbH

Rechnungskorrektur Nr. 117

zur Rechnung vom 3. März 2025, Rechnungsnummer 2291

Menge Einzelpreis Gesamtbetrag
1 84,00 84,00
Umsatzsteuer 15,96
Gutschriftsbetrag 99,96
""",
    ("receipt", "en"): """CORNER CAFE
12 HIGH STREET

TABLE 7
SERVER: ANNA

2 FLAT WHITE 7.20
1 SCONE 3.10

SUBTOTAL 10.30
CASH 20.00
CHANGE 9.70

THANK YOU PLEASE COME AGAIN
""",
    ("receipt", "de"): """Bäckerei Sommer
Markt 3, 99084 Erfurt

Kassenbon Nr. 4471
2 Brötchen 0,90
1 Kaffee 2,40
SUMME EUR 3,30
Bar 5,00
Rückgeld 1,70
Es bediente Sie: Frau Kern
TSE-Signatur 8f2k
Vielen Dank für Ihren Einkauf
""",
    ("contract", "en"): """SERVICES AGREEMENT

This Agreement is made by and between Halden Tools Ltd and Orme Ltd
(hereinafter the parties).

1. Term and termination
2. Governing law: the laws of England
3. Entire agreement
""",
    ("contract", "de"): """Mietvertrag über Wohnraum

zwischen Erika Beispiel, nachfolgend Vermieterin, und Max Muster,
nachfolgend Mieter

§ 1 Mietgegenstand
§ 2 Mietdauer und Kündigungsfrist
§ 3 Schlussbestimmungen, salvatorische Klausel
Die Vertragsparteien vereinbaren Folgendes.
""",
    ("letter", "en"): """Orme Housing Association
1 Mill Lane

12 May 2025

Dear Mrs Dale,

Thank you for your letter of 2 May. We are writing to let you know that the work on your
roof will begin next week. Please do not hesitate to call us.

Yours sincerely,
Tom Orme
""",
    ("letter", "de"): """Wohnbau Orme eG
Mühlenweg 1, 24937 Flensburg

Ihr Zeichen: D-12

Betreff: Dacharbeiten

Sehr geehrte Frau Dale,

vielen Dank für Ihr Schreiben vom 2. Mai. Hiermit teilen wir Ihnen mit, dass die Arbeiten
nächste Woche beginnen. Für Rückfragen stehen wir zur Verfügung.

Mit freundlichen Grüßen
Tom Orme
""",
    ("email", "en"): """From: Tom Orme <tom@orme.example>
Sent: Monday, 12 May 2025 09:14
To: Ida Dale <ida@dale.example>
Subject: Roof

Hi Ida, the work begins next week.
Best regards, Tom
""",
    ("email", "de"): """Von: Tom Orme <tom@orme.example>
Gesendet: Montag, 12. Mai 2025 09:14
An: Ida Dale <ida@dale.example>
Betreff: Dach

Hallo Ida, es geht nächste Woche los.
Viele Grüße, Tom
""",
    ("report", "en"): """Harbour Safety Report 2024

Executive summary
There were fewer incidents than in the previous reporting period.

Table of contents
1 Scope
2 Findings
3 Recommendations
""",
    ("report", "de"): """Nachhaltigkeitsbericht 2024

Inhaltsverzeichnis

Zusammenfassung
Im Berichtsjahr sank der Verbrauch gegenüber dem Vorjahr um vier Prozent.

Ergebnisse
Empfehlungen
""",
    ("form", "en"): """Application for a parking permit

Please print clearly. Check all that apply.

First name ______________ Last name ______________
Date of birth ______________
Zip code ______________
[ ] resident [ ] visitor

Signature of applicant ______________
For office use only
""",
    ("form", "de"): """Antrag auf einen Bewohnerparkausweis

Bitte in Druckbuchstaben ausfüllen. Zutreffendes ankreuzen.

Vorname ______________
Nachname ______________
Geburtsdatum ______________
[ ] Erstantrag [ ] Verlängerung

Ort, Datum ______________
Unterschrift des Antragstellers ______________
""",
    ("payslip", "en"): """Orme Ltd

PAYSLIP

Employee number 118 Pay period April 2025
Gross pay 2,950.00
National Insurance 170.40
PAYE 310.20
Net pay 2,469.40
""",
    ("payslip", "de"): """Orme GmbH

Entgeltabrechnung April 2025

Personalnummer 118 Steuerklasse 1
Gesamtbrutto 2.950,00
Lohnsteuer 310,20
Rentenversicherung 274,35
Krankenversicherung 240,43
Auszahlungsbetrag 1.980,00
""",
    ("id_document", "en"): """PASSPORT

Surname DALE
Given names IDA
Nationality BRITISH
Place of birth WHITBY
Date of issue 02 MAY 2020
Date of expiry 02 MAY 2030
""",
    ("id_document", "de"): """BUNDESREPUBLIK DEUTSCHLAND
PERSONALAUSWEIS

Name DALE
Vornamen IDA
Geburtsort KIEL
Staatsangehörigkeit DEUTSCH
Gültig bis 02.05.2030
Augenfarbe BLAU
""",
    ("bank_statement", "en"): """Orme Bank

Statement of account

Sort code 20-00-00 Account number 55779911
Opening balance 1,204.10
02 May Direct debit 45.00
09 May Standing order 600.00
Closing balance 559.10
""",
    ("bank_statement", "de"): """Sparkasse Orme

Kontoauszug Nr. 5/2025

Buchungstag Wertstellung Betrag
02.05. Lastschrift Stadtwerke -45,00
09.05. Dauerauftrag Miete -600,00
Alter Kontostand 1.204,10
Neuer Kontostand 559,10
""",
    ("scientific_article", "en"): """Drift of sand ripples under waves
T. Orme, I. Dale
Department of Geology, University of Whitby

Abstract
In this paper we propose a model of ripple drift.

Keywords: sediment, waves
1 Introduction
Ripples were described by Ayrton et al. in 1910.
References
""",
    ("scientific_article", "de"): """Wanderung von Sandrippeln unter Wellen
T. Orme, I. Dale
Institut für Geologie, Universität Kiel

Zusammenfassung
In diesem Beitrag wird ein Modell vorgestellt.

Schlüsselwörter: Sediment, Wellen
Einleitung
Ayrton et al. beschrieben Rippeln 1910.
Literaturverzeichnis
""",
    ("other", "en"): """Minutes of meeting

Present: I. Dale, T. Orme
1. The roof was discussed.
""",
    ("other", "de"): """Pressemitteilung

Orme eröffnet ein neues Werk in Kiel.
Pressekontakt: Ida Dale
""",
}


@pytest.mark.parametrize(("kind", "language"), DOCUMENTS)
def test_each_type_is_recognised(kind: str, language: str):
    decided = classify(DOCUMENTS[kind, language]).type

    assert decided.value == kind
    assert decided.confidence >= 0.6
    assert all(entry.rule.startswith(f"type.{kind}.") for entry in decided.evidence)


def test_every_rule_has_its_own_name():
    doubled = [rule for rule, count in Counter(cue.rule for cue in CUES).items() if count > 1]

    assert doubled == []


def test_every_phrase_can_match():
    assert [cue for cue in CUES if cue.phrase != cue.phrase.lower() or not cue.phrase] == []
    assert {cue.where for cue in CUES} == set(Where)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Total 12.00", id="one weak word"),
        pytest.param("lorem ipsum dolor sit amet " * 40, id="no cue"),
    ],
)
def test_little_evidence_abstains(text: str):
    decided = classify(text).type

    assert decided.value is DocumentType.UNKNOWN
    assert decided.confidence > 0.4


def test_prose_that_mentions_types_is_none_of_them():
    decided = classify(
        "The museum was founded in 1891 and moved twice. Its first report was lost in a fire, "
        "and the contract with the city was renewed only after the war."
    ).type

    assert decided.value in {DocumentType.UNKNOWN, DocumentType.OTHER}


def test_of_two_equal_types_none_is_sure_and_both_are_named():
    decided = classify(
        "Invoice\n\nReceipt\n\n" + "\n".join(["Invoice number: 17", "Cashier: Anna"])
    ).type
    likely = dict(decided.alternatives)
    if decided.value is not DocumentType.UNKNOWN:
        likely[decided.value] = decided.confidence

    # The model may tip the scales between them, but no further.
    assert likely.keys() >= {DocumentType.INVOICE, DocumentType.RECEIPT}
    assert max(likely.values()) < 0.7
    assert min(likely[DocumentType.INVOICE], likely[DocumentType.RECEIPT]) > 0.2


def test_a_report_that_speaks_of_invoices_stays_a_report():
    pages = [DOCUMENTS["report", "en"]] + [
        "The invoice number, the invoice date and the amount due were checked. Bill to: cashier."
    ] * 30

    assert classify(*pages).type.value is DocumentType.REPORT


def test_an_offer_with_prices_is_no_invoice():
    text = DOCUMENTS["invoice", "de"].replace("Rechnung\n", "Angebot\n")

    assert classify(text.replace("Rechnungs", "Angebots")).type.value is DocumentType.OTHER


def test_the_number_of_a_contract_makes_no_contract():
    text = DOCUMENTS["letter", "de"].replace("Betreff: Dacharbeiten", "Wartungsvertrag Nr. 12.345")

    assert classify(text).type.value is DocumentType.LETTER


def test_evidence_points_at_the_words():
    decided = classify(DOCUMENTS["invoice", "en"]).type
    title = next(entry for entry in decided.evidence if entry.rule == "type.invoice.title.invoice")

    # "INVOICE" is the only word of the fourth line, and a line takes 2 % of the height
    assert title.phrase == "INVOICE"
    assert title.page == 1
    assert title.polygon is not None
    (left, top), (right, _), (_, bottom), _ = title.polygon
    assert left == pytest.approx(0.05)
    assert right == pytest.approx(0.05 + 0.01 * len("INVOICE"))
    assert top == pytest.approx(0.1 + 3 * 0.02, abs=1e-4)
    assert bottom == pytest.approx(0.1 + 3.8 * 0.02, abs=1e-4)


def test_evidence_counts_its_sightings():
    decided = classify(DOCUMENTS["invoice", "en"], "Invoice number: 1\n\nInvoice number: 2").type
    number = next(e for e in decided.evidence if e.rule.endswith("anywhere.invoice_number"))

    assert (number.count, number.page) == (3, 1)
