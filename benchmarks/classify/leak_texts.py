"""What the planted documents say before anything is planted: a type, a language, a usual level."""

from __future__ import annotations

from typing import NamedTuple

from docparser.model import DocumentType, Level


class Body(NamedTuple):
    """The text of a document without markings: its paragraphs, and what it is."""

    kind: DocumentType
    language: str
    level: Level
    floor: Level
    paragraphs: tuple[str, ...]


def _body(kind: str, language: str, level: Level, text: str, floor: Level = Level.PUBLIC) -> Body:
    paragraphs = tuple(part.strip() for part in text.strip().split("\n\n"))
    return Body(DocumentType(kind), language, level, floor, paragraphs)


BODIES = (
    _body("invoice", "en", Level.RESTRICTED, """
Northgate Instruments Ltd
18 Mill Lane, Leeds LS1 4DT

INVOICE

Invoice number: NI-20417
Invoice date: 14 May 2026
Due date: 13 June 2026
Bill to: Carver Optics plc

Description Quantity Unit price Amount
Lens mount, aluminium 12 18.50 222.00
Calibration of the bench 1 140.00 140.00

Subtotal 362.00
VAT 20% 72.40
Amount due 434.40

Please pay within thirty days and quote the invoice number."""),
    _body("invoice", "de", Level.RESTRICTED, """
Seilerei Brandt GmbH
Hafenweg 9, 18055 Rostock

Rechnung

Rechnungsnummer: 2026-0381
Rechnungsdatum: 14. Mai 2026
Leistungsdatum: 11. Mai 2026
Kundennummer: 40219

Pos. Bezeichnung Menge Einzelpreis Gesamt
1 Festmacher, 24 mm 6 41,00 246,00
2 Kausch, verzinkt 12 3,20 38,40

Nettobetrag 284,40
zzgl. 19 % Umsatzsteuer 54,04
Gesamtbetrag 338,44

Zahlbar innerhalb von 14 Tagen ohne Abzug."""),
    _body("credit_note", "en", Level.RESTRICTED, """
Northgate Instruments Ltd

CREDIT NOTE

Credit note number: CN-771
Original invoice: NI-20417
Reason for credit: two mounts were returned

Quantity Unit price Amount
2 18.50 37.00
VAT 20% 7.40
Total credited 44.40"""),
    _body("receipt", "en", Level.INTERNAL, """
HARBOUR BAKERY
Quay Street 3

RECEIPT

2 Rye bread 7.80
1 Coffee 2.90

TOTAL 10.70
CASH 20.00
CHANGE 9.30

Cashier 04 Till 2 Receipt no 88213
Thank you for your visit"""),
    _body("receipt", "de", Level.INTERNAL, """
BÄCKEREI AM MARKT
Marktplatz 3, 04109 Leipzig

Kassenbon

2 Roggenbrot 7,80
1 Kaffee 2,90

SUMME EUR 10,70
Bar 20,00
Rückgeld 9,30

Es bediente Sie: Kasse 2 Bon-Nr. 88213
Vielen Dank für Ihren Einkauf"""),
    _body("contract", "en", Level.RESTRICTED, """
SERVICE AGREEMENT

This Agreement is made between Northgate Instruments Ltd ("the Supplier") and Carver Optics plc
("the Customer"), together the parties.

1. Services. The Supplier shall maintain the measuring benches named in Schedule A.

2. Term and termination. This Agreement begins on 1 June 2026 and may be terminated by either
party on three months' written notice.

3. Liability. Neither party is liable for indirect loss.

4. Governing law. This Agreement is governed by the laws of England.

IN WITNESS WHEREOF the parties have signed this Agreement.""", Level.RESTRICTED),
    _body("contract", "de", Level.RESTRICTED, """
Wartungsvertrag

zwischen der Seilerei Brandt GmbH, nachfolgend Auftragnehmer, und der Reederei Nordkai KG,
nachfolgend Auftraggeber, wird folgender Vertrag geschlossen:

§ 1 Vertragsgegenstand
Der Auftragnehmer wartet die in Anlage 1 genannten Seile.

§ 2 Laufzeit und Kündigung
Der Vertrag beginnt am 1. Juni 2026 und kann mit einer Frist von drei Monaten gekündigt werden.

§ 3 Haftung
Die Vertragsparteien haften nicht für mittelbare Schäden.

§ 4 Gerichtsstand
Gerichtsstand ist Rostock.""", Level.RESTRICTED),
    _body("letter", "en", Level.RESTRICTED, """
Carver Optics plc
2 Prism Road, Bath

14 May 2026

Dear Sir or Madam,

Thank you for your offer of the second of May. We should like to see the bench before we decide,
and suggest the last week of the month.

Please let us know which day suits you.

Yours faithfully,
Carver Optics plc"""),
    _body("letter", "de", Level.RESTRICTED, """
Reederei Nordkai KG
Am Kai 2, 18055 Rostock

Rostock, den 14. Mai 2026

Betreff: Ihr Angebot vom 2. Mai

Sehr geehrte Damen und Herren,

vielen Dank für Ihr Angebot. Wir möchten die Seile gern vor der Bestellung ansehen und schlagen
die letzte Woche des Monats vor.

Mit freundlichen Grüßen
Reederei Nordkai KG"""),
    _body("letter", "fr", Level.RESTRICTED, """
Voilerie du Port SARL
4 quai des Brumes, 29200 Brest

Brest, le 14 mai 2026

Objet : votre commande de voiles

Madame, Monsieur,

Nous vous remercions de votre commande. Les voiles seront prêtes à la fin du mois, et nous vous
proposons de venir les voir à l'atelier.

Veuillez agréer, Madame, Monsieur, l'expression de nos salutations distinguées.

La direction"""),
    _body("email", "en", Level.RESTRICTED, """
From: Workshop <workshop@northgate.example>
To: Sales <sales@northgate.example>
Date: Thu, 14 May 2026 09:12:00 +0100
Subject: Bench for Carver

Hello all,

the bench is ready and can be seen from Monday. The mount has been changed as they asked.

Best regards
Workshop"""),
    _body("report", "en", Level.INTERNAL, """
Annual Safety Report 2025

Executive summary
There were fewer incidents than in the previous reporting period, and none with lost time.

1 Introduction
This report covers the three workshops of the group.

2 Findings
Guards were missing on two machines in the first quarter. Both were fitted within a week.

3 Recommendations
The yearly inspection should be moved to the spring, before the season begins.

4 Conclusion
The measures of last year had the effect that was hoped for."""),
    _body("report", "de", Level.INTERNAL, """
Jahresbericht Arbeitssicherheit 2025

Zusammenfassung
Im Berichtszeitraum gab es weniger Zwischenfälle als im Vorjahr und keinen mit Ausfallzeit.

1 Einleitung
Dieser Bericht umfasst die drei Werkstätten der Gruppe.

2 Ergebnisse
Im ersten Quartal fehlten an zwei Maschinen Schutzhauben. Beide wurden binnen einer Woche ersetzt.

3 Empfehlungen
Die jährliche Prüfung sollte in das Frühjahr verlegt werden.

4 Fazit
Die Maßnahmen des Vorjahres haben gewirkt."""),
    _body("report", "fr", Level.INTERNAL, """
Rapport annuel 2025 sur la sécurité

Résumé
Il y a eu moins d'incidents que pendant la période précédente, et aucun avec arrêt de travail.

1 Introduction
Ce rapport porte sur les trois ateliers du groupe.

2 Résultats
Au premier trimestre, deux machines n'avaient pas de capot. Ils ont été posés en une semaine.

3 Recommandations
Le contrôle annuel devrait avoir lieu au printemps.

4 Conclusion
Les mesures de l'an dernier ont porté leurs fruits."""),
    _body("scientific_article", "en", Level.INTERNAL, """
On the Fatigue of Laid Rope under Cyclic Load

Abstract
We measure how laid rope loses strength under cyclic load and compare fibres of three kinds. The
results suggest that the lay length matters more than the fibre.

Keywords: rope, fatigue, cyclic load

1 Introduction
Ropes have been studied for a long time [1, 2]. Less is known about the lay length [3].

2 Methods
We loaded forty samples at 2 Hz and measured the residual strength after each thousand cycles.

3 Results and discussion
Figure 1 shows the residual strength. The differences are significant (p < 0.01).

References
[1] A study of ropes. Journal of Fibres 12 (2019), 41-57. doi:10.1000/fib.12.41"""),
    _body("form", "en", Level.RESTRICTED, """
APPLICATION FOR A BERTH

Please complete this form in block capitals.

Name of the vessel: ____________________
Length over all: ______ m
First name: ____________ Last name: ____________

[ ] seasonal berth [ ] yearly berth

Date: ____________ Signature of applicant: ____________

Office use only"""),
    _body("payslip", "en", Level.CONFIDENTIAL, """
Northgate Instruments Ltd

PAYSLIP

Employee number: 1183
Pay period: April 2026
Tax code: 1257L

Basic pay 2,410.00
Overtime 120.00
Gross pay 2,530.00
Income tax 296.50
National Insurance 118.60
Net pay 2,114.90""", Level.CONFIDENTIAL),
    _body("payslip", "de", Level.CONFIDENTIAL, """
Seilerei Brandt GmbH

Entgeltabrechnung April 2026

Personalnummer: 1183
Steuerklasse: 1

Bruttolohn 2.980,00
Lohnsteuer 389,00
Solidaritätszuschlag 0,00
Krankenversicherung 236,00
Rentenversicherung 277,00
Nettolohn 2.019,00
Auszahlungsbetrag 2.019,00""", Level.CONFIDENTIAL),
    _body("bank_statement", "en", Level.CONFIDENTIAL, """
Quayside Bank

BANK STATEMENT

Statement period: 1 April 2026 to 30 April 2026
Opening balance 1,204.11

Date Description Paid out Paid in Balance
03 Apr Rope and Sail 84.00 1,120.11
17 Apr Salary 2,114.90 3,235.01

Closing balance 3,235.01""", Level.CONFIDENTIAL),
    _body("other", "en", Level.PUBLIC, """
A new workshop for the old quay

Northgate Instruments opens its second workshop in the former rope walk. Forty people will work
there from September, twelve of them in training.

"The light is what decided it," says the managing director.

About Northgate Instruments
The company has built measuring benches since 1954.

Press contact: press@northgate.example"""),
    _body("other", "de", Level.PUBLIC, """
Neue Werkstatt am alten Kai

Die Seilerei Brandt eröffnet ihre zweite Werkstatt in der früheren Reeperbahn. Vierzig Menschen
werden dort ab September arbeiten, zwölf davon in der Ausbildung.

Über die Seilerei Brandt
Das Unternehmen schlägt seit 1954 Seile.

Pressekontakt: presse@brandt.example"""),
    _body("unknown", "en", Level.CONFIDENTIAL, """
The tide goes out, the boats lie still,
the gulls are on the wall,
and someone whistles on the hill
for no one there at all.""" ),
    _body("unknown", "de", Level.CONFIDENTIAL, """
Die Ebbe kommt, die Boote ruhn,
die Möwen auf der Wand,
und keiner hat etwas zu tun
als Schatten in den Sand."""),
)  # fmt: skip

FILLERS = {
    "en": (
        "The second hall was cleaned in March and painted in April, as had been agreed.",
        "A table of all dimensions follows on the next page, in millimetres throughout.",
        "Where two values are given, the first one is that of the older machine.",
        "The harbour office has been told, and answered that nothing stands against it.",
    ),
    "de": (
        "Die zweite Halle wurde im März gereinigt und im April gestrichen, wie vereinbart.",
        "Eine Tabelle aller Maße folgt auf der nächsten Seite, durchweg in Millimetern.",
        "Wo zwei Werte stehen, ist der erste der der älteren Maschine.",
        "Das Hafenamt wurde unterrichtet und hat keine Einwände.",
    ),
    "fr": (
        "Le second atelier a été nettoyé en mars et repeint en avril, comme convenu.",
        "Un tableau de toutes les cotes suit à la page suivante, en millimètres.",
        "Là où il y a deux valeurs, la première est celle de l'ancienne machine.",
        "La capitainerie a été informée et n'y voit pas d'inconvénient.",
    ),
}
"""What fills pages between what is looked for."""

DECOYS = {
    "en": (
        "Each party shall keep the other party's Confidential Information confidential.",
        "Samples were sorted into confidential, restricted, internal and public ones.",
        "The internal diameter is measured at three heights, the outer one at two.",
        "Access to the quay is restricted to vehicles under three tonnes.",
        "The secret of a good splice is patience, as the old riggers say.",
        "After the public hearing the plan was changed in two places.",
        "Order number 4929 1183 2204 5517 was delivered on the third of May.",
        "Item 4006381333931, lot 20260114, is out of stock until June.",
    ),
    "de": (
        "Die Parteien behandeln vertrauliche Informationen vertraulich im Sinne von Ziffer 4.",
        "Der interne Durchmesser wird in drei Höhen gemessen, der äußere in zwei.",
        "Das Geheimnis eines guten Spleißes ist Geduld, sagen die Alten.",
        "Nach der öffentlichen Anhörung wurde der Plan an zwei Stellen geändert.",
        "Die Bestellung 4929 1183 2204 5517 wurde am dritten Mai geliefert.",
        "Artikel 4006381333931, Charge 20260114, ist bis Juni nicht lieferbar.",
    ),
    "fr": (
        "Les parties tiennent confidentielles les informations confidentielles de l'autre.",
        "Le diamètre interne est mesuré à trois hauteurs, l'externe à deux.",
        "Le secret d'une bonne épissure est la patience, disent les anciens.",
        "La commande 4929 1183 2204 5517 a été livrée le trois mai.",
    ),
}
"""Words of markings and numbers like identifiers, that are none."""
