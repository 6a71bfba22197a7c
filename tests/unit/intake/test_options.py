"""What an owner asks for, in metadata that anybody may have written."""

from __future__ import annotations

from itertools import product

import pytest
from docparser.intake.options import Options
from docparser.model import Lane, LanePolicy, Level, Record, Ref, Source, Status, now


@pytest.mark.parametrize(
    "options",
    [Options(*each) for each in product([None, *LanePolicy], [None, *Level], [None, *Lane])],
)
def test_options_survive_their_metadata(options: Options) -> None:
    metadata = options.metadata()
    assert all(value.isascii() for value in metadata.values())
    assert Options.read({**metadata, "name": "a.pdf"}) == options


def test_words_are_known_however_they_are_written() -> None:
    assert Options.read({"policy": "FAST", "level": " internal", "lane": "Cpu"}) == Options(
        LanePolicy.FAST, Level.INTERNAL, Lane.CPU
    )


@pytest.mark.parametrize(
    "said", ["geheim", "PUBLIC;INTERNAL", "0", "PUBLICITY", "\u00fc", "?" * 2000]
)
def test_a_level_that_nobody_understands_is_the_strictest(
    said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Options.read({"level": said}).level is Level.CONFIDENTIAL
    told = capsys.readouterr().out
    assert '"OptionUnreadable"' in told
    assert '"level"' in told
    assert said not in told or said == "0"


@pytest.mark.parametrize("said", ["", " "])
def test_an_empty_option_is_none(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert Options.read({"policy": said, "level": said, "lane": said}) == Options()
    assert capsys.readouterr().out == ""


def test_another_option_that_nobody_understands_is_ignored_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert Options.read({"policy": "cheap", "lane": "tesseract"}) == Options()
    assert capsys.readouterr().out.count('"OptionUnreadable"') >= 2


@pytest.mark.parametrize(
    "password", ["sesame", "Sesam \u00f6ffne dich", "100 %", " ", "\U0001f511\n"]
)
def test_a_password_survives_its_metadata_and_is_shown_nowhere(password: str) -> None:
    options = Options(password=password)
    assert all(value.isascii() and value.isprintable() for value in options.metadata().values())
    assert Options.read(options.metadata()) == options
    assert repr(options) == repr(Options())


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ({"parent": "d" + "0" * 32, "depth": "3"}, Options(parent="d" + "0" * 32, depth=3)),
        ({"parent": "D" + "0" * 32}, Options()),
        ({"depth": "\u0663"}, Options()),
        ({"depth": "9999"}, Options()),
        ({"depth": "-1"}, Options()),
    ],
)
def test_where_a_file_was_inside_is_a_document_and_a_number(
    said: dict[str, str], options: Options
) -> None:
    assert Options.read(said) == options


def test_what_is_asked_for_later_adds_to_what_a_record_keeps() -> None:
    moment = now()
    record = Record(
        ref=Ref(tenant="t", document_id="d" + "0" * 32),
        status=Status.QUEUED,
        source=Source(bucket="b", key="k"),
        content_sha256="0" * 64,
        size_bytes=1,
        created_at=moment,
        updated_at=moment,
        policy=LanePolicy.FAST,
        declared_level=Level.RESTRICTED,
        parent="d" + "1" * 32,
        depth=2,
    )
    kept = Options(LanePolicy.FAST, Level.RESTRICTED, parent="d" + "1" * 32, depth=2)
    assert Options.of(record) == Options().over(record) == kept
    asked = Options(LanePolicy.COST, Level.PUBLIC, Lane.GPU, "sesame", "d" + "2" * 32, 7)
    assert asked.over(record) == Options(
        LanePolicy.COST, Level.RESTRICTED, Lane.GPU, "sesame", "d" + "1" * 32, 2
    )
    assert Options(level=Level.CONFIDENTIAL).over(record).level is Level.CONFIDENTIAL
    assert Record.model_validate(record.model_copy(update=kept.facts())) == record


@pytest.mark.parametrize(
    ("said", "asked"),
    [("true", True), (" TRUE ", True), ("false", False), ("", False), ("x", False)],
)
def test_renditions_without_personal_data_are_asked_for_by_a_word(said: str, asked: bool) -> None:
    options = Options.read({"redact": said})
    assert options.redact is asked
    assert Options.read(options.metadata()) == options
    # Nobody who does not ask forbids what a tenant's policy wants.
    assert options.facts()["redact"] is (True if asked else None)
