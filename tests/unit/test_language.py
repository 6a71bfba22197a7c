"""The language: by small words and by what the cues saw."""

from __future__ import annotations

import pytest
from docparser.language import ENOUGH, LanguageCount, language_of


def language(*texts: str) -> str:
    count = LanguageCount()
    for text in texts:
        count.read(text.lower())
    return count.decide()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The museum was founded by the city and is open on all days of the week.", "en"),
        (
            "Das Museum wurde von der Stadt gegründet und ist auch für Kinder da.",
            "de",
        ),
        ("Le musée est ouvert tous les jours et les enfants sont les bienvenus avec vous.", "fr"),
        ("Het museum is niet open voor een bezoek, maar wordt door de stad van ons betaald.", "nl"),
        ("Il museo è della città e gli orari sono nel catalogo che trovate con i biglietti.", "it"),
        ("El museo es de la ciudad y los niños entran por una puerta con su familia.", "es"),
    ],
)
def test_a_sentence_is_enough(text: str, code: str):
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "4711 12,00 EUR", "Muzeum zostało założone przez miasto."])
def test_what_nothing_speaks_for_is_undetermined(text: str):
    assert language(text) == "und"


def test_two_languages_in_equal_parts_are_undetermined():
    assert language("the and of with from this " * 5 + "und nicht mit auch oder wird " * 5) == "und"


def test_later_pages_change_nothing():
    assert language("the and of with " * (ENOUGH // 10), "und nicht mit auch " * 5_000) == "en"


def test_a_table_of_prices_leans_on_its_cues():
    count = LanguageCount()
    count.read("rechnungsnummer 4711 menge einzelpreis 12,00")
    count.lean(["de", "de", "de"])

    assert count.decide() == "de"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("本合同由双方签署，自二〇二六年三月一日起生效。Example GmbH", "zh"),  # noqa: RUF001
        ("この契約は両当事者が署名した日から有効となる。", "ja"),
        ("Η σύμβαση αυτή ισχύει από την υπογραφή της. Example S.A.", "el"),  # noqa: RUF001
        ("Der Winkel Δ und der Winkel β sind nicht mit dem Winkel Ω zu verwechseln.", "de"),
        ("Договор вступает в силу с момента подписания.", "und"),  # noqa: RUF001
        ("4711 12,00 €", "und"),
        ("", "und"),
    ],
)
def test_a_page_s_language_by_script_or_small_words(text: str, code: str):
    assert language_of(text) == code
