"""What the label before an amount on a receipt says that the amount is: English, German, French.

A till has few words and many ways to shorten and join them, and OCR adds its own. Labels are
compared as squeezed letters, those of one shape made one; a word of five letters or more may have
one letter wrong.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from .anchors import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Kind(StrEnum):
    """What an amount is."""

    DUE = "due"  # what is to be paid after everything
    TOTAL = "total"
    NETT = "nett"  # a total after everything in some countries, without tax in others
    AMOUNT = "amount"
    SUBTOTAL = "subtotal"
    UNTAXED = "untaxed"
    TAX = "tax"
    TAXES = "taxes"  # all taxes together
    ROUNDING = "rounding"
    ADDED = "added"  # service, tip
    TAKEN = "taken"  # discount
    PAID = "paid"
    CHANGE = "change"
    COUNT = "count"
    ASIDE = "aside"  # what was saved, points, balances of cards
    NONE = "none"


TOTALS = frozenset({Kind.DUE, Kind.TOTAL, Kind.NETT})

_SHAPES = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "0": "o", "5": "s", "8": "b"})
_WORD = re.compile(r"[^\W_]+")


def shape(text: str) -> str:
    """Return the letters and digits of a text in one case, those of one shape made one."""
    return squeeze(text).translate(_SHAPES)


def _phrases(text: str) -> frozenset[str]:
    return frozenset(shape(each) for each in text.split())


# A phrase of five letters and more may stand anywhere in the squeezed label; a shorter one is a
# word of its own, as "ht", "bar" and "ust" are parts of many words.
_CHANGE = _phrases(
    "change changedue rueckgeld ruckgeld wechselgeld zurueck zuruck rendu monnaie arendre baki "
    "wisselgeld vuelto resto עודף الباقي"
)
_EXCHANGE = _phrases("exchange")
_ROUNDING = _phrases("round rounding rounded rnd rundung gerundet arrondi bundar afronding")
_COUNT = _phrases(
    "qty quantity quantities itemcount items numberofitems noofitems pcs pax guests covers "
    "couverts "
    "anzahl stueck stueckzahl stuck positionen artikelanzahl nbarticles nbarticle articles "
    "nombredarticles nbre aantal"
)
_ASIDE = _phrases(
    "saving savings saved yousave gespart ersparnis sparen economie economies economise cagnotte "
    "fidelite points punkte payback loyalty balancecarried cardbalance previousbalance newbalance "
    "guthaben solde creditlimit rewards pfandwert bonuspunkte donation "
    "eligible eligibletr suggested suggestedtip gratuityguide tipguide"
)
_SUBTOTAL = _phrases(
    "subtotal subttl subtot zwischensumme zwsumme zwischentotal soustotal sstotal subtotaal "
    "subamount itemstotal itemtotal foodtotal "
    "totalbefore merchandise grossamt grossamount grosssales grosstotal"
)
_UNTAXED = _phrases(
    "excl excluding excluded exclusive beforetax beforevat beforegst withouttax ohnemwst exkl "
    "horstaxe horstaxes htva ht netto nettobetrag nettosumme nettoumsatz taxable taxablesales "
    "totalht montantht baseht nonincl exvat extax"
)
_EXCLUDING = _phrases("excl excluding exkl")
_TAX = _phrases(
    "gst sst vat tax taxes mwst ust umsatzsteuer mehrwertsteuer steuer steuern tva taxe salestax "
    "iva btw hst pst qst tps tvq cgst sgst igst moms "
    "cukai mwstbetrag steuerbetrag gstamt gstamount vatamount taxamount "
    "montanttva statetax citytax מעמ ضريبة"
)
_INCLUDING = _phrases(
    "incl including inclusive inc inkl inklusive einschl enthalten enthaltene darin dont inclus "
    "comprise compris included includes include"
)
_CONTAINS = _phrases("includes included enthalten enthaltene darin dont comprise incluse")
_TAXES = _phrases(
    "totaltax totalgst totalvat totalsst taxtotal gsttotal vattotal totaltaxes totaltva tvatotal "
    "tvatotale summemwst mwstsumme gesamtmwst summesteuer steuersumme totaldestaxes totaltaxe "
    "gstpayable vatpayable"
)
_DUE = _phrases(
    "grandtotal totaldue amountdue amtdue totalpayable amtpayable amountpayable balancedue "
    "totalamountdue topay tobepaid payableamount payable zuzahlen zuzahlenderbetrag zahlbetrag "
    "endbetrag endsumme gesamtbetrag gesamtsumme rechnungsbetrag rechnungssumme totalttc "
    "montantttc "
    "ttc netapayer apayer montantdu totaldu finaltotal totalrounded roundedtotal totalafterround "
    "totaltopay ordertotal billtotal invoicetotal resteapayer tebetalen לתשלום"
)
_NETT = _phrases("nettotal netttotal netamt netamount nettamt nettamount nett totalnet")
_TOTAL = _phrases(
    "total ttl totai summe gesamt brutto bruttosumme bruttobetrag jumlah totaal totale importe "
    "eurtotal balance refund refundtotal erstattung rembourse remboursement "
    "סהכ סהייכ المجموع الإجمالي اجمالي الاجمالي"
)
_PAID = _phrases(
    "cash bar bargeld barzahlung gegeben erhalten "
    "espece especes cb cartebancaire cartebleue carte visa "
    "mastercard maestro amex americanexpress girocard eccash eckarte ec kartenzahlung karte "
    "kreditkarte creditcard debitcard debit credit card tender tendered paid payment paiement "
    "regle tunai bayaran cheque check voucher gutschein ticketrestaurant paypal applepay googlepay "
    "alipay ewallet contactless sanscontact twint nets paynow mobilepay contant pin מזומן نقدا"
)
_AMOUNT = _phrases(
    "amount amt betrag montant fee fare fahrpreis price prix preis gebuehr gebuhr due"
)
_ADDED = _phrases(
    "service servicecharge svc svccharge svr svrtax servcharge bedienung tip tips trinkgeld "
    "gratuity pourboire deliverycharge"
)
_TAKEN = _phrases(
    "discount disc rabatt remise nachlass reduction coupon promotion less voucherdisc reduktion"
)

# One letter of such a word may be wrong.
_KNOWN = {
    shape("total"): Kind.TOTAL,
    shape("summe"): Kind.TOTAL,
    shape("subtotal"): Kind.SUBTOTAL,
    shape("change"): Kind.CHANGE,
    shape("rounding"): Kind.ROUNDING,
    shape("amount"): Kind.AMOUNT,
    shape("payable"): Kind.DUE,
    shape("gesamtbetrag"): Kind.DUE,
    shape("zwischensumme"): Kind.SUBTOTAL,
    shape("rueckgeld"): Kind.CHANGE,
    shape("discount"): Kind.TAKEN,
    shape("quantity"): Kind.COUNT,
    shape("savings"): Kind.ASIDE,
    shape("mastercard"): Kind.PAID,
    shape("tendered"): Kind.PAID,
}
# Words of their own that are one letter from one of those.
_OTHERS = frozenset(_phrases("charge charged totals accounts mount"))
_LONG = 5
_LONGER = 7
_GLUED = tuple(
    _phrases("eur rm usd chf gbp sgd amount sales due incl inkl ttc ht brutto netto gst vat")
)
_PERCENT = re.compile(r"[0-9]\s*%")
_OF_RATE = re.compile(r"(?:total|summe|gesamt)\W*[0-9][0-9.,]*\s*%", re.IGNORECASE)


def _by_start(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for phrase in phrases:
        if len(phrase) >= _LONG:
            index.setdefault(phrase[:3], []).append(phrase)
    return {start: tuple(many) for start, many in index.items()}


_LONG_PHRASES = _by_start(
    frozenset().union(
        *(_CHANGE, _EXCHANGE, _ROUNDING, _COUNT, _ASIDE, _SUBTOTAL, _UNTAXED, _EXCLUDING, _TAX),
        *(_INCLUDING, _TAXES, _DUE, _NETT, _TOTAL, _PAID, _AMOUNT, _ADDED, _TAKEN),
    )
)


class _Said:
    """A label, to be asked whether it says one of several phrases.

    A short phrase begins with a word and ends with one, or with what tills glue to it: "summe" is
    no part of a summer hat. A long one may stand anywhere.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        words = [shape(word) for word in _WORD.findall(label)]
        self.words = frozenset(words)
        squeezed = "".join(words)
        starts = {0, *accumulate(map(len, words))}
        self._held = set(words)
        for at in range(len(squeezed) - _LONG + 1):
            for phrase in _LONG_PHRASES.get(squeezed[at : at + 3], ()):
                end = at + len(phrase)
                if squeezed.startswith(phrase, at) and (
                    len(phrase) >= _LONGER
                    or (at in starts and (end in starts or squeezed.startswith(_GLUED, end)))
                ):
                    self._held.add(phrase)

    def one_of(self, phrases: frozenset[str]) -> bool:
        return not self._held.isdisjoint(phrases)

    @cached_property
    def total(self) -> bool:
        return self.one_of(_TOTAL) or self.one_of(_DUE)

    @cached_property
    def including(self) -> bool:
        return self.one_of(_INCLUDING)

    @cached_property
    def tax(self) -> bool:
        return self.one_of(_TAX)

    @cached_property
    def untaxed(self) -> bool:
        return self.one_of(_UNTAXED) and (not self.including or self.one_of(_EXCLUDING))

    @cached_property
    def own_tax(self) -> bool:
        """Whether it is a tax, and not something that has a tax in it."""
        return self.tax and (not self.including or not self.words.isdisjoint(_CONTAINS))

    @cached_property
    def of_one_rate(self) -> bool:
        """Whether it is the total of one rate, as "Total 7 %" and not "Total incl. 7 % VAT"."""
        if self.tax:
            return _OF_RATE.search(self.label) is not None
        return _PERCENT.search(self.label) is not None


# The first that holds tells what a label says.
_RULES: tuple[tuple[Callable[[_Said], bool], Kind], ...] = (
    (lambda said: said.one_of(_ASIDE), Kind.ASIDE),
    (lambda said: said.one_of(_CHANGE) and not said.one_of(_EXCHANGE), Kind.CHANGE),
    (lambda said: said.one_of(_ROUNDING) and said.total, Kind.DUE),
    (lambda said: said.one_of(_ROUNDING), Kind.ROUNDING),
    (lambda said: said.one_of(_SUBTOTAL), Kind.SUBTOTAL),
    (lambda said: said.one_of(_TAKEN), Kind.TAKEN),
    (lambda said: said.one_of(_ADDED) and not (said.total and said.including), Kind.ADDED),
    (lambda said: said.untaxed, Kind.UNTAXED),
    (lambda said: said.own_tax and said.one_of(_TAXES), Kind.TAXES),
    (lambda said: said.own_tax, Kind.TAX),
    (lambda said: said.one_of(_COUNT) and not said.one_of(_DUE), Kind.COUNT),
    (lambda said: said.total and said.one_of(_PAID), Kind.AMOUNT),
    (lambda said: said.one_of(_DUE), Kind.DUE),
    (lambda said: said.total and said.of_one_rate, Kind.SUBTOTAL),
    (lambda said: said.total, Kind.TOTAL),
    (lambda said: said.one_of(_NETT), Kind.NETT),
    (lambda said: said.one_of(_PAID), Kind.PAID),
    (lambda said: said.one_of(_AMOUNT), Kind.AMOUNT),
    (lambda said: said.tax, Kind.TAX),
)


@lru_cache(maxsize=4096)
def kind(label: str) -> Kind:
    """Return what a label says that the amount behind it is."""
    said = _Said(label)
    return next((what for holds, what in _RULES if holds(said)), None) or _nearly(said.words)


def _nearly(words: frozenset[str]) -> Kind:
    for word in words:
        if len(word) < _LONG or word in _OTHERS:
            continue
        for known, what in _KNOWN.items():
            long = len(known) > _LONG or len(word) == len(known)
            if long and one_wrong(word, known):
                return what
    return Kind.NONE


def one_wrong(first: str, second: str) -> bool:
    """Whether two words differ in one letter: another one, one more or one less."""
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1:
        return False
    at = 0
    while at < len(first) and first[at] == second[at]:
        at += 1
    rest = first[at + 1 :] if len(first) == len(second) else first[at:]
    return rest == second[at + 1 :]
