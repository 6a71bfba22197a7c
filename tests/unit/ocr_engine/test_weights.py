"""The models' files: prepared once, whoever asks first, and by several at once."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docparser_ocr import weights

RECORDED = (weights.DETECTOR, weights.RECOGNISER, weights.DIRECTION)


def test_two_processes_may_prepare_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from docparser_ocr import weights;"
        "print(weights.prepared(Path(sys.argv[1])).sha256)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    names = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert names == {f"{weights.prepared(tmp_path).sha256}\n".encode()}
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json"] * 2 + [".onnx"] * 2


def test_whoever_runs_an_image_can_read_what_was_prepared(tmp_path: Path) -> None:
    weights.prepared(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}


def test_what_is_prepared_is_not_prepared_again(tmp_path: Path) -> None:
    first = weights.prepared(tmp_path)
    before = first.recogniser.stat().st_mtime_ns
    second = weights.prepared(tmp_path)
    assert second == first
    assert second.recogniser.stat().st_mtime_ns == before


def test_the_recogniser_knows_latin_letters_alone(tmp_path: Path) -> None:
    characters = weights.prepared(tmp_path).characters
    assert characters[0] == ""
    assert set("aZ09 äöüßéçñ€§") <= set(characters)
    assert not {"中", "д", "ω"} & set(characters)


def test_the_whole_head_knows_other_scripts(tmp_path: Path) -> None:
    prepared = weights.prepared(tmp_path)
    assert set(prepared.characters) < set(prepared.full_characters)
    assert {"中", "の", "Ω"} <= set(prepared.full_characters)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.name)
def test_a_file_is_recorded_with_where_it_comes_from(file: weights.WeightFile) -> None:
    installed = importlib.metadata.distribution(file.package)
    assert file.version == installed.version
    assert file.licence == installed.metadata["License-Expression"] == "Apache-2.0"
    notice = installed.read_text("licenses/MODEL_LICENSES.md") or ""
    assert file.name in notice
    assert file.source.rstrip("/") in notice


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.name)
def test_a_file_that_differs_is_refused(
    file: weights.WeightFile, wheel: Path, tmp_path: Path
) -> None:
    path = wheel / file.name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(weights.OtherWeights, match=file.name):
        weights.prepared(tmp_path)


def test_a_file_that_is_missing_is_named(wheel: Path, tmp_path: Path) -> None:
    (wheel / weights.DETECTOR.name).unlink()
    with pytest.raises(FileNotFoundError, match=weights.DETECTOR.name):
        weights.prepared(tmp_path)


@pytest.mark.parametrize("suffix", [".onnx", ".json"])
def test_a_damaged_cache_is_made_anew(suffix: str, tmp_path: Path) -> None:
    first = weights.prepared(tmp_path)
    for path in tmp_path.glob(f"*{suffix}"):
        path.write_bytes(path.read_bytes()[:-100])
    damaged = first.recogniser.stat().st_size
    assert weights.prepared(tmp_path) == first
    assert suffix == ".json" or first.recogniser.stat().st_size == damaged + 100


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of models beside a package of the wheel's name, found before the wheel."""
    spec = importlib.util.find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    package = tmp_path / "site" / "rapidocr"
    shutil.copytree(Path(spec.origin).parent / "models", package / "models")
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site")
    return package / "models"
