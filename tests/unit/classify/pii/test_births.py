"""A date is one of birth where a word says so."""

from __future__ import annotations

import pytest

from tests.unit.classify.pii.looking import texts, types


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("geboren am 12.03.1985 in Kiel", "12.03.1985"),
        ("Geburtsdatum: 12. März 1985", "12. März 1985"),
        ("Date of birth 12 March 1985", "12 March 1985"),
        ("DOB 03/18/2001", "03/18/2001"),
        ("née le 12/03/1985", "12/03/1985"),
        ("She was born on 2/8/1935.", "2/8/1935"),
        ("born March 3rd, 1971", "March 3rd, 1971"),
        ("Geburtsdatum\n1985-03-12", "1985-03-12"),
        ("am 12.3.1985 in Bad Kiel geboren", "12.3.1985"),
        ("Ida Dale (* 12.03.1985)", "12.03.1985"),
        ("Fecha de nacimiento 3 de mayo de 1975", "3 de mayo de 1975"),
    ],
)
def test_a_birth_is_found(text: str, date: str):
    assert texts(text, "date_of_birth") == [date]


@pytest.mark.parametrize(
    "text",
    [
        "Date 12.03.1985",
        "Date of birth: ____",
        "Geboren wurde er in Kiel.",
        "geboren am 45.13.1985",
        "Date of birth: see page 3, issued 12.03.1985",
        "5 * 12.03 = 60.15",
        "born again in Version 1.2.1985.3",
    ],
)
def test_other_dates_are_not(text: str):
    assert "date_of_birth" not in types(text)
