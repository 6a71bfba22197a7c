"""Heads of tables: what columns are called in English, German and French, and where they begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.model import FieldType, TableRole

from .printed import has_amount, is_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.extract.view import PageView, Placed, Segment

_LONGEST_LABEL = 5
_HEAD_LINES = 2
"""A head has so many lines at most above and below its fullest one."""
_NEXT_LINE = 1.4
"""Lines of one head are no further apart, in heights of a line."""

TYPES = {
    "position": FieldType.IDENTIFIER,
    "item_number": FieldType.IDENTIFIER,
    "quantity": FieldType.QUANTITY,
    "unit": FieldType.TEXT,
    "unit_price": FieldType.MONEY,
    "tax_rate": FieldType.PERCENT,
    "discount": FieldType.TEXT,
    "tax_amount": FieldType.MONEY,
    "gross_amount": FieldType.MONEY,
    "date": FieldType.DATE,
    "value_date": FieldType.DATE,
    "description": FieldType.TEXT,
    "reference": FieldType.IDENTIFIER,
    "debit": FieldType.MONEY,
    "credit": FieldType.MONEY,
    "amount": FieldType.MONEY,
    "balance": FieldType.MONEY,
    "basis": FieldType.MONEY,
}
"""The columns that we know, and what their cells are."""

_LABELS = {
    TableRole.LINE_ITEMS: {
        "position": "pos|pos nr|position|nr|no|#|item no|line|lfd nr|ligne|n",
        "item_number": (
            "art nr|artnr|artikelnummer|artikel nr|artikelnr|sku|code|item code|product code|réf"
            "|référence|reference|ref|art no|article no|material"
        ),
        "description": (
            "beschreibung|bezeichnung|produkt|artikel|leistung|text|artikelbezeichnung"
            "|description|product|item|items|details|service|particulars|désignation|libellé"
            "|article|prestation|material beschreibung|leistungsbeschreibung|produit|goods"
            "|description of goods|item description"
        ),
        "quantity": "menge|anzahl|stück|stk|quantity|qty|quantité|qté|units|hours|stunden",
        "unit": "einheit|me|unit|uom|unité|u",
        "unit_price": (
            "preis|einzelpreis|nettopreis|einzel|e preis|ep|stückpreis|price|unit price|rate"
            "|unit cost|net price|prix|prix unitaire|pu|p u|pu ht|prix unitaire ht|prix u ht"
            "|cost|price each|einzelpreis netto"
        ),
        "tax_rate": (
            "steuersatz|ust|mwst|ust satz|mwst satz|vat|tax|vat rate|tax rate|tva|taux|taux tva"
            "|gst|steuer"
        ),
        "discount": "rabatt|discount|disc|remise|rem|nachlass",
        "amount": (
            "gesamt|gesamtpreis|betrag|nettobetrag|gesamtbetrag|summe|total|amount|line total"
            "|net amount|total price|montant|montant ht|total ht|prix ht|prix total|netto"
            "|positionsbetrag|g preis|gp|gesamtpreis netto|total net|net|extended price|sum|ext"
            "|entgelt|nettowert|wert|warenwert|netto betrag|net total|line amount"
        ),
        "gross_amount": "brutto|bruttobetrag|gross|gross amount|total ttc|ttc|montant ttc",
    },
    TableRole.TRANSACTIONS: {
        "position": "nr|no|#|lfd nr|n|pos",
        "date": (
            "datum|buchung|buchungstag|buchungsdatum|bu tag|date|posting date|booking date"
            "|transaction date|trans date|post date|booked|date opération|date comptable"
            "|date d'opération|date de l'opération|tag"
        ),
        "value_date": "valuta|wert|wertstellung|value date|value|valeur|date valeur|date de valeur",
        "description": (
            "verwendungszweck|text|buchungstext|vorgang|beschreibung|erläuterung|umsatz"
            "|description|details|particulars|transaction|narrative|transaction details|payee"
            "|payment details|libellé|opération|nature de l'opération|désignation|motif|opérations"
            "|buchungsinformationen|memo"
        ),
        "reference": "referenz|reference|ref|référence|réf|beleg|cheque no|cheque|check no|belegnr",
        "debit": (
            "soll|belastung|lastschrift|ausgang|ausgaben|abgang|debit|debits|paid out|money out"
            "|withdrawal|withdrawals|payments|out|débit|débits|dépenses|retraits|zu ihren lasten"
        ),
        "credit": (
            "haben|gutschrift|eingang|einnahmen|zugang|credit|credits|paid in|money in|deposit"
            "|deposits|receipts|in|crédit|crédits|recettes|versements|zu ihren gunsten"
        ),
        "amount": "betrag|amount|umsatz|montant|betrag in",
        "balance": (
            "saldo|kontostand|balance|running balance|account balance|solde|neuer saldo|stand"
        ),
    },
    TableRole.TAXES: {
        "tax_rate": (
            "steuersatz|ust|mwst|ust satz|mwst satz|vat|tax rate|vat rate|taux|taux tva|ust %"
        ),
        "basis": (
            "netto|nettobetrag|nettopreis|basis|basisbetrag|net amount|taxable amount|net amout"
            "|base|base ht|montant ht|bemessungsgrundlage|net"
        ),
        "tax_amount": (
            "steuerbetrag|ust betrag|mwst betrag|vat amount|tax amount|montant tva|montant|tva"
        ),
        "description": "art|kategorie|art kategorie|taxe|tax|type|category|code",
    },
}

_NEEDED: dict[TableRole, tuple[frozenset[str], frozenset[str]]] = {
    TableRole.LINE_ITEMS: (
        frozenset({"description", "item_number"}),
        frozenset({"amount", "unit_price", "gross_amount"}),
    ),
    TableRole.TRANSACTIONS: (
        frozenset({"date", "value_date"}),
        frozenset({"amount", "debit", "credit"}),
    ),
    TableRole.TAXES: (frozenset({"basis"}), frozenset({"tax_amount"})),
}
"""Of each of the two sets a table of that role has one column at least."""

_OTHERWISE = {"amount": "quantity"}
"""What a label of line items means where another column is the total of a line."""

_BESIDE = frozenset("in ohne mit netto ht ttc % excl incl exkl inkl ust mwst vat tax".split())
"""What stands behind a label and changes nothing of which column it is."""

_BESIDE_OTHERS = frozenset({"tax_rate"})
"""Columns that a second line alone does not name: "Price w/o" above "Tax"."""

_CURRENCIES = frozenset("eur € usd $ gbp £ chf jpy".split())
_EDGES = re.compile(r"[^\w€$£#%']+")


@dataclass(frozen=True)
class HeadColumn:
    """One column by its head: what it is called, what it says, and where its label stands."""

    name: str
    label: str
    left: float
    right: float


@dataclass(frozen=True)
class Head:
    """A head in rows ``first`` to ``last`` of a page's view, and the columns under it."""

    role: TableRole
    columns: tuple[HeadColumn, ...]
    first: int
    last: int

    @property
    def labels(self) -> tuple[str, ...]:
        """What the columns are called, which a repeated head says again."""
        return tuple(column.label for column in self.columns)


def _plain(text: str) -> str:
    return " ".join(part for part in _EDGES.split(text.casefold()) if part)


def _table(role: TableRole) -> dict[str, str]:
    return {label: name for name, labels in _LABELS[role].items() for label in labels.split("|")}


_BY_LABEL = {role: _table(role) for role in _LABELS}
_FIRST_WORDS = {label.split(" ", 1)[0] for table in _BY_LABEL.values() for label in table}


def named(label: str, role: TableRole) -> str | None:
    """Return the column that a label stands for in a table of a role; None for an unknown one."""
    words = [word for word in _plain(label).split() if word not in _CURRENCIES]
    while words:
        name = _BY_LABEL[role].get(" ".join(words))
        if name:
            return name
        if words[-1] not in _BESIDE:
            return None
        words.pop()
    return None


def role_of(
    labels: Sequence[str], roles: Sequence[TableRole]
) -> tuple[TableRole, list[str]] | None:
    """Return the role that a row of labels gives its table, and the names of its columns."""
    best: tuple[int, TableRole, list[str]] | None = None
    for role in roles:
        names: list[str] = []
        for at, label in enumerate(labels):
            name = named(label, role)
            names.append(name if name and name not in names else f"column_{at + 1}")
        known = {name for name in names if name in TYPES}
        if not all(known & needed for needed in _NEEDED[role]):
            continue
        if best is None or len(known) > best[0]:
            best = (len(known), role, names)
    return best and (best[1], best[2])


def abreast(labels: Sequence[str]) -> int:
    """Return how many columns a table has that stands beside itself under one head; 0 if none."""
    plain = [label.casefold() for label in labels]
    for width in range(2, len(plain) // 2 + 1):
        if len(plain) % width == 0 and plain == plain[:width] * (len(plain) // width):
            return width
    return 0


def find(view: PageView, roles: Sequence[TableRole]) -> list[Head]:
    """Return the heads on a page, from top to bottom; labels below each other are one head."""
    found: list[Head] = []
    known = [_known(row, roles) if _may_be_head(row) else 0 for row in view.rows]
    at = 0
    while at < len(view.rows):
        # Of lines below each other the one that names most columns is the head's.
        is_fullest = known[at] and known[at] >= max(known[at + 1 : at + 1 + _HEAD_LINES], default=0)
        head = _head(view, at, roles) if is_fullest else None
        if head is not None:
            found.append(head)
            at = head.last + 1
        else:
            at += 1
    return found


def _known(row: tuple[Segment, ...], roles: Sequence[TableRole]) -> int:
    """Return how many columns a line names, read as the role of which it names most."""
    return max(sum(1 for column in _labelled(row, role) if column.name in TYPES) for role in roles)


def _may_be_head(row: tuple[Segment, ...]) -> bool:
    words = [word for segment in row for word in segment.words]
    if not 2 <= len(words) <= 40:
        return False
    hits = sum(1 for word in words if _plain(word.text).split(" ", 1)[0] in _FIRST_WORDS)
    return hits >= 2 and not any(has_amount(s.text) or is_date(s.text) for s in row)


def _head(view: PageView, at: int, roles: Sequence[TableRole]) -> Head | None:
    """Return the head whose fullest line is a row, with what stands close above and below it."""
    best: Head | None = None
    for role in roles:
        columns = _labelled(view.rows[at], role)
        first = last = at
        for step in (-1, 1):
            near = at + step
            for _ in range(_HEAD_LINES):
                if not 0 <= near < len(view.rows) or not _is_part(view, near, near - step):
                    break
                columns = _with_line(columns, view.rows[near], role)
                first, last = min(first, near), max(last, near)
                near += step
        columns = _with_amount(sorted(columns, key=lambda c: c.left), role)
        names = {column.name for column in columns}
        if not all(names & needed for needed in _NEEDED[role]):
            continue
        known = sum(1 for column in columns if column.name in TYPES)
        if 2 * known < len(columns):
            continue
        if best is None or known > sum(1 for column in best.columns if column.name in TYPES):
            best = Head(role, tuple(columns), first, last)
    return best


def _with_amount(columns: list[HeadColumn], role: TableRole) -> list[HeadColumn]:
    """Return columns of items, the last of them their amount, whatever it is called."""
    names = {column.name for column in columns}
    if role is not TableRole.LINE_ITEMS or names & {"amount", "gross_amount"}:
        return columns
    last = columns[-1]
    if last.name in TYPES or len(names & TYPES.keys()) < 3 or "unit_price" not in names:
        return columns
    return [*columns[:-1], HeadColumn("amount", last.label, last.left, last.right)]


def _is_part(view: PageView, at: int, of: int) -> bool:
    """Whether a row is another line of a head: close to it, short, and without a figure."""
    row, beside = view.rows[at], view.rows[of]
    height = max(segment.bottom - segment.top for segment in beside)
    tops = [segment.top for segment in row], [segment.top for segment in beside]
    if abs(min(tops[0]) - min(tops[1])) > _NEXT_LINE * height:
        return False
    words = [word.text for segment in row for word in segment.words]
    return len(words) <= 12 and not any(any(map(str.isdigit, word)) for word in words)


def _labelled(row: Sequence[Segment], role: TableRole) -> list[HeadColumn]:
    """Return the columns that the words of a row name, the longest labels first."""
    columns: list[HeadColumn] = []
    taken: set[str] = set()
    beside: set[float] = set()
    for segment in row:
        words = list(segment.words)
        rest: list[Placed] = []
        while words:
            for length in range(min(_LONGEST_LABEL, len(words)), 0, -1):
                name = named(" ".join(word.text for word in words[:length]), role)
                if name == "date" and name in taken:
                    name = "value_date"
                if name == "amount" and name in taken:
                    columns = [_reread(column, role, beside) for column in columns]
                    taken = {column.name for column in columns}
                if name and name not in taken:
                    if rest:
                        columns.append(_unknown(rest, len(columns)))
                        beside.add(words[0].left)
                        rest = []
                    taken.add(name)
                    columns.append(_column(name, words[:length]))
                    del words[:length]
                    break
            else:
                rest.append(words.pop(0))
        if rest:
            # Words behind a label belong to it: "Amount (EUR)".
            if columns and segment.words[0] is not rest[0]:
                columns[-1] = _wider(columns[-1], rest)
            else:
                columns.append(_unknown(rest, len(columns)))
    return columns


def _reread(column: HeadColumn, role: TableRole, beside: set[float]) -> HeadColumn:
    """Return a column as what its label also means, now that another is the total of a line.

    ``beside`` is where labels begin that stand behind words of another meaning: of a statement,
    "Original amount" is none that moves the balance.
    """
    if column.name != "amount":
        return column
    if role is TableRole.TRANSACTIONS:
        name = "other_amount" if column.left in beside else column.name
        return HeadColumn(name, column.label, column.left, column.right)
    name = _OTHERWISE.get(_plain(column.label), column.name)
    return HeadColumn(name, column.label, column.left, column.right)


def _column(name: str, words: Sequence[Placed]) -> HeadColumn:
    text = " ".join(word.text for word in words)
    return HeadColumn(name, text, words[0].left, max(word.right for word in words))


def _unknown(words: Sequence[Placed], count: int) -> HeadColumn:
    return _column(f"column_{count + 1}", words)


def _wider(column: HeadColumn, words: Sequence[Placed]) -> HeadColumn:
    text = " ".join([column.label, *(word.text for word in words)])
    return HeadColumn(
        column.name,
        text,
        min(column.left, *(word.left for word in words)),
        max(column.right, *(word.right for word in words)),
    )


def _with_line(
    columns: list[HeadColumn], row: Sequence[Segment], role: TableRole
) -> list[HeadColumn]:
    """Return columns with another line of their head: more of their labels, or more columns."""
    for segment in row:
        over = [
            at
            for at, column in enumerate(columns)
            if min(column.right, segment.right) > max(column.left, segment.left)
        ]
        if len(over) == 1:
            wide = _wider(columns[over[0]], segment.words)
            if wide.name not in TYPES:
                name = named(wide.label, role) or named(segment.text, role)
                if (
                    name
                    and name not in _BESIDE_OTHERS
                    and all(column.name != name for column in columns)
                ):
                    wide = HeadColumn(name, wide.label, wide.left, wide.right)
            columns = [*columns[: over[0]], wide, *columns[over[0] + 1 :]]
        elif not over:
            taken = {column.name for column in columns} & TYPES.keys()
            columns = columns + [
                HeadColumn(f"column_{len(columns) + at}", each.label, each.left, each.right)
                if each.name in taken
                else each
                for at, each in enumerate(_labelled([segment], role), 1)
            ]
    return columns
