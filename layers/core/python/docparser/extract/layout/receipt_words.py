"""Words of receipts' heads: what firms, streets and states are called, and what OCR makes of them.

Nothing here is the name of a firm, of a street or of a town: legal forms, trades, kinds of roads
and buildings, states and provinces, in the countries whose receipts are read.
"""

from __future__ import annotations

import re
from functools import lru_cache

from docparser.extract.values import country as countries

from .anchors import squeeze
from .receipt_labels import one_wrong

# A form of law at the end of a name; those that are also words or initials have other rules.
LEGAL_FORM = re.compile(
    r"(?<![^\W_])(?:s[do0]n\.? ?(?:b[hn][do]|berhad)|pte\.? ?ltd|pty\.? ?ltd|pvt\.? ?ltd"
    r"|co\.?,? ?ltd"
    r"|gmbh(?: ?& ?co\.? ?(?:kgaa|kg|ohg))?|mbh|ug(?: ?\(haftungsbeschr[^)]*\))?|ohg|kgaa"
    r"|e\.? ?k\.|e\.? ?kfm\."
    r"|[bB]erhad|bhd|ltd|limited|llc|llp|l\.l\.c\.|incorporated|corporation|corp|plc"
    r"|inc|s\.?a\.?r\.?l|s\.?a\.?s\.?u?|eurl|e\.u\.r\.l\.|snc|b\.?v\.|n\.?v\.|s\.?r\.?l|s\.?p\.?a\."
    r"|s\.l\.(?:u\.)?|(?-i:S/[BD8]|PLT|LLP|GbR|e\.G\.|ApS)"
    # These are also initials and points of the compass: they end the name.
    r"|(?-i:AG|KG|SE|SA|S\.A\.|BV|NV|SpA|eG|EI|AB|Oy|AS)(?=\.?(?:$| *[(,;|\u00b7]| +-)))"
    r"(?![^\W_])\.?",
    re.IGNORECASE,
)

_TRADES = frozenset(
    "enterprise enterprises trading traders perniagaan syarikat kedai restoran restaurant "
    "restaurants ristorante trattoria pizzeria cafe kaffee coffee bakery bakeries baeckerei "
    "backerei boulangerie patisserie konditorei metzgerei fleischerei boucherie butcher pharmacy "
    "pharmacie apotheke drugstore drogerie hardware stationery bookstore books buchhandlung "
    "librairie supermarket supermarkt supermarche hypermarket hypermarche market markt marche mart "
    "minimarket mini grocery groceries epicerie store stores shop boutique hotel motel inn pub bar "
    "bistro brasserie grill kitchen kuche diner tavern brewery brauerei brauhaus gasthaus gasthof "
    "wirtshaus imbiss deli electronics elektro fashion mode moden textile textil shoes schuhe "
    "garage autohaus tankstelle petrol fuel parkhaus cinema kino "
    "florist blumen fleuriste optik optician opticien salon spa barber friseur coiffure clinic "
    "klinik hospital laundry cleaners reinigung holdings industries industry motors motor auto "
    "tyres workshop furniture mobel meubles gifts toys spielwaren jewellers jeweller sports sport "
    "catering foods food seafood company corporation group gruppe brothers bros sons fils soehne "
    "papeterie fromagerie baumarkt gartencenter getraenkemarkt getrankemarkt buffet bakehouse "
    "health beauty chemist".split()
)

# Roads and parts of towns; of these no firm is named.
_STREETS = frozenset(
    "jalan jln lorong lrg persiaran lebuh lebuhraya taman tmn kampung kampong bandar seksyen mukim "
    "kawasan perindustrian wisma menara bangunan kompleks tingkat daerah lot darul "
    "street road rd avenue ave lane blvd boulevard highway hwy parkway pkwy crescent suite "
    "strasse gasse allee chaussee industriestrasse postfach rue chemin impasse quai faubourg cedex "
    "viale piazza corso calle avenida carrer straat laan plein zac zi bp".split()
)
# Kinds of roads and buildings that are found in names of firms, too: with a number they count.
_PLACES = frozenset(
    "st str ln drive dr way court ct place pl square sq plaza mall centre center park industrial "
    "estate close terrace road floor level unit block blk section building tower house bd av route "
    "cours allee zone via ring weg platz damm ufer hof markt batu kg box ste apt room ground "
    "office pt km no nr gate terminal station bahnhof gare airport flughafen aeroport arcade "
    "passage quay wharf".split()
)
_STREET_ENDING = re.compile(
    r"(?:stra(?:ss|ß)e|str|gasse|allee|damm|ufer|platz|weg|ring|chaussee|steig|straat|laan|gracht"
    r"|vej|gatan|gata)$"
)
_STATES = (
    "selangor johor perak kedah kelantan terengganu pahang melaka malacca perlis sabah sarawak "
    "penang putrajaya labuan singapore malaysia".split()
)
_STATES_OF_TWO = (
    "kuala lumpur",
    "negeri sembilan",
    "pulau pinang",
    "darul ehsan",
    "darul takzim",
    "united kingdom",
    "hong kong",
)
_US_STATE = "|".join(
    (
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
        "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
    ).split()
)
POSTCODE = re.compile(
    rf"(?P<us>(?<![^\W_])(?:{_US_STATE})\.?,? +[0-9]{{5}}(?:-[0-9]{{4}})?(?![0-9]))"
    r"|(?P<gb>(?<![^\W_])[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}(?![^\W_]))"
    r"|(?P<ca>(?<![^\W_])[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9](?![^\W_]))"
    r"|(?P<sg>(?i:singapore|s) ?\(?[0-9]{6}\)?(?![0-9]))"
    r"|(?P<au>(?<![^\W_])(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT) +[0-9]{4}(?![0-9]))"
    r"|(?P<nl>(?<![^\W_])[1-9][0-9]{3} ?(?![NS][EW])[A-Z]{2}(?= [A-Z]))"
    r"|(?P<five>(?<![^\W_/-])(?:[DF]-?)?[0-9]{5}(?=,?\.?(?: |$) *[^\W\d_]{2}|,?$))"
    r"|(?P<four>(?:(?<=^)|(?<=, ))(?:(?:CH|A|B|L|DK)[- ])?[1-9][0-9]{3}(?= [^\W\d_]{3}))"
)
# A British postcode at the end of a line, its figures read as letters or the other way round.
_BRITISH_READ = re.compile(
    r"(?<![^\W_])(?P<area>[A-Z][A-Z0]?)(?P<district>[0-9OIlSB]{1,2}[A-Z]?) "
    r"(?P<sector>[0-9OIlSB])(?P<unit>[A-Z01582]{2})(?=\W*$)"
)
_TO_DIGITS = str.maketrans("OIlSB", "01158")
_TO_LETTERS = str.maketrans("01582", "OISBZ")


def _british(match: re.Match[str]) -> str:
    area, district, sector, unit = match.groups()
    if not any(c.isdecimal() for c in match[0]):
        return match[0]
    last = district[-1] if len(district) > 1 and district[-1].isalpha() else ""
    if last in "OIlSB":
        last = ""
    figures = district.removesuffix(last).translate(_TO_DIGITS)
    letters = area.translate(_TO_LETTERS), unit.translate(_TO_LETTERS)
    return f"{letters[0]}{figures}{last} {sector.translate(_TO_DIGITS)}{letters[1]}"


def postcode(text: str) -> re.Match[str] | None:
    """Return the postcode in a line, with its reading errors mended where its shape tells them."""
    return POSTCODE.search(text) or POSTCODE.search(_BRITISH_READ.sub(_british, text))


_NUMBERED = re.compile(
    r"^(?:(?:no|nr|lot|unit|level|suite|ste|shop|blk|block|apt|plot|room|floor|kiosk"
    r"|g/?f)\b\.?[ :'#]*"
    r"(?:[A-Z]{0,3}-?)?[0-9P]|#\w{1,3}-[0-9]|p\.? ?o\.? box)",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"^[0-9]{1,5} ?[A-Za-z]?(?:[ ,/&-]+[0-9]+[A-Za-z]?)*[ ,.-]+[^\W\d_]{2,}")
_WORD = re.compile(r"[^\W\d_]+")


def has_trade(text: str) -> bool:
    """Whether a name says what its firm trades in."""
    return any(squeeze(word) in _TRADES for word in _WORD.findall(text))


@lru_cache(maxsize=4096)
def address_evidence(text: str) -> float:
    """Return how much a line looks like a part of an address; 0 not at all, 1 surely and more."""
    words = [squeeze(word) for word in _WORD.findall(text)]
    numbered = any(c.isdigit() for c in text)
    score = 1.5 if postcode(text) else 0.0
    street = any(len(word) > 5 and _STREET_ENDING.search(word) for word in words)
    if any(word in _STREETS for word in words) or (numbered and street):
        score += 1.0
    elif numbered and any(word in _PLACES for word in words):
        score += 0.7
    if _NUMBERED.match(text):
        score += 0.8
    elif _HOUSE.match(text):
        score += 0.4
    if names_state(text):
        score += 0.6
    return score


def is_postcode(text: str) -> bool:
    """Whether a text is a postcode and nothing else."""
    found = postcode(text)
    return found is not None and len(found[0]) >= len(text.strip(" .,"))


def names_town(text: str) -> bool:
    """Whether a text has a postcode and the town beside it."""
    return postcode(text) is not None


_NUMBER_LAST = re.compile(r"[^\W\d_]{3,}\.?,? [0-9]{1,4} ?[a-zA-Z]?$")


def ends_as_street(text: str) -> bool:
    """Whether a line ends with the number of a house."""
    return _NUMBER_LAST.search(text) is not None


def names_place(text: str) -> bool:
    """Whether a line begins or ends as the names of squares and parks do."""
    words = [squeeze(mended(word)) for word in _WORD.findall(text)]
    if not words:
        return False
    ends = words[-1] in _PLACES or (
        len(words[-1]) > 5 and _STREET_ENDING.search(words[-1]) is not None
    )
    return ends or words[0] in _PLACES


def names_state(text: str) -> bool:
    """Whether a line names a state, a province or a country."""
    said = " ".join(squeeze(word) for word in _WORD.findall(text))
    return (
        any(word in _STATES for word in said.split())
        or any(state in said for state in _STATES_OF_TWO)
        or (len(text) < 30 and countries.parse(text.strip(" .,")) is not None)
    )


# Letters that OCR confuses in print that is faint or made of dots; each side for the other.
_LOOKALIKES = frozenset(
    frozenset(pair)
    for pair in (
        "il it ij lt oq oc od og ce eo ao ae fp fe fr hm hn hk mn nr nh vy uv uo bd br be kx rp rk "
        "sb sg gc gq ek cs zs wv ea lf 1l 1i 0o 5s 8b 0d 0q 2z 6g 9g 6b 1t 4a".split()
    )
)
_LEAST_LETTERS = 6
_LEAST_ODD = 3


def confused(read: str, word: str) -> int | None:
    """Return in how many letters a reading differs from a word, if OCR confuses each of them."""
    if len(read) != len(word):
        return None
    wrong = 0
    for ours, theirs in zip(read, word, strict=True):
        if ours != theirs:
            if frozenset((ours, theirs)) not in _LOOKALIKES:
                return None
            wrong += 1
    return wrong


_SPELLED = sorted(
    {word for word in (*_TRADES, *_STREETS, *_PLACES, *_STATES) if len(word) > _LEAST_ODD}
    | {"jln", "kuala", "lumpur", "negeri", "pulau"}
)
_KNOWN = frozenset(_SPELLED)


@lru_cache(maxsize=4096)
def mended(word: str) -> str:
    """Return a word as OCR should have read it, if that can only be one known word.

    A fourth of its letters may be taken for those that look like them. Short words are left alone
    unless no one would write them so: with digits or capitals among small letters.
    """
    read = word.casefold()
    odd = not word.isalpha() or not (word.isupper() or word.islower() or word[1:].islower())
    if squeeze(word) in _KNOWN or len(read) < (_LEAST_ODD if odd else _LEAST_LETTERS):
        return word
    near = set()
    for known in _SPELLED:
        wrong = confused(read, known)
        alike = wrong is not None and wrong <= max(1, len(known) // 4)
        if alike or (len(known) == len(read) > 6 and one_wrong(read, known)):
            near.add(known)
    if len(near) != 1:
        return word
    (right,) = near
    if word.isupper():
        return right.upper()
    return right.capitalize() if word[0].isupper() else right


_TOKEN = re.compile(r"[^\W_]+")
_LIKE_SDN_BHD = re.compile(r"\b[S5][DO0QB]N\.? ?B[HNM][DO0]\b", re.IGNORECASE)
_LIKE_S_B = re.compile(r"\bS/[D8]\b(?=\.?(?: ?\(| ?$))")
_POSTCODE_READ = re.compile(
    r"(?<![^\W_])(?=[0-9OIlSB]{5}(?![^\W_]))[0-9OIlSB]{5}(?=[ ,]+[^\W\d_]{2})"
)
_AS_DIGITS = str.maketrans("OQDIl|SBZ", "000111582")
_AS_LETTERS = {"0": ("o", "O"), "1": ("l", "I"), "5": ("s", "S"), "8": ("B", "B")}
# A figure between letters, or before three small ones.
_IN_WORD = re.compile(
    r"(?<=[^\W\d_])[0158](?=[^\W\d_]{2})|(?<=[^\W\d_]{3})[0158](?=[^\W\d_])"
    r"|(?<![^\W_])[0158](?=[^\W\d_A-Z]{3})"
)
# A letter among figures, which is no letter of a house or a block.
_IN_NUMBER = re.compile(r"(?<![^\W_])(?:[0-9]+[OIl|S]+[0-9]*|[OIl|]+[0-9]+)(?![^\W_])")


def lettered(text: str) -> str:
    """Return a text with the figures inside its words as the letters that they look like."""
    return _IN_WORD.sub(lambda match: _letter(text, match), text)


def _letter(text: str, match: re.Match[str]) -> str:
    small, capital = _AS_LETTERS[match[0]]
    start = match.start()
    if start == 0 or not text[start - 1].isalpha():
        return capital
    return capital if text[start - 1].isupper() and text[match.end()].isupper() else small


def spelled(text: str) -> str:
    """Return the text of a name or an address with what OCR commonly confuses in them mended.

    Legal forms, trades, kinds of roads and states are known words; five characters before a town,
    three of them digits, are a postcode; digits in a word are letters, and the other way round.
    Other names are left as they were read. No character is added or taken.
    """
    text = _LIKE_S_B.sub("S/B", text)
    text = _LIKE_SDN_BHD.sub(_sdn_bhd, text)
    text = _BRITISH_READ.sub(_british, _POSTCODE_READ.sub(_postcode, text))
    text = _IN_NUMBER.sub(lambda match: match[0].translate(_AS_DIGITS), lettered(text))
    return _TOKEN.sub(lambda match: mended(match[0]), text)


def _sdn_bhd(match: re.Match[str]) -> str:
    forms = zip(match[0], _shaped(match[0]), strict=True)
    return "".join(right.lower() if read.islower() else right for read, right in forms)


def _shaped(read: str) -> str:
    """Return SDN BHD with the points and blanks that were read."""
    letters = iter("SDNBHD")
    return "".join(next(letters) if c.isalnum() else c for c in read)


def _postcode(match: re.Match[str]) -> str:
    digits = sum(map(str.isdecimal, match[0]))
    return match[0].translate(_AS_DIGITS) if digits >= 3 else match[0]
