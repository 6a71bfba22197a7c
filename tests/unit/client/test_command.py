"""The command before it meets a stack: help, usage, settings."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from docparser.api.content import ContentFormat
from docparser.model import Lane, LanePolicy, Level, Priority
from docparser_client import main
from docparser_client.api import Format


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["docparser", *words])
        code = main.main()
    return code, *capsys.readouterr()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--version")

    assert code == 0
    assert out.startswith("docparser 0.")


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("process",),
        ("process", "a.pdf"),
        ("process", "missing.pdf", "--out", "out"),
        ("process", __file__, "--out", "out", "--priority", "urgent"),
        ("process", __file__, "--out", "out", "--policy", "cheap"),
        ("process", __file__, "--out", "out", "--level", "SECRET"),
        ("process", __file__, "--out", "out", "--lane", "tesseract"),
        ("process", __file__, "--out", "out", "--endpoint", "http://example.com/v1"),
        ("get",),
        ("get", "d0", "--format", "docx"),
        ("get", "d0", "--revision", "0"),
        ("search", "word", "--limit", "0"),
        ("search", "word", "--endpoint", "example.com"),
        ("process", __file__, "--out", "out", "--timeout", "-1"),
        ("reprocess",),
        ("reprocess", "d0", "--from", "route"),
        ("reprocess", "d0", "--level", "SECRET"),
        ("retry",),
        ("cancel",),
        ("dlq", "show"),
        ("dlq", "redrive"),
        ("dlq", "redrive", "--message", "m"),
        ("dlq", "redrive", "intake-standard", "--documents"),
        ("dlq", "redrive", "--documents", "--document", "d0"),
        ("dlq", "redrive", "--document", "d0", "--message", "m"),
        ("backfill",),
        ("backfill", "s3://b/p", "--manifest", "s3://b/m", "--inventory", "s3://b/i"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    code, out, err = run(capsys, *words)

    assert (code, out) == (2, "")
    assert err.startswith("docparser: ")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOCPARSER_ENDPOINTS", "http://127.0.0.1:1", "unknown"),
        ("DOCPARSER_ENDPOINT", "https://example.com", "missing or malformed"),
    ],
)
def test_an_unknown_or_malformed_setting_is_exit_2(
    name: str,
    value: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)

    code, _, err = run(capsys, "status")

    assert code == 2
    assert err == f"docparser: {said} settings: {name}\n"


def test_without_a_stack_status_is_exit_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCPARSER_HOME", str(tmp_path / "home"))

    code, _, err = run(capsys, "status")

    assert code == 3
    assert err == "docparser: no local stack is running; start one: docparser up\n"


@pytest.mark.parametrize(
    "words", [("dlq", "list"), ("dlq", "show", "fail"), ("dlq", "redrive", "fail")]
)
def test_dead_letters_of_no_stack_are_exit_3(
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DOCPARSER_HOME", str(tmp_path / "home"))
    assert run(capsys, *words)[0] == 3
    # Nor without a region, or credentials, is AWS asked.
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code, _, err = run(capsys, *words, "--env", "dev")
    assert (code, err) == (3, "docparser: no AWS region is set: AWS_REGION, or the profile's own\n")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    code, _, err = run(capsys, *words, "--env", "dev")
    assert (code, err) == (3, "docparser: AWS cannot be asked (NoCredentialsError)\n")


def test_help_imports_nothing_that_takes_long() -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import docparser_client.main"],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=True,
    ).stderr

    imported = {row.rpartition("|")[2].strip() for row in told.splitlines()}
    assert not imported & {"boto3", "botocore", "httpx", "pydantic", "rich", "docparser_local"}


def test_the_choices_of_process_are_those_of_the_model() -> None:
    assert set(get_args(main.Policy)) == set(LanePolicy)
    assert set(get_args(main.Level)) == set(Level)
    assert set(get_args(main.Lane)) == set(Lane)
    assert set(get_args(main.Priority)) == set(Priority)


def test_the_forms_of_a_result_are_those_of_the_service() -> None:
    assert get_args(main.Format) == tuple(ContentFormat)
    assert get_args(Format) == tuple(ContentFormat)
