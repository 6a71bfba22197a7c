"""What an owner asks for, in metadata that anybody may have written."""

from __future__ import annotations

from itertools import product

import pytest
from docparser.intake.options import Options
from docparser.model import Lane, LanePolicy, Level


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
