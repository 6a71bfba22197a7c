"""What gives a document type away: a table of phrases, each with a weight and a place.

A phrase counts once, at its best place, however often it stands there: forty pages that mention
invoices do not add up to one. Weights are in the unit of `doctype`: two more than the next type
is a clear case. They are set by hand from what the words mean; a look at real documents corrected
a few, but none was fitted by a program:

=====  ============================================================================
4      the document names itself ("Invoice" as a title)
2-3    hardly ever on another type ("Rechnungsnummer", "take-home pay")
1-1.5  usual here, possible elsewhere ("Zahlungsziel", "amount due")
0.5    a supporting word
< 0    speaks against the type (an offer looks like an invoice, but calls itself "Angebot")
=====  ============================================================================

A ``*`` lets the word go on: "gehaltsabrechnung*" sees "Gehaltsabrechnungen", and "*bericht" any
report, since a German compound ends with what it is. An English title does so as well ("Annual
Operations Report 2024"): there a TITLE phrase may also end the line.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from docparser.model import DocumentType as Type


class Where(Enum):
    """Where a phrase has to stand to count."""

    TITLE = "title"
    """It begins a short line in the upper part of the first page; in English, or ends it.

    Followed by a colon it is a label: "Bestellung: 4711" stands on an invoice.
    """
    LABEL = "label"
    """It begins a line."""
    ANYWHERE = "anywhere"


class Cue(NamedTuple):
    """One row of the table; ``phrase`` is in lower case, ``language`` ISO 639-1 or ``und``."""

    type: Type
    where: Where
    weight: float
    language: str
    phrase: str

    @property
    def rule(self) -> str:
        """The rule's name: ``type.invoice.title.tax_invoice``."""
        words = self.phrase.strip("*:").replace(" ", "_")
        return f"type.{self.type.value}.{self.where.value}.{words}"


def _rows(type_: Type, where: Where, weight: float, /, **phrases: str) -> list[Cue]:
    """Return one cue per phrase; phrases are parted by ``|``, keyed by their language."""
    return [
        Cue(type_, where, weight, language, phrase.strip())
        for language, text in phrases.items()
        for phrase in text.split("|")
    ]


_TITLE, _LABEL, _ANY = Where.TITLE, Where.LABEL, Where.ANYWHERE

_CREDIT_TITLES = {
    "en": "credit note|credit memo|credit memorandum|credit invoice",
    "de": "gutschrift|rechnungskorrektur|stornorechnung|korrekturrechnung|storno",
    "fr": "avoir|note de crédit|facture d'avoir",
}

CUES: tuple[Cue, ...] = (
    # --- invoice
    *_rows(
        Type.INVOICE, _TITLE, 4.0,
        en="invoice|commercial invoice|proforma invoice|pro forma invoice|final invoice",
        de="rechnung|handelsrechnung|schlussrechnung|abschlagsrechnung|mietrechnung|"
        "teilrechnung|proformarechnung|sammelrechnung|stromrechnung|telefonrechnung|"
        "rechnungsbeleg|kostenrechnung|honorarrechnung",
        fr="facture|facture pro forma|facture d'acompte",
        nl="factuur",
    ),
    *_rows(Type.INVOICE, _TITLE, 2.0, en="tax invoice|bill to|invoice to|billed to"),
    *_rows(
        Type.INVOICE, _ANY, 2.0,
        en="invoice number|invoice no|invoice #|invoice date|bill to|amount due|"
        "payment terms|please remit|remittance|invoice:",
        de="rechnungsnummer|rechnungs-nr*|rechnungsnr*|rechnung nr*|rechnungsdatum|"
        "rechnungsbetrag|rechnungsempfänger|rechnungssteller|zahlbar bis|zahlbar innerhalb|"
        "zahlungsziel|rechnungsanschrift|rechnungsadresse",
        fr="numéro de facture|date de facture|facture n°|net à payer|total ttc",
        nl="factuurnummer|factuurdatum",
    ),
    # A document that calls itself a credit note is not an invoice, though it looks like one.
    *_rows(Type.INVOICE, _TITLE, -5.0, **_CREDIT_TITLES),
    # So does an offer; but an invoice may begin a line with the number of the offer as well.
    *_rows(
        Type.INVOICE, _TITLE, -4.0,
        en="quotation|quote|estimate|order confirmation|payment reminder|remittance advice",
        de="angebot|kostenvoranschlag|auftragsbestätigung|*mahnung|zahlungserinnerung",
        fr="devis",
    ),
    *_rows(
        Type.INVOICE, _ANY, 1.0,
        en="unit price|due date|subtotal|vat|net 30|purchase order|balance due|ship to|"
        "vat number|total excl",
        de="einzelpreis|leistungsdatum|lieferdatum|liefer- und leistungsdatum|umsatzsteuer|"
        "mehrwertsteuer|ust.|mwst*|nettobetrag|bruttobetrag|gesamtbetrag|ust-id*|ust.-id*|"
        "ustid*|kundennummer|zahlungsbedingungen|skonto|ohne abzug|zwischensumme|leistungszeitraum",
        fr="total ht|prix unitaire|montant ht|échéance|n° tva|tva intracommunautaire",
        nl="btw",
    ),
    *_rows(
        Type.INVOICE, _ANY, 0.5,
        en="quantity|customer no|customer number|order number|total",
        de="menge|iban|bankverbindung|bestellnummer|lieferschein*|pos.|netto",
        fr="quantité|tva|siret|désignation",
    ),
    # --- credit note
    *_rows(Type.CREDIT_NOTE, _TITLE, 6.0, **_CREDIT_TITLES),
    *_rows(
        Type.CREDIT_NOTE, _ANY, 2.5,
        en="credit note number|credit note no|credit note date|credit memo number|credited amount",
        de="gutschriftsnummer|gutschrift-nr*|gutschriftnr*|gutschriftsbetrag|gutschriftsdatum|"
        "stornierte rechnung|zur rechnung vom|wir schreiben ihnen gut|"
        "schreiben wir ihnen gut|korrektur der rechnung",
        fr="avoir n°|numéro d'avoir",
    ),
    *_rows(
        Type.CREDIT_NOTE, _ANY, 1.0,
        en="original invoice|reason for credit|refund",
        de="ursprüngliche rechnung|erstattungsbetrag|rückerstattung|zu ihren gunsten",
    ),
    # --- receipt
    *_rows(
        Type.RECEIPT, _TITLE, 4.0,
        en="receipt|cash receipt|sales receipt|official receipt|till receipt|payment receipt",
        de="quittung|kassenbon|kassenbeleg|kassenzettel|kaufbeleg|bewirtungsbeleg|kundenbeleg",
        fr="ticket de caisse|reçu|quittance",
    ),
    *_rows(
        Type.RECEIPT, _ANY, 2.0,
        en="cashier|change due|cash tendered|amount tendered|please come again|"
        "thank you for shopping|thank you for your purchase|goods sold are not|"
        "not returnable|not refundable|rounding adj*|rounding adjustment|rounding|cash change|"
        "simplified tax invoice|simplified invoice|items sold|keep this receipt",
        de="rückgeld|wechselgeld|bediener|bedienung|kassierer*|vielen dank für ihren einkauf|"
        "tse-signatur|tse-start|tse-transaktion|bonnummer|bon-nr*|bar gegeben|gegeben bar|"
        "kartenzahlung|trinkgeld|es bediente sie",
        fr="rendu monnaie|caissier|caissière|merci de votre visite",
    ),
    *_rows(
        Type.RECEIPT, _LABEL, 1.5,
        en="change|cash|tender|table|table no|pax|counter|server|receipt no|receipt #|bill no|"
        "bill#|cash inv no|chk|till|register",
        de="bar|kasse|bon|tisch|geg.|ec-cash|girocard|summe eur|zu zahlen",
        fr="espèces|caisse",
    ),
    *_rows(
        Type.RECEIPT, _ANY, 1.0,
        en="tax invoice|visa|mastercard|total qty|gst summary|incl. gst|inclusive of gst|"
        "change|take away|dine in|thank you|gst|tax code|s/n|discount|served by",
        de="mwst-satz|contactless|kontaktlos|terminal-id|vielen dank",
    ),
    # --- contract
    *_rows(
        Type.CONTRACT, _TITLE, 4.5,
        en="agreement|contract|non-disclosure agreement|nondisclosure agreement|"
        "mutual non-disclosure agreement|mutual nondisclosure agreement|"
        "confidentiality agreement|mutual confidentiality agreement|service agreement|"
        "services agreement|master services agreement|master service agreement|"
        "license agreement|lease agreement|employment agreement|employment contract|"
        "purchase agreement|consulting agreement|terms of service|data processing agreement|"
        "framework agreement|amendment to|memorandum of understanding",
        de="*vertrag|*vereinbarung|vertrag über|vertrag zur",
        fr="contrat|accord de confidentialité|convention|bail|contrat de travail",
    ),
    # A letter about a contract gives its number where a title would stand.
    *_rows(Type.CONTRACT, _TITLE, -4.5, de="*vertrag nr*|*vertrag-nr*|*vertragsnummer*"),
    *_rows(
        Type.CONTRACT, _ANY, 2.0,
        en="this agreement|by and between|hereinafter|in witness whereof|effective date|"
        "governing law|receiving party|disclosing party|the parties agree|"
        "parties hereto|entire agreement|now, therefore",
        de="dieses vertrages|dieses vertrags|dieser vereinbarung|dieser vertrag|vertragsparteien|"
        "vertragspartner|die parteien|nachfolgend|vertragsgegenstand|gerichtsstand|"
        "salvatorische klausel|vertragsstrafe|schlussbestimmungen|vertragsdauer|"
        "vertragslaufzeit|schriftformerfordernis",
        fr="les parties|présent contrat|ci-après|présente convention|entre les soussignés",
    ),
    *_rows(
        Type.CONTRACT, _ANY, 1.0,
        en="hereby|shall not|termination|severability|indemnif*|the parties|thereof|herein|"
        "counterparts|confidential information",
        de="kündigungsfrist|kündigung|haftung|vertraulichen informationen|"
        "vertrauliche informationen|§ 1|§ 2|§ 3|rechtsnachfolger*|verpflichtet sich",
        fr="article 1|résiliation|droit applicable",
    ),
    # --- letter
    *_rows(
        Type.LETTER, _LABEL, 2.0,
        en="dear|dear sir|dear madam|to whom it may concern",
        de="sehr geehrte|sehr geehrter|sehr geehrtes|liebe|lieber|guten tag",
        fr="madame|monsieur|cher|chère",
    ),
    *_rows(
        Type.LETTER, _LABEL, 1.5,
        en="sincerely|yours sincerely|yours faithfully|yours truly|kind regards|best regards|"
        "with kind regards|regards|sincerely yours|enclosure*|encl.",
        de="mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|mit besten grüßen|"
        "hochachtungsvoll|viele grüße|beste grüße|anlage|anlagen|i. a.|i. v.",
        fr="cordialement|veuillez agréer|je vous prie d'agréer|salutations distinguées",
    ),
    *_rows(
        Type.LETTER, _LABEL, 1.0,
        en="re:|subject:|our reference|your reference|our ref|your ref|reference",
        de="betreff|betr.|ihr zeichen|unser zeichen|ihre nachricht|ihr schreiben|aktenzeichen",
        fr="objet|nos références|vos références",
    ),
    *_rows(
        Type.LETTER, _ANY, 1.0,
        en="i am writing|we are writing|thank you for your letter|please do not hesitate|"
        "look forward to hearing|with reference to your|we are pleased to",
        de="ihr schreiben vom|vielen dank für ihr*|hiermit möchten wir|teilen wir ihnen mit|"
        "hiermit bestätigen wir|für rückfragen|bei rückfragen|wir bitten sie|"
        "wir freuen uns|nehmen wir bezug",
        fr="suite à votre|nous vous prions|je me permets",
    ),
    # --- email
    *_rows(Type.EMAIL, _LABEL, 2.0, en="from:|to:|subject:|sent:|cc:|bcc:|reply-to:"),
    *_rows(Type.EMAIL, _LABEL, 2.0, de="von:|an:|betreff:|gesendet:", fr="de :|à :|objet :"),
    *_rows(
        Type.EMAIL, _LABEL, 1.0,
        en="date:|re:|fwd:|message-id:|attachments:|begin forwarded message",
        de="datum:|aw:|wg:|anlagen:|anhang:",
    ),
    *_rows(
        Type.EMAIL, _ANY, 1.0,
        en="original message|wrote:|unsubscribe|forwarded message|sent from my iphone",
        de="ursprüngliche nachricht|schrieb:|von meinem iphone gesendet|abbestellen",
    ),
    # --- report
    *_rows(
        Type.REPORT, _TITLE, 4.0,
        en="report|annual report|quarterly report|status report|progress report|final report|"
        "interim report|audit report|technical report|consolidated statements of*|"
        "consolidated balance sheet*|financial statements|white paper|incident report|"
        "management report|internal report|project report|test report",
        de="*bericht|gutachten|jahresabschluss|bilanz|interner bericht",
        fr="rapport|rapport annuel|rapport d'activité|rapport final|compte rendu",
    ),
    *_rows(
        Type.REPORT, _LABEL, 1.5,
        en="executive summary|table of contents|contents|list of figures|list of tables|"
        "recommendations|findings|key findings|management summary|scope|appendix a",
        de="inhaltsverzeichnis|zusammenfassung|inhalt|abbildungsverzeichnis|empfehlungen|"
        "handlungsempfehlungen|ausgangslage|ergebnisse|fazit|managementzusammenfassung|"
        "kurzfassung|tabellenverzeichnis",
        fr="sommaire|table des matières|synthèse|recommandations",
    ),
    *_rows(
        Type.REPORT, _ANY, 1.0,
        en="this report|annual report|fiscal year|reporting period|unaudited|net income|"
        "operating activities|prepared by|year ended|months ended|quarterly results",
        de="dieser bericht|diesem bericht|berichtszeitraum|geschäftsjahr|berichtsjahr|"
        "im berichtsjahr|vorjahr|erstellt von|vorgelegt von",
        fr="ce rapport|exercice clos",
    ),
    # --- form
    *_rows(
        Type.FORM, _TITLE, 3.0,
        en="application form|application for|registration form|claim form|request form|"
        "order form|consent form|enrollment form|questionnaire|form",
        de="*antrag|*formular|fragebogen|anmeldung|einwilligungserklärung|erhebungsbogen|"
        "meldebogen|vordruck",
        fr="formulaire|demande de|bulletin d'inscription",
    ),
    *_rows(
        Type.FORM, _ANY, 2.0,
        en="please print|print clearly|check one|check all that apply|for office use only|"
        "office use only|applicant's signature|signature of applicant|please complete|"
        "fill out|your application|complete this form|applicant|social security #",
        de="bitte ankreuzen|zutreffendes ankreuzen|in druckbuchstaben|"
        "nur für interne zwecke|unterschrift des antragstellers|antragsteller*|"
        "bitte ausfüllen|vom antragsteller auszufüllen|wird vom amt ausgefüllt|"
        "bitte leserlich",
        fr="cochez|à remplir|écrire en capitales|réservé à l'administration|cocher la case",
    ),
    *_rows(
        Type.FORM, _LABEL, 0.5,
        en="name|first name|last name|date of birth|signature|marital status|zip code|"
        "middle initial|occupation|telephone",
        de="vorname|nachname|geburtsdatum|unterschrift|familienstand|plz|beruf|"
        "ort, datum|staatsangehörigkeit",
        fr="nom|prénom|date de naissance|code postal",
    ),
    # --- payslip
    *_rows(
        Type.PAYSLIP, _TITLE, 6.0,
        en="payslip|pay slip|pay stub|paystub|earnings statement|salary statement|"
        "payroll statement|salary slip",
        de="gehaltsabrechnung*|lohnabrechnung*|entgeltabrechnung*|verdienstabrechnung*|"
        "bezügemitteilung|lohn- und gehaltsabrechnung|entgeltnachweis|gehaltsnachweis|"
        "abrechnung der brutto*|abrechnung der bezüge",
        fr="bulletin de paie|bulletin de salaire|fiche de paie",
    ),
    *_rows(
        Type.PAYSLIP, _ANY, 2.0,
        en="gross pay|net pay|take-home pay|pay period|national insurance|tax code|"
        "year to date|employee id|employee number|federal withholding|paye|pay date|gross earnings",
        de="lohnsteuer|steuerklasse|solidaritätszuschlag|sozialversicherung*|"
        "rentenversicherung|krankenversicherung|arbeitslosenversicherung|"
        "pflegeversicherung|auszahlungsbetrag|gesamtbrutto|gesamt-brutto|steuer-brutto|"
        "sv-brutto|personalnummer|personal-nr*|netto-verdienst|nettoverdienst|"
        "kinderfreibetrag|kinderfreibeträge|bruttolohn|grundgehalt|sv-nummer",
        fr="salaire brut|net à payer avant impôt|cotisations|salaire net|sécurité sociale",
    ),
    # --- id document
    *_rows(
        Type.ID_DOCUMENT, _TITLE, 4.0,
        en="passport|driver license|driver's license|driving licence|driver licence|"
        "identity card|identification card|residence permit|national identity card|"
        "driver",
        de="personalausweis|reisepass|führerschein|aufenthaltstitel|"
        "bundesrepublik deutschland|dienstausweis|schwerbehindertenausweis",
        fr="carte nationale d'identité|carte d'identité|passeport|permis de conduire|"
        "titre de séjour",
    ),
    *_rows(
        Type.ID_DOCUMENT, _ANY, 1.5,
        en="date of expiry|place of birth|nationality|issuing authority|date of issue|"
        "given names|surname|dob|license|exp|eyes|hgt|sex|donor",
        de="ausstellende behörde|gültig bis|staatsangehörigkeit|geburtsort|augenfarbe|"
        "ausweisnummer|körpergröße|ordens- oder künstlername|zugangsnummer",
        fr="date d'expiration|lieu de naissance|nationalité|préfecture",
    ),
    # --- bank statement
    *_rows(
        Type.BANK_STATEMENT, _TITLE, 5.0,
        en="bank statement|account statement|statement of account|current account statement|"
        "checking account statement|account summary",
        de="kontoauszug*|kontoabschluss|rechnungsabschluss|finanzstatus|depotauszug|"
        "kreditkartenabrechnung",
        fr="relevé de compte|relevé bancaire|extrait de compte",
    ),
    *_rows(
        Type.BANK_STATEMENT, _ANY, 2.0,
        en="opening balance|closing balance|beginning balance|ending balance|"
        "previous balance|new balance|statement period|balance brought forward|"
        "balance carried forward|withdrawals|deposits|sort code|available balance",
        de="alter kontostand|neuer kontostand|alter saldo|neuer saldo|anfangssaldo|"
        "endsaldo|kontostand am|kontostand|buchungstag|buchungstext|wertstellung|"
        "valuta|auszug nr*|kontoinhaber|saldo",
        fr="solde initial|solde final|ancien solde|nouveau solde|date de valeur",
    ),
    *_rows(
        Type.BANK_STATEMENT, _ANY, 1.0,
        en="standing order|direct debit|account number|debit|credit|iban",
        de="lastschrift|dauerauftrag|überweisung|sepa-*|haben|soll|bic",
        fr="virement|prélèvement",
    ),
    # --- scientific article
    *_rows(
        Type.SCIENTIFIC_ARTICLE, _LABEL, 2.5,
        en="abstract|references|related work|acknowledgements|acknowledgments|bibliography",
        de="literaturverzeichnis|literatur|danksagung",
        fr="résumé|références|bibliographie|remerciements",
    ),
    *_rows(
        Type.SCIENTIFIC_ARTICLE, _LABEL, 1.5,
        en="keywords|index terms|1 introduction|1. introduction|i. introduction|introduction|"
        "materials and methods|methods|methodology|discussion|conclusions|"
        "data availability|conclusion|author contributions|received:|corresponding author",
        de="schlüsselwörter|einleitung|methoden|diskussion|schlagwörter",
        fr="mots-clés|mots clés",
    ),
    *_rows(
        Type.SCIENTIFIC_ARTICLE, _ANY, 2.0,
        en="arxiv|doi:|doi.org|et al.|in this paper|we propose|state of the art|"
        "state-of-the-art|peer review*|p < 0*|our experiments|in this article",
        de="in diesem beitrag|in dieser arbeit|in diesem artikel",
        fr="dans cet article",
    ),
    *_rows(
        Type.SCIENTIFIC_ARTICLE, _ANY, 1.0,
        en="university|department of|figure 1|fig. 1|table 1|theorem|dataset|journal|"
        "proceedings|issn|vol.",
        de="universität|institut für|abbildung 1|abb. 1|tabelle 1|zeitschrift für",
        fr="université|laboratoire",
    ),
    # --- known, and none of the above
    *_rows(
        Type.OTHER, _TITLE, 4.0,
        en="press release|media release|for immediate release|news release|agenda|minutes|"
        "minutes of meeting|curriculum vitae|user manual|user guide|certificate|"
        "table of contents|chapter|newsletter|delivery note|packing slip|purchase order|"
        "quotation|quote|estimate|order confirmation|payment reminder|datasheet|"
        "data sheet|memo|memorandum|faq",
        de="pressemitteilung|presseinformation|medienmitteilung|tagesordnung|protokoll|"
        "lebenslauf|bedienungsanleitung|gebrauchsanweisung|zertifikat|kapitel|lieferschein|"
        "angebot|kostenvoranschlag|bestellung|auftragsbestätigung|zahlungserinnerung|"
        "zeugnis|arbeitszeugnis|datenblatt|"
        "urkunde|handbuch|satzung|merkblatt|*mahnung|aktennotiz",
        fr="communiqué de presse|ordre du jour|procès-verbal|bon de livraison|devis|"
        "bon de commande|chapitre|chant|acte|notice",
    ),
    *_rows(
        Type.OTHER, _ANY, 2.0,
        en="quote number|quotation number|quote date|press contact|media contact|"
        "about the company|notes to editors",
        de="angebotsnummer|angebots-nr*|angebotsdatum|pressekontakt|über das unternehmen|"
        "ansprechpartner für die presse|ansprechpartner für medien",
        fr="contact presse|contacts presse",
    ),
)  # fmt: skip
