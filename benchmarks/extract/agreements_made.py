"""Agreements of our own making: in English, German and French, each with its truth.

The shared set has eleven agreements, all of them confidentiality agreements filed in the United
States. Here titles, forms (preamble, numbered parties, letter, cover page, sheet of particulars,
amendment), clauses and their order, dates and signatures are drawn by a seeded generator. Around
what is asked for stands what looks like it: other agreements with their dates and parties, periods
of notice, renewal and survival, the laws under which a company exists, places of arbitration.
Names and streets are put together from syllables: no rule can know them.
"""

# ruff: noqa: RUF001 - documents print what ruff takes for look-alikes
from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.platypus import Flowable

COUNT = 80

_SYLLABLES = "bar ker lin mos tal ven dor han rid sel wes gor fal nim pel quin tro ulb zen hof"
_FIRST = "Anna Jonas Marie Peter Claire Thomas Sofia Louis Grace Emil Robert Helen".split()
_FORMS = {
    "en": ("Inc.", "LLC", "Corp.", "Corporation", "Limited", "Ltd.", "L.P.", "plc", "N.V.",
           "and Company", "Pty Ltd", "Holdings, Inc.", "Group LLC", "& Co., Inc."),
    "de": ("GmbH", "AG", "GmbH & Co. KG", "SE", "KG", "UG (haftungsbeschränkt)", "e.V."),
    "fr": ("SARL", "SAS", "S.A.", "SA", "SASU", "SNC"),
}  # fmt: skip
_TRADES = {
    "en": "Therapeutics Software Systems Capital Logistics Foods Energy Networks Robotics".split(),
    "de": "Maschinenbau Softwarehaus Handelsgesellschaft Logistik Pharma Technik Verlag".split(),
    "fr": "Conseil Industries Logiciels Transports Bâtiment Énergie Services".split(),
}
_STATES = ("Delaware", "New York", "California", "Texas", "North Carolina", "Massachusetts",
           "Nevada", "Ohio", "Washington", "Minnesota", "Florida", "Georgia")  # fmt: skip
_LANDS = ("England and Wales", "Ireland", "Ontario", "Singapore", "Hong Kong", "New South Wales",
          "Switzerland", "the Netherlands", "Scotland", "India")  # fmt: skip
_ENGLISH_MONTHS = ("January February March April May June July August September October November "
                   "December").split()  # fmt: skip
_GERMAN_MONTHS = ("Januar Februar März April Mai Juni Juli August September Oktober November "
                  "Dezember").split()  # fmt: skip
_FRENCH_MONTHS = ("janvier février mars avril mai juin juillet août septembre octobre novembre "
                  "décembre").split()  # fmt: skip
_NUMBERS = {
    "en": {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 7: "seven", 10: "ten",
           6: "six", 12: "twelve", 18: "eighteen", 24: "twenty-four", 36: "thirty-six"},
    "de": {1: "einem", 2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 7: "sieben", 10: "zehn",
           6: "sechs", 12: "zwölf", 18: "achtzehn", 24: "vierundzwanzig",
           36: "sechsunddreißig"},
    "fr": {1: "un", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 7: "sept", 10: "dix",
           6: "six", 12: "douze", 18: "dix-huit", 24: "vingt-quatre", 36: "trente-six"},
}  # fmt: skip
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 7: "seventh",
             10: "tenth"}  # fmt: skip


@dataclass(frozen=True)
class Party:
    """A party: its name, what its agreement calls it, where it sits, who signs."""

    name: str
    short: str
    role: str
    street: str
    town: str
    signer: str
    person: bool = False


@dataclass
class Made:
    """What an agreement says, and the generator that it is drawn from."""

    draw: random.Random
    language: str
    parties: list[Party]
    day: date
    term: tuple[int, str]
    place: str
    title: str
    dated: bool = True
    with_term: bool = True
    named: list[str] = field(default_factory=list)

    def pick(self, *choices: str) -> str:
        """Return one of some wordings."""
        return self.draw.choice(choices)


def _word(draw: random.Random) -> str:
    parts = draw.sample(_SYLLABLES.split(), draw.choice((2, 2, 3)))
    return "".join(parts).capitalize()


def _company(draw: random.Random, language: str) -> str:
    stem = _word(draw)
    if draw.random() < 0.5:
        stem += " " + draw.choice(_TRADES[language])
    elif draw.random() < 0.15 and language == "en":
        stem = f"{stem} & {_word(draw)}"
    elif draw.random() < 0.1:
        stem = stem.upper()[:4] + "-" + _word(draw)[:3].upper()
    form = draw.choice(_FORMS[language])
    if form == "Inc." and draw.random() < 0.6:
        return f"{stem}, Inc."
    if form in ("LLC", "L.P.") and draw.random() < 0.4:
        return f"{stem}, {form}"
    return f"{stem} {form}"


def _person(draw: random.Random) -> str:
    middle = f" {draw.choice('ABCDEFGJKLMR')}." if draw.random() < 0.3 else ""
    return f"{draw.choice(_FIRST)}{middle} {_word(draw)}"


def _party(draw: random.Random, language: str, role: str, *, person: bool = False) -> Party:
    name = _person(draw) if person else _company(draw, language)
    number = draw.randint(1, 480)
    street = {
        "en": f"{number} {_word(draw)} {draw.choice(('Street', 'Avenue', 'Road', 'Drive'))}",
        "de": f"{_word(draw)}{draw.choice(('straße', 'weg', 'allee'))} {number}",
        "fr": f"{number} {draw.choice(('rue', 'avenue', 'boulevard'))} de {_word(draw)}",
    }[language]
    town = {
        "en": f"{_word(draw)}, {draw.choice(('NY', 'CA', 'TX'))} {draw.randint(10000, 99999)}",
        "de": f"{draw.randint(10000, 99999)} {_word(draw)}",
        "fr": f"{draw.randint(10000, 95999)} {_word(draw)}",
    }[language]
    short = name.split()[0].strip(",")
    return Party(name, short, role, street, town, _person(draw), person)


def make(seed: int) -> Made:
    """Return what the agreement of a seed says."""
    draw = random.Random(seed)
    language = draw.choice(("en", "en", "en", "en", "de", "fr"))
    roles = draw.choice(_ROLES[language])
    count = 3 if draw.random() < 0.15 else 2
    parties = [
        _party(draw, language, roles[number], person=number == 1 and draw.random() < 0.15)
        for number in range(count)
    ]
    unit = draw.choice("YYYM")
    length = draw.choice((1, 2, 3, 4, 5, 7, 10) if unit == "Y" else (6, 12, 18, 24, 36))
    title = draw.choice(_TITLES[language])
    place = draw.choice((*_STATES, *_STATES, *_LANDS) if language == "en" else _LAWS[language])
    day = date(2001, 1, 1) + timedelta(days=draw.randint(0, 8800))
    made = Made(draw, language, parties, day, (length, unit), place, title)
    made.with_term = draw.random() < 0.85
    return made


_ROLES = {
    "en": (
        ("Disclosing Party", "Receiving Party", "Guarantor"),
        ("Company", "Recipient", "Investor"),
        ("Supplier", "Customer", "Guarantor"),
        ("Licensor", "Licensee", "Sponsor"),
        ("Company", "Consultant", "Agent"),
        ("Seller", "Buyer", "Parent"),
    ),
    "de": (
        ("Auftraggeber", "Auftragnehmer", "Bürge"),
        ("Lizenzgeber", "Lizenznehmer", "Vertriebspartner"),
        ("Verkäufer", "Käufer", "Bürge"),
    ),
    "fr": (
        ("Client", "Prestataire", "Garant"),
        ("Fournisseur", "Acheteur", "Garant"),
        ("Concédant", "Licencié", "Garant"),
    ),
}
_TITLES = {
    "en": ("Mutual Non-Disclosure Agreement", "Confidentiality Agreement", "Consulting Agreement",
           "Master Services Agreement", "Software License Agreement", "Supply Agreement",
           "Distribution Agreement", "Nondisclosure Agreement"),
    "de": ("Geheimhaltungsvereinbarung", "Dienstleistungsvertrag", "Lizenzvertrag", "Kaufvertrag",
           "Rahmenvertrag", "Kooperationsvereinbarung"),
    "fr": ("Accord de confidentialité", "Contrat de prestation de services", "Contrat de licence",
           "Contrat de fourniture", "Convention de partenariat"),
}  # fmt: skip
_LAWS = {
    "de": ("Germany", "Germany", "Germany", "Austria", "Switzerland"),
    "fr": ("France", "France", "France", "Belgium", "Switzerland", "Luxembourg"),
}
_GERMAN_LAW = {
    "Germany": ("Es gilt deutsches Recht.", "Dieser Vertrag unterliegt dem Recht der Bundesrepublik"
                " Deutschland unter Ausschluss des UN-Kaufrechts.",
                "Auf diese Vereinbarung findet das Recht der Bundesrepublik Deutschland Anwendung.",
                "Für diesen Vertrag gilt ausschließlich das Recht Deutschlands.",
                "Anwendbar ist deutsches materielles Recht.",
                "Die Rechtsbeziehungen der Parteien richten sich nach deutschem Recht.",
                "Die Parteien vereinbaren die Geltung deutschen Rechts."),
    "Austria": ("Es gilt österreichisches Recht unter Ausschluss der Verweisungsnormen.",
                "Dieser Vertrag unterliegt dem Recht der Republik Österreich."),
    "Switzerland": ("Auf diesen Vertrag ist ausschließlich schweizerisches Recht anwendbar.",
                    "Dieser Vertrag untersteht Schweizer Recht."),
}  # fmt: skip
_FRENCH_LAW = {
    "France": ("Le présent contrat est régi par le droit français.",
               "Le présent accord est soumis à la loi française.",
               "Le contrat est régi et interprété selon les lois de la République française.",
               "La loi applicable au présent contrat est la loi française.",
               "Droit applicable : droit français.",
               "Les parties conviennent de soumettre le présent contrat au droit français."),
    "Belgium": ("Le présent contrat est régi par le droit belge.",
                "La présente convention est soumise au droit belge."),
    "Switzerland": ("Le présent contrat est soumis au droit suisse.",),
    "Luxembourg": ("Le présent contrat est régi par les lois du Grand-Duché de Luxembourg.",),
}  # fmt: skip


# ---------------------------------------------------------------------- values in words
def day_in_words(made: Made, day: date | None = None) -> str:
    """Return a date as an agreement in its language writes it."""
    when = day or made.day
    if made.language == "de":
        month = _GERMAN_MONTHS[when.month - 1]
        return made.pick(f"{when.day}. {month} {when.year}", f"{when:%d.%m.%Y}")
    if made.language == "fr":
        first = "1er" if when.day == 1 else str(when.day)
        return f"{first} {_FRENCH_MONTHS[when.month - 1]} {when.year}"
    month = _ENGLISH_MONTHS[when.month - 1]
    if made.place in _LANDS:
        return f"{when.day} {month} {when.year}"
    return made.pick(f"{month} {when.day}, {when.year}", f"{month} {when.day}, {when.year}",
                     f"{month} {_nth(when.day)}, {when.year}")  # fmt: skip


def _nth(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _solemn(made: Made) -> str:
    month = _ENGLISH_MONTHS[made.day.month - 1]
    return f"{_nth(made.day.day)} day of {month}, {made.day.year}"


def length_in_words(made: Made) -> str:
    """Return the term as an agreement in its language writes it."""
    count, unit = made.term
    word = _NUMBERS[made.language][count]
    name = {
        "en": {"Y": "year", "M": "month"},
        "de": {"Y": "Jahr", "M": "Monat"},
        "fr": {"Y": "an", "M": "mois"},
    }[made.language][unit]
    if made.language == "en" and count != 1:
        name += "s"
    elif made.language == "de":
        name += "en" if count != 1 else ""
        word = word if count != 1 else "einem"
    elif made.language == "fr" and unit == "Y" and count != 1:
        name += "s"
    return made.pick(f"{word} ({count}) {name}", f"{count} {name}", f"{word} {name}")


# ---------------------------------------------------------------------- English
def _described(made: Made, party: Party) -> str:
    """Return a party of an English preamble: its name, what it is, where, and its short name."""
    quote = made.pick("(“{}”)", "(the “{}”)", "(hereinafter “{}”)", '("{}")')
    short = party.short if quote != "(the “{}”)" and made.draw.random() < 0.5 else party.role
    called = quote.format(short)
    if party.person:
        return f"{party.name}, an individual residing at {party.street}, {party.town} {called}"
    state = made.draw.choice(_STATES)
    return made.pick(
        f"{party.name}, a {state} corporation {called}",
        f"{party.name}, a {state} limited liability company with its principal place of business "
        f"at {party.street}, {party.town} {called}",
        f"{party.name}, a corporation organized and existing under the laws of the State of {state}"
        f", having its offices at {party.street}, {party.town} {called}",
        f"{party.name}, located at {party.street}, {party.town} {called}",
        f"{party.name} {called}",
        f"{party.name}, a company incorporated under the laws of {state}, together with its "
        f"affiliates {called}",
    )


def _listed(made: Made) -> str:
    first, *rest = [_described(made, party) for party in made.parties]
    if len(rest) == 1:
        return f"{first}{made.pick('', ',')} and {rest[0]}"
    return f"{first}, {rest[0]}, and {rest[1]}"


def _english_preamble(made: Made) -> list[str]:
    between = "between" if len(made.parties) == 2 else "among"
    title = made.pick(made.title, made.title.upper())
    day = day_in_words(made)
    made.dated = True
    return [
        made.pick(
            f"THIS {title.upper()} (this “Agreement”) is made and entered into as of {day} (the "
            f"“Effective Date”), by and {between} {_listed(made)}.",
            f"This {title} (the “Agreement”), dated as of {day}, is by and {between} "
            f"{_listed(made)}.",
            f"This {title} (“Agreement”) is effective as of {day} and is {between} {_listed(made)} "
            "(each a “Party” and together the “Parties”).",
            f"This Agreement is entered into this {_solemn(made)} by and {between} "
            f"{_listed(made)}.",
            f"THIS AGREEMENT made the {_solemn(made)}, {between} {_listed(made)}, each of which "
            "agrees as follows:",
            f"{title} dated {day} {between} {_listed(made)}.",
            f"The parties to this {title}, {_listed(made)}, agree, effective {day}, as follows:",
            f"This {title} (hereinafter called the “Agreement”) is hereby concluded on {day} by "
            f"{_listed(made)}.",
            f"WHEREAS the undersigned wish to exchange information, this {title}, which shall bear "
            f"the date {day}, is made {between} {_listed(made)}.",
        )
    ]


def _english_numbered(made: Made) -> list[str]:
    day = made.pick(day_in_words(made), _solemn(made))
    lines = [f"THIS AGREEMENT is made on {day}", made.pick("BETWEEN:", "BETWEEN", "Between")]
    for number, party in enumerate(made.parties, 1):
        end = "; and" if number < len(made.parties) else "."
        if party.person:
            what = f"{party.name} of {party.street}, {party.town} (the “{party.role}”)"
        else:
            what = (
                f"{party.name}, a company incorporated in England and Wales (registered number "
                f"{made.draw.randint(1000000, 9999999)}) whose registered office is at "
                f"{party.street}, {party.town} (“the {party.role}”)"
            )
        lines.append(f"({number}) {what}{end}")
    return lines


def _english_amendment(made: Made) -> list[str]:
    old = made.day - timedelta(days=made.draw.randint(200, 1500))
    return [
        f"This First Amendment (this “Amendment”) to the {made.title} dated as of "
        f"{day_in_words(made, old)} (the “Original Agreement”) is entered into as of "
        f"{day_in_words(made)} by and between {_listed(made)}."
    ]


def _english_parties_first(made: Made) -> list[str]:
    first, second = (_described(made, party) for party in made.parties[:2])
    made.parties = made.parties[:2]
    return [
        f"{first} and {second} enter into this {made.title} on {day_in_words(made)} "
        "on the terms set out below."
    ]


def _english_undated(made: Made) -> list[str]:
    made.dated = False
    return [
        f"This {made.title} is entered into by and between {_listed(made)} for the purpose of "
        "preventing the unauthorized disclosure of Confidential Information as defined below."
    ]


_ENGLISH_OPENINGS: tuple[Callable[[Made], list[str]], ...] = (
    _english_preamble,
    _english_preamble,
    _english_preamble,
    _english_numbered,
    _english_amendment,
    _english_parties_first,
    _english_undated,
)


def _english_term(made: Made) -> str:
    length = length_in_words(made)
    count, unit = made.term
    wordings = [
        f"This Agreement shall commence on the Effective Date and continue for a period of {length}"
        ", unless earlier terminated as provided herein. Either party may terminate this Agreement "
        "upon thirty (30) days’ prior written notice.",
        f"The initial term of this Agreement is {length} (the “Initial Term”), and this Agreement "
        "shall automatically renew for successive one (1) year periods unless either party gives "
        "notice at least sixty (60) days before the end of the then current term.",
        f"This Agreement will remain in full force and effect for {length} from the date hereof.",
        f"The obligations of confidentiality under this Agreement shall expire {length} after the "
        "date hereof.",
        f"This Agreement shall be binding for a term of {length} commencing on the date first "
        "written above, and the duties of Section 2 survive for ninety (90) days thereafter.",
        f"Unless sooner terminated in accordance with its terms, this Agreement terminates {length}"
        " following its date.",
        f"The Receiving Party’s duty to protect Confidential Information expires {length} from the "
        "date of disclosure.",
        f"The term of this Agreement is {length}. Section 4 survives termination for a period of "
        "six (6) months.",
        f"This Agreement has a fixed duration of {length}, counted from its date.",
        f"Recipient shall keep the Confidential Information secret for {length} as from receipt.",
        f"The parties’ rights and duties hereunder lapse {length} after signature.",
        f"Subject to earlier termination for cause, the engagement runs for {length}.",
    ]
    if unit == "Y":
        wordings.append(
            f"This Agreement expires on the {_ORDINALS[count]} anniversary of the date hereof."
        )
    return made.pick("Term. ", "Term and Termination. ", "Duration. ", "") + made.pick(*wordings)


def _english_law(made: Made) -> str:
    place = made.place
    state = f"the State of {place}" if place in _STATES and made.draw.random() < 0.6 else place
    bare = place.removeprefix("the ")
    wordings = [
        f"This Agreement shall be governed by and construed in accordance with the laws of {state},"
        " without regard to its conflict of laws principles.",
        f"This Agreement and all disputes arising out of it are governed by the internal laws of "
        f"{state}. The seat of arbitration shall be Geneva.",
        f"The laws of {state} govern this Agreement, and the parties submit to the courts located "
        "in the county in which the Company has its principal office.",
        f"This Agreement is made under, and is interpreted according to, the laws of {state}.",
        f"The validity, interpretation and performance of this Agreement shall be controlled by "
        f"and construed under the laws of {state}, as if performed wholly within it.",
        f"This Agreement shall be subject to the laws in force in {state} and the parties agree to "
        f"the exclusive jurisdiction of the courts of {state}.",
    ]
    wordings += [
        f"It is the intention of the parties that the laws of {state} should govern the validity "
        "of this Agreement and the construction of its terms.",
        f"Any question about the meaning of this Agreement shall be decided under the law of "
        f"{state}.",
        f"The parties choose the law of {state} as the law of this contract; the United Nations "
        "Convention on Contracts for the International Sale of Goods does not apply.",
    ]
    if place in _STATES:
        wordings.append(f"{place} law governs this Agreement, regardless of choice of law rules.")
    if bare == "England and Wales":
        wordings.append(
            "This Agreement and any non-contractual obligations arising out of it shall be governed"
            " by the law of England and Wales."
        )
    return made.pick("Governing Law. ", "Applicable Law; Venue. ", "") + made.pick(*wordings)


_ENGLISH_FILLER = (
    "Confidential Information. “Confidential Information” means all information that one party "
    "discloses to the other, whether orally or in writing, that is designated as confidential or "
    "that reasonably should be understood to be confidential.",
    "Return of Materials. Within ten (10) business days of a written request the Receiving Party "
    "shall return or destroy all documents and other tangible objects containing Confidential "
    "Information.",
    "Non-Solicitation. For a period of eighteen (18) months after the date hereof neither party "
    "shall solicit for employment any officer of the other party.",
    "No License. Nothing in this Agreement is intended to grant any rights to either party under "
    "any patent, copyright or trademark of the other party.",
    "Assignment. Neither party may assign this Agreement without the prior written consent of the "
    "other, except to a successor that is organized under the laws of the United States.",
    "Payment. Invoices are due within forty-five (45) days of receipt. Records shall be kept for "
    "seven (7) years after the end of the fiscal year to which they pertain.",
    "Entire Agreement. This Agreement supersedes the letter of intent dated October 12, 1999 "
    "between the parties and Orvane Financial LLC, and all prior understandings.",
    "Notices. All notices shall be in writing and are deemed given three (3) days after deposit in "
    "the mail, or when delivered by a recognized courier between Monday and Friday.",
    "Severability. If a provision is held invalid by a court of competent jurisdiction, the rest "
    "of this Agreement stays in effect.",
    "Standstill. During the twelve (12) month period commencing on the date of this Agreement the "
    "Recipient shall not acquire any voting securities of the Company.",
    "Relationship. Nothing creates a partnership between the parties, and no conflict between this "
    "Agreement and an exhibit shall affect any other provision.",
    "Warranty. The Supplier warrants the goods for two (2) years from delivery.",
    "Securities Laws. Each party is aware of the restrictions imposed by the Securities Exchange "
    "Act of 1934 and the rules and regulations thereunder.",
)


# ---------------------------------------------------------------------- German
def _german_parties(made: Made) -> list[str]:
    lines = [made.pick("zwischen", "zwischen", "Zwischen")]
    blocks = made.draw.random() < 0.6
    for number, party in enumerate(made.parties):
        if number:
            lines.append("und")
        article = made.pick("Herrn ", "") if party.person else made.pick("der ", "der Firma ", "")
        called = made.pick(
            f"– nachfolgend „{party.role}“ genannt –",
            f"(im Folgenden „{party.role}“)",
            f"- nachstehend {party.role} -",
        )
        led = "" if party.person else f", vertreten durch den Geschäftsführer {party.signer}"
        if blocks:
            lines += [f"{article}{party.name}", party.street, party.town, called]
        else:
            lines.append(f"{article}{party.name}, {party.street}, {party.town}{led} {called}")
    lines.append(
        made.pick(
            "wird folgender Vertrag geschlossen:",
            "schließen die Parteien die folgende Vereinbarung:",
            "wird Folgendes vereinbart:",
        )
    )
    return lines


def _german_term(made: Made) -> str:
    length = length_in_words(made)
    return made.pick("Laufzeit. ", "Vertragsdauer. ", "") + made.pick(
        f"Dieser Vertrag hat eine Laufzeit von {length}. Er kann mit einer Frist von drei Monaten "
        "zum Ende eines Quartals gekündigt werden.",
        f"Die Vereinbarung wird für die Dauer von {length} geschlossen und verlängert sich jeweils "
        "um ein Jahr, wenn sie nicht gekündigt wird.",
        f"Der Vertrag endet nach Ablauf von {length}, ohne dass es einer Kündigung bedarf.",
        f"Die Geheimhaltungspflichten gelten für einen Zeitraum von {length} ab Unterzeichnung.",
        f"Dieser Vertrag gilt {length} ab seinem Inkrafttreten.",
        f"Die Zusammenarbeit ist auf {length} befristet.",
        f"Der Vertrag wird auf {length} fest abgeschlossen.",
    )


def _german_day(made: Made) -> str | None:
    """Return the clause that says since when an agreement holds, or None: its signatures do."""
    if made.draw.random() < 0.5:
        return None
    day = day_in_words(made)
    return made.pick(
        f"Dieser Vertrag tritt am {day} in Kraft.",
        f"Inkrafttreten. Die Vereinbarung tritt mit Wirkung zum {day} in Kraft.",
        f"Das Vertragsverhältnis beginnt am {day}.",
    )


_GERMAN_FILLER = (
    "Vertrauliche Informationen sind alle Informationen, die eine Partei der anderen offenlegt, "
    "gleich in welcher Form, soweit sie nicht offenkundig sind.",
    "Zahlungsbedingungen. Rechnungen sind innerhalb von 30 Tagen nach Zugang ohne Abzug zu zahlen.",
    "Gewährleistung. Die Gewährleistungsfrist beträgt zwei Jahre ab Ablieferung.",
    "Schriftform. Änderungen und Ergänzungen bedürfen der Schriftform; das gilt auch für diese "
    "Klausel.",
    "Salvatorische Klausel. Sollte eine Bestimmung unwirksam sein, bleiben die übrigen in Kraft.",
    "Abwerbeverbot. Die Parteien werben für 12 Monate nach Vertragsende keine Mitarbeiter ab.",
    "Aufbewahrung. Unterlagen sind zehn Jahre aufzubewahren; § 257 HGB bleibt unberührt.",
    "Haftung. Die Parteien haften nach dem Gesetz vom 7. Juli 1998, soweit es anzuwenden ist.",
)


# ---------------------------------------------------------------------- French
def _french_parties(made: Made) -> list[str]:
    lines = [made.pick("ENTRE LES SOUSSIGNÉS :", "Entre :", "Entre les soussignées")]
    for number, party in enumerate(made.parties):
        if number:
            lines.append(made.pick("ET :", "Et", "ET"))
        called = made.pick(f"ci-après dénommée « {party.role} »", f"(ci-après « le {party.role} »)")
        if party.person:
            who = f"{made.pick('Monsieur', 'Madame')} {party.name}, demeurant {party.street}, "
            lines.append(f"{who}{party.town}, {called},")
        else:
            lines.append(
                f"{made.pick('La société ', '')}{party.name}, "
                + made.pick("société par actions simplifiée", "société anonyme")
                + f" au capital de {made.draw.randint(1, 90)}0 000 euros, dont le siège social est "
                f"situé {party.street}, {party.town}, immatriculée au RCS de "
                f"{party.town.split()[-1]} sous le numéro {made.draw.randint(300, 899)} 123 456, "
                f"représentée par {party.signer}, {called},"
            )
        if made.draw.random() < 0.4:
            lines.append("D’UNE PART," if not number else "D’AUTRE PART,")
    lines.append(made.pick("IL A ÉTÉ CONVENU CE QUI SUIT :", "Il a été arrêté ce qui suit :"))
    return lines


def _french_term(made: Made) -> str:
    length = length_in_words(made)
    return made.pick("Durée. ", "Durée du contrat. ", "") + made.pick(
        f"Le présent contrat est conclu pour une durée de {length}. Il pourra être résilié "
        "moyennant un préavis de trois mois.",
        f"Le contrat est conclu pour une durée déterminée de {length} à compter de sa signature, "
        "renouvelable par tacite reconduction pour des périodes d’un an.",
        f"Les obligations de confidentialité resteront en vigueur pendant {length} à compter de la "
        "date de signature.",
        f"La durée du présent accord est de {length}.",
        f"Le contrat est valable {length} et prend fin de plein droit à l’échéance.",
    )


def _french_day(made: Made) -> str | None:
    if made.draw.random() < 0.5:
        return None
    day = day_in_words(made)
    return made.pick(
        f"Le présent contrat prend effet le {day}.",
        f"Le contrat entre en vigueur le {day}.",
        f"Le présent contrat prend effet à compter du {day}.",
    )


_FRENCH_FILLER = (
    "Informations confidentielles. Toute information communiquée par une partie à l’autre, sous "
    "quelque forme que ce soit, est confidentielle.",
    "Paiement. Les factures sont payables dans les trente (30) jours de leur réception.",
    "Cession. Aucune des parties ne peut céder le présent contrat sans l’accord écrit de l’autre.",
    "Garantie. Le matériel est garanti deux ans à compter de la livraison.",
    "Non-sollicitation. Pendant douze mois après la fin du contrat, aucune partie ne débauchera le "
    "personnel de l’autre.",
    "Nullité. La nullité d’une clause n’entraîne pas celle des autres stipulations.",
    "Conformément à la loi du 6 janvier 1978, chaque partie dispose d’un droit d’accès.",
)


# ---------------------------------------------------------------------- pages
_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=10.5, leading=13, spaceAfter=7,
                       alignment=TA_JUSTIFY)  # fmt: skip
_LINE = ParagraphStyle("line", parent=_BODY, alignment=0, spaceAfter=2)
_TITLE = ParagraphStyle("title", parent=_BODY, fontName="Times-Bold", fontSize=13, leading=16,
                        alignment=TA_CENTER, spaceAfter=12)  # fmt: skip


def _paragraph(text: str, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(escape(text), style)


def _clauses(made: Made) -> list[Flowable]:
    filler, term, law, day = {
        "en": (_ENGLISH_FILLER, _english_term, _english_law, lambda _: None),
        "de": (_GERMAN_FILLER, _german_term, lambda made: made.pick(*_GERMAN_LAW[made.place])
               + made.pick("", " Gerichtsstand ist Hamburg."), _german_day),
        "fr": (_FRENCH_FILLER, _french_term, lambda made: made.pick(*_FRENCH_LAW[made.place])
               + made.pick("", " Les tribunaux de Lyon sont seuls compétents."), _french_day),
    }[made.language]  # fmt: skip
    texts = made.draw.sample(filler, min(len(filler), made.draw.randint(5, 12)))
    texts.insert(made.draw.randint(1, len(texts)), law(made))
    if made.with_term:
        texts.insert(made.draw.randint(1, len(texts)), term(made))
    since = day(made)
    if made.language != "en":
        made.dated = since is not None
        if since is not None:
            texts.insert(made.draw.randint(1, len(texts)), since)
    mark = {"en": "{}. ", "de": "§ {} ", "fr": "Article {} – "}[made.language]
    return [_paragraph(mark.format(number) + text) for number, text in enumerate(texts, 1)]


def _signatures(made: Made) -> list[Flowable]:
    """Return the blocks for signatures; they are dated, on the day if nothing else says it."""
    last = max(range(len(made.parties)), key=lambda _: made.draw.random())
    blocks = []
    for number, party in enumerate(made.parties):
        if made.dated:
            day = made.day + timedelta(days=made.draw.randint(1, 9))
        else:
            day = made.day - timedelta(days=0 if number == last else made.draw.randint(0, 5))
        said = day_in_words(made, day)
        name = made.pick(party.name, party.name.upper())
        if made.language == "en":
            block = [] if party.person else [name, ""]
            block += [f"By: /s/ {party.signer}", f"Name: {party.signer}"]
            block += ["Title: President", f"Date: {said}"]
        elif made.language == "de":
            block = [f"{party.town.split()[-1]}, den {said}", "", "_" * 24, name]
        else:
            block = [f"Pour {name}", f"Fait à {party.town.split()[-1]}, le {said}", "", "_" * 24]
        blocks.append("<br/>".join(map(escape, block)))
    opening = {
        "en": "IN WITNESS WHEREOF, the parties have executed this Agreement by their duly "
        "authorized representatives.",
        "de": "",
        "fr": "Fait en autant d’exemplaires originaux que de parties.",
    }[made.language]
    cells = [Paragraph(block, _LINE) for block in blocks]
    found: list[Flowable] = [Spacer(1, 14), _paragraph(opening), Spacer(1, 8)]
    if len(cells) == 2 and made.draw.random() < 0.6:
        return [*found, Table([cells], colWidths=(230, 230))]
    for cell in cells:
        found += [cell, Spacer(1, 14)]
    return found


def _agreement(made: Made) -> list[Flowable]:
    title = _paragraph(made.pick(made.title, made.title.upper()), _TITLE)
    if made.language == "de":
        opening = _german_parties(made)
        lines = [_paragraph(line, _LINE) for line in opening]
    elif made.language == "fr":
        lines = [_paragraph(line) for line in _french_parties(made)]
    else:
        lines = [_paragraph(line) for line in made.draw.choice(_ENGLISH_OPENINGS)(made)]
    return [title, *lines, Spacer(1, 8), *_clauses(made), *_signatures(made)]


def _covered(made: Made) -> list[Flowable]:
    """Return an agreement behind a cover page that names its parties."""
    inside = _agreement(made)
    joined = {"en": ("between", "and"), "de": ("zwischen", "und"), "fr": ("entre", "et")}
    between, also = joined[made.language]
    cover: list[Flowable] = [Spacer(1, 120), _paragraph(made.title.upper(), _TITLE)]
    for number, party in enumerate(made.parties):
        cover.append(_paragraph(also if number else between, _TITLE))
        cover.append(_paragraph(party.name, _TITLE))
    return [*cover, PageBreak(), *inside]


def _letter(made: Made) -> list[Flowable]:
    """Return a letter that becomes an agreement once it is signed by whom it is addressed to."""
    writer, reader = made.parties[:2]
    made.parties, made.dated = [writer, reader], True
    addressed = [reader.name] if reader.person else [reader.name, f"Attn: {reader.signer}"]
    lines = [writer.name, writer.street, writer.town, "", day_in_words(made), ""]
    lines += [*addressed, reader.street, reader.town, ""]
    lines += [made.pick(f"Re: {made.title}", "CONFIDENTIAL"), ""]
    hello = f"Dear {reader.signer}:" if not reader.person else f"Dear {reader.name}:"
    lines.append(hello if reader.person else made.pick("Ladies and Gentlemen:", hello))
    said = made.pick(
        f"In connection with your consideration of a possible transaction with {writer.name} (the "
        "“Company”), the Company is prepared to make available to you certain information. As a "
        "condition to such information being furnished, you agree to the terms of this letter "
        "agreement (this “Agreement”).",
        f"This letter sets forth the terms on which {writer.name} (“we” or “us”) will retain you. "
        "Please read them with care.",
    )
    signed = [writer.name.upper(), f"By: /s/ {writer.signer}", "Title: Chief Executive Officer", ""]
    signed += ["Accepted and agreed as of the date first written above:", ""]
    signed += ([] if reader.person else [reader.name]) + [f"By: /s/ {reader.signer}"]
    return [
        *(_paragraph(line or " ", _LINE) for line in lines),
        _paragraph(said),
        *_clauses(made),
        _paragraph("Very truly yours,"),
        *(_paragraph(line or " ", _LINE) for line in signed),
    ]


def _particulars(made: Made) -> list[Flowable]:
    """Return an agreement that begins with a sheet of its particulars."""
    made.parties, made.dated = made.parties[:2], True
    first, second = made.parties
    rows = [
        (f"{first.role}:", first.name),
        (f"{second.role}:", second.name),
        ("Effective Date:", day_in_words(made)),
    ]
    if made.with_term:
        count, unit = made.term
        rows.append(("Term:", f"{count} {'year' if unit == 'Y' else 'month'}{'s'[: count != 1]}"))
    law = made.place.removeprefix("the ")
    rows.append(("Governing Law:", f"State of {law}" if made.place in _STATES else law))
    made.draw.shuffle(rows)
    table = Table([[Paragraph(escape(cell), _LINE) for cell in row] for row in rows],
                  colWidths=(120, 330))  # fmt: skip
    title = _paragraph(made.title.upper(), _TITLE)
    filler = made.draw.sample(_ENGLISH_FILLER, 6)
    clauses = [_paragraph(f"{number}. {text}") for number, text in enumerate(filler, 1)]
    return [title, table, Spacer(1, 10), *clauses, *_signatures(made)]


def pdf(seed: int) -> tuple[bytes, dict[str, object], str]:
    """Return an agreement's PDF, its truth as the shared set writes it, and its form."""
    made = make(seed)
    forms = [_agreement, _agreement, _agreement, _covered]
    if made.language == "en":
        forms += [_letter, _particulars]
    form = made.draw.choice(forms)
    flowables = form(made)
    kept = io.BytesIO()
    size = LETTER if made.language == "en" else A4
    SimpleDocTemplate(kept, pagesize=size, leftMargin=72, rightMargin=72, invariant=1).build(
        flowables
    )
    count, unit = made.term
    truth: dict[str, object] = {
        "party": [party.name for party in made.parties],
        "effective_date": [made.day.isoformat()],
        "jurisdiction": [made.place.removeprefix("the ")],
    }
    if made.with_term:
        name = "year" if unit == "Y" else "month"
        truth["term"] = [f"{count} {name}{'' if count == 1 else 's'}"]
    return kept.getvalue(), truth, f"{made.language} {form.__name__.lstrip('_')}"
