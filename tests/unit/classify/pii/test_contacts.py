"""Mail, phone, web and network addresses, and what looks like them."""

from __future__ import annotations

import pytest

from tests.unit.classify.pii.looking import look, texts, types


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("mail info@halden.example please", "email", "info@halden.example"),
        ("a@xn--d1acufc.xn--p1ai", "email", "a@xn--d1acufc.xn--p1ai"),
        ("(first.last+tag@sub.domain.co.uk).", "email", "first.last+tag@sub.domain.co.uk"),
        ("info (at) halden (punkt) example", "email", "info (at) halden (punkt) example"),
        ("write to ida[at]halden.example.", "email", "ida[at]halden.example"),
        ("Tel. 030 41092-0", "phone", "030 41092-0"),
        ("Telefon\n: +49 932 431 500", "phone", "+49 932 431 500"),
        ("+49 (0) 30 41092-111", "phone", "+49 (0) 30 41092-111"),
        ("Phone:\n60-56-85-91", "phone", "60-56-85-91"),
        ("phone (555) 23 78 -23", "phone", "(555) 23 78 -23"),
        ("ring (212) 555-0143 now", "phone", "(212) 555-0143"),
        ("Handy 0151 19630027", "phone", "0151 19630027"),
        ("call 212-555-0143 ext. 12", "phone", "212-555-0143 ext. 12"),
        ("see https://www.halden.example/a?b=1.", "url", "https://www.halden.example/a?b=1"),
        ("www.musterlieferant.de", "url", "www.musterlieferant.de"),
        ("from 192.168.0.1,", "ip_address", "192.168.0.1"),
        ("gateway fe80::1%eth0 is up", "ip_address", "fe80::1%eth0"),
        ("2001:db8:85a3::8a2e:370", "ip_address", "2001:db8:85a3::8a2e:370"),
        ("::ffff:192.0.2.1", "ip_address", "::ffff:192.0.2.1"),
    ],
)
def test_a_contact_is_found(text: str, kind: str, found: str):
    assert texts(text, kind) == [found]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("EAN 4006381333931", id="an article number"),
        pytest.param("Rechnung 030-123-4567 vom 1.2.", id="an invoice number in groups"),
        pytest.param("Telefon am 12.03.2024 besprochen", id="a date after the word"),
        pytest.param("Kundennummer 0123 456 789", id="a customer number"),
        pytest.param("Tel. ____ Kundennummer 1234567", id="another label between"),
        pytest.param("1.199,92 EUR, 12 345 678 EUR", id="amounts"),
        pytest.param("Date 05/11/2017 201,00", id="a date and an amount"),
        pytest.param("Version 1.2.3.4", id="a version"),
        pytest.param("256.256.256.256", id="no network has this"),
        pytest.param("12:34:56 and 80:443", id="times and ports"),
        pytest.param("std::vector MyClass::toString :::", id="code"),
        pytest.param("http://localhost/ and www.name", id="hosts without a domain"),
        pytest.param("me @ home, a@b, @handle", id="at signs"),
        pytest.param("pages 100-200-3000", id="a range"),
        pytest.param("we met (at) noon", id="a word in brackets"),
    ],
)
def test_a_false_friend_is_not_found(text: str):
    assert types(text) == set()


def test_a_valid_number_is_more_certain_than_a_labelled_one():
    valid = look("Tel. +49 30 41092111")[0].finding
    labelled = look("Tel. 000 0000")[0].finding

    assert valid.verified
    assert not labelled.verified
    assert valid.confidence > labelled.confidence


def test_an_address_in_a_link_is_no_second_finding():
    (seen,) = look("https://user@host.example/path")

    assert seen.finding.type.value in {"url", "email"}
