"""Plain text, Markdown, CSV and HTML."""

from __future__ import annotations

import resource
import time

import pytest
from docparser import parts
from docparser.intake import sniff

from tests.unit.intake.normalise.normalised import normalised


def test_plain_text() -> None:
    content = "Erste Zeile\r\nzweite Zeile\r\n\r\n\r\nAbsatz\f\fSeite drei\x1a"

    assert normalised(content.encode("cp1252"), sniff.TXT).pages == [
        [("paragraph", "Erste Zeile\nzweite Zeile"), ("paragraph", "Absatz")],
        [],
        [("paragraph", "Seite drei")],
    ]


def test_white_space_alone_is_an_empty_page() -> None:
    assert normalised(b" \n\n", sniff.TXT).pages == [[]]


@pytest.mark.parametrize("mark", ["\n\n", "\n", " ", ""])
def test_a_long_text_is_cut_and_nothing_is_lost(mark: str) -> None:
    words = [f"Wort{number:06}" for number in range(20_000)]

    made = normalised(mark.join(words).encode(), sniff.TXT)

    assert len(made.pages) > 4
    text = made.text if mark else made.text.replace("\n", "")
    assert [text[at : at + 10] for at in range(0, len(text), 10 + bool(mark))][:3] == words[:3]
    assert "".join(text.split()) == "".join(words)
    assert all(len(block[1]) <= parts.MOST_CHARACTERS for page in made.pages for block in page)


def test_a_text_of_fifty_megabytes_needs_the_memory_of_a_page() -> None:
    content = ("Eine Zeile mit Umlauten äöü und noch etwas mehr darin.\n" * 40 + "\n") * 2_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = len(content.encode())

    assert sum(map(len, normalised(content.encode(), sniff.TXT).pages)) == 2_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < (6 * size) >> 10


def test_markdown() -> None:
    content = """\
# Titel mit *Betonung*

Absatz mit **fett**, `code_mit_unterstrich` und [Link](http://x.example "t").
zweite Zeile \\*kein Stern\\* &amp; snake_case_name 2 * 3 * 4

Unterstrichen
-------------

- eins
  weiter
- zwei
  - zwei a
3. drei

| A | B |
|:--|--:|
| ä | x \\| y |

```py
# kein Titel
x = 1
```

> Zitat
> geht weiter

***
Ende
"""

    assert normalised(content.encode(), sniff.MARKDOWN).pages == [
        [
            ("heading1", "Titel mit Betonung"),
            (
                "paragraph",
                "Absatz mit fett, code_mit_unterstrich und Link.\n"
                "zweite Zeile *kein Stern* & snake_case_name 2 * 3 * 4",
            ),
            ("heading2", "Unterstrichen"),
            ("list_item", "• eins\nweiter"),
            ("list_item", "• zwei"),
            ("list_item", "• zwei a"),
            ("list_item", "3. drei"),
            [["A", "B"], ["ä", "x | y"]],
            ("paragraph", "# kein Titel\nx = 1"),
            ("paragraph", "Zitat\ngeht weiter"),
            ("paragraph", "Ende"),
        ]
    ]


@pytest.mark.parametrize("mark", ["[", "**", "`", "<!--", "\\", "> ", "_a", "[a](<"])
def test_marks_that_nobody_closes_cost_no_time(mark: str) -> None:
    started = time.process_time()
    normalised((mark * 20_000).encode(), sniff.MARKDOWN)

    assert time.process_time() - started < 2


def test_a_heading_of_spaces_and_a_paragraph_of_megabytes_cost_no_time() -> None:
    started = time.process_time()
    heading = normalised(b"# a" + b" " * 39_000 + b"b ##\n", sniff.MARKDOWN)
    words = "lorem ipsum " * 2_000_000
    made = normalised(f"<p>{words}</p>".encode(), sniff.HTML)

    assert time.process_time() - started < 5
    assert heading.pages == [[("heading1", "a b")]]
    assert " ".join(made.text.split()) == words.strip()


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
        ('sep=|\na|b\n1|"x|y"\n', [["a", "b"], ["1", "x|y"]]),
        ('a;b\n"zwei\nZeilen";"mit ""Zitat"""\n', [["a", "b"], ["zwei\nZeilen", 'mit "Zitat"']]),
        ("Größe;Maß\r\n1;2\r\n", [["Größe", "Maß"], ["1", "2"]]),
        ("one\ntwo\n", [["one"], ["two"]]),
        ("a,,c\n,,\n1,,3\n", [["a", "c"], ["1", "3"]]),
    ],
)
def test_csv(content: str, rows: list[list[str]]) -> None:
    for codec in ("utf-8-sig", "cp1252", "utf-16"):
        assert normalised(content.encode(codec), sniff.CSV).pages == [[rows]]


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    lines = ["a;b", '1;"open', *(f"{number};x" for number in range(20_000))]

    text = normalised("\n".join(lines).encode(), sniff.CSV).text

    assert "19999 x" in text
    assert text.count("\n") >= 20_000


HTML = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>Titel</title>
<style>p {{ color: red }} canary-style</style><script>alert("canary-script")</script></head><body>
<h1>Überschrift <b>fett</b></h1><p>Erster&nbsp;Absatz mit
 <a href="http://x.example/">Link</a>.<br>Zweite Zeile &amp; Ende</p>
loser Text <ul><li>eins<li>zwei<ul><li>zwei a</ul></ul><ol start=3><li>drei</li></ol>
<table><caption>Preise</caption><tr><th>Name<th>Preis<tr><td>Öl<td>3 &euro;
<tr><td colspan=2>breit</table><noscript>ohne Skript</noscript>
<pre>code  x
 y</pre><h2>Sub<script>canary-inner</script></h2><div>davor <p>innen</p> danach</div>
<iframe>canary-frame</iframe><svg><text>canary-svg</text></svg><footer>Fuß</footer>
<img src="x" onerror="canary-event" alt="canary-alt"><!-- canary-comment --></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_html(charset: str) -> None:
    content = HTML.format(charset=charset).encode(charset)

    made = normalised(content, sniff.HTML)

    assert made.pages == [
        [
            ("heading1", "Überschrift fett"),
            ("paragraph", "Erster Absatz mit Link.\nZweite Zeile & Ende"),
            ("paragraph", "loser Text"),
            ("list_item", "• eins"),
            ("list_item", "• zwei"),
            ("list_item", "• zwei a"),
            ("list_item", "3. drei"),
            ("caption", "Preise"),
            [["Name", "Preis"], ["Öl", "3 €"], ["breit", ""]],
            ("paragraph", "ohne Skript"),
            ("paragraph", "code  x\n y"),
            ("heading2", "Sub"),
            ("paragraph", "davor"),
            ("paragraph", "innen"),
            ("paragraph", "danach"),
            ("paragraph", "Fuß"),
        ]
    ]
    assert made.warnings == ("ACTIVE_CONTENT",)


def test_a_page_laid_out_by_tables_is_taken_apart() -> None:
    content = (
        b"<table><tr><td>Links</td><td><p>Rechts</p><table><tr><td>A<td>B<tr><td>1<td>2</table>"
        b"darunter</td></tr></table><p>Ende"
    )

    assert normalised(content, sniff.HTML).pages == [
        [
            ("paragraph", "Links"),
            ("paragraph", "Rechts"),
            [["A", "B"], ["1", "2"]],
            ("paragraph", "darunter"),
            ("paragraph", "Ende"),
        ]
    ]


def test_utf_8_that_claims_to_be_something_else() -> None:
    content = '<meta charset="iso-8859-1"><p>Größe'.encode()

    assert normalised(content, sniff.HTML).text == "Größe"


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 20_000 + "tief" + "</div>" * 20_000,
        "<table><tr><td>" * 3_000 + "tief",
        "<p>tief<script>" + "x" * 100_000,
        "<!--" * 1_000 + "--><p>tief",
        "<![" * 1_000 + "><p>tief",
        "<![if !mso]><p>tief<![endif]>",
        "<head><body><p>tief",
        "<html><head><title>x</title><meta charset=utf-8><style>y</style><p>tief</html>",
        "<body><svg><path d='x'><text>x</text><p>tief",
    ],
)
def test_html_without_end(content: str) -> None:
    assert normalised(content.encode(), sniff.HTML).text.strip() == "tief"


def test_cells_that_reach_down() -> None:
    content = (
        "<table><tr><th rowspan=2>A<th colspan=2 rowspan=2>B<th>C<tr><td>1"
        "<tr><td>2<td>3<td rowspan=9>4<td>5<tr><td>6<td>7<td>8</table>"
    )

    assert normalised(content.encode(), sniff.HTML).pages == [
        [[["A", "B", "", "C"], ["", "", "", "1"], ["2", "3", "4", "5"], ["6", "7", "", "8"]]]
    ]
