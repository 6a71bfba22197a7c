"""Places whose law can govern an agreement, by the names and adjectives that clauses use."""

from __future__ import annotations

import re
from itertools import islice

_STATES = """
Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|
Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|
Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|
New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|
South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|
District of Columbia|Puerto Rico|Ontario|Quebec|Québec|British Columbia|Alberta|Manitoba|
Saskatchewan|Nova Scotia|New Brunswick|Newfoundland and Labrador|Prince Edward Island|
New South Wales|Victoria|Queensland|Western Australia|South Australia|Tasmania
"""
_COUNTRIES = """
England and Wales|England|Wales|Scotland|Northern Ireland|United Kingdom|Ireland|Germany|France|
Austria|Switzerland|Italy|Spain|Portugal|Netherlands|Belgium|Luxembourg|Liechtenstein|Denmark|
Sweden|Norway|Finland|Iceland|Poland|Czech Republic|Czechia|Slovakia|Hungary|Romania|Bulgaria|
Greece|Cyprus|Malta|Croatia|Slovenia|Serbia|Estonia|Latvia|Lithuania|Ukraine|Russia|Turkey|Israel|
Egypt|Morocco|Tunisia|Nigeria|Kenya|South Africa|United Arab Emirates|Saudi Arabia|Qatar|India|
Pakistan|Bangladesh|Sri Lanka|China|Hong Kong|Macau|Taiwan|Japan|South Korea|Korea|Singapore|
Malaysia|Thailand|Indonesia|Philippines|Vietnam|Australia|New Zealand|Canada|Mexico|Brazil|
Argentina|Chile|Colombia|Peru|Panama|Bermuda|Cayman Islands|British Virgin Islands|Bahamas|
Barbados|Jersey|Guernsey|Isle of Man|Gibraltar|Monaco|Mauritius|United States of America|
United States
"""

# What other languages and older or longer names call them; adjectives stand before "law", or, in
# German, before "Recht", and in French behind "droit".
_OTHERWISE = {
    "Germany": "Federal Republic of Germany|Bundesrepublik Deutschland|Deutschland|Allemagne|"
    "République fédérale d'Allemagne|German|deutsch|allemand",
    "Austria": "Republik Österreich|Österreich|Autriche|Austrian|österreichisch|autrichien",
    "Switzerland": "Swiss Confederation|Schweizerische Eidgenossenschaft|Schweiz|Suisse|"
    "Confédération suisse|Swiss|schweizerisch|schweizer|suisse|helvétique",
    "France": "French Republic|République française|Frankreich|French|französisch|français",
    "Luxembourg": "Grand Duchy of Luxembourg|Grand-Duché de Luxembourg|Luxemburg|luxemburgisch|"
    "luxembourgeois",
    "Belgium": "Kingdom of Belgium|Belgique|Belgien|Royaume de Belgique|Belgian|belgisch|belge",
    "Netherlands": "Kingdom of the Netherlands|Niederlande|Pays-Bas|Holland|Dutch|niederländisch|"
    "néerlandais",
    "Italy": "Italian Republic|Italien|Italie|Italian|italienisch|italien",
    "Spain": "Kingdom of Spain|Spanien|Espagne|Spanish|spanisch|espagnol",
    "Portugal": "Portuguese|portugiesisch|portugais",
    "Ireland": "Republic of Ireland|Irland|Irlande|Irish|irisch|irlandais",
    "England": "English|englisch|anglais|Angleterre",
    "England and Wales": "England & Wales|England und Wales|Angleterre et du Pays de Galles",
    "Scotland": "Scots|Scottish|Schottland|schottisch|Écosse|écossais",
    "United Kingdom": "UK|U.K.|Great Britain|Vereinigtes Königreich|Royaume-Uni|British",
    "Denmark": "Kingdom of Denmark|Dänemark|Danemark|Danish|dänisch|danois",
    "Sweden": "Kingdom of Sweden|Schweden|Suède|Swedish|schwedisch|suédois",
    "Norway": "Kingdom of Norway|Norwegen|Norvège|Norwegian|norwegisch|norvégien",
    "Finland": "Republic of Finland|Finnland|Finlande|Finnish|finnisch|finlandais",
    "Poland": "Republic of Poland|Polen|Pologne|Polish|polnisch|polonais",
    "Czech Republic": "Tschechische Republik|République tchèque|Czech|tschechisch|tchèque",
    "Liechtenstein": "Principality of Liechtenstein|Fürstentum Liechtenstein|liechtensteinisch",
    "Israel": "State of Israel|Israeli",
    "India": "Republic of India|Indian|Indien|Inde",
    "China": "People's Republic of China|PRC|P.R.C.|Chinese|Volksrepublik China",
    "Hong Kong": "Hong Kong Special Administrative Region|Hong Kong SAR",
    "Japan": "Japanese|Japon",
    "South Korea": "Republic of Korea|Korean",
    "Singapore": "Republic of Singapore|Singaporean|Singapur|Singapour",
    "Australia": "Commonwealth of Australia|Australian|Australien|Australie",
    "New Zealand": "Neuseeland|Nouvelle-Zélande",
    "Canada": "Dominion of Canada|Canadian|Kanada|canadien",
    "Quebec": "Québec",
    "South Africa": "Republic of South Africa|South African",
    "Mexico": "United Mexican States|Mexican",
    "Brazil": "Federative Republic of Brazil|Brazilian|Brasilien|Brésil",
    "United States": "United States of America|USA|U.S.A.|U.S.|Vereinigte Staaten von Amerika|"
    "États-Unis d'Amérique|États-Unis",
    "District of Columbia": "Washington, D.C.|Washington D.C.|Washington, DC",
    "Turkey": "Republic of Turkey|Türkiye|Turkish|Türkei|Turquie",
    "Greece": "Hellenic Republic|Greek|Griechenland|Grèce",
    "Hungary": "Hungarian|Ungarn|Hongrie",
    "Russia": "Russian Federation|Russian|Russland|Russie",
    "Monaco": "Principauté de Monaco|monégasque",
}


def _fold(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split())


def _listed(text: str) -> list[str]:
    return [" ".join(name.split()) for name in text.replace("\n", "").split("|")]


_NAMES: dict[str, str] = {
    **{_fold(name): name for name in _listed(_STATES) + _listed(_COUNTRIES)},
    **{_fold(other): name for name, others in _OTHERWISE.items() for other in others.split("|")},
}
_ADJECTIVES = frozenset(
    _fold(other)
    for others in _OTHERWISE.values()
    for other in others.split("|")
    if other[0].islower()
)
# Cases of German, genders and plurals of French; a name of German has only the last.
_ENDINGS = ("es", "em", "en", "er", "e", "s")

_WORD = re.compile(r"[^\s,;:()\"]+")
_MOST_WORDS = 6
_LONGEST = 80


def named(text: str) -> str | None:
    """Return the place that a name or an adjective stands for, in English, or None."""
    here = _fold(text)
    if here in _NAMES:
        return _NAMES[here]
    for ending in _ENDINGS:
        stem = here.removesuffix(ending)
        if stem != here and (stem in _ADJECTIVES or (ending == "s" and stem in _NAMES)):
            return _NAMES[stem]
    return None


def at(text: str, start: int) -> tuple[int, str] | None:
    """Return where the longest name that begins at a place in a text ends, and its place."""
    ends: list[int] = []
    for word in islice(_WORD.finditer(text, start, start + _LONGEST), _MOST_WORDS):
        if text[ends[-1] if ends else start : word.start()].strip():
            break
        ends.append(word.end())
    return next((found for end in reversed(ends) if (found := _ending(text, start, end))), None)


def before(text: str, end: int) -> tuple[int, str] | None:
    """Return where the longest name that ends at a place in a text begins, and its place."""
    words = list(_WORD.finditer(text, max(0, end - _LONGEST), end))[-_MOST_WORDS:]
    for word in words:
        place = named(text[word.start() : end])
        if place is not None:
            return word.start(), place
    return None


def _ending(text: str, start: int, end: int) -> tuple[int, str] | None:
    place = named(text[start:end])
    if place is None and text[end - 1] == ".":
        end -= 1
        place = named(text[start:end])
    return None if place is None else (end, place)
