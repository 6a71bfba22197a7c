"""Looking at files: what is found, what is refused, and that nothing takes the worker along."""

from __future__ import annotations

import io
import os
import resource
import time
from pathlib import Path

import pikepdf
import pytest
from docparser import bounded
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.examine import Examined, Examiner, Upload, open_made
from docparser.model import LaneReason, RejectedCode, WarningCode
from docparser.pdf_file import open_pdf
from docparser.settings import Archives, Limits, Parsing
from PIL import Image

from tests.pdfs import text_pdf
from tests.unit.intake.hostile_files import BOMBS, HOSTILE, hostile

EXAMINER = Examiner(Limits(), Archives(), Parsing())
PICTURE = Image.effect_noise((80, 60), 60)
MEMORY_BYTES = Parsing().parser_memory_mb << 20


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


def look(
    content: bytes | Path, made: Path, name: str = "", password: str | None = None
) -> Examined:
    path = content if isinstance(content, Path) else made.parent / "original"
    if isinstance(content, bytes):
        path.write_bytes(content)
    return EXAMINER.examine(path, Upload(name=name, password=password), made)


def outcome(content: bytes | Path, made: Path, **upload: str | None) -> Examined | RejectedCode:
    try:
        return look(content, made, **upload)  # type: ignore[arg-type]
    except Rejected as error:
        return RejectedCode(error.code)


def image(kind: str) -> bytes:
    buffer = io.BytesIO()
    PICTURE.save(buffer, kind)
    return buffer.getvalue()


# ---------------------------------------------------------------------- the evaluation set
@pytest.mark.skipif(not hostile(), reason="needs the evaluation data: hostile")
@pytest.mark.parametrize("row", hostile(), ids=lambda row: row["name"])
def test_a_hostile_file_is_accepted_or_refused_as_it_should_be(
    row: dict[str, str], made: Path
) -> None:
    begun = time.monotonic()
    found = outcome(HOSTILE / row["file"], made, name=row["name"])
    assert time.monotonic() - begun < 10
    if row["expected"] == "accept" and "reject" not in row["also_ok"]:
        assert isinstance(found, Examined)
        if row["pages"]:
            assert len(found.pages) == int(row["pages"])
    if row["expected"] == "reject" and not {"accept", "unpack"} & {
        word for ways in row["also_ok"].split("|") for word in ways.split("_")
    }:
        assert isinstance(found, RejectedCode)
    if isinstance(found, Examined) and found.media_type == sniff.PDF:
        warned = {
            "active_content": WarningCode.ACTIVE_CONTENT,
            "attachments": WarningCode.ACTIVE_CONTENT,
            "repairable": WarningCode.REPAIRED,
        }
        expected = {warned[code] for code in row["codes"].split("|") if code in warned}
        assert expected <= set(found.warnings)
    if row["codes"] == "encrypted_needs_password":
        assert found is RejectedCode.ENCRYPTED


@pytest.mark.skipif(not hostile(), reason="needs the evaluation data: hostile")
@pytest.mark.parametrize(
    "row",
    [row for row in hostile() if row["password"] and row["kind"] == "pdf"],
    ids=lambda row: row["name"],
)
def test_its_password_opens_a_file(row: dict[str, str], made: Path) -> None:
    found = look(HOSTILE / row["file"], made, password=row["password"])
    assert found.made is not None
    with open_pdf(made / found.made.file) as pdf:
        assert pdf.page_count == len(found.pages) >= 1
    assert outcome(HOSTILE / row["file"], made, password="not it") is RejectedCode.ENCRYPTED


# ---------------------------------------------------------------------- bombs
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(bomb: str, made: Path) -> None:
    code, making = BOMBS[bomb]
    content = making()
    before = os.times()
    found = outcome(content, made)
    after = os.times()
    assert found is RejectedCode(code)
    # CPU time: how long that takes depends on what else the machine does.
    used = after.user + after.children_user + after.system + after.children_system
    used -= before.user + before.children_user + before.system + before.children_system
    assert used < 1.5
    # The next document is none the worse.
    assert len(look(text_pdf(("one",)), made).pages) == 1


def test_no_child_had_more_memory_than_it_may(made: Path) -> None:
    assert outcome(BOMBS["contents of 4 GB"][1](), made) is RejectedCode.BOMB
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak < own + 1.1 * MEMORY_BYTES


# ---------------------------------------------------------------------- what is found
def test_a_name_that_claims_another_kind_is_noticed(made: Path) -> None:
    assert look(image("PNG"), made, "scan.pdf").warnings == (WarningCode.NAME_MISMATCH,)
    assert look(image("PNG"), made, "scan.png").warnings == ()


def test_what_says_nothing_of_itself_is_unsupported(made: Path) -> None:
    assert outcome(os.urandom(512), made) is RejectedCode.UNSUPPORTED


@pytest.mark.parametrize("kind", ["BMP", "GIF", "WEBP"])
def test_a_picture_that_no_lane_reads_is_made_one_that_they_do(kind: str, made: Path) -> None:
    found = look(image(kind), made)
    assert found.made is not None
    assert sniff.media_type(made / found.made.file) == found.made.media_type == sniff.TIFF
    (page,) = found.pages
    assert (page.reason, page.scan, page.refused) == (LaneReason.IMAGE_INPUT, True, None)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_a_picture_whose_header_alone_is_sound_is_corrupt(kind: str, made: Path) -> None:
    buffer = io.BytesIO()
    PICTURE.save(buffer, kind, **({"compression": "tiff_lzw"} if kind == "TIFF" else {}))
    content = buffer.getvalue()
    assert isinstance(outcome(content, made), Examined)
    if kind == "PNG":
        return  # a chunk whose checksum agrees with what is no stream: in the evaluation set
    assert outcome(content[:8] + bytes(2000) + content[2008:], made) is RejectedCode.CORRUPT


def test_a_damaged_pdf_is_mended(made: Path) -> None:
    content = text_pdf(("one",), ("two",))
    found = look(content[: content.rindex(b"startxref")], made)
    assert (len(found.pages), found.made, found.warnings) == (2, None, (WarningCode.REPAIRED,))


def test_a_pdf_that_opens_without_a_password_needs_none(made: Path) -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf(("one",)))) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="owner", user=""))
    for password in (None, "not it"):
        found = look(locked.getvalue(), made, password=password)
        assert (found.made, found.warnings) == (None, ())


# ---------------------------------------------------------------------- who says so
def test_a_child_that_says_nonsense_is_not_believed(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = '["IMAGE_INPUT", true, false, null, 0, null, null, null, null]'
    for said in (
        "{",
        "{}",
        f'{{"media_type": "image/png", "pages": [{page}], '
        '"made": {"file": "../../etc/passwd", "media_type": "image/png"}}',
    ):
        answer = said.encode()
        monkeypatch.setattr(bounded, "run", lambda work, bounds, answer=answer: answer)
        assert outcome(image("PNG"), made) is RejectedCode.CORRUPT


def test_only_files_in_the_folder_are_opened(made: Path) -> None:
    (made / "file").write_bytes(b"content")
    (made / "link").symlink_to("/etc/passwd")
    os.mkfifo(made / "pipe")
    (made / "folder").mkdir()
    with open_made(made, "file") as file:
        assert file.read() == b"content"
    for name in ("link", "pipe", "folder", "nothing"):
        with pytest.raises(Rejected) as caught:
            open_made(made, name)
        assert caught.value.code is RejectedCode.CORRUPT


def test_a_password_is_in_no_text(made: Path) -> None:
    assert "secret" not in repr(Upload(name="a", password="secret"))
