"""Outputs of ``docparser process`` in the form that the score helper reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ocr_predictions import main


def outputs(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}\n")
    return folder / "out"


def test_texts_are_named_after_their_images(tmp_path: Path) -> None:
    out = outputs(tmp_path, "a.png.txt", "b.v1.jpg.txt", "a.png.json", "outcomes.tsv", "c.pdf.txt")
    assert main([str(out), str(tmp_path / "pred")]) == 0
    written = {path.name: path.read_text() for path in (tmp_path / "pred").iterdir()}
    assert written == {
        "a.txt": "text of a.png.txt\n",
        "b.v1.txt": "text of b.v1.jpg.txt\n",
    }


@pytest.mark.parametrize("names", [("a.png.txt", "a.jpg.txt"), ("a.png.txt", "more/a.png.txt")])
def test_no_text_replaces_another(
    tmp_path: Path, names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = outputs(tmp_path, *names)
    assert main([str(out), str(tmp_path / "pred")]) == 2
    assert "a.txt" in capsys.readouterr().err
    assert not (tmp_path / "pred").exists()


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert main([str(tmp_path), str(tmp_path / "pred")]) == 2
