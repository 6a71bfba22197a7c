"""Names of parties in running text: where one begins, where it ends, and what is none.

A name is a run of capitalised words. Its legal form ("Inc.", "GmbH", "société anonyme" follows
later) is part of it; what it is, where it sits and who stands for it come after a comma, in
brackets, or on the next line of an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORMS = """
    inc incorporated corp corporation company co llc llp lp lllp ltd limited plc pllc pc na nv bv
    cv sa sas sasu sarl eurl sci snc se ag gmbh mbh kg kgaa ohg ug gbr ev eg partg pty pte spa srl
    ab asa as aps oy oyj kft zrt doo zoo sro bvba cvba vof uab jsc pvt ltda sl slu ek og gesmbh
    cooperative aktiengesellschaft kommanditgesellschaft gesellschaft genossenschaft
"""
LEGAL_FORMS = frozenset(_FORMS.split())
"""Legal forms without their points, in small letters."""

# Those that are printed in small letters.
_SMALL = frozenset({"mbh", "plc", "ev", "eg", "ek", "gmbh", "doo", "zoo", "sro", "asa"})

# Words that make an organisation of a name, where no legal form is printed.
_BODIES = frozenset(
    """
    university universität université bank banque trust foundation stiftung association verein
    institute institut hospital county city ministry department authority agency council society
    group holdings partners associates partnership technologies laboratories industries systems
    stadt gemeinde commune ville chamber college school church fund
    """.split()
)

# Words after which a name's "and" goes on: "Marsh and Company", "Smith and Sons".
_AFTER_AND = frozenset("company co sons brothers daughters associates partners family cie".split())

_INNER = frozenset(
    "of the for de la le les du des d' von van der den dem zu zur zum am im y e di del da".split()
)
_AND = frozenset({"and", "und", "et"})

# Words that never belong to a name, however they are printed.
_STOPS = frozenset(
    """
    a an with having whose located residing acting by as on in to at is are hereinafter hereafter
    including organized organised existing doing d/b/a f/k/a dba represented its
    their his her which who collectively together jointly and/or or dated effective this that these
    each either both vertreten nachfolgend mit sitz geschäftsansässig wohnhaft handelnd geboren
    eingetragen geschäftsführer ustidnr hrb dont représentée représenté représentés ciaprès sis
    sise ayant au demeurant domicilié domiciliée immatriculée immatriculé agissant née né inscrite
    inscrit whereas recitals witnesseth now therefore between among zwischen entre
    wird werden shall will agree agrees hereby made entered attn attention re dear
    """.split()
)

_PERSONS = frozenset({"jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "jd", "cpa"})

# What stands before a name and is none of it.
_BEFORE = re.compile(
    r"(?:(?:the|der|die|das|dem|den|firma|herrn?|frau|la\s+société|le\s+groupe|l'entreprise|"
    r"l'association|société|la|le|les|monsieur|madame|mr\.?|mrs\.?|ms\.?|mme|m\.|messrs\.?)\s+)+",
    re.IGNORECASE,
)

ROLES = frozenset(
    """
    we us our you your i it they he she who whom there here very this that such if in
    agreement assignee assignor bailee bailor benefactor beneficiary borrower buyer client company
    consultant contractor corporation creditor customer debtor disclosee discloser disclosing
    distributor employee employer entity executive franchisee franchisor guarantor holder holders
    individual investor investors landlord lender lessee lessor licensee licensor manager member
    members owner parent participant parties party person persons principal provider publisher
    purchaser receiving recipient reseller seller sellers service shareholder shareholders
    stockholder stockholders subcontractor subscriber subsidiary supplier tenant trustee undersigned
    user vendor other first second the and of name insert signature date title address
    auftraggeber auftraggeberin auftragnehmer auftragnehmerin arbeitgeber arbeitgeberin arbeitnehmer
    arbeitnehmerin käufer käuferin verkäufer verkäuferin vermieter vermieterin mieter mieterin
    lizenzgeber lizenznehmer kunde kundin anbieter partei parteien vertragspartner vertragsparteien
    gesellschaft lieferant darlehensgeber darlehensnehmer firma den
    prestataire fournisseur acheteur vendeur bailleur locataire preneur employeur salarié salariée
    société parties partie concédant licencié cocontractant soussignés soussigné
    """.split()
)
"""What agreements call their parties and what forms call their blanks: no names."""

_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"[1-9]\d?")
_EDGES = " ,;:.()[]\"'*-\u2013\u2014"
_LONGEST = 14


@dataclass(frozen=True, slots=True)
class Name:
    """Where a name stands in a text, and what it is."""

    start: int
    end: int
    text: str
    formed: bool
    """Whether it has a legal form."""


def bare(word: str) -> str:
    """Return a word in small letters without its points, commas and brackets: ``L.L.C.,``."""
    return re.sub(r"[^\w&/']", "", word).casefold()


def has_form(text: str) -> bool:
    """Tell whether a name has a legal form; one word alone is none: ``Company``."""
    return any(_is_form(word) for word in text.split()[1:])


def is_body(text: str) -> bool:
    """Tell whether a name is that of an organisation: by its form or by what it calls itself."""
    return has_form(text) or any(bare(word) in _BODIES for word in text.split())


def key(name: str) -> str:
    """Return what two spellings of a party's name have in common: neither case nor legal form."""
    words = [bare(word) for word in name.split()]
    kept = [word for word in words if word and word not in LEGAL_FORMS and word != "the"]
    return "".join(kept or words).replace("&", "and")


def is_party(text: str) -> bool:
    """Tell whether a name can be a party's: no role alone, no blank to be filled in."""
    if "_" in text or ".." in text or re.search(r"[\[\]«»<>{}|]|\bx{3,}\b", text, re.IGNORECASE):
        return False
    words = [bare(word) for word in text.split()]
    letters = sum(map(str.isalpha, text))
    return letters >= 2 and not all(word in ROLES or not word for word in words)


def skip(text: str, at: int) -> int:
    """Return where a name can begin: after articles, titles and "the company"."""
    while at < len(text) and text[at] in ' \n"':
        at += 1
    # "The Travelers Companies" has its article in its name; "THE ACME INC." may have.
    if text.startswith("The ", at):
        return at
    found = _BEFORE.match(text, at)
    return found.end() if found else at


def read(text: str, at: int) -> Name | None:
    """Return the name that begins at a place, or None if none does.

    Parameters
    ----------
    text
        Running text; a line feed parts what stands on lines of their own.
    at
        Where to begin; blanks, articles and titles there are passed over.
    """
    start = skip(text, at)
    end = start
    words: list[str] = []
    for found in _WORD.finditer(text, start, start + 240):
        word = found.group()
        here = bare(word)
        if words and not _goes_on(text, words, end, found.start(), here, word):
            break
        if not words and not (_capital(word) and here not in _STOPS):
            return _numbered(text, found) if _NUMBER.fullmatch(word) else None
        inner = here in _AND or (here in _INNER and word[0].islower())
        if inner and not _next_capital(text, found.end()):
            break
        words.append(word)
        end = found.end()
        if len(words) >= _LONGEST or word[-1] in ';:)"' or word.endswith("),"):
            break
    return _name(text, start, end)


def _numbered(text: str, number: re.Match[str]) -> Name | None:
    """Return a name that begins with a number, "9 Lives Ltd"; it needs a legal form to be one."""
    name = read(text, number.end())
    if name is None or not name.formed or text[number.end() : name.start] != " ":
        return None
    return Name(number.start(), name.end, f"{number.group()} {name.text}", formed=True)


def _goes_on(text: str, words: list[str], end: int, here_at: int, here: str, word: str) -> bool:
    """Tell whether a word belongs to the name whose words stand before it."""
    before = words[-1]
    if _is_form(word):
        return True
    if before.endswith(","):
        return here in _PERSONS and not is_body(" ".join(words))
    if before.endswith(".") and not _abbreviated(before):
        return False
    if "\n" in text[end:here_at] and bare(before) not in (_INNER | _AND) and before != "&":
        return False
    if here == "haftungsbeschränkt":
        return True
    if here in _STOPS or word[0] in '"-\u2013\u2014(':
        # "Muster (Deutschland) GmbH" has its country in its name.
        return bool(re.match(r"\(\w+\)\Z", word)) and _next_form(text, here_at + len(word))
    if here in _AND:
        if any(map(_is_form, words[1:])):
            return False
        after = _WORD.search(text, here_at + len(word))
        return after is not None and bare(after.group()) in _AFTER_AND
    if any(map(_is_form, words[1:])) and word not in ("&", "of"):
        # Behind its form a name goes on only by another: "GmbH & Co. KG", "Bank of X, N.A.".
        return before == "&" or bare(before) in _INNER
    return here in _INNER or word == "&" or _capital(word)


def _name(text: str, start: int, end: int) -> Name | None:
    raw = text[start:end]
    if raw.endswith("(haftungsbeschränkt)"):
        plain = " ".join(raw.split())
        return Name(start, end, plain, formed=True)
    kept = raw.rstrip(" ,;:\"'])-\u2013\u2014(\n")
    if kept.endswith(".") and not _abbreviated(kept.split()[-1]):
        kept = kept[:-1]
    if kept.count("(") > kept.count(")") and raw[len(kept) : len(kept) + 1] == ")":
        kept += ")"
    if not kept or not is_party(kept):
        return None
    plain = " ".join(kept.split())
    return Name(start, start + len(kept), plain, has_form(plain))


def _is_form(word: str) -> bool:
    """Tell whether a word is a legal form; ``corporation`` in small letters says what one is."""
    here = bare(word)
    return (
        here in LEGAL_FORMS
        and word[0].isalnum()
        and (not word[0].islower() or here in _SMALL or "." in word.strip(",;:"))
    )


def _capital(word: str) -> bool:
    """Tell whether a word is printed as part of a name: ``Acme``, ``eBay``, ``3M``, ``d.o.o.``."""
    core = word.strip(_EDGES)
    return bool(core) and (
        core[0].isupper()
        or (core[0].isdigit() and any(map(str.isalpha, core)))
        or (len(core) > 1 and core[0].islower() and core[1].isupper())
    )


def _abbreviated(word: str) -> bool:
    """Tell whether the point at the end of a word is its own and ends no sentence."""
    here = bare(word)
    core = word.strip(' ,;:()"')
    return (
        here in LEGAL_FORMS
        or here in _PERSONS
        or "." in core[:-1]
        or len(here) <= 2
        or here in {"mrs", "drs", "bros", "mfg", "intl", "int'l", "assn", "prof", "dipl", "ing"}
    )


def _next_capital(text: str, at: int) -> bool:
    found = _WORD.search(text, at)
    return found is not None and (_capital(found.group()) or bare(found.group()) in _INNER)


def _next_form(text: str, at: int) -> bool:
    found = _WORD.search(text, at)
    return found is not None and _is_form(found.group())
