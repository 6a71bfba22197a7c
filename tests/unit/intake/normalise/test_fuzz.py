"""Whatever is done to a file, normalising answers: with parts, or with a code."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.settings import Archives
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples import office, ooxml
from tests.unit.intake.normalise.made_messages import compound, message
from tests.unit.intake.normalise.normalised import normalised
from tests.unit.intake.normalise.test_office import open_document, pptx
from tests.unit.intake.normalise.test_outlook import TEXTS
from tests.unit.intake.normalise.test_text import HTML

SEEDS = {
    "docx": office.besprechung(),
    "xlsx": office.stock(),
    "pptx": pptx(),
    "odt": open_document("text", "<office:text><text:p>x</text:p></office:text>"),
    "html": HTML.format(charset="utf-8").encode(),
    "md": b"# T\n\n- a `b`\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n[x](y) **z**\n",
    "csv": b'a;b\n"1;x";2\n3;4\n',
    "eml": office.enquiry()[:2_000],
    "msg": compound(message(TEXTS, (("a.txt", b"x" * 50),))),
    "zip": office.papers(),
    "rtf": rb"{\rtf1\ansi Titel \'fc\par \u8364? {\b fett}\trowd\cellx9\intbl A\cell\row}",
}
LIMITS = Archives(max_children=50)


@st.composite
def mutations(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return a seed with some bytes replaced, pieces doubled or left out, and perhaps cut off."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        size = draw(st.integers(0, 40))
        match draw(st.sampled_from(["replace", "double", "leave out", "insert"])):
            case "replace":
                content[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
            case "double":
                content[at:at] = content[at : at + size]
            case "leave out":
                del content[at : at + size]
            case _:
                content[at:at] = draw(st.binary(max_size=8))
    return bytes(content)


def answers(content: bytes, name: str) -> None:
    try:
        found = sniff.media_type(content, name)
        if found in sniff.PARTED:
            normalised(content, found, LIMITS)
    except Rejected:
        pass


@pytest.mark.parametrize("kind", SEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_mutated_file(kind: str, data: st.DataObject) -> None:
    answers(data.draw(mutations(SEEDS[kind])), f"x.{kind}")


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_package_with_a_mutated_part(kind: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(BytesIO(SEEDS[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(mutations(parts[name]))

    answers(ooxml.packed(parts), f"x.{kind}")


@settings(max_examples=40, deadline=None)
@given(content=st.text().map(str.encode), kind=st.sampled_from(["txt", "html", "md", "csv", "eml"]))
def test_any_text(content: bytes, kind: str) -> None:
    answers(content, f"x.{kind}")
