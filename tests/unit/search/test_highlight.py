"""The place of a match, and the text around it."""

from __future__ import annotations

import time

import pytest
from docparser.search.highlight import SNIPPET_WORDS, Highlight, Highlighter
from docparser.search.query import parse

CLAUSE = (
    "The lessee shall pay to the lessor a monthly rent of 900 euro. The rent is due on the third "
    "working day of the month. If the lessee does not pay the rent, the lessor may give notice."
).split()


def highlight(query: str, words: list[str], boxes: list[tuple[float, ...]]) -> Highlight:
    return Highlighter(parse(query)).show(words, boxes)


def shown(query: str, words: list[str]) -> str:
    """Return the words inside the polygon; each word has a place of its own, on one line."""
    step = 1 / len(words)
    boxes = [(n * step, 0.1, (n + 0.9) * step, 0.2) for n in range(len(words))]
    polygon = highlight(query, words, boxes).polygon
    assert polygon is not None
    (left, _), (right, _) = polygon[:2]
    return " ".join(words[round(left / step) : round(right / step + 0.1)])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # as it was typed, wherever it stands, the small words too
        ("the third working day of the month", "the third working day of the month."),
        ("if the lessee does not pay", "If the lessee does not pay"),
        # any form of the words
        ("monthly rents", "monthly rent"),
        # the shortest run that holds every word
        ("lessor notice", "lessor may give notice."),
        ("rent 900", "rent of 900"),
        # in the typed order if it is as short
        ("lessor lessee pay", "lessee shall pay to the lessor"),
        # as many words as there are, if not all are there
        ("notice of termination", "notice."),
        # a quoted phrase is one part
        ('"pay the rent"', "pay the rent,"),
        ('notice "the lessor"', "the lessor may give notice."),
    ],
)
def test_the_best_place(query: str, expected: str) -> None:
    assert shown(query, CLAUSE) == expected


def test_stop_words_beside_a_match_belong_to_it() -> None:
    words = "he is the owner of the house now".split()
    assert shown("the owners of a house", words) == "the owner of the house"


def test_a_divided_word_is_shown_whole() -> None:
    words = "gilt der Versiche- rungsvertrag nicht".split()
    assert shown("Versicherungsvertrag", words) == "Versiche- rungsvertrag"


def test_a_match_on_two_lines_is_framed_by_one_box() -> None:
    words = ["a", "red", "fox", "ran"]
    boxes = [(0.1, 0.1, 0.2, 0.12), (0.8, 0.1, 0.9, 0.12), (0.1, 0.2, 0.2, 0.22), (0.5, 0.2, 1, 1)]
    polygon = highlight("red fox", words, boxes).polygon
    assert polygon == ((0.1, 0.1), (0.9, 0.1), (0.9, 0.22), (0.1, 0.22))


def test_words_far_from_each_other_are_not_one_place() -> None:
    words = ["rent", *["and"] * 60, "rent", "notice"]
    assert shown("rent notice", words) == "rent notice"
    words = ["rent", *["and"] * 60, "notice"]
    assert shown("rent notice", words) == "rent"


def test_without_a_word_of_the_query_the_place_is_what_resembles_it_or_all() -> None:
    assert shown("rental", CLAUSE[:12]) == "rent"
    assert shown("zebra", CLAUSE[:12]) == " ".join(CLAUSE[:12])


def test_a_description_has_no_place() -> None:
    found = highlight("invoice", "invoice RESTRICTED de 3 pages".split(), ())
    assert found == (None, "invoice RESTRICTED de 3 pages")


@pytest.mark.parametrize("at", [0, 5, 50, 94, 99])
def test_a_snippet_has_some_thirty_words_and_the_match(at: int) -> None:
    words = [f"w{n}" for n in range(100)]
    words[at] = "needle"
    snippet = highlight("needle", words, ()).snippet
    kept = [word for word in snippet.split() if word != "…"]
    assert "needle" in kept
    assert len(kept) == SNIPPET_WORDS
    assert snippet.startswith("… ") == (kept[0] != "w0" and at > 0)
    assert snippet.endswith(" …") == (kept[-1] != words[-1])


@pytest.mark.parametrize("repeated", [True, False])
def test_a_passage_of_letters_takes_no_longer_than_one_of_words(repeated: bool) -> None:
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 128)]
    words = [".".join("a" * 128 if repeated else letters)] * 130
    query = ["a"] * 199 + ["b"] if repeated else letters[::-1]
    used = []
    # The best of three: on a busy machine, CPU time is not all one's own.
    for _ in range(3):
        started = time.process_time()
        found = Highlighter(parse(" ".join(query))).show(words, [(0.0, 0.0, 1.0, 1.0)] * 130)
        used.append(time.process_time() - started)
        assert found.polygon is not None
    assert min(used) < 0.5
