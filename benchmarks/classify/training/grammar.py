r"""Grammars of documents: a file per language, and how a symbol of it becomes text.

A file has sections ``[symbol]``; each of their lines is one alternative. In a line, ``{symbol}``
is replaced by one of its alternatives, ``{symbol*2-5}`` by two to five on lines of their own,
``<one|another|>`` by one of its branches, ``\n`` ends a line; ``{date}``, ``{amount}``, ``{n:4}``
(four digits) and a few more are made up by `Grammar` as the language writes them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

FOLDER = Path(__file__).parent / "grammar"
LANGUAGES = ("en", "de", "fr")

_SECTION = re.compile(r"\[(\w+)\]")
_BRANCHES = re.compile(r"<([^<>]*\|[^<>]*)>")
_SLOT = re.compile(r"\{(\w+)(?::(\d+))?(?:\*(\d+)-(\d+))?\}")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_DATES = {
    "en": ("{d} {month} {y}", "{m:02}/{d:02}/{y}", "{d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}",
           "{month} {d}, {y}"),
    "de": ("{d:02}.{m:02}.{y}", "{d}. {month} {y}", "{d:02}.{m:02}.{y}"),
    "fr": ("{d:02}/{m:02}/{y}", "{d} {month} {y}", "{d:02}.{m:02}.{y}"),
}  # fmt: skip
_CURRENCIES = {"en": ("$", "USD", "£", "EUR", "RM"), "de": ("EUR", "€"), "fr": ("EUR", "€")}


def sections(language: str) -> dict[str, list[str]]:
    """Return the alternatives of every symbol of a language."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / f"{language}.txt").read_text("utf-8").splitlines():
        if head := _SECTION.fullmatch(line):
            alternatives = found.setdefault(head[1], [])
        elif line:
            alternatives.append(line)
    return found


class Grammar:
    """Texts of one language, made with the chance that it is given."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self._language = language
        self._chance = chance
        self._sections = sections(language)

    def layouts(self, symbol: str) -> int:
        """Return how many alternatives a symbol has."""
        return len(self._sections[symbol])

    def text(self, symbol: str, layout: int | None = None) -> str:
        """Return a text of a symbol, of its alternative ``layout`` or of any."""
        alternatives = self._sections[symbol]
        line = self._chance.choice(alternatives) if layout is None else alternatives[layout]
        line = _BRANCHES.sub(lambda branch: self._chance.choice(branch[1].split("|")), line)
        return _SLOT.sub(self._filled, line.replace("\\n", "\n"))

    def _filled(self, slot: re.Match[str]) -> str:
        name, size, least, most = slot.groups()
        if least is not None:
            times = self._chance.randint(int(least), int(most))
            return "\n".join(self.text(name) for _ in range(times))
        if name in self._sections:
            return self.text(name)
        return self._made_up(name, int(size or 0))

    def _made_up(self, name: str, size: int) -> str:
        chance = self._chance
        if name == "n":
            return "".join(
                chance.choices("123456789", k=1) + chance.choices("0123456789", k=size - 1)
            )
        if name == "upper":
            return "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=size))
        if name.endswith("u") and name[:-1] in self._sections:
            return self.text(name[:-1]).upper()
        return str(getattr(self, f"_{name}")())

    def _amount(self) -> str:
        whole = self._chance.choice([self._chance.randrange(1, 99), self._chance.randrange(9_999)])
        text = f"{whole:,}.{self._chance.randrange(100):02}"
        if self._language != "en":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace(".", "") if self._chance.random() < 0.2 and "," in text else text

    def _cur(self) -> str:
        return self._chance.choice(_CURRENCIES[self._language])

    def _month(self) -> str:
        return self._chance.choice(_MONTHS[self._language].split())

    def _year(self) -> str:
        return str(self._chance.randrange(1750, 2027))

    def _day(self) -> str:
        return f"{self._chance.randrange(1, 29):02}.{self._chance.randrange(1, 13):02}."

    def _date(self) -> str:
        form = self._chance.choice(_DATES[self._language])
        day, month, year = (
            self._chance.randrange(*ends) for ends in ((1, 29), (1, 13), (1998, 2027))
        )
        return form.format(d=day, m=month, y=year, month=_MONTHS[self._language].split()[month - 1])

    def _time(self) -> str:
        return f"{self._chance.randrange(24)}:{self._chance.randrange(60):02}"

    def _phone(self) -> str:
        first, second = self._chance.randrange(10, 999), self._chance.randrange(10_000, 9_999_999)
        return self._chance.choice(
            [f"0{first} {second}", f"+{first}-{second}", f"({first}) {second}"]
        )

    def _iban(self) -> str:
        return (
            f"{self._chance.choice(['DE', 'FR', 'GB', 'AT'])}{self._chance.randrange(10**19):020}"
        )

    def _mail(self) -> str:
        name = f"{self.text('first')}.{self.text('last')}".lower().replace("'", "")
        host = (
            f"{self.text('last')}.{self._chance.choice(['example', 'com', 'org', 'net'])}".lower()
        )
        return self._chance.choice(["{}@{}", "<{}@{}>"]).format(name, host)
