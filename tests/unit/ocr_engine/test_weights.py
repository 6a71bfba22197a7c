"""The models' files: prepared once, whoever asks first, and by several at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from docparser_ocr import weights


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
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".onnx"]


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
