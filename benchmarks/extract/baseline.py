"""What a page of patterns over plain text finds: the least that an extraction has to be worth.

It gets the very text that the pipeline has read, in its order, and nothing of the layout.
"""

from __future__ import annotations

import re
from typing import Any

_AMOUNT = r"(-?\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}|-?\d+[.,]\d{2})"
_DATE = r"(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2} [A-Za-zäéû]{3,9} \d{4})"
_ANY = r"[^\n]{0,40}?"

_INVOICE = {
    "invoice_number": (
        r"(?:rechnungs?-?\s?(?:nr|nummer)|invoice\s?(?:no|number)|facture\s?n°?|\bnr)\.?:?\s*"
        r"([A-Z0-9][\w/.-]{2,})"
    ),
    "issue_date": rf"(?:rechnungsdatum|datum|invoice date|date|vom|le){_ANY}{_DATE}",
    "due_date": rf"(?:fällig|zahlbar|due date|échéance){_ANY}{_DATE}",
    "currency": r"\b(EUR|USD|GBP|CHF)\b",
    "seller.vat_id": r"\b((?:DE|FR|AT|GB)\s?[0-9A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{1,3})\b",
    "iban": r"\b([A-Z]{2}\d{2}(?:\s?[0-9A-Z]{4}){3,7}(?:\s?[0-9A-Z]{1,3})?)\b",
    "net_total": rf"(?:netto|net total|subtotal|total ht|nettobetrag){_ANY}{_AMOUNT}",
    "tax_total": rf"(?:steuerbetrag|mwst|ust|vat|tva|tax){_ANY}{_AMOUNT}",
    "grand_total": rf"(?:brutto|gesamtbetrag|grand total|total ttc|total){_ANY}{_AMOUNT}",
    "due_payable": rf"(?:zahlbetrag|fälliger betrag|amount due|net à payer|zahlen){_ANY}{_AMOUNT}",
}
_COMPANY = re.compile(r"(?i)\b(?:GmbH|AG|KG|SAS|SARL|Ltd|Inc|LLC|SDN BHD)\b")
_AGREEMENT = {
    "effective_date": r"(?:dated|as of|effective)[^\n]{0,30}?(\w+ \d{1,2}, \d{4})",
    "jurisdiction": r"laws\s+of\s+(?:the\s+)?(?:State\s+of\s+)?([A-Z]\w+(?: [A-Z]\w+)?)",
    "term": r"\b(\w+ (?:\(\d+\) )?(?:years?|months?))\b",
}


def prediction(kind: str, text: str) -> dict[str, Any]:
    """Return what the patterns find in a document's text, by the score's names."""
    if kind == "receipt":
        return _receipt(text)
    if kind == "contract-nda":
        found: dict[str, Any] = _first(_AGREEMENT, text)
        between = re.search(r"between\s+(.{3,60}?)[,(].{0,200}?\band\s+(.{3,60}?)[,(]", text, re.S)
        return {**found, "party": list(between.groups()) if between else []}
    names = [line.strip() for line in text.splitlines() if _COMPANY.search(line)]
    parties = dict(zip(("seller.name", "buyer.name"), names, strict=False))
    return {**_first(_INVOICE, text), **parties}


def _first(patterns: dict[str, str], text: str) -> dict[str, str]:
    found = {name: re.search(pattern, text, re.IGNORECASE) for name, pattern in patterns.items()}
    return {name: match[1] for name, match in found.items() if match}


def _receipt(text: str) -> dict[str, Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    dated = re.search(_DATE, text)
    totals = re.findall(rf"total[^\n]*?{_AMOUNT}", text, re.IGNORECASE)
    # After the name and its registration: what looks like streets, up to the telephone.
    address = []
    for line in lines[1:8]:
        if re.match(r"(?i)(tel|fax|phone|gst|tax|invoice|date)", line):
            break
        if re.search(r"(?i)\d|jalan|road|street|taman|lot", line):
            address.append(line)
    return {
        "company": lines[0] if lines else "",
        "date": dated[1] if dated else "",
        "total": totals[-1] if totals else "",
        "address": ", ".join(address),
    }
