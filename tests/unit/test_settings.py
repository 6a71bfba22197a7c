"""Settings: complete, known and well-formed, or the function does not start."""

from __future__ import annotations

import pytest
from docparser.errors import ConfigurationError
from docparser.settings import NAMES, Limits, Settings, Table, load


class Both(Table, Limits):
    pass


def test_defaults_and_environment() -> None:
    settings = load(Both, {"DOCPARSER_TABLE": "t", "DOCPARSER_MAX_PAGES": "7", "HOME": "/"})
    assert (settings.env, settings.table, settings.max_pages) == ("local", "t", 7)
    assert settings.shard_pages == 8


def test_what_others_need_is_ignored() -> None:
    assert load(Table, {"DOCPARSER_TABLE": "t", "DOCPARSER_MAX_PAGES": "x"}).table == "t"


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, "DOCPARSER_TABLE"),
        ({"DOCPARSER_TABLE": "t", "DOCPARSER_MAX_PAGES": "many"}, "DOCPARSER_MAX_PAGES"),
        ({"DOCPARSER_TABLE": "t", "DOCPARSER_MAX_PAGES": "0"}, "DOCPARSER_MAX_PAGES"),
        ({"DOCPARSER_TABLE": "t", "DOCPARSER_MAX_PAGE": "1"}, "DOCPARSER_MAX_PAGE"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(
    environment: dict[str, str], names: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(Both, environment)
    assert str(caught.value).endswith(f": {names}")
    assert "many" not in str(caught.value)


def test_every_setting_is_a_known_name() -> None:
    def kinds(kind: type[Settings]) -> list[type[Settings]]:
        return [kind, *(one for sub in kind.__subclasses__() for one in kinds(sub))]

    fields = {name.upper() for kind in kinds(Settings) for name in kind.model_fields}
    assert fields <= NAMES
