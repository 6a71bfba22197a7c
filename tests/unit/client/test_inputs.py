"""What is processed, and where its outputs go."""

from pathlib import Path

import pytest
from docparser_client.errors import UsageError
from docparser_client.inputs import Input, collect, targets


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(inputs: list[Input]) -> list[str]:
    return [item.name for item in inputs]


def test_a_folder_brings_all_below_it_in_order_and_nothing_hidden(tmp_path: Path) -> None:
    make(tmp_path / "in", "b.pdf", "a", "sub/c.tiff", ".hidden", ".git/d.pdf", "sub/.e.pdf")

    assert names(collect([tmp_path / "in"], tmp_path / "out")) == ["a", "b.pdf", "sub/c.tiff"]


def test_a_file_goes_by_its_name_alone_even_a_hidden_one(tmp_path: Path) -> None:
    make(tmp_path, "deep/down/a.pdf", ".b.pdf")

    inputs = collect([tmp_path / "deep/down/a.pdf", tmp_path / ".b.pdf"], tmp_path / "out")

    assert names(inputs) == ["a.pdf", ".b.pdf"]
    assert [path.name for path in targets(inputs[0], Path("out"))] == [
        "a.pdf.json",
        "a.pdf.md",
        "a.pdf.txt",
    ]


def test_the_outputs_of_an_earlier_run_are_no_inputs(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "out/a.pdf.json", "out/a.pdf.md")

    assert names(collect([tmp_path], tmp_path / "out")) == ["a.pdf"]


def test_a_folder_that_links_to_its_parent_ends(tmp_path: Path) -> None:
    make(tmp_path, "in/a.pdf")
    (tmp_path / "in/again").symlink_to(tmp_path / "in")

    assert names(collect([tmp_path / "in"], tmp_path / "out")) == ["a.pdf"]


def test_two_arguments_with_one_name_clash(tmp_path: Path) -> None:
    make(tmp_path, "one/a.pdf", "two/a.pdf")

    with pytest.raises(UsageError, match=r"one/a\.pdf and .*two/a\.pdf would both"):
        collect([tmp_path / "one", tmp_path / "two/a.pdf"], tmp_path / "out")


def test_an_output_does_not_overwrite_an_input(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "a.pdf.json")

    with pytest.raises(UsageError, match=r"a\.pdf\.json is an input"):
        collect([tmp_path], tmp_path)


def test_the_table_does_not_overwrite_an_input(tmp_path: Path) -> None:
    make(tmp_path, "outcomes.tsv")

    with pytest.raises(UsageError, match="overwritten"):
        collect([tmp_path], tmp_path)
    with pytest.raises(UsageError, match="overwritten"):
        collect([tmp_path / "outcomes.tsv"], tmp_path)


def test_the_table_does_not_replace_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "out/outcomes.tsv/x")

    with pytest.raises(UsageError, match="folder"):
        collect([tmp_path / "a.pdf"], tmp_path / "out")


@pytest.mark.parametrize("folder", ["a.json", "outcomes.tsv"])
def test_an_output_is_not_a_file_and_a_folder(tmp_path: Path, folder: str) -> None:
    make(tmp_path / "in", "a", f"{folder}/b.pdf")

    with pytest.raises(UsageError, match="a file and a folder"):
        collect([tmp_path / "in"], tmp_path / "out")


def test_what_cannot_be_processed_is_said_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path, "a.pdf")

    with pytest.raises(UsageError, match="does not exist"):
        collect([tmp_path / "a.pdf", tmp_path / "missing\n"], tmp_path / "out")
    with pytest.raises(UsageError, match="no file"):
        collect([tmp_path / "empty"], tmp_path / "out")
    with pytest.raises(UsageError, match="not a folder"):
        collect([tmp_path / "a.pdf"], tmp_path / "a.pdf")
