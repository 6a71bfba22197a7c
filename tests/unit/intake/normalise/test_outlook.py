"""Outlook messages."""

from __future__ import annotations

import io
import struct

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.compound import Compound

from tests.unit.intake.normalise.made_messages import compound, message
from tests.unit.intake.normalise.normalised import normalised

TEXTS = {
    "0037": "Größe & Maß",
    "0C1A": "Jörg Müller",
    "5D01": "joerg@x.example",
    "0E04": "Bärbel; Cem",
    "1000": "Guten Tag,\r\n\r\nviele Grüße",
}
HEAD = (
    "From: Jörg Müller <joerg@x.example>\nTo: Bärbel; Cem\n"
    "Date: Tue, 03 Jun 2025 08:00:00 +0000\nSubject: Größe & Maß"
)


@pytest.mark.parametrize("narrow", ["", "1252"])
def test_a_message(narrow: str) -> None:
    content = compound(message(TEXTS, narrow=narrow))

    assert sniff.media_type(content, "x.msg") == sniff.MSG
    assert normalised(content, sniff.MSG).pages == [
        [("paragraph", HEAD), ("paragraph", "Guten Tag,"), ("paragraph", "viele Grüße")]
    ]


def test_attachments_small_and_large() -> None:
    large = bytes(range(256)) * 100
    content = compound(message(TEXTS, (("klein.txt", b"klein"), ("Größe.bin", large))))

    done = normalised(content, sniff.MSG)

    assert [child.name for child in done.children] == ["klein.txt", "Größe.bin"]
    assert done.contents == [b"klein", large]
    assert "Attachments: klein.txt, Größe.bin" in done.text


def test_an_attachment_of_many_megabytes() -> None:
    large = bytes(range(256)) * (16 << 12)

    done = normalised(compound(message(TEXTS, (("a.bin", large),))), sniff.MSG)

    assert done.contents == [large]


def test_a_message_within_a_message_becomes_a_mail() -> None:
    inner = message({**TEXTS, "0037": "Innen"}, (("a.txt", b"ganz innen"),), inner=True)
    done = normalised(compound(message(TEXTS, (("Innen", inner),))), sniff.MSG)

    (child,) = done.children
    assert child.name == "Innen.eml"
    within = normalised(done.contents[0] or b"", sniff.EML)
    assert "Subject: Innen" in within.text
    assert "viele Grüße" in within.text
    assert within.contents == [b"ganz innen"]


def test_a_body_in_html() -> None:
    texts = {key: text for key, text in TEXTS.items() if key != "1000"}
    content = compound(message(texts, html=b"<h1>Titel</h1><script>canary</script>Text"))

    done = normalised(content, sniff.MSG)

    assert done.pages == [[("paragraph", HEAD), ("heading1", "Titel"), ("paragraph", "Text")]]
    assert done.warnings == ("ACTIVE_CONTENT",)


def test_cut_off_anywhere_it_is_corrupt_and_nothing_else() -> None:
    content = compound(message(TEXTS, (("a.bin", bytes(9_000)),)))

    for size in range(8, len(content), 700):
        try:
            normalised(content[:size], sniff.MSG)
        except Rejected as error:
            assert error.code == "CORRUPT"  # noqa: PT017 - some prefixes hold all that is needed


def test_a_chain_that_comes_back_to_itself_ends() -> None:
    content = bytearray(compound(message(TEXTS, (("a.bin", bytes(9_000)),))))
    table = struct.unpack_from("<I", content, 76)[0]
    at = (table + 1) * 512
    content[at : at + 4] = struct.pack("<I", 0)

    opened = Compound(io.BytesIO(bytes(content)))
    entry = next(
        inner
        for storage in opened.children(opened.root).values()
        if storage.is_storage
        for inner in opened.children(storage).values()
        if inner.size == 9_000
    )

    with pytest.raises(Rejected) as caught:
        list(opened.pieces(entry._replace(size=1 << 30)))

    assert caught.value.code == "CORRUPT"


@pytest.mark.parametrize("said", ["a@", "<", '"', "a@[", "a\nb: c", "\x00", "ä" * 9_000])
def test_a_message_within_a_message_has_any_head(said: str) -> None:
    texts = TEXTS | {"0E04": f"{said} Ende", "0037": f"{said} Ende", "5D01": said}
    inner = message(texts, ((f"{said}.txt", b"x"),), inner=True)

    done = normalised(compound(message(TEXTS, (("Innen", inner),))), sniff.MSG)

    (content,) = done.contents
    assert sniff.media_type(content or b"") == sniff.EML
    within = normalised(content or b"", sniff.EML)
    assert within.text.count("Ende") == 2
    assert within.contents == [b"x"]
    assert within.children[0].name.endswith(".txt")
