"""Invoices as people set them, typed by hand: a column of letters is five points wide.

None is a copy of a real one; their forms are those of hosters, telephone companies, shops,
freelancers, craftsmen, power suppliers and marketplaces.
"""

from __future__ import annotations

TYPED: tuple[tuple[str, dict[str, str]], ...] = (
    (
        """
Kronfels Hosting GmbH, Serverweg 9, 91710 Gunzendorf

Herrn
Tilo Marquardt
Lindenhof 4
99084 Erfurt                                         Kundennummer:            K0481516234
                                                     Rechnungsnummer:         R0025731994
                                                     Rechnungsdatum:          01.11.2023
                                                     Leistungszeitraum:     01.10. - 31.10.2023

Rechnung

Sehr geehrter Herr Marquardt,
wir erlauben uns, Ihnen folgende Leistungen zu berechnen:

Produkt              Menge        Einheit       Einzelpreis      Gesamt (netto)
Cloud CX21             744        Stunden           0,0074 EUR         5,51 EUR
Backup                 744        Stunden           0,0015 EUR         1,10 EUR

                                                Summe (netto)          6,61 EUR
                                                19 % MwSt.             1,26 EUR
                                                Rechnungsbetrag        7,87 EUR

Der Betrag wird in den nächsten Tagen per SEPA-Lastschrift eingezogen.

Kronfels Hosting GmbH      Registergericht Ansbach     USt-IdNr. DE811907980
Serverweg 9                HRB 6089                    IBAN DE02120300000000202051
91710 Gunzendorf           GF: M. Hetz                 BIC BYLADEM1001
""",
        {
            "invoice_number": "R0025731994",
            "issue_date": "2023-11-01",
            "seller.name": "Kronfels Hosting GmbH",
            "buyer.name": "Herrn Tilo Marquardt",
            "seller.vat_id": "DE811907980",
            "iban": "DE02120300000000202051",
            "bic": "BYLADEM1001",
            "currency": "EUR",
            "net_total": "6.61",
            "tax_total": "1.26",
            "grand_total": "7.87",
            "due_payable": "7.87",
        },
    ),
    (
        """
Invoice                                                         Paperplane Labs, Inc.

Invoice number    8F2C91AA-0003
Date of issue     February 12, 2024
Date due          February 12, 2024

Paperplane Labs, Inc.                  Bill to
548 Castle Street                      Orchid Digital Ltd
PMB 91023                              12 Harbour Row
San Francisco, California 94104        Bristol BS1 4ND
United States                          United Kingdom
billing@paperplane.example             ap@orchid.example
                                       GB VAT GB980780684

$54.00 USD due February 12, 2024

Description                          Qty     Unit price        Amount
Team plan                              3         $15.00        $45.00
Jan 12 - Feb 12, 2024
                                     Subtotal                  $45.00
                                     Tax (20% on $45.00)        $9.00
                                     Total                     $54.00
                                     Amount due            $54.00 USD
                                                        Page 1 of 1
""",
        {
            "invoice_number": "8F2C91AA-0003",
            "issue_date": "2024-02-12",
            "due_date": "2024-02-12",
            "seller.name": "Paperplane Labs, Inc.",
            "buyer.name": "Orchid Digital Ltd",
            "buyer.vat_id": "GB980780684",
            "currency": "USD",
            "net_total": "45.00",
            "tax_total": "9.00",
            "grand_total": "54.00",
            "due_payable": "54.00",
        },
    ),
    (
        """
Atelier Brunel SARL                                   FACTURE N° : F-2024-118
14, rue des Tanneurs                                  Date : 05/03/2024
37000 TOURS                                           Client : C0077
Tél. 02 47 00 11 22
SIRET 812 345 678 00019 - TVA intracom. FR32123456789

                                              Mairie de Saint-Loup
                                              Service comptabilité
                                              1 place de la Liberté
                                              37190 SAINT-LOUP

Objet : réfection des menuiseries, chantier école

Désignation                          Qté      P.U. HT       Total HT
Dépose fenêtre bois                    6       120,00         720,00
Pose fenêtre PVC                       6       480,00       2 880,00

                                     Total HT              3 600,00 €
                                     TVA 10,00 %             360,00 €
                                     Total TTC             3 960,00 €
                                     Acompte déjà versé   -1 000,00 €
                                     NET À PAYER           2 960,00 €

Conditions de règlement : 30 jours date de facture
IBAN FR14 2004 1010 0505 0001 3M02 606   BIC PSSTFRPPSCE
""",
        {
            "invoice_number": "F-2024-118",
            "issue_date": "2024-03-05",
            "due_date": "2024-04-04",
            "seller.name": "Atelier Brunel SARL",
            "buyer.name": "Mairie de Saint-Loup",
            "seller.vat_id": "FR32123456789",
            "iban": "FR1420041010050500013M02606",
            "bic": "PSSTFRPPSCE",
            "currency": "EUR",
            "net_total": "3600.00",
            "tax_total": "360.00",
            "grand_total": "3960.00",
            "prepaid": "1000.00",
            "due_payable": "2960.00",
        },
    ),
    (
        """
                                     Malerbetrieb Uwe Stangl
                         Innenanstrich - Fassaden - Bodenbeläge
                    Kirchgasse 3 - 84028 Landshut - Tel. 0871/12345

Malerbetrieb Uwe Stangl, Kirchgasse 3, 84028 Landshut

Hausverwaltung Obermeier KG
z. Hd. Frau Ganslmeier
Seestr. 11
84030 Ergolding

                                                       Landshut, 17. Juni 2024

Rechnung Nr. 24/0093

BV: Treppenhaus Seestr. 15

Pos.  Leistung                                       Menge    EP       GP
1     Wände streichen                               85,0 m2   9,80   833,00
2     Geländer lackieren                            12,0 m   24,50   294,00
                                                     Summe          1.127,00
                                                     19% MwSt         214,13
                                                     Endbetrag €    1.341,13

Zahlbar sofort ohne Abzug. Steuer-Nr. 132/280/40112
Sparkasse Landshut IBAN DE27 7435 0000 0000 1234 56
""",
        {
            "invoice_number": "24/0093",
            "issue_date": "2024-06-17",
            "seller.name": "Malerbetrieb Uwe Stangl",
            "buyer.name": "Hausverwaltung Obermeier KG",
            "seller.tax_no": "132/280/40112",
            "currency": "EUR",
            "net_total": "1127.00",
            "tax_total": "214.13",
            "grand_total": "1341.13",
            "due_payable": "1341.13",
        },
    ),
    (
        """
NORTHERN SPARK ENERGY PLC
Your electricity bill

Mrs J Whitcombe                              Your account number   8500 1122 3344
22 Mill Lane                                 Bill date             14 May 2024
LEEDS                                        Bill number           000918273
LS6 2AB                                      Period                11 Feb 2024 - 10 May 2024

Your balance
Previous balance                                                £120.40
Payments received - thank you                                  -£120.40
Charges this period                                             £233.18
VAT at 5%                                                        £11.66
Total amount due                                                £244.84

Please pay by 4 June 2024

Northern Spark Energy PLC. Registered in England no. 1234567.
Registered office: 1 Power Park, Sheffield S1 2HE. VAT no. GB 980 7806 84
""",
        {
            "invoice_number": "000918273",
            "issue_date": "2024-05-14",
            "due_date": "2024-06-04",
            "seller.name": "NORTHERN SPARK ENERGY PLC",
            "buyer.name": "Mrs J Whitcombe",
            "seller.vat_id": "GB980780684",
            "currency": "GBP",
            "tax_total": "11.66",
            "due_payable": "244.84",
        },
    ),
    (
        """
Claire Aubertin                                                          FACTURE
Graphiste indépendante
8 impasse du Lavoir
69004 Lyon
claire@aubertin.example                            Numéro        2024-017
SIRET : 798 123 456 00021                          Date          30 avril 2024
                                                   Échéance      30 mai 2024

Facturé à :
Studio Kaolin SAS
27 quai Arloing
69009 Lyon
TVA : FR61954506077

Description                                   Quantité      Prix        Montant
Création logo                                        1   900,00 €      900,00 €
Déclinaisons                                         4    75,00 €      300,00 €

                                             Total                   1 200,00 €
TVA non applicable, art. 293 B du CGI

Règlement par virement : FR76 3000 6000 0112 3456 7890 189
""",
        {
            "invoice_number": "2024-017",
            "issue_date": "2024-04-30",
            "due_date": "2024-05-30",
            "seller.name": "Claire Aubertin",
            "buyer.name": "Studio Kaolin SAS",
            "buyer.vat_id": "FR61954506077",
            "iban": "FR7630006000011234567890189",
            "currency": "EUR",
            "tax_total": "0.00",
            "grand_total": "1200.00",
            "due_payable": "1200.00",
        },
    ),
    (
        """
Tax Invoice / Statement of Account

Sold by: Bramble & Finch Trading Limited            Order number: 203-5567781-0091234
VAT number: GB 980 7806 84                          Order date: 02 September 2023
                                                    Invoice number: GB-INV-2023-448812
Billing address                                     Invoice date: 03 September 2023
Oliver Penhallow
Flat 3, 19 Quay Street                              Delivery address
Falmouth TR11 3LH                                   Oliver Penhallow
GB                                                  Flat 3, 19 Quay Street
                                                    Falmouth TR11 3LH

Description                        Qty   Unit price   VAT rate   Unit price   Item subtotal
                                         (excl. VAT)             (incl. VAT)  (incl. VAT)
Oak desk lamp, brass                 1        £41.66        20%       £49.99         £49.99
Shipping                                       £4.16        20%        £4.99          £4.99

Invoice total                                                                £54.98

VAT rate      Item subtotal (excl. VAT)       VAT subtotal
20%                              £45.82              £9.16
Total                            £45.82              £9.16
""",
        {
            "invoice_number": "GB-INV-2023-448812",
            "issue_date": "2023-09-03",
            "order_number": "203-5567781-0091234",
            "seller.name": "Bramble & Finch Trading Limited",
            "buyer.name": "Oliver Penhallow",
            "seller.vat_id": "GB980780684",
            "currency": "GBP",
            "net_total": "45.82",
            "tax_total": "9.16",
            "grand_total": "54.98",
            "due_payable": "54.98",
        },
    ),
    (
        """
Fernhall Maschinen AG                                              RECHNUNG
Industriestrasse 40
8604 Volketswil                                  Rechnungs-Nr     70012345
CHE-116.281.710 MWST                             Datum            08.01.2024
                                                 Ihre Referenz    Best. 4711
Garage Zumbrunn GmbH                             Zahlbar bis      07.02.2024
Dorfstrasse 12
3800 Interlaken

Pos   Artikel              Anzahl      Preis       Betrag CHF
1     Wagenheber 2t             2     349.00           698.00
2     Fracht                    1      45.00            45.00

      Total exkl. MWST                                 743.00
      MWST 8.1%                                         60.20
      Total inkl. MWST                             CHF 803.20

IBAN CH93 0076 2011 6238 5295 7
""",
        {
            "invoice_number": "70012345",
            "issue_date": "2024-01-08",
            "due_date": "2024-02-07",
            "seller.name": "Fernhall Maschinen AG",
            "buyer.name": "Garage Zumbrunn GmbH",
            "iban": "CH9300762011623852957",
            "currency": "CHF",
            "net_total": "743.00",
            "tax_total": "60.20",
            "grand_total": "803.20",
            "due_payable": "803.20",
        },
    ),
    (
        """
INVOICE

COPPERLINE ELECTRIC LLC                     INVOICE NO.   10442
2201 Tanglewood Dr                          DATE          07/09/2024
Austin, TX 78745                            TERMS         Net 15
(512) 555-0142                              DUE DATE      07/24/2024

BILL TO                                     SERVICE ADDRESS
Maple Ridge HOA                             410 Maple Ridge Blvd
c/o Keystone Property Mgmt                  Austin, TX 78748
PO Box 9912
Austin, TX 78766

DATE         ACTIVITY                              QTY      RATE       AMOUNT
07/02/2024   Replace breaker panel                   1  1,850.00     1,850.00
07/03/2024   Labor                                   6     95.00       570.00

                                    SUBTOTAL                         2,420.00
                                    TAX                                152.63
                                    TOTAL                            2,572.63
                                    PAYMENT                          1,000.00
                                    BALANCE DUE                     $1,572.63
""",
        {
            "invoice_number": "10442",
            "issue_date": "2024-07-09",
            "due_date": "2024-07-24",
            "seller.name": "COPPERLINE ELECTRIC LLC",
            "buyer.name": "Maple Ridge HOA",
            "currency": "USD",
            "net_total": "2420.00",
            "tax_total": "152.63",
            "grand_total": "2572.63",
            "prepaid": "1000.00",
            "due_payable": "1572.63",
        },
    ),
    (
        """
Gutschrift                                            Brauhaus Eichinger GmbH & Co. KG
                                                      Am Sudhaus 1
An                                                    95444 Bayreuth
Getränke Wurm e.K.
Bahnhofstr. 77                                        Gutschrifts-Nr.    GS-2024-0311
95448 Bayreuth                                        Datum              12.02.2024
                                                      zu Rechnung        RE-2024-1187

Artikel                    Menge      Preis      Betrag
Pils 20x0,5                -10 Kst    13,20     -132,00
Leergut                    -10         3,10      -31,00

Nettosumme                                      -163,00 EUR
USt 19 %                                         -30,97 EUR
Gutschriftsbetrag                               -193,97 EUR

UStID DE811907980 - HypoVereinsbank - IBAN DE02 1203 0000 0000 2020 51
""",
        {
            "invoice_number": "GS-2024-0311",
            "issue_date": "2024-02-12",
            "seller.name": "Brauhaus Eichinger GmbH & Co. KG",
            "buyer.name": "Getränke Wurm e.K.",
            "seller.vat_id": "DE811907980",
            "iban": "DE02120300000000202051",
            "currency": "EUR",
            "net_total": "-163.00",
            "tax_total": "-30.97",
            "grand_total": "-193.97",
            "due_payable": "-193.97",
            "type_code": "381",
        },
    ),
    (
        """
Télécoms Armorique                                              Facture du 02/10/2023
Service clients                                                 N° 7104 5566 21
BP 20117 - 29200 BREST
                                                     M. Yann Kerbrat
                                                     3 venelle des Ajoncs
                                                     29900 CONCARNEAU
Votre référence client : 88 123 456

Récapitulatif
Abonnement fibre du 01/10 au 31/10                                 33,32 €
Options                                                             4,16 €
Montant total HT                                                   37,48 €
TVA 20 %                                                            7,50 €
Montant total TTC                                                  44,98 €

Montant prélevé le 15/10/2023 : 44,98 €
TVA intracommunautaire FR61954506077
""",
        {
            "invoice_number": "7104556621",
            "issue_date": "2023-10-02",
            "seller.name": "Télécoms Armorique",
            "buyer.name": "M. Yann Kerbrat",
            "seller.vat_id": "FR61954506077",
            "currency": "EUR",
            "net_total": "37.48",
            "tax_total": "7.50",
            "grand_total": "44.98",
            "due_payable": "44.98",
        },
    ),
    (
        """
Dr. med. dent. Ruth Albers - Hafenallee 20 - 24103 Kiel

Frau
Ingeborg Thomsen
Deichweg 8
24159 Kiel                                   Kiel, den 09.12.2023

Liquidation Nr. 4417/23      (bitte bei Zahlung angeben)

Datum        Ziffer   Leistung                          Faktor    Betrag
20.11.2023   Ä1       Beratung                             2,3     10,72
20.11.2023   0010     Eingehende Untersuchung              2,3     12,94
                                        Rechnungsbetrag EUR         23,66

Zahlbar innerhalb von 30 Tagen auf das Konto DE02 1203 0000 0000 2020 51.
Heilbehandlungen sind nach § 4 Nr. 14 UStG umsatzsteuerfrei.
""",
        {
            "invoice_number": "4417/23",
            "issue_date": "2023-12-09",
            "due_date": "2024-01-08",
            "seller.name": "Dr. med. dent. Ruth Albers",
            "buyer.name": "Frau Ingeborg Thomsen",
            "iban": "DE02120300000000202051",
            "currency": "EUR",
            "tax_total": "0.00",
            "grand_total": "23.66",
            "due_payable": "23.66",
        },
    ),
    (
        """
HOTEL SEEBLICK                                        Rechnung / Invoice
Familie Moosbrugger                                   Nr./No.:  23-04519
Uferpromenade 2                                       Zimmer/Room: 212
A-6900 Bregenz                                        Anreise/Arrival: 03.08.2023
UID: ATU47001702                                      Abreise/Departure: 06.08.2023
                                                      Datum/Date: 06.08.2023
Elbtal Consulting GmbH
Hr. Dr. Kessler
Altmarkt 10
D-01067 Dresden

Datum      Leistung                        Anz    Einzel     Gesamt EUR
03.08.     Nächtigung DZ                     3    142,00         426,00
04.08.     Restaurant                        1     64,20          64,20
           Ortstaxe                          3      2,10           6,30

Gesamtbetrag                                                    496,50

MwSt.      Netto        MwSt      Brutto
10%       387,27       38,73      426,00
20%        53,50       10,70       64,20
0%          6,30        0,00        6,30

Bezahlt mit Visa                                              -496,50
Offener Betrag                                                    0,00
""",
        {
            "invoice_number": "23-04519",
            "issue_date": "2023-08-06",
            "seller.name": "HOTEL SEEBLICK",
            "buyer.name": "Elbtal Consulting GmbH",
            "seller.vat_id": "ATU47001702",
            "currency": "EUR",
            "grand_total": "496.50",
            "prepaid": "496.50",
            "due_payable": "0.00",
            "tax_total": "49.43",
        },
    ),
    (
        """
ROSEWOOD DESIGN STUDIO
Freelance interior design
hello@rosewood.example | +44 117 496 0123

Invoice to:                         From:
Pemberton Estates Ltd               Harriet Rosewood
4 College Green                     77 Cotham Brow
Bristol                             Bristol
BS1 5TA                             BS6 6AP

Invoice 0047
Issued 3rd April 2024, payable by 3rd May 2024

Work                                               Hours        Rate       Total
Concept boards                                        12      £45.00     £540.00
Site visits                                            4      £45.00     £180.00

                                                     Amount due          £720.00

Bank: Starling   Sort code: 60-83-71   Account: 12345678
I am not registered for VAT.
""",
        {
            "invoice_number": "0047",
            "issue_date": "2024-04-03",
            "due_date": "2024-05-03",
            "seller.name": "Harriet Rosewood",
            "buyer.name": "Pemberton Estates Ltd",
            "currency": "GBP",
            "grand_total": "720.00",
            "due_payable": "720.00",
        },
    ),
    (
        """
                              FACTURE D'ACOMPTE N° AC-24-0031

Vendeur                                       Acheteur
Menuiserie Delcroix & Fils SPRL               Brasserie du Canal SA
Rue du Moulin 18                              Quai aux Briques 55
B-7000 Mons                                   1000 Bruxelles
TVA BE 0428.759.497                           TVA BE 0403.170.701

Date de facturation : 18-01-2024
Date d'échéance : 17-02-2024
Bon de commande : BC 2024/008

Acompte de 30 % sur devis 2023-211

Base imposable            2.450,00 EUR
TVA 21 %                    514,50 EUR
Total à payer             2.964,50 EUR

IBAN BE68 5390 0754 7034 - BIC TRIOBEBB
""",
        {
            "invoice_number": "AC-24-0031",
            "issue_date": "2024-01-18",
            "due_date": "2024-02-17",
            "seller.name": "Menuiserie Delcroix & Fils SPRL",
            "buyer.name": "Brasserie du Canal SA",
            "seller.vat_id": "BE0428759497",
            "buyer.vat_id": "BE0403170701",
            "iban": "BE68539007547034",
            "bic": "TRIOBEBB",
            "currency": "EUR",
            "net_total": "2450.00",
            "tax_total": "514.50",
            "grand_total": "2964.50",
            "due_payable": "2964.50",
        },
    ),
    (
        """
Ridgeway Plumbing & Heating Supplies Limited
Unit 12 Ashfield Trading Estate, Gloucester GL1 5RD
Telephone 01452 496000   VAT Reg 980780684

                                        INVOICE / DELIVERY NOTE

Account   Order No     Date        Invoice No     Page
BRO004    JB/114       22/11/23    SI-0099821     1 of 1

Invoice Address                          Deliver To
Brookes Building Services                Site: 14 Elm Close
The Old Forge                            Churchdown
Newent                                   GL3 2AB
GL18 1AA

Code        Description               Qty    Price     Disc   Net Amt    VAT
CP15        15mm copper pipe 3m        10     9.80     10%     88.20     17.64
ISO22       Isolating valve            24     2.15             51.60     10.32

Goods                  VAT                    Total
139.80                 27.96                  167.76

Terms: 30 days from date of invoice
""",
        {
            "invoice_number": "SI-0099821",
            "issue_date": "2023-11-22",
            "due_date": "2023-12-22",
            "order_number": "JB/114",
            "seller.name": "Ridgeway Plumbing & Heating Supplies Limited",
            "buyer.name": "Brookes Building Services",
            "net_total": "139.80",
            "tax_total": "27.96",
            "grand_total": "167.76",
            "due_payable": "167.76",
        },
    ),
    (
        """
Stadtwerke Ammertal AöR . Talstraße 30 . 72070 Tübingen

Firma
Optik Reutter
Inh. Sven Reutter
Marktgasse 5
72070 Tübingen

                                              Kundennummer        4400127
                                              Rechnungsnummer     VR-0081-2277
                                              Vertragskonto       20099881
                                              Datum               15.01.2024

Ihre Stromrechnung für den Zeitraum 01.01.2023 - 31.12.2023

Nettobetrag                                          1.842,10 EUR
19 % Umsatzsteuer                                      350,00 EUR
Rechnungsbetrag brutto                               2.192,10 EUR
Ihre geleisteten Abschläge                          -2.040,00 EUR
Nachzahlung                                            152,10 EUR

Die Nachzahlung wird am 31.01.2024 fällig.

USt-IdNr.: DE136695976   IBAN: DE89 3704 0044 0532 0130 00   BIC: COBADEFFXXX
""",
        {
            "invoice_number": "VR-0081-2277",
            "issue_date": "2024-01-15",
            "due_date": "2024-01-31",
            "seller.name": "Stadtwerke Ammertal AöR",
            "buyer.name": "Optik Reutter",
            "seller.vat_id": "DE136695976",
            "iban": "DE89370400440532013000",
            "bic": "COBADEFFXXX",
            "currency": "EUR",
            "net_total": "1842.10",
            "tax_total": "350.00",
            "grand_total": "2192.10",
            "prepaid": "2040.00",
            "due_payable": "152.10",
        },
    ),
    (
        """
Société Marchal Transports                                 Lyon, le 28 février 2024
SAS au capital de 50 000 €
ZI des Plaines, 69680 CHASSIEU
RCS Lyon 812 345 678 - N° TVA FR32123456789

                                        Destinataire :
                                        Papeteries Vialat
                                        ZA La Gare
                                        07100 ANNONAY

Facture numéro 24020199

Réf. transport : T-99812

Transport 3 palettes Chassieu - Annonay              310,00
Supplément gazole 8,2 %                               25,42
Montant H.T.                                         335,42
T.V.A. 20,00 %                                        67,08
Montant T.T.C. en euros                              402,50

À régler pour le 31/03/2024 par virement
""",
        {
            "invoice_number": "24020199",
            "issue_date": "2024-02-28",
            "due_date": "2024-03-31",
            "seller.name": "Société Marchal Transports",
            "buyer.name": "Papeteries Vialat",
            "seller.vat_id": "FR32123456789",
            "currency": "EUR",
            "net_total": "335.42",
            "tax_total": "67.08",
            "grand_total": "402.50",
            "due_payable": "402.50",
        },
    ),
    (
        """
Invoice from Lumen Cloud Services Ireland Ltd
Lumen Cloud Services Ireland Ltd, 2 Sir John Rogerson's Quay, Dublin 2, D02 HH11, Ireland
VAT Registration Number: IE6388047V

Bill to Address:
Accounts Payable
Vantage Analytics B.V.
Keizersgracht 100
1015 AA Amsterdam
NL

Invoice Summary
Invoice Number:                                   EUINIE24-118842
Invoice Date:                                     March 2, 2024
TOTAL AMOUNT DUE ON March 16, 2024                EUR 1,204.11

This invoice is for the billing period February 1 - February 29, 2024

Charges                                           EUR 1,204.11
VAT **                                            EUR 0.00
Total for this Invoice                            EUR 1,204.11

** This supply is subject to reverse charge. Customer VAT number: NL004495445B01
""",
        {
            "invoice_number": "EUINIE24-118842",
            "issue_date": "2024-03-02",
            "due_date": "2024-03-16",
            "seller.name": "Lumen Cloud Services Ireland Ltd",
            "buyer.name": "Vantage Analytics B.V.",
            "seller.vat_id": "IE6388047V",
            "buyer.vat_id": "NL004495445B01",
            "currency": "EUR",
            "tax_total": "0.00",
            "grand_total": "1204.11",
            "due_payable": "1204.11",
        },
    ),
    (
        """
WESTFIELD LEGAL LLP                                    45 Exchange Place
                                                       New York, NY 10005
                                                       EIN 13-5551212

June 30, 2024

Northlake Biotech, Inc.
Attn: General Counsel
900 Research Drive
Durham, NC 27703

Re: Matter 00172 - General corporate
Statement No. 55210

For professional services rendered through June 30, 2024          $12,850.00
Disbursements                                                        $412.75
Total fees and disbursements                                      $13,262.75
Less retainer applied                                             ($5,000.00)
Balance due                                                        $8,262.75

Payment is due within 30 days of the date of this statement.
""",
        {
            "invoice_number": "55210",
            "issue_date": "2024-06-30",
            "due_date": "2024-07-30",
            "seller.name": "WESTFIELD LEGAL LLP",
            "buyer.name": "Northlake Biotech, Inc.",
            "currency": "USD",
            "grand_total": "13262.75",
            "prepaid": "5000.00",
            "due_payable": "8262.75",
        },
    ),
    (
        """
                                                                    Rechnung
Elektro Sommerfeld
Inhaber: Kai Sommerfeld
Brückenstraße 8, 50667 Köln
Tel.: 0221 / 445566   Mobil: 0171 / 998877

Rechnungsanschrift:                              Rechnungs-Nr.:    2024/311
Zahnarztpraxis Dr. Bölling                       Kunden-Nr.:       12044
Aachener Str. 512                                Datum:            22.05.2024
50933 Köln                                       Seite:            1 / 1

Für die Ausführung der Arbeiten erlauben wir uns zu berechnen:

Pos   Menge   Einh.   Bezeichnung                     E-Preis €     G-Preis €
1      3,50   Std     Monteur                             58,00        203,00
2      1,00   Stk     FI-Schutzschalter                   84,90         84,90
3      1,00   psch    Anfahrt                             25,00         25,00

                                              Gesamt netto             312,90
                                              zzgl. 19,00 % MwSt.       59,45
                                              Gesamtsumme              372,35

In der Rechnungssumme sind Lohnkosten von 203,00 € netto enthalten.
Zahlbar bis 05.06.2024 rein netto.
Bankverbindung: Sparkasse KölnBonn - IBAN: DE89 3704 0044 0532 0130 00
St.-Nr.: 215/5111/0922
""",
        {
            "invoice_number": "2024/311",
            "issue_date": "2024-05-22",
            "due_date": "2024-06-05",
            "seller.name": "Elektro Sommerfeld",
            "buyer.name": "Zahnarztpraxis Dr. Bölling",
            "seller.tax_no": "215/5111/0922",
            "iban": "DE89370400440532013000",
            "currency": "EUR",
            "net_total": "312.90",
            "tax_total": "59.45",
            "grand_total": "372.35",
            "due_payable": "372.35",
        },
    ),
    (
        """
[LOGO]  quillstone

Quillstone Software Ltd, 3rd Floor, 86-90 Paul Street, London EC2A 4NE

Billed To                Invoice Number      Amount Due (GBP)
Marta Osei               0000482             £1,128.00
Larch & Co Architects
18 Weaver Yard           Date of Issue       Due Date
Manchester               15/08/2023          14/09/2023
M1 2EJ

Description                                   Rate        Qty      Line Total
UX review                                  £470.00          2         £940.00

                                                     Subtotal          940.00
                                                     VAT (20%)         188.00
                                                     Total           1,128.00
                                                     Amount Paid         0.00
                                             Amount Due (GBP)       £1,128.00

Terms
Please pay within 30 days. VAT Number GB980780684
""",
        {
            "invoice_number": "0000482",
            "issue_date": "2023-08-15",
            "due_date": "2023-09-14",
            "seller.name": "Quillstone Software Ltd",
            "buyer.name": "Marta Osei",
            "seller.vat_id": "GB980780684",
            "currency": "GBP",
            "net_total": "940.00",
            "tax_total": "188.00",
            "grand_total": "1128.00",
            "due_payable": "1128.00",
        },
    ),
    (
        """
GARAGE PELLETIER                                FACTURE
ZA du Bois Joli                                 Numéro : FC00004512
35133 LÉCOUSSE                                  Date : 11/04/2024
Tél : 02.99.94.00.00                            Code client : MARTIN02
SIRET : 812 345 678 00019
                                                M. ou Mme MARTIN Jean
                                                12 Bis, rue des Acacias
                                                35300 FOUGÈRES

Véhicule : PEUGEOT 308   Immat. : AB-123-CD   Km : 88 450

Réf.       Désignation                    Qté    P.U. HT    Rem.    Montant HT   TVA
VIDANGE    Forfait vidange                1,00     74,17             74,17       1
FILT2      Filtre à huile                 1,00     12,50    10,00    11,25       1
MO1        Main d'oeuvre                  1,50     58,00             87,00       1

Code   Base HT    Taux    Montant TVA           Total HT         172,42
1       172,42    20,00         34,48           Total TVA         34,48
                                                Total TTC        206,90
                                                Net à payer      206,90 €

Mode de règlement : Carte bancaire     Échéance : 11/04/2024
N° TVA intracommunautaire : FR32123456789
""",
        {
            "invoice_number": "FC00004512",
            "issue_date": "2024-04-11",
            "due_date": "2024-04-11",
            "seller.name": "GARAGE PELLETIER",
            "buyer.name": "M. ou Mme MARTIN Jean",
            "seller.vat_id": "FR32123456789",
            "currency": "EUR",
            "net_total": "172.42",
            "tax_total": "34.48",
            "grand_total": "206.90",
            "due_payable": "206.90",
        },
    ),
    (
        """
Steuerberatung Hallweg & Partner mbB
Steuerberater | Wirtschaftsprüfer

Hallweg & Partner mbB | Schlossplatz 2 | 26122 Oldenburg

Nordlicht Solar UG (haftungsbeschränkt)
Herrn Geschäftsführer Ole Janssen
Windallee 14
26131 Oldenburg

Gebührenrechnung                                         Oldenburg, 31.01.2024
Rechnung-Nr. 2024-10233 / Mandant 40511
Leistungszeit: Januar 2024

Tätigkeit                                Gegenstandswert    Zehntel      Gebühr €
Lohnbuchhaltung § 34 StBVV                                                 96,00
Finanzbuchführung § 33                       125.000,00       5/10        141,50
Auslagenpauschale § 16                                                     20,00
Zwischensumme                                                             257,50
Umsatzsteuer 19,00 % aus € 257,50                                          48,93
Rechnungsbetrag                                                           306,43
./. Vorschuss vom 03.01.2024                                              100,00
Noch zu zahlen                                                            206,43

Der Betrag ist sofort fällig.
Oldenburgische Landesbank, IBAN DE02 1203 0000 0000 2020 51, USt-IdNr. DE136695976
""",
        {
            "invoice_number": "2024-10233",
            "issue_date": "2024-01-31",
            "seller.name": "Hallweg & Partner mbB",
            "buyer.name": "Nordlicht Solar UG (haftungsbeschränkt)",
            "seller.vat_id": "DE136695976",
            "iban": "DE02120300000000202051",
            "currency": "EUR",
            "net_total": "257.50",
            "tax_total": "48.93",
            "grand_total": "306.43",
            "prepaid": "100.00",
            "due_payable": "206.43",
        },
    ),
    (
        """
COMMERCIAL INVOICE

Exporter:                                      Consignee / Buyer:
TIDEWATER MARINE PARTS INC                     Bootswerft Kröger GmbH
1440 HARBOR BLVD                               Am Fischereihafen 9
NORFOLK, VA 23510                              24159 Kiel
USA                                            Germany
EIN: 54-1234567                                EORI: DE1234567890123

Invoice No.: TMP-24-0917        Date: Sep 17, 2024        P.O.: KR-5521
Terms of Sale: DAP Kiel         Payment Terms: Net 45     Currency: USD

HS Code      Description              Qty    Unit Value      Total Value
8487.10      Propeller, bronze          2        812.50         1,625.00
8409.91      Impeller kit              10         38.40           384.00

                                    Subtotal                    2,009.00
                                    Freight                       240.00
                                    Insurance                      18.00
                                    TOTAL USD                   2,267.00
""",
        {
            "invoice_number": "TMP-24-0917",
            "issue_date": "2024-09-17",
            "due_date": "2024-11-01",
            "order_number": "KR-5521",
            "seller.name": "TIDEWATER MARINE PARTS INC",
            "buyer.name": "Bootswerft Kröger GmbH",
            "currency": "USD",
            "grand_total": "2267.00",
            "due_payable": "2267.00",
        },
    ),
    (
        """
Rechnung
                                                  Bergmann Veranstaltungstechnik
Kulturverein Alte Mühle e.V.                      Mühlgasse 1
Postfach 12 34                                    A-4020 Linz
A-4600 Wels                                       office@bergmann.example
                                                  UID: ATU47001702
Rechnungsnummer: BV-118
Rechnungsdatum: 07.10.2023
Leistungsdatum: 30.09.2023

Leistung                          Menge        Preis         Summe
Tonanlage Miete                       1     € 650,00      € 650,00
Techniker                             8      € 48,00      € 384,00
Summe netto                                             € 1.034,00
20% USt                                                   € 206,80
Summe brutto                                            € 1.240,80

Zahlung: 14 Tage netto, Konto AT61 1904 3002 3457 3201
""",
        {
            "invoice_number": "BV-118",
            "issue_date": "2023-10-07",
            "due_date": "2023-10-21",
            "delivery_date": "2023-09-30",
            "seller.name": "Bergmann Veranstaltungstechnik",
            "buyer.name": "Kulturverein Alte Mühle e.V.",
            "seller.vat_id": "ATU47001702",
            "iban": "AT611904300234573201",
            "currency": "EUR",
            "net_total": "1034.00",
            "tax_total": "206.80",
            "grand_total": "1240.80",
            "due_payable": "1240.80",
        },
    ),
    (
        """
CREDIT NOTE                                        Hartwell Stationery Group plc
                                                   Paper House, 5 Mill Road
Credit note no:   CN-77120                         Reading RG1 3AB
Date:             19 Dec 2023                      VAT no: GB980780684
Original invoice: 0044821
Account:          ST. ANNE'S SCHOOL

St. Anne's School
Finance Office
Church Lane
Reading RG4 7QX

Item                         Qty      Price        Credit
A4 paper 80gsm box             5     £18.40        £92.00
Carriage                       1      £4.50         £4.50

Total excl. VAT                                    £96.50
VAT @ 20.0%                                        £19.30
Total credit                                      £115.80
""",
        {
            "invoice_number": "CN-77120",
            "issue_date": "2023-12-19",
            "seller.name": "Hartwell Stationery Group plc",
            "buyer.name": "St. Anne's School",
            "seller.vat_id": "GB980780684",
            "currency": "GBP",
            "net_total": "96.50",
            "tax_total": "19.30",
            "grand_total": "115.80",
            "type_code": "381",
        },
    ),
    (
        """
Sarl Boulangerie Kermorvan - 5 place du Marché - 56000 Vannes - FR11999999998

Restaurant Le Phare                                     Facture : 2024-0612
3 quai de Rive                                          Du : 30/06/2024
56170 Quiberon

Livraisons du mois de juin 2024

BL 4411 du 03/06        Pain de campagne x 40            112,00
BL 4460 du 14/06        Baguettes x 220                  198,00
BL 4502 du 27/06        Viennoiseries x 150              165,00

Total HT : 475,00     TVA 5,5 % : 26,13     Total TTC : 501,13

A régler sous 15 jours
""",
        {
            "invoice_number": "2024-0612",
            "issue_date": "2024-06-30",
            "due_date": "2024-07-15",
            "seller.name": "Sarl Boulangerie Kermorvan",
            "buyer.name": "Restaurant Le Phare",
            "seller.vat_id": "FR11999999998",
            "net_total": "475.00",
            "tax_total": "26.13",
            "grand_total": "501.13",
            "due_payable": "501.13",
        },
    ),
    (
        """
Tierarztpraxis am Park                              Rechnungsnr.   24-1877
Dr. Silke Brandner                                  Datum          09.04.2024
Parkstr. 12                                         Kunde          2231
65189 Wiesbaden

Frau Petra Lohmann
Rheingaustraße 45
65201 Wiesbaden

Patient: Minka, Katze

09.04.24   Allgemeine Untersuchung              23,62
09.04.24   Impfung RCP                          31,40
           Impfstoff                            18,90
Netto                                           73,92
19 % MwSt                                       14,04
Gesamt EUR                                      87,96
Betrag dankend per EC-Karte erhalten.
Steuernummer 040 812 33456
""",
        {
            "invoice_number": "24-1877",
            "issue_date": "2024-04-09",
            "seller.name": "Tierarztpraxis am Park",
            "buyer.name": "Frau Petra Lohmann",
            "currency": "EUR",
            "net_total": "73.92",
            "tax_total": "14.04",
            "grand_total": "87.96",
        },
    ),
    (
        """
Blackthorn Scaffolding Ltd                                    SALES INVOICE
Yard 4, Canal Road
Bradford  BD1 4SJ
Co. Reg. 07654321    VAT Reg. No. GB 980 7806 84

To:    Pennine Roofing Contractors Ltd          Invoice No.     INV0003391
       Unit 2 Valley Mills                      Tax Point       31/07/2024
       Halifax                                  Your Ref        PO 88210
       HX1 5QR                                  Due            30/08/2024

Details                                                             Net
Hire of independent scaffold, 4 weeks                           1,450.00
Extra week hire                                                   160.00

                                          Total Net             1,610.00
                                          VAT 20%                 322.00
                                          Gross Total          £1,932.00

BACS: Sort 20-11-22  A/c 40311822
""",
        {
            "invoice_number": "INV0003391",
            "issue_date": "2024-07-31",
            "due_date": "2024-08-30",
            "seller.name": "Blackthorn Scaffolding Ltd",
            "buyer.name": "Pennine Roofing Contractors Ltd",
            "seller.vat_id": "GB980780684",
            "currency": "GBP",
            "net_total": "1610.00",
            "tax_total": "322.00",
            "grand_total": "1932.00",
            "due_payable": "1932.00",
        },
    ),
    (
        """
Cabinet d'architecture Lenoir
12 cours Gambetta - 13100 Aix-en-Provence
contact@lenoir.example - 04 42 00 00 00
N° TVA : FR32123456789

                                                 SCI Les Tilleuls
                                                 M. Ferrand
                                                 8 allée des Pins
                                                 13090 Aix-en-Provence

NOTE D'HONORAIRES N° 2024/05-03

Aix-en-Provence, le 17 mai 2024

Mission : APS - extension maison                         4 500,00 €
                                    Total HT             4 500,00 €
                                    TVA (20 %)             900,00 €
                                    Total TTC            5 400,00 €

Règlement à réception, par virement : IBAN FR14 2004 1010 0505 0001 3M02 606
""",
        {
            "invoice_number": "2024/05-03",
            "issue_date": "2024-05-17",
            "seller.name": "Cabinet d'architecture Lenoir",
            "buyer.name": "SCI Les Tilleuls",
            "seller.vat_id": "FR32123456789",
            "iban": "FR1420041010050500013M02606",
            "currency": "EUR",
            "net_total": "4500.00",
            "tax_total": "900.00",
            "grand_total": "5400.00",
            "due_payable": "5400.00",
        },
    ),
    (
        """
RECHNUNG                                              Nr. 2024-0099
                                                      vom 03.07.2024
von
Lena Fürst Fotografie
Hinterhof 2, 10115 Berlin

an
Magazin Stadtblick GmbH & Co. KG
Redaktion
Torstraße 200, 10115 Berlin

Honorar Fotoreportage "Spree"                         800,00 EUR
Nutzungsrechte 12 Monate                              200,00 EUR
---------------------------------------------------------------
Summe                                               1.000,00 EUR
7 % Umsatzsteuer                                       70,00 EUR
Zu zahlen                                           1.070,00 EUR

Überweisung bitte bis 17.07.2024 an DE89 3704 0044 0532 0130 00.
Steuernummer: 31/277/60112
""",
        {
            "invoice_number": "2024-0099",
            "issue_date": "2024-07-03",
            "due_date": "2024-07-17",
            "seller.name": "Lena Fürst Fotografie",
            "buyer.name": "Magazin Stadtblick GmbH & Co. KG",
            "iban": "DE89370400440532013000",
            "currency": "EUR",
            "net_total": "1000.00",
            "tax_total": "70.00",
            "grand_total": "1070.00",
            "due_payable": "1070.00",
        },
    ),
    (
        """
Sunbelt Landscaping & Irrigation                         Invoice
PO Box 5521                                              #2024-1187
Phoenix, AZ 85010
602-555-0119

Customer                                  Invoice Date      Terms           Due
Desert Willow Apartments                  8/1/2024          Due in 30       8/31/2024
7100 N 16th St
Phoenix, AZ 85020

Service                                   Quantity          Price           Amount
Monthly maintenance - July                1                 $1,450.00       $1,450.00
Valve repair                              3                 $85.00          $255.00

                                                            Subtotal        $1,705.00
                                                            Sales Tax 8.6%  $146.63
                                                            Invoice Total   $1,851.63
""",
        {
            "invoice_number": "2024-1187",
            "issue_date": "2024-08-01",
            "due_date": "2024-08-31",
            "seller.name": "Sunbelt Landscaping & Irrigation",
            "buyer.name": "Desert Willow Apartments",
            "currency": "USD",
            "net_total": "1705.00",
            "tax_total": "146.63",
            "grand_total": "1851.63",
            "due_payable": "1851.63",
        },
    ),
    (
        """
Spedition Brenner AG, Postfach, 4002 Basel

Pharma Rhein SA
Kreditorenbuchhaltung
Hochstrasse 16
4053 Basel                                   Rechnung Nr.      88-20931
                                             Rechnungsdatum    14.03.2024
                                             Valuta            13.04.2024
                                             MWST-Nr.          CHE-116.281.710 MWST

Transport Basel - Genf, 4 EUP                                    380.00
Treibstoffzuschlag 12 %                                           45.60
Total netto CHF                                                  425.60
MWST 8.1 %                                                        34.45
Total CHF                                                        460.05

Zahlbar innert 30 Tagen netto.   IBAN CH93 0076 2011 6238 5295 7
""",
        {
            "invoice_number": "88-20931",
            "issue_date": "2024-03-14",
            "due_date": "2024-04-13",
            "seller.name": "Spedition Brenner AG",
            "buyer.name": "Pharma Rhein SA",
            "iban": "CH9300762011623852957",
            "currency": "CHF",
            "net_total": "425.60",
            "tax_total": "34.45",
            "grand_total": "460.05",
            "due_payable": "460.05",
        },
    ),
    (
        """
Weingut Steinbach-Röder                                        Lieferschein / Rechnung
Inh. Markus Röder                                              Nr. 20240388
Kellerweg 9                                                    Datum: 02.12.2024
67157 Wachenheim                                               Kd-Nr.: 7781
Telefon 06322 / 99001

Restaurant Zum Schwan
Bahnhofstraße 3
67059 Ludwigshafen

Wir lieferten Ihnen am 28.11.2024:

Anz.  Artikel                              MwSt    Einzelpr.      Gesamt
24    Riesling Kabinett 2023               19%          7,20      172,80
12    Traubensaft                           7%          3,10       37,20

      Warenwert netto                                             210,00
      + MwSt 19% auf 172,80                                        32,83
      + MwSt  7% auf 37,20                                          2,60
      Gesamtbetrag                                                245,43 EUR

Zahlbar innerhalb 10 Tagen mit 2% Skonto oder 30 Tage rein netto.
Volksbank Wachenheim IBAN: DE89370400440532013000
""",
        {
            "invoice_number": "20240388",
            "issue_date": "2024-12-02",
            "due_date": "2025-01-01",
            "seller.name": "Weingut Steinbach-Röder",
            "buyer.name": "Restaurant Zum Schwan",
            "iban": "DE89370400440532013000",
            "currency": "EUR",
            "net_total": "210.00",
            "tax_total": "35.43",
            "grand_total": "245.43",
            "due_payable": "245.43",
        },
    ),
    (
        """
                         MERIDIAN TRANSLATIONS
             15 Rue du Marché, 1204 Genève, Switzerland

                              INVOICE

Client:      Alpenglow Watches Ltd           Invoice no.:   2024/77
             Unit 4, Kings Court             Date:          5 November 2024
             Cambridge CB2 1TN               Due:           5 December 2024
             United Kingdom                  Project:       Manual EN-FR

Service                               Words        Rate          CHF
Translation EN-FR                     8,420        0.21      1,768.20
Proofreading                          8,420        0.05        421.00

                                              TOTAL          2,189.20

Not subject to VAT.
Payment to: IBAN CH93 0076 2011 6238 5295 7, account holder Meridian Translations
""",
        {
            "invoice_number": "2024/77",
            "issue_date": "2024-11-05",
            "due_date": "2024-12-05",
            "seller.name": "MERIDIAN TRANSLATIONS",
            "buyer.name": "Alpenglow Watches Ltd",
            "iban": "CH9300762011623852957",
            "currency": "CHF",
            "grand_total": "2189.20",
            "due_payable": "2189.20",
        },
    ),
    (
        """
ÉTABLISSEMENTS GUÉRIN ET CIE                                    F A C T U R E
Quincaillerie - Outillage
Zone artisanale Nord                              N° FACTURE     DATE         PAGE
49300 CHOLET                                      F0245512       29/02/2024   1/1
Tél. 02 41 00 00 00

CLIENT N° 00482                                   MAIRIE DE BEAUPRÉAU
BON DE COMMANDE : 24-0087                         SERVICES TECHNIQUES
                                                  5 RUE NOTRE DAME
                                                  49600 BEAUPRÉAU

RÉFÉRENCE    DÉSIGNATION                QTÉ     P.U. NET    MONTANT    TVA
100245       PERCEUSE 18V                 2       189,00     378,00      1
100777       COFFRET FORETS               3        24,50      73,50      1

TOTAL H.T.      BASE TVA     TAUX     MONTANT TVA      TOTAL T.T.C.
451,50          451,50       20,00          90,30          541,80

ÉCHÉANCE : 31/03/2024 PAR VIREMENT           NET À PAYER    541,80 EUR
""",
        {
            "invoice_number": "F0245512",
            "issue_date": "2024-02-29",
            "due_date": "2024-03-31",
            "order_number": "24-0087",
            "seller.name": "ÉTABLISSEMENTS GUÉRIN ET CIE",
            "buyer.name": "MAIRIE DE BEAUPRÉAU",
            "currency": "EUR",
            "net_total": "451.50",
            "tax_total": "90.30",
            "grand_total": "541.80",
            "due_payable": "541.80",
        },
    ),
    (
        """
Kfz-Meisterbetrieb Oezdemir GmbH
Gewerbestr. 21 | 45141 Essen | Tel 0201-55 66 77

Herr                                     Rechnung
Stefan Kruse                             Rechnungs-Nr.  10877
Am Stadtgarten 6                         Auftrags-Nr.   A-5521
45276 Essen                              Datum          19.09.2024
                                         Kennzeichen    E-SK 1234
                                         KM-Stand       112.340

Arbeitsleistungen
Bremsbeläge VA erneuern              12 AW           7,90            94,80
Ersatzteile
Bremsbeläge Satz                     1              64,50            64,50
Bremsenreiniger                      1               4,90             4,90

Arbeitslohn         94,80
Teile               69,40
Summe netto        164,20
19 % MwSt           31,20
Rechnungsendbetrag 195,40 EUR

Bar bezahlt am 19.09.2024
USt-ID DE136695976
""",
        {
            "invoice_number": "10877",
            "issue_date": "2024-09-19",
            "order_number": "A-5521",
            "seller.name": "Kfz-Meisterbetrieb Oezdemir GmbH",
            "buyer.name": "Herr Stefan Kruse",
            "seller.vat_id": "DE136695976",
            "currency": "EUR",
            "net_total": "164.20",
            "tax_total": "31.20",
            "grand_total": "195.40",
        },
    ),
    (
        """
Tax Invoice                                         Invoice #: 4471
Harbourside Catering Pty Ltd                        Issued: 12 Feb 2024
ABN 51 824 753 556                                  Due: 26 Feb 2024
PO Box 120, Fremantle WA 6160

Bill To: Swan River Events
         22 Riverside Drive
         Perth WA 6000

Qty   Item                                Unit price      GST      Amount
60    Canape package                          $32.00  $174.55   $1,920.00
2     Wait staff (hrs)                        $55.00   $10.00     $110.00

                                              Subtotal (ex GST)  $1,845.45
                                              GST                  $184.55
                                              Total (inc GST)    $2,030.00
                                              Paid                -$500.00
                                              Balance due        $1,530.00
""",
        {
            "invoice_number": "4471",
            "issue_date": "2024-02-12",
            "due_date": "2024-02-26",
            "seller.name": "Harbourside Catering Pty Ltd",
            "buyer.name": "Swan River Events",
            "net_total": "1845.45",
            "tax_total": "184.55",
            "grand_total": "2030.00",
            "prepaid": "500.00",
            "due_payable": "1530.00",
        },
    ),
    (
        """
Absender: Ing.-Büro Wandtke, Am Hang 7, 01445 Radebeul

Wohnungsgenossenschaft
Elbblick eG
Uferstr. 100
01662 Meißen

                                                       Radebeul, 11.03.2024

3. Abschlagsrechnung Nr. AR-2024-17
Projekt: Sanierung Haus 4

Honorar gem. HOAI, Leistungsphasen 5-7                          18.400,00 €
abzügl. 1. und 2. Abschlag                                     -12.000,00 €
Zwischensumme netto                                              6.400,00 €
19 % Umsatzsteuer                                                1.216,00 €
Rechnungsbetrag                                                  7.616,00 €

Bitte überweisen Sie den Betrag innerhalb von 21 Tagen nach Rechnungsdatum
auf unser Konto DE02 1203 0000 0000 2020 51.
Steuer-Nr. 209/201/00451
""",
        {
            "invoice_number": "AR-2024-17",
            "issue_date": "2024-03-11",
            "due_date": "2024-04-01",
            "seller.name": "Ing.-Büro Wandtke",
            "buyer.name": "Wohnungsgenossenschaft Elbblick eG",
            "iban": "DE02120300000000202051",
            "currency": "EUR",
            "net_total": "6400.00",
            "tax_total": "1216.00",
            "grand_total": "7616.00",
            "due_payable": "7616.00",
        },
    ),
)  # fmt: skip
