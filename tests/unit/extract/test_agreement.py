"""Agreements: who, since when, for how long, under which law, wherever and however they say it."""

# ruff: noqa: RUF001 - agreements print what ruff takes for look-alikes
from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from docparser.extract.extractor import Locale
from docparser.extract.prose.agreement import AgreementReader
from docparser.extract.view import view

from benchmarks.extract.converter import plain
from tests.unit.extract.agreements import made, read, said, typed

if TYPE_CHECKING:
    from docparser.model import Page

SEEDS = range(24)

OPENING = (
    "THIS SERVICES AGREEMENT (this “Agreement”) is made and entered into as of March 3, 2015 by "
    "and between Norvale Tools, Inc., a Delaware corporation (“Norvale”), and Ostrum & Sons LLC, "
    "having offices at 5 Main Street, Springfield and Boston (the “Customer”)."
)


@pytest.fixture(scope="module")
def generated(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[list[Page], dict[str, object], str]]:
    folder = tmp_path_factory.mktemp("agreements")
    return [made(seed, folder) for seed in SEEDS]


# ---------------------------------------------------------------------- generated agreements
def test_generated_agreements_are_read(
    generated: list[tuple[list[Page], dict[str, object], str]],
) -> None:
    hits = found = wanted = 0
    for pages, truth, language in generated:
        fields = [field for field in read(pages, language) if field.name != "title"]
        got = Counter((field.name, _squeezed(plain(field.model_dump()))) for field in fields)
        want = Counter(
            (name, _squeezed(str(value)))
            for name, values in truth.items()
            for value in (values if isinstance(values, list) else [values])
        )
        hits += (got & want).total()
        found += got.total()
        wanted += want.total()

    assert 2 * hits / (found + wanted) >= 0.97


def test_every_value_has_its_words(
    generated: list[tuple[list[Page], dict[str, object], str]],
) -> None:
    for pages, _, language in generated:
        for field in read(pages, language):
            assert field.page is not None
            assert field.polygon is not None
            words = {
                word.id: word
                for block in pages[field.page - 1].blocks
                for line in block.lines
                for word in line.words
            }
            proof = [words[word_id] for word_id in field.word_ids]
            assert _squeezed(field.raw) in _squeezed("".join(word.text for word in proof))
            (left, top), _, (right, bottom), _ = field.polygon
            for word in proof:
                assert all(
                    left - 1e-4 <= x <= right + 1e-4 and top - 1e-4 <= y <= bottom + 1e-4
                    for x, y in word.polygon
                )


# ---------------------------------------------------------------------- parties
def test_a_preamble_names_the_parties() -> None:
    # When
    fields = read([typed("SERVICES AGREEMENT", OPENING)])

    # Then neither where they sit nor what they are called is a party
    assert said(fields, "party") == ["Norvale Tools, Inc.", "Ostrum & Sons LLC"]
    assert said(fields, "title") == ["SERVICES AGREEMENT"]


def test_who_is_left_open_is_named_by_the_signatures() -> None:
    pages = [
        typed(
            "This Agreement is made as of ________, 2004 by and between Distributor, a company "
            "organized under the laws of Victoria (the “Distributor”), and Ledom Foods plc "
            "(“Ledom”).",
            "LEDOM FOODS PLC\nBy: /s/ A. Bee\nName: A. Bee",
            "VARNHAM PTY LTD\nBy: /s/ C. Dee\nName: C. Dee",
        )
    ]

    assert said(read(pages), "party") == ["Ledom Foods plc", "VARNHAM PTY LTD"]


def test_a_general_partner_that_signs_is_no_party() -> None:
    pages = [
        typed(
            "Ladies and Gentlemen:",
            "This letter agreement sets out our terms.",
            "Cranmoor Capital, L.P.\nBy: Cranmoor Advisors, LLC\nBy: /s/ R. Poe\nName: R. Poe",
        )
    ]

    assert said(read(pages), "party") == ["Cranmoor Capital, L.P."]


def test_parties_of_another_agreement_are_not_its_own() -> None:
    pages = [
        typed(
            OPENING,
            "This Agreement supersedes the agreement dated May 1, 2001 by and between Norvale "
            "Tools, Inc. and Quill Bank Corp., and the plan of merger among Alfa Corp., Beta Corp. "
            "and Gamma Corp.",
        )
    ]

    fields = read(pages)

    assert said(fields, "party") == ["Norvale Tools, Inc.", "Ostrum & Sons LLC"]
    assert said(fields, "effective_date") == ["2015-03-03"]


def test_blanks_and_placeholders_are_no_parties() -> None:
    pages = [
        typed(
            "This Agreement is entered into by and between Norvale Tools, Inc. (“Company”) and "
            "XXXX (“Employee”), [NAME OF PARTY] and «First_Name» «Last_Name»."
        )
    ]

    assert said(read(pages), "party") == ["Norvale Tools, Inc."]


@pytest.mark.parametrize(
    "opening",
    [
        "zwischen\nder Norvale Werkzeug GmbH & Co. KG\nHafenweg 3\n20457 Hamburg\n– nachfolgend "
        "„Auftraggeber“ genannt –\nund\nFrau Ilse Ostrum, Am Markt 1, 28195 Bremen (im Folgenden "
        "„Auftragnehmerin“)\nwird folgender Vertrag geschlossen:",
        "ENTRE LES SOUSSIGNÉS :\nLa société Norvale Werkzeug GmbH & Co. KG, dont le siège social "
        "est situé 3 quai Nord, Lille, ci-après dénommée « le Client », D’UNE PART,\nET :\n"
        "Madame Ilse Ostrum, demeurant 1 rue du Port, Brest, (ci-après « le Prestataire »), "
        "D’AUTRE PART,\nIl a été convenu ce qui suit :",
    ],
)
def test_german_and_french_preambles(opening: str) -> None:
    parties = said(read([typed("VERTRAG CONTRAT", opening)], "de"), "party")

    assert parties == ["Norvale Werkzeug GmbH & Co. KG", "Ilse Ostrum"]


@pytest.mark.parametrize(
    ("paragraphs", "parties"),
    [
        (
            [
                "This Valet Agreement is made as of March 4, 2024, by and between:",
                "Client:\nName: Jane Roe\nAddress: 5 Hill Road, Dover",
                "Service Provider:\nName: Quick Parking LLC\nAddress: 9 Low Street, Dover",
                "1. PURPOSE OF AGREEMENT\nThe Client hereby engages.",
            ],
            ["Jane Roe", "Quick Parking LLC"],
        ),
        (
            [
                "This Agreement is made by and between:",
                "FixFast\n(“FixFast” or “Company”)",
                "and",
                "John Q. Roe\nAddress: 12 Elm Street\n(“Contractor”).",
            ],
            ["FixFast", "John Q. Roe"],
        ),
        (
            [
                "THIS AGREEMENT is entered into BY AND BETWEEN:",
                "1. MR. SAM ROE, an independent Architect and Lead Software Engineer, having his "
                "address in Paphos, Republic of Cyprus (the “Contractor”);",
                "AND",
                "2. GOLDEN GRILL TRADING LTD (or its assigns), a private limited company "
                "registered under the laws of the Republic of Cyprus (the “Client”).",
            ],
            ["SAM ROE", "GOLDEN GRILL TRADING LTD"],
        ),
        (
            [
                "This Agreement is entered into between the following parties:",
                "Landlord: Jane Roe",
                "12 Elm Street, Dover",
                "Tenant: Max Poe",
                "13 Elm Street, Dover",
                "2. TERM. The term is twelve (12) months.",
            ],
            ["Jane Roe", "Max Poe"],
        ),
        (
            [
                "This Agreement is entered into by and between:",
                "- Prairie Cat Labs (“Developer”), contact mat@example.com; and",
                "- Pritch-Moor Real Estate, LLC, an Alabama limited liability company (“Client”).",
            ],
            ["Prairie Cat Labs", "Pritch-Moor Real Estate, LLC"],
        ),
        (
            [
                "This Service Contract is made by and between:",
                "9 Lives Pty Ltd\nPhone: +61 422 000 000",
                "And",
                "Mary Ann Roe\nEmail: m@example.com",
            ],
            ["9 Lives Pty Ltd", "Mary Ann Roe"],
        ),
        (
            [
                "Nutzungsvertrag",
                "Zwischen der Ortsgemeinde Neudorf, vertreten durch den Bürgermeister, und dem "
                "Verein Sangeslust Neudorf e.V. wird folgender Vertrag geschlossen:",
            ],
            ["Ortsgemeinde Neudorf", "Verein Sangeslust Neudorf e.V."],
        ),
        (
            [
                "Entre les soussignés :",
                "Orage France, Société par Actions Simplifiée, dont le siège social est situé 15 "
                "Boulevard du Lac, 92700 Colombes, immatriculée au RCS sous le numéro 342 067.",
                "Et",
                "Mme Amélie Laurent, née le 12 février 1993, domiciliée à Paris.",
                "Article 1 : Engagement",
            ],
            ["Orage France", "Amélie Laurent"],
        ),
    ],
)
def test_lists_of_parties_take_many_forms(paragraphs: list[str], parties: list[str]) -> None:
    assert said(read([typed(*paragraphs)]), "party") == parties


# ---------------------------------------------------------------------- since when
@pytest.mark.parametrize(
    ("clause", "day"),
    [
        ("This Agreement is effective as of the 6th day of April, 2014.", "2014-04-06"),
        ("The “Effective Date” of this Agreement shall be 1 July 2020.", "2020-07-01"),
        ("Effective Date: January 2nd, 2019", "2019-01-02"),
        ("THIS DEED is made on 3 March 2015", "2015-03-03"),
        ("Dieser Vertrag tritt am 1. Januar 2020 in Kraft.", "2020-01-01"),
        ("Le présent contrat prend effet à compter du 1er mars 2021.", "2021-03-01"),
        ("AGREED AND ACCEPTED as of the 6th day of April, 2014:", "2014-04-06"),
    ],
)
def test_the_effective_date(clause: str, day: str) -> None:
    assert said(read([typed(clause)]), "effective_date") == [day]


def test_the_last_signature_makes_it_effective_where_nothing_else_says_when() -> None:
    pages = [
        typed(
            "This Agreement is entered into between Alfa Corp. (“A”) and Beta Corp. (“B”).",
            "By: /s/ A. Bee\nDate: May 3, 2011",
            "By: /s/ C. Dee\nDate: April 28, 2011",
        )
    ]

    assert said(read(pages), "effective_date") == ["2011-05-03"]


def test_the_date_of_another_agreement_is_none() -> None:
    pages = [
        typed(
            "Reference is made to that certain Supply Agreement, dated December 20, 2013.",
            "This Agreement supersedes the letter of intent dated October 12, 1999.",
        )
    ]

    assert said(read(pages), "effective_date") == []


# ---------------------------------------------------------------------- for how long
@pytest.mark.parametrize(
    ("clause", "length"),
    [
        (
            "This Agreement shall continue for a period of two (2) years from the date hereof.",
            "P2Y",
        ),
        ("Term. This Agreement remains in force for eighteen months.", "P18M"),
        ("This Agreement expires on the third anniversary of the Effective Date.", "P3Y"),
        ("The obligations of confidentiality shall survive for 5 years from disclosure.", "P5Y"),
        ("Term: 3 years", "P3Y"),
        ("All obligations under this Agreement survive for five (5) years after return.", "P5Y"),
        ("This Agreement shall have a term of thirty-six (36) months.", "P36M"),
        ("Der Vertrag wird zunächst für zwei Jahre abgeschlossen.", "P2Y"),
        ("Die Mindestvertragslaufzeit beträgt 24 Monate.", "P24M"),
        ("Dieser Vertrag hat eine Laufzeit von 24 Monaten.", "P24M"),
        ("Le présent contrat est conclu pour une durée de trois (3) ans.", "P3Y"),
    ],
)
def test_the_term(clause: str, length: str) -> None:
    assert said(read([typed(clause)]), "term") == [length]


@pytest.mark.parametrize(
    "clause",
    [
        "Either party may terminate this Agreement upon thirty (30) days’ prior written notice.",
        "Non-Solicitation. For a period of two (2) years neither party shall solicit employees.",
        "Invoices are payable within two months. Records shall be kept for seven years.",
        "During the 36-month period commencing today, the standstill binds the Buyer.",
        "Der Vertrag kann mit einer Frist von drei Monaten zum Jahresende gekündigt werden.",
    ],
)
def test_other_durations_are_no_term(clause: str) -> None:
    assert said(read([typed(clause)]), "term") == []


# ---------------------------------------------------------------------- under which law
@pytest.mark.parametrize(
    ("clause", "place"),
    [
        ("This Agreement is governed by the laws of the State of New York.", "New York"),
        (
            "GOVERNED BY THE LAWS OF THE STATE OF NEW JERSEY, WITHOUT REGARD TO CONFLICTS.",
            "New Jersey",
        ),
        ("The laws of England and Wales shall govern this Agreement.", "England and Wales"),
        ("This Agreement shall be subject to English law.", "England"),
        ("Governing Law: State of Ohio", "Ohio"),
        ("It shall be construed under the laws of the Republic of Freedonia.", "Freedonia"),
        ("Delaware law governs this Agreement.", "Delaware"),
        ("It is governed by the laws of the United States and the State of Ohio.", "Ohio"),
        ("Loi applicable : Belgique", "Belgium"),
        ("Droit applicable : droit français. Les tribunaux de Lyon sont compétents.", "France"),
        ("Es gilt deutsches Recht. Gerichtsstand ist Hamburg.", "Germany"),
        ("Ausschließlicher Gerichtsstand ist Hamburg.", "Hamburg"),
        ("Auf diesen Vertrag ist Schweizer Recht anwendbar.", "Switzerland"),
        ("Le contrat est soumis au droit français.", "France"),
        ("Il est régi par les lois du Grand-Duché de Luxembourg.", "Luxembourg"),
    ],
)
def test_the_law(clause: str, place: str) -> None:
    assert said(read([typed(clause)]), "jurisdiction") == [place]


@pytest.mark.parametrize(
    "clause",
    [
        "Norvale Tools, Inc. is a corporation organized and existing under the laws of the State "
        "of Nevada, in accordance with the act of 1934.",
        "The Company complies with all applicable laws of the United States.",
        "The goods comply with German law on packaging.",
    ],
)
def test_the_law_of_something_else_is_not_that_of_the_agreement(clause: str) -> None:
    assert said(read([typed(clause)]), "jurisdiction") == []


# ---------------------------------------------------------------------- pages
def test_a_sentence_goes_on_overleaf() -> None:
    pages = [
        typed(OPENING, "This Agreement shall be governed by the laws of the State of", number=1),
        typed("North Carolina, without regard to conflicts of laws.", number=2),
    ]

    (law,) = [field for field in read(pages) if field.name == "jurisdiction"]

    assert (law.value, law.page) == ("North Carolina", 2)


def test_pages_without_words_say_nothing() -> None:
    assert read([typed(), typed(number=2)]) == []


def test_many_pages_leave_little_behind(
    generated: list[tuple[list[Page], dict[str, object], str]],
) -> None:
    # Given more pages than agreements have
    pages = [page for made_pages, _, _ in generated for page in made_pages]
    reader = AgreementReader(Locale("en"))
    full = [view(page) for page in pages[:20]]
    begun = time.process_time()

    # When
    for number in range(100):
        reader.read(full[number % len(full)])
    spent = time.process_time() - begun

    # Then
    kept = sum(len(each) for each in vars(reader).values() if isinstance(each, (dict, list)))
    assert kept <= 600
    assert spent / 100 < 0.03
    assert reader.found().fields


@pytest.mark.parametrize(
    "word",
    [
        "between Agreement",
        "laws of",
        "January 1, 2020 dated",
        "two (2) years",
        "this agreement",
        "Acme Inc. and",
        "((((",
        "and Company of the",
        "By: /s/",
        "a" * 2000,
        "Gerichtsstand ist",
        "(“X”)",
    ],
)
def test_no_page_takes_long(word: str) -> None:
    page = view(typed(" ".join([word] * max(1, 20_000 // len(word)))))
    reader = AgreementReader(Locale("en"))
    begun = time.process_time()

    reader.read(page)

    assert time.process_time() - begun < 0.8


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
