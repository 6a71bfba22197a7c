"""Where somebody can be reached: mail addresses, phone numbers, web and network addresses."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from docparser.model import PiiType

from . import checks
from .engine import Hit
from .labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.classify.reading import Reading

    from .labels import LabelIndex

PRIVATE_MAIL = frozenset(
    "gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de "
    "hotmail.com hotmail.de outlook.com outlook.de live.com live.de yahoo.com yahoo.de yahoo.fr "
    "icloud.com me.com aol.com posteo.de mailbox.org proton.me protonmail.com orange.fr free.fr "
    "wanadoo.fr laposte.net hotmail.fr arcor.de msn.com".split()
)
"""Domains whose mailboxes belong to persons, not to companies."""

# Each pattern begins with what is rare in prose, or is looked for around such a character.
_MAIL_NAME = r"[\w.+%-]{1,64}$"
_MAIL_DOMAIN = r"[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,8}"
_SPELT_MAIL = (
    r"(?i:(?<![\w.])[\w.+-]{1,64} ?[(\[]at[)\]] ?[\w-]{1,63}"
    r"(?:(?:\.| ?[(\[](?:dot|punkt|point)[)\]] ?)[\w-]{1,63}){1,8})"
)
_URL = r"(?i:https?://|\bftp://|\bwww\.)[^\s<>\"'|\\^`{}\[\]]{3,2000}"
_HOST = (
    r"(?i:[a-z]+://|www\.)(?:[^\s/@]{1,255}@)?([\w-]{1,63}(?:\.[\w-]{1,63}){0,8}|\[[0-9a-f:]+\])"
)
_IPV4 = (
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"
    r"(?:/\d\d?)?(?![\w]|\.\d)"
)
_IPV6 = (
    r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4})(?![\w:])"
)
_GROUP = 4
_LONGEST = 60
"""An address has groups of at most so many hex digits, and is no longer than that."""
_ZONE = r"%[\w.-]{1,15}"
_PHONE = r"(?:\+|(?<!\w)00)[1-9][\d ()/.-]{6,20}\d|(?<![\w.,])\(?\d[\d ()/.-]{4,18}\d"
_EXTENSION = r" ?(?:x|ext\.?) ?\d{1,5}(?!\w)"
_DATE = r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d|[./-]\d)"
_DISTINCT = (
    # Groups that little else has: North American ones, and an area code in brackets.
    r"(?:1[-. ])?\([2-9]\d\d\) ?\d{3}[-. ]\d{4}|(?:1[-.])?[2-9]\d\d([-.])\d{3}\1\d{4}"
    r"|\(\d{2,4}\) ?\d{3,4}-\d{3,4}|00\d{1,2}-\d{3}-\d{3}-\d{4}|\+[\d ()/.-]{10,}"
)
_NATIONAL = (
    # A trunk zero and groups of digits: a number where some country's plan knows it.
    r"\(0\d{1,4}\)(?:[ -]?\d){5,9}|0\d{1,4}(?:[ ./-]\d{2,8}){1,4}"
)
_TRUNK_DIGITS = range(9, 13)
_REGIONS = ("DE", "US", "GB", "FR", "AT", "CH", "NL", "BE", "IT", "ES", "SE", "FI", "PL", "AU")
"""Where a number without a country code may be at home."""
_LEAST_DIGITS = 6
_MOST_DIGITS = 15
"""Of an international number (ITU-T E.164)."""
_MOST_PLANS = 200
"""So many different numbers of a page are checked by their countries' plans, 0.1 ms each; on a page
with more of them, their form and their labels have to do."""


def find_contacts(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    """Yield mail addresses, web and network addresses and phone numbers of a page."""
    text = reading.text
    if "@" in text:
        yield from _mails(text)
    if "(at)" in reading.lower or "[at]" in reading.lower:
        for match in _compiled(_SPELT_MAIL).finditer(text):
            yield Hit(PiiType.EMAIL, *match.span(), 0.8, "email.spelt_out")
    if "://" in text or "www." in reading.lower:
        yield from _urls(text)
    yield from _networks(reading, labels)
    yield from _phones(reading, labels)
    if labels.present("bic"):
        yield from _bics(reading, labels)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _mails(text: str) -> Iterator[Hit]:
    """Yield what stands around each @: a search for names would try every word of the page."""
    name, domain = _compiled(_MAIL_NAME), _compiled(_MAIL_DOMAIN)
    at = text.find("@")
    while at >= 0:
        before = name.search(text[max(0, at - 64) : at])
        after = domain.match(text, at + 1)
        if before and after and before.group().strip("."):
            first = at - len(before.group().lstrip(".-%"))
            yield Hit(PiiType.EMAIL, first, after.end(), 0.95, "email.address", verified=True)
            at = after.end() - 1
        at = text.find("@", at + 1)


def _urls(text: str) -> Iterator[Hit]:
    for match in _compiled(_URL).finditer(text):
        found = match.group().rstrip(".,;:!?)")
        host = _compiled(_HOST).match(found)
        if host is None:
            continue
        labels = host.group(1).lower().split(".")
        # A host without a domain, as http://localhost/, says nothing about anybody; "www.name"
        # needs one more part than others.
        named = found.lower().startswith("www.")
        if len(labels) > 1 and not labels[-1].isdigit() and (not named or len(labels) > 1):
            yield Hit(
                PiiType.URL, match.start(), match.start() + len(found), 0.9, "url.address",
                verified=True,
            )  # fmt: skip


def _networks(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    text = reading.text
    if text.count(".") >= 3:
        for match in _compiled(_IPV4).finditer(text):
            if not labels.near("version", match.start(), 12):
                yield Hit(PiiType.IP_ADDRESS, *match.span(), 0.8, "ip_address.v4")
    yield from _networks_v6(text)


def _networks_v6(text: str) -> Iterator[Hit]:
    """Yield what stands around two colons near each other: most pages have none."""
    colon = text.find(":")
    while colon >= 0:
        after = colon
        if text.find(":", colon + 1, colon + _GROUP + 2) >= 0:
            match = _compiled(_IPV6).search(text, max(0, colon - _GROUP), colon + _LONGEST)
            if match and match.start() <= colon and _is_ipv6(match.group()):
                start, end = match.span()
                if zone := _compiled(_ZONE).match(text, end):
                    end = zone.end()
                yield Hit(PiiType.IP_ADDRESS, start, end, 0.8, "ip_address.v6")
                after = end - 1
        colon = text.find(":", after + 1)


def _is_ipv6(text: str) -> bool:
    # Times and ratios are hex groups as well: without "::" an address has eight groups.
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


_CALLED = tuple(group for group in LABELS if group not in {"phone", "serial", "number", "version"})
"""What a number beside a name for it is rather than a phone number, whatever is said before."""


def _phones(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    checked: dict[str, bool] = {}
    text = reading.text
    for match in _compiled(_PHONE).finditer(text):
        start, end = match.span()
        number = match.group()
        digits = sum(map(str.isdigit, number))
        if not _LEAST_DIGITS <= digits <= _MOST_DIGITS or _compiled(_DATE).match(number):
            continue
        labelled = labels.beside("phone", start) and labels.nearest("phone", start, _CALLED)
        international = number.startswith(("+", "00"))
        distinct = _compiled(_DISTINCT).fullmatch(number) is not None
        trunk = digits in _TRUNK_DIGITS and _compiled(_NATIONAL).fullmatch(number) is not None
        formed = (distinct or trunk) and not labels.near("serial", start, 30)
        if not (labelled or international or formed):
            continue
        known = checked.get(number)
        if known is None and len(checked) < _MOST_PLANS:
            known = checked[number] = checks.phone(number, _REGIONS)
        if extension := _compiled(_EXTENSION).match(text, end):
            end = extension.end()
        if labelled:
            rule, confidence = "labelled", 0.95 if known else 0.6
        elif known:
            rule, confidence = "plan", 0.9 if international else 0.6
        elif distinct:
            rule, confidence = "written_form", 0.5
        else:
            continue
        verified = bool(known) and international
        yield Hit(PiiType.PHONE, start, end, confidence, f"phone.{rule}", verified=verified)


_BIC = r"\W{0,5}(?:-?code|-?nr\.?)?\W{0,5}(?-i:([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![^\W_]))"


def _bics(reading: Reading, labels: LabelIndex) -> Iterator[Hit]:
    pattern = _compiled(rf"(?i:{_BIC})")
    for end in labels.ends("bic"):
        if match := pattern.match(reading.flat, end):
            yield Hit(PiiType.BANK_ACCOUNT, *match.span(1), 0.7, "bank_account.bic")
