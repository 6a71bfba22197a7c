"""The settings choose the index; what the other one needs is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from docparser.errors import ConfigurationError
from docparser.search import opened
from docparser.search.embedded import EmbeddedIndex
from docparser.settings import Search


def test_without_a_setting_there_is_no_index() -> None:
    assert opened(Search()) is None


@pytest.mark.parametrize("kind", ["embedded", "opensearch"])
def test_an_index_has_a_location(kind: str) -> None:
    with pytest.raises(ConfigurationError, match="DOCPARSER_SEARCH_LOCATION"):
        opened(Search(search=kind))


def test_the_embedded_index_is_made_at_its_first_use(tmp_path: Path) -> None:
    index = opened(Search(search="embedded", search_location=str(tmp_path / "s.sqlite")))
    assert isinstance(index, EmbeddedIndex)
    assert not (tmp_path / "s.sqlite").exists()
    assert index.find("acme", "word", limit=1).hits == ()
    assert (tmp_path / "s.sqlite").exists()


def test_a_cold_start_imports_neither_sqlite_nor_the_opensearch_client() -> None:
    script = (
        "import sys\n"
        "from docparser.search import opened\n"
        "from docparser.settings import Search\n"
        "url = 'https://x.aoss.eu-central-1.on.aws'\n"
        "assert opened(Search(search='opensearch', search_location=url)) is not None\n"
        "assert not {'apsw', 'opensearchpy', 'requests', 'snowballstemmer'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
