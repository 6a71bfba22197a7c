"""Mutated files of every kind: a code or a plan, in time, and nothing else whatever they are."""

from __future__ import annotations

import io
import shutil
import tempfile
import time
import zipfile
from functools import cache
from pathlib import Path

from docparser.errors import Rejected
from docparser.intake.examine import Examined, Examiner, Upload
from docparser.model import RejectedCode
from docparser.settings import Archives, Limits, Parsing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.pdfs import scan_pdf, text_pdf

SECONDS = 10
PARSING = Parsing(parser_memory_mb=256, parser_seconds=SECONDS)
EXAMINER = Examiner(Limits(max_page_pixels=10_000_000), Archives(), PARSING)
CODES = set(RejectedCode) - {RejectedCode.TOO_LARGE, RejectedCode.INFECTED}
HEIC = Path(__file__).with_name("pictures") / "two.heic"

_MAIL = b"""From: a@example.com
To: b@example.com
Subject: =?utf-8?q?M=C3=BCnchen?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p>one <b>two</b></p>
--b
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=a.pdf

JVBERi0xLjcK
--b--
"""


def _picture(kind: str, frames: int = 1) -> bytes:
    buffer = io.BytesIO()
    pictures = [Image.effect_noise((60, 40), 60 + number) for number in range(frames)]
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(buffer, kind, **more)
    return buffer.getvalue()


def _zip(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _docx() -> bytes:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    body = "<w:p><w:r><w:t>one</w:t></w:r></w:p>" * 20
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return _zip(
        **{
            "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" '
            f'ContentType="{main}"/></Types>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r" '
            f'Type="{document}" Target="word/document.xml"/></Relationships>'.encode(),
            "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body>'
            "</w:document>".encode(),
        }
    )


@cache
def samples() -> tuple[bytes, ...]:
    """Return a small file of each kind."""
    return (
        text_pdf(("one", "two"), ("three",), salt="always the same"),
        scan_pdf(text=1, scanned=1),
        *(_picture(kind) for kind in ("PNG", "JPEG", "TIFF", "BMP", "WEBP")),
        *(_picture(kind, frames=3) for kind in ("TIFF", "GIF", "WEBP")),
        HEIC.read_bytes(),
        _MAIL,
        _docx(),
        _zip(a=b"one", b=_zip(c=b"two")),
        b"{\\rtf1\\ansi {\\b one} two\\par}",
        b"<html><body><h1>one</h1><table><tr><td>two</table></body></html>",
        b"a;b;c\n1;2;3\n4;5;6\n",
    )


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Cut off, flip, splice, repeat or zero what is in a sample, some times over."""
    content = bytearray(draw(st.sampled_from(samples())))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        until = min(len(content), at + draw(st.integers(1, 400)))
        match draw(st.sampled_from(("cut", "flip", "splice", "repeat", "zero", "number"))):
            case "cut":
                del content[at:until]
            case "flip":
                for index in range(at, min(until, at + 4)):
                    content[index] ^= draw(st.integers(1, 255))
            case "splice":
                other = draw(st.sampled_from(samples()))
                begin = draw(st.integers(0, len(other) - 1))
                content[at:until] = other[begin : begin + 400]
            case "repeat":
                content[at:at] = bytes(content[at:until]) * draw(st.integers(1, 20))
            case "zero":
                content[at:until] = bytes(until - at)
            case "number":
                content[at : at + 4] = draw(
                    st.sampled_from(
                        (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"9999", b"\0\0\0\1")
                    )
                )
    if draw(st.booleans()):
        del content[draw(st.integers(0, len(content))) :]
    return bytes(content)


def outcome(content: bytes, name: str = "", password: str | None = None) -> Examined | RejectedCode:
    folder = Path(tempfile.mkdtemp())
    try:
        made = folder / "made"
        made.mkdir()
        (folder / "original").write_bytes(content)
        return EXAMINER.examine(folder / "original", Upload(name=name, password=password), made)
    except Rejected as error:
        return RejectedCode(error.code)
    finally:
        shutil.rmtree(folder)


def test_the_samples_themselves_are_accepted() -> None:
    for content in samples():
        found = outcome(content)
        assert isinstance(found, Examined)
        assert all(page.refused is None for page in found.pages)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    content=mutated(),
    name=st.sampled_from(("", "a.pdf", "a.txt", "a.eml")),
    password=st.sampled_from((None, "secret")),
)
def test_a_mutated_file_has_a_code_or_pages(
    content: bytes, name: str, password: str | None
) -> None:
    # Any other exception fails the test: a defect of ours would be Terminal.
    begun = time.monotonic()
    found = outcome(content, name, password)
    assert time.monotonic() - begun < 1.5 * SECONDS
    if isinstance(found, Examined):
        assert len(found.pages) >= 1
        assert any(page.refused is None for page in found.pages)
    else:
        assert found in CODES
