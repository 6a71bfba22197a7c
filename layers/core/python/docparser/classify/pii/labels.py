"""The words beside a number that say what it is, found once a page.

Searching a page for plain phrases takes a microsecond each; matching an alternation of them before
every candidate would take as long for each of ten thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.classify.reading import Reading

NEAR = 60
"""A label has its say over so many characters."""
_BESIDE = 45
"""A number without a checksum stands this close to its label, with no other number between."""

# As `Reading.find` takes them: lower case, whole words, "*" lets a word go on.
LABELS: dict[str, tuple[str, ...]] = {
    "iban": ("iban*", "*iban", "bank details", "bankverbindung*"),
    "card": (
        "card", "cards", "*karte", "*karten", "*karten-nr", "*kartennummer", "visa", "mastercard",
        "maestro", "amex", "american express", "carte", "credit", "kredit", "pan", "cc", "tarjeta",
        "carta di credito", "diners",
    ),
    # What a long number is called that is no card, account or phone number.
    "serial": (
        "invoice*", "rechnung*", "order*", "bestell*", "auftrag*", "track*", "sendung*", "imei",
        "ean", "gtin", "gln", "isbn*", "issn", "serial*", "serien*", "serie", "artikel*",
        "article*", "art.-nr", "art-nr*", "item*", "barcode", "refer*", "referenz*", "kunde*",
        "customer*", "gst", "facture*", "vertrag*", "contract*", "lieferschein*", "delivery note*",
        "hrb", "hra", "handelsregister*", "siret", "siren", "rcs", "sku", "part number", "part no",
        "zählernummer", "policy*", "police*", "mandat*", "gläubiger*", "quantity", "menge",
        "commande", "projekt*", "project*", "version", "aktenzeichen", "case",
    ),
    "number": ("id", "no"),
    "tax_id": (
        "steuer-id*", "steuer id*", "steuerid*", "*identifikationsnummer", "identifikations-nr",
        "idnr", "id-nr", "idnummer", "tax id*", "tin", "tax identification*", "steuerliche id*",
    ),
    "tax_number": (
        "steuernummer*", "steuer-nr", "steuernr", "st.-nr", "st.nr", "st. nr", "st-nr", "stnr",
        "tax number", "tax no", "finanzamt",
    ),
    "fiscal": (
        "numéro fiscal", "n° fiscal", "référence fiscale", "spi", "utr", "unique taxpayer*", "ein",
        "employer identification*", "tax id*", "taxpayer*", "itin", "nif", "cif", "nie", "dni",
        "codice fiscale", "cod. fisc", "c.f", "abgabenkontonummer",
    ),
    "vat": (
        "ust*", "umsatzsteuer*", "u.st*", "vat*", "uid*", "tva*", "mwst*", "btw*", "iva", "p.iva",
        "p. iva", "partita iva", "mehrwertsteuer*", "atu-nummer", "intracommunautaire",
    ),
    "ssn": ("ssn", "social security*", "ss#", "itin"),
    "nino": ("national insurance*", "nino", "ni number", "ni no"),
    "nir": ("sécurité sociale", "sécu", "nir", "n° ss", "insee"),
    "at_social": (
        "sv-nr", "svnr", "sv-nummer", "sozialversicherung*", "versicherungsnummer", "vsnr",
    ),
    "ahv": ("ahv*", "avs*", "sozialversicherung*"),
    "pension": (
        "sv-nr", "svnr", "sv-nummer", "rentenversicherung*", "sozialversicherung*", "rvnr",
        "versicherungsnummer", "vsnr", "rv-nummer",
    ),
    "health": (
        "versicherten*", "versicherung*", "kranken*", "kvnr", "kv-nr", "health*", "insurance",
        "insured", "gesundheit*", "egk",
    ),
    "nhs": ("nhs*",),
    "national": (
        "pesel", "personnummer*", "personal identity*", "henkilötunnus*", "hetu", "bsn",
        "burgerservicenummer", "rijksregister*", "numéro national", "cpr*", "fødselsnummer", "sin",
        "national id*", "personal number", "aadhaar", "nino",
    ),
    "passport": (
        "*passport", "passports", "passport no*", "*reisepass", "pass-nr*", "passnummer",
        "passport number", "reisepass-nr*", "reisepassnummer", "passeport", "pasaporte",
        "passaporto", "pass nr", "travel document*",
    ),
    "id_card": (
        "personalausweis*", "ausweisnummer", "ausweis-nr*", "ausweis nr", "ausweis",
        "identity card*", "id card*", "carte d'identité", "carte nationale d'identité",
        "carta d'identità", "identitätskarte*", "national id",
    ),
    "driving": (
        "driver's license*", "drivers license*", "driver license*", "driver's licence*",
        "driving licence*", "driving license*", "führerschein*", "permis de conduire",
        "fahrerlaubnis*", "licence no", "patente di guida", "license number",
    ),
    "account": (
        "konto", "kontonummer", "konto-nr*", "kontonr", "kto", "kto.-nr", "kto-nr",
        "account number", "account no", "account #", "bank account", "acct*", "a/c no", "blz",
        "bankleitzahl", "sort code", "routing*", "aba", "n° de compte", "numéro de compte", "rib",
        "compte n°",
    ),
    "bic": ("bic*", "swift*"),
    "phone": (
        "tel", "tel.", "telefon*", "telephone*", "phone*", "*phone", "fax*", "telefax*",
        "facsimile*", "mobil*", "fon", "cell*", "handy*", "durchwahl", "call", "tél*", "téléphone",
        "portable", "rufnummer", "*telefon", "whatsapp", "sms", "contact number", "hotline",
        "teléfono", "móvil", "ext", "*telefonnummer", "my number", "his number", "her number",
        "phone number", "reach me at", "contact", "dial", "telepono",
    ),
    "born": (
        "geboren", "geb", "geburtsdatum", "geburtstag", "geb.-datum", "geb.datum", "date of birth",
        "d.o.b", "dob", "birth date", "birthdate", "birthday", "born", "born on",
        "date de naissance", "né le", "née le", "né(e) le", "fecha de nacimiento",
        "data di nascita", "geboortedatum", "nato il", "nata il", "nacido el", "naissance",
        "geb. am",
    ),
    "version": ("version*", "ver", "v", "release", "firmware", "build", "§", "section", "kapitel"),
}  # fmt: skip


class LabelIndex:
    """Where the labels of a page stand; each group is looked for when it is first asked for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._ends: dict[str, list[int]] = {}

    def present(self, group: str) -> bool:
        """Whether a label of a group stands anywhere on the page."""
        return bool(self.ends(group))

    def near(self, group: str, start: int, within: int = NEAR) -> bool:
        """Whether a label of a group ends at most ``within`` characters before a place."""
        end = self._last(group, start)
        return end is not None and start - end <= within

    def beside(self, group: str, start: int, within: int = _BESIDE) -> bool:
        """Whether a label stands before a place with no other number and no other name between."""
        end = self._last(group, start)
        if end is None or start - end > within:
            return False
        between = self._reading.flat[end:start]
        if any(map(str.isdigit, between)):
            return False
        rival = self._last("serial", start)
        return rival is None or rival <= end

    def nearest(self, group: str, start: int, rivals: Iterable[str]) -> bool:
        """Whether no label of other groups stands between a place and its label of a group."""
        end = self._last(group, start) or 0
        return not any((self._last(rival, start) or 0) > end for rival in rivals)

    def ends(self, group: str) -> list[int]:
        """Return where the labels of a group end, in order."""
        ends = self._ends.get(group)
        if ends is None:
            ends = sorted(end for phrase in LABELS[group] for _, end in self._reading.find(phrase))
            self._ends[group] = ends
        return ends

    def _last(self, group: str, start: int) -> int | None:
        ends = self.ends(group)
        place = bisect_right(ends, start)
        return ends[place - 1] if place else None
