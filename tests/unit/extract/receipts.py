"""Receipts as tills print them, written by hand; shops, people and numbers are made up."""

from __future__ import annotations

from typing import NamedTuple


class Receipt(NamedTuple):
    """What is printed, its language, and what its fields are."""

    language: str
    text: str
    fields: dict[str, str]


RECEIPTS = (
    Receipt(
        "en",
        """
               HALDEN
            Express
      14 High Holborne
      London WC1V 6XX
      Tel 0345 677 9000
   VAT NO: 220 4302 31
SUMMER HAT LADIES            8.00
TOTAL CEREAL 450G            3.20
CASHEW NUTS 200G             2.50
GROUND BEEF                  4.10
CLUBCARD POINTS EARNED 12
5 BALANCE DUE               17.80
CHIP AND PIN
VISA DEBIT                  17.80
CHANGE DUE                   0.00
05/11/23  18:22  STORE 3321 TILL 04
""",
        {
            "company": "HALDEN",
            "date": "2023-11-05",
            "address": "14 High Holborne London WC1V 6XX",
            "total": "17.80",
            "time": "18:22",
            "payment_method": "card",
            "currency": "GBP",
        },
    ),
    Receipt(
        "de",
        """
Bäckerei Kornhus, Lindenallee 12, 24105 Kiel
Tel. 0431/123456
        Bon 4711
2 Roggenbrot        2 x 3,20      6,40
1 Laugenbrezel                    0,95
BAR                               7,35
Summe                             7,35
enth. MwSt 7%                     0,48
03.04.2024 07:12
Es bediente Sie: Frau Ahlers
""",
        {
            "company": "Bäckerei Kornhus",
            "date": "2024-04-03",
            "address": "Lindenallee 12, 24105 Kiel",
            "total": "7.35",
            "tax_total": "0.48",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "de",
        """
         KORVO
  Gartenstr. 88 - 50829 Köln
Vollmilch 3,5%            1,09 A
Schoko Riegel             0,79 A
   3 X 0,79               2,37 A
Pfand                     0,25 B
Zwischensumme             4,50
Rabatt 10%               -0,45
---------------------------------
zu zahlen                 4,05
Barzahlung               10,00
Rückgeld                  5,95
Satz MwSt  Netto  Brutto
A 7%  0,25  3,55  3,80
B 19% 0,04  0,21  0,25
31.12.2022  19:59 Uhr  Kasse 3
Bitte beachten Sie unsere Öffnungszeiten
Mo-Sa 8:00 - 20:00
""",
        {
            "company": "KORVO",
            "date": "2022-12-31",
            "address": "Gartenstr. 88 - 50829 Köln",
            "total": "4.05",
            "tax_total": "0.29",
            "time": "19:59",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "fr",
        """
          MARLENNE CITY
        12 BIS RUE DES LILAS
           75019 PARIS
  Ouvert 7j/7 de 8h à 22h
 TEL : 01.42.00.00.00
BAGUETTE TRADITION          1,30 €
TARTE AUX POMMES            3,95 €
EAU 6X1.5L                  2,10 €
---------------
TOTAL (3 articles)          7,35 €
Total éligible TR           5,25 €
CARTE BANCAIRE              7,35 €
TVA     Taux    HT    TVA   TTC
  5.5%        6,97  0,38  7,35
Avantage fidélité cumulé    1,20 €
12/05/2023 19:07:33  C002
Merci de votre visite
""",
        {
            "company": "MARLENNE CITY",
            "date": "2023-05-12",
            "address": "12 BIS RUE DES LILAS 75019 PARIS",
            "total": "7.35",
            "tax_total": "0.38",
            "time": "19:07:33",
            "payment_method": "card",
        },
    ),
    Receipt(
        "en",
        """
           Blue Heron Bistro
        2201 Ocean View Blvd
         Half Moon, CA 94019
           650-555-0142
Server: Mia           06/02/2023
Table 14/2             7:45 PM
Guests: 4              Check 20031
2 Clam Chowder             18.00
1 Ribeye                   42.50
2 House Red                22.00
Food                       60.50
Beverage                   22.00
Subtotal                   82.50
Sales Tax                   7.43
Total                      89.93
Balance Due                89.93
Suggested Tip
18%: $14.85  Total $104.78
20%: $16.50  Total $106.43
22%: $18.15  Total $108.08
""",
        {
            "company": "Blue Heron Bistro",
            "date": "2023-06-02",
            "address": "2201 Ocean View Blvd Half Moon, CA 94019",
            "total": "89.93",
            "tax_total": "7.43",
            "time": "19:45",
            "currency": "USD",
        },
    ),
    Receipt(
        "en",
        """
SALES RECEIPT
Order #: 100-22817
Mar 3, 2021  11:02 AM
Kestrel Outfitters LLC
88 Main Street, Suite 4
Boulder CO 80302
Wool Socks     2 @ 14.50      29.00
Rain Jacket    1 @ 189.00    189.00
Item Total                   218.00
Coupon SPRING10              -21.80
Shipping                       0.00
Tax (8.845%)                  17.35
Order Total                 $213.55
Paid by Mastercard ending 4412
""",
        {
            "company": "Kestrel Outfitters LLC",
            "date": "2021-03-03",
            "address": "88 Main Street, Suite 4 Boulder CO 80302",
            "total": "213.55",
            "tax_total": "17.35",
            "payment_method": "card",
            "currency": "USD",
        },
    ),
    Receipt(
        "de",
        """
Parkhaus am Dom
Domring 3
93047 Regensburg
QUITTUNG
Einfahrt   02.02.24 09:14
Ausfahrt   02.02.24 12:40
Parkdauer  3:26
Betrag            EUR 8,00
inkl. 19% MwSt    EUR 1,28
Bezahlt mit Kreditkarte
""",
        {
            "company": "Parkhaus am Dom",
            "date": "2024-02-02",
            "address": "Domring 3 93047 Regensburg",
            "total": "8.00",
            "tax_total": "1.28",
            "payment_method": "card",
            "currency": "EUR",
        },
    ),
    Receipt(
        "de",
        """
TAXI 4711
Inh. H. Brandt
Quittung Nr. 88
Datum 7. März 2024
Fahrpreis     EUR  23,40
MwSt 7%       EUR   1,53
Betrag dankend erhalten
""",
        {
            "date": "2024-03-07",
            "total": "23.40",
            "tax_total": "1.53",
        },
    ),
    Receipt(
        "en",
        """
      SHOP & SAVE #112
  1500 W Grand Ave
  Chicago, IL 60642
  Store phone (312) 555-0100
  04-17-22 5:43pm Reg 7
MILK 2%         3.49 F
SODA 12PK       6.99 T
BOTTLE DEPOSIT  0.60
REFUND
BREAD          -2.99 F
  TAX           0.72
**** TOTAL      8.81
CASH           20.00
CHANGE         11.19
TOTAL NUMBER OF ITEMS SOLD = 3
TOTAL SAVINGS   1.50
""",
        {
            "company": "SHOP & SAVE",
            "date": "2022-04-17",
            "address": "1500 W Grand Ave Chicago, IL 60642",
            "total": "8.81",
            "tax_total": "0.72",
            "time": "17:43",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "fr",
        """
Pharmacie du Marché
5 place du Marché
1260 Nyon
CHE-105.845.123 TVA
Vendeur: 04    Caisse: 2
15.06.2023   14:05
DAFALGAN 500MG            CHF 3.60
NIVEA CREME               CHF 7.90
Total CHF                    11.50
Total EUR (1.02)             11.27
MAESTRO CHF                  11.50
TVA 2.5%  3.60  0.09
TVA 7.7%  7.90  0.56
""",
        {
            "company": "Pharmacie du Marché",
            "date": "2023-06-15",
            "address": "5 place du Marché 1260 Nyon",
            "total": "11.50",
            "tax_total": "0.65",
            "currency": "CHF",
            "payment_method": "card",
        },
    ),
    Receipt(
        "en",
        """
ÄKTA KAFFE AB
Storgatan 14
111 51 Stockholm
Org.nr 556000-1234
Kvitto 2201   2023-09-01 08:15
Kaffe latte            45,00
Kanelbulle             32,00
Att betala SEK         77,00
Total                  77,00
Kort                   77,00
Moms 12%                8,25
""",
        {
            "company": "ÄKTA KAFFE AB",
            "date": "2023-09-01",
            "total": "77.00",
            "currency": "SEK",
        },
    ),
    Receipt(
        "und",
        """
مطعم الواحة
الرياض
رقم الفاتورة 1022
التاريخ 2023/05/14  13:20
شاورما       18.00
عصير          7.00
المجموع      25.00
ضريبة 15%     3.26
نقدا         25.00
""",
        {
            "date": "2023-05-14",
            "total": "25.00",
            "tax_total": "3.26",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "en",
        """
   SAKURA RAMEN
2-11-3 Meguro, Tokyo
2023/04/02 12:30
Shoyu Ramen          ¥950
Gyoza                ¥420
Subtotal           ¥1,370
Tax 10%              ¥137
Total              ¥1,507
Cash               ¥2,000
Change               ¥493
""",
        {
            "company": "SAKURA RAMEN",
            "date": "2023-04-02",
            "total": "1507",
            "currency": "JPY",
            "tax_total": "137",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "de",
        """
Hotel Seeblick GmbH & Co. KG
Uferweg 1 · 82319 Starnberg
USt-IdNr. DE123456789
Gast: Herr Meier
Rechnung Nr. 2024-118 vom 14.02.2024
2 Übernachtung à 119,00     238,00
2 Frühstück                  36,00
Nettobetrag 7%              222,43
MwSt 7%                      15,57
Nettobetrag 19%              30,25
MwSt 19%                      5,75
Gesamtbetrag EUR            274,00
Anzahlung                   100,00
Restbetrag EUR              174,00
""",
        {
            "company": "Hotel Seeblick GmbH & Co. KG",
            "date": "2024-02-14",
            "address": "Uferweg 1 82319 Starnberg",
            "total": "274.00",
            "tax_total": "21.32",
        },
    ),
    Receipt(
        "en",
        """
QUICKMART
Receipt
12 items
Total
0.00
Thank you
01/02/2024
""",
        {
            "company": "QUICKMART",
            "total": "0.00",
        },
    ),
    Receipt(
        "en",
        """
Elm Street Books
Returns and exchanges with receipt only
402 Elm Street
Springfield, OH 45503
Item              Price
NOVEL            $18.99
BOOKMARK          $1.50
Subtotal         $20.49
Tax 7.25%         $1.49
Total            $21.98
Gift Card        $15.00
Cash             $10.00
Change            $3.02
2024-05-06 16:10
""",
        {
            "company": "Elm Street Books",
            "date": "2024-05-06",
            "address": "402 Elm Street Springfield, OH 45503",
            "total": "21.98",
            "tax_total": "1.49",
        },
    ),
    Receipt(
        "en",
        """
METRO FRESH SDN BHD (1234567-X)
LOT G-12, GROUND FLOOR, PLAZA MAWAR
JALAN DAMAI 3/2
47810 PETALING JAYA
SELANGOR DARUL EHSAN
SST NO : B16-1809-32000123
Cashier : AISYAH
TEH TARIK          2    5.00
NASI LEMAK         1    8.90
Total Item(s) : 2
Sub-Total            13.90
SST 6%                0.83
Bill Rounding         0.02
Amount Payable    RM 14.75
T&G eWallet       RM 14.75
Date : 7/8/2023 8:05 AM
""",
        {
            "company": "METRO FRESH SDN BHD",
            "date": "2023-08-07",
            "address": "LOT G-12, GROUND FLOOR, PLAZA MAWAR JALAN DAMAI 3/2 47810 PETALING JAYA "
            "SELANGOR DARUL EHSAN",
            "total": "14.75",
            "tax_total": "0.83",
            "time": "08:05",
            "currency": "MYR",
            "payment_method": "mobile",
        },
    ),
    Receipt(
        "en",
        """
GREENLEAF CAFE
operated by Greenleaf Hospitality Pte. Ltd.
#B1-07 Raffles Arcade
1 Bras Road, Singapore 189000
Co. Reg. 201912345K
GST Reg. M90312345X
TAX INVOICE
Flat White        5.50
Kaya Toast        4.20
SUBTOTAL          9.70
10% SVC           0.97
9% GST            0.96
TOTAL            11.63
PAYNOW           11.63
12-Jan-2024 10:15
""",
        {
            "date": "2024-01-12",
            "address": "#B1-07 Raffles Arcade 1 Bras Road, Singapore 189000",
            "total": "11.63",
            "tax_total": "0.96",
            "payment_method": "mobile",
            "currency": "SGD",
        },
    ),
    Receipt(
        "fr",
        """
Maison Dupré SARL
Chocolatier depuis 1923
3, Grand'Place
59000 LILLE
RCS Lille 123 456 789
Ticket n° 0032   le 24 décembre 2022
Ballotin 250g     2 x 14,50    29,00
Truffes                        18,00
Sous-total                     47,00
Remise 10%                     -4,70
Total TTC                      42,30
dont TVA 5,5%                   2,21
Réglé en espèces               50,00
Rendu                           7,70
""",
        {
            "company": "Maison Dupré SARL",
            "date": "2022-12-24",
            "address": "3, Grand'Place 59000 LILLE",
            "total": "42.30",
            "tax_total": "2.21",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "en",
        """
FUEL STOP 24
Unit 2 Riverside Park
Leeds LS10 1AB
VAT Reg 333 2221 11
PUMP 04 UNLEADED
32.10L @ 145.9p/L
TOTAL         £46.83
VAT 20% INC    £7.81
CONTACTLESS
MASTERCARD ****1122
AUTH 556677
2024-03-01 06:58
""",
        {
            "company": "FUEL STOP 24",
            "date": "2024-03-01",
            "address": "Unit 2 Riverside Park Leeds LS10 1AB",
            "total": "46.83",
            "tax_total": "7.81",
            "payment_method": "card",
            "currency": "GBP",
        },
    ),
    Receipt(
        "de",
        """
    rn-drogerie markt
     Hauptstraße 44
     76133 Karlsruhe
      0721/9876543
24.11.2023   11:32     1205/3   77712/6   4401
ALV.SHAMPOO 250ml            1,95 1
2x  0,85
B.DUSCHE                     1,70 1
BABYBREI                     0,95 2
------------------------------------
SUMME EUR                    4,60
------------------------------------
VISA EUR                    -4,60
MwSt-Satz      Brutto  Netto  MwSt
1=19,00%         3,65   3,07  0,58
2= 7,00%         0,95   0,89  0,06
Ihre Kundennummer 00123
PAYBACK Punkte 2
Steuer-Nr. 35007/00000
""",
        {
            "company": "rn-drogerie markt",
            "date": "2023-11-24",
            "address": "Hauptstraße 44 76133 Karlsruhe",
            "total": "4.60",
            "tax_total": "0.64",
            "payment_method": "card",
            "time": "11:32",
        },
    ),
    Receipt(
        "en",
        """
QVL/pharmacy
305 BROADWAY
NEW YORK, NY 10007
212.555.0199
REG#02  TRN#3391  CSHR#1204  STR#2209
Helped by: ANNA
ExtraCare Card #: ********1234
1 TYLENOL XS 100CT     12.79T
1 GREETING CARD         4.99T
3 ITEMS
SUBTOTAL               17.78
NY 8.875% TAX           1.58
TOTAL                  19.36
CHARGE                 19.36
*********4567  CH
VISA CREDIT
CHANGE                   .00
5202 3333 4444 1111
RETURNS WITH RECEIPT THRU 10/14/2022
AUGUST 15, 2022        9:41 AM
TRIP SUMMARY:
YOU SAVED:   2.00
""",
        {
            "company": "QVL/pharmacy",
            "date": "2022-08-15",
            "address": "305 BROADWAY NEW YORK, NY 10007",
            "total": "19.36",
            "tax_total": "1.58",
            "time": "09:41",
            "payment_method": "card",
        },
    ),
    Receipt(
        "en",
        """
RESTAURANT PUNJAB HOUSE
12/4, M.G. Road, Indiranagar
Bengaluru - 560038
GSTIN: 29ABCDE1234F1Z5
Bill No: 4432    Date: 18/09/2023
Table: 7   Time: 21:14
Butter Chicken   1  380.00  380.00
Garlic Naan      4   60.00  240.00
Sub Total                  620.00
CGST @2.5%                  15.50
SGST @2.5%                  15.50
Round Off                    0.00
Grand Total            Rs. 651.00
Thank you visit again
""",
        {
            "company": "RESTAURANT PUNJAB HOUSE",
            "date": "2023-09-18",
            "address": "12/4, M.G. Road, Indiranagar Bengaluru - 560038",
            "total": "651.00",
            "tax_total": "31.00",
            "currency": "INR",
            "time": "21:14",
        },
    ),
    Receipt(
        "fr",
        """
Épicerie Montcalm inc.
455 rue Saint-Jean
Québec (Québec) G1R 1P6
TPS 123456789 RT0001
TVQ 1234567890 TQ0001
2023-10-02 17:55:10
POMMES GALA 1.2kg      5,28 $
FROMAGE OKA            9,49 $
SOUS-TOTAL            14,77 $
TPS 5%                 0,47 $
TVQ 9,975%             0,95 $
TOTAL                 16,19 $
DÉBIT                 16,19 $
""",
        {
            "company": "Épicerie Montcalm inc.",
            "date": "2023-10-02",
            "address": "455 rue Saint-Jean Québec (Québec) G1R 1P6",
            "total": "16.19",
            "tax_total": "1.42",
            "currency": "CAD",
            "payment_method": "card",
        },
    ),
    Receipt(
        "en",
        """
       Prêt à Boire
   King's Cross Station
   London N1C 4AH
VAT Reg No: 646 6132 57
Receipt Number: 00198
28 Oct 22 08:03
TAKE AWAY
1 Flat White          3.25
1 Croissant           2.10
Total                 5.35
Contactless           5.35
VAT Summary
Rate   Net   VAT  Gross
20%   2.71  0.54   3.25
0%    2.10  0.00   2.10
""",
        {
            "company": "Prêt à Boire",
            "date": "2022-10-28",
            "address": "King's Cross Station London N1C 4AH",
            "total": "5.35",
            "tax_total": "0.54",
            "payment_method": "card",
            "time": "08:03",
        },
    ),
    Receipt(
        "de",
        """
Tolmer Vertriebs GmbH & Co. KG
Am Bahnhof 2 - 4
31134 Hildesheim
                       EUR
Bio Eier 6er           1,99 B
Katzenstreu            3,49 A
Pfandrückgabe         -2,50 B
Preisvorteil          -0,50
-------------------------
zu zahlen              2,48
Karte                  2,48
MWST%   MWST + Netto = Brutto
A 19%   0,48   2,51   2,99
B  7%  -0,03  -0,48  -0,51
Summe   0,45   2,03   2,48
0981  123456/01  09.01.24  20:41
UST-ID-NR: DE111222333
Kreditkarte Visa kontaktlos
Betrag EUR   2,48
""",
        {
            "company": "Tolmer Vertriebs GmbH & Co. KG",
            "date": "2024-01-09",
            "address": "Am Bahnhof 2 - 4 31134 Hildesheim",
            "total": "2.48",
            "tax_total": "0.45",
            "payment_method": "card",
            "time": "20:41",
        },
    ),
    Receipt(
        "en",
        """
NORBRO WHOLESALE
Issaquah #1
1801 10th Ave NW
Issaquah, WA 98027
Member 111222333444
E  1234567 KS ORG EGGS    7.99
   998877 TIRE ROTATN    19.99 A
   0000123 /998877        4.00-A
        SUBTOTAL         23.98
        TAX               1.61
  ****  TOTAL            25.59
XXXXXXXXXXXX9876    CHIP Read
AID: A0000000041010
MasterCard               25.59
        CHANGE            0.00
A 10.1% TAX               1.61
TOTAL TAX                 1.61
TOTAL NUMBER OF ITEMS SOLD = 2
INSTANT SAVINGS   $ 4.00
03/30/2024 14:22 1 12 88 501
OP#: 501 Name: Lee T.
""",
        {
            "company": "NORBRO WHOLESALE",
            "date": "2024-03-30",
            "address": "1801 10th Ave NW Issaquah, WA 98027",
            "total": "25.59",
            "tax_total": "1.61",
            "payment_method": "card",
            "time": "14:22",
        },
    ),
    Receipt(
        "de",
        """
DANKO AG
Mariahilfer Straße 101
1060 Wien
Filiale 0231  Tel. 0800 828 700
UID-Nr. ATU11223344
Semmel               0,29 B
Almdudler 1,5L       1,99 A
Einwegpfand          0,25
Summe: EUR           2,53
Gegeben: Bankomat    2,53
A: 20% Mwst von  1,99 = 0,33
B: 10% Mwst von  0,29 = 0,03
Bon: 231-12-4455
Datum: 02.05.2023  Zeit: 07:58
Sie wurden bedient von Frau M.
""",
        {
            "company": "DANKO AG",
            "date": "2023-05-02",
            "address": "Mariahilfer Straße 101 1060 Wien",
            "total": "2.53",
            "tax_total": "0.36",
            "time": "07:58",
        },
    ),
    Receipt(
        "en",
        """
Ridely
Thanks for riding, Sam
Total            £18.64
4 March 2023
Trip fare        £15.02
Booking fee       £1.50
Subtotal         £16.52
Tip               £2.12
Payments
Visa ••••1234    £18.64
4/3/23 22:51
""",
        {
            "date": "2023-03-04",
            "total": "18.64",
            "currency": "GBP",
            "payment_method": "card",
        },
    ),
    Receipt(
        "fr",
        """
LA BELLE TERRASSE
SARL au capital de 8 000 €
8, quai des Brumes
29000 QUIMPER
02 98 00 00 00
SIRET : 812 345 678 00014
Note n° 187   Table 22
vendredi 14 juillet 2023 13:42
2 Menu midi         18,50   37,00
1 Carafe vin         9,00    9,00
3 Café               1,80    5,40
Montant total TTC         51,40 €
Dont TVA 10,00% :   3,85
Dont TVA 20,00% :   1,50
Nombre de couverts : 3
Prix nets - service compris
""",
        {
            "company": "LA BELLE TERRASSE",
            "date": "2023-07-14",
            "address": "8, quai des Brumes 29000 QUIMPER",
            "total": "51.40",
            "tax_total": "5.35",
            "time": "13:42",
        },
    ),
    Receipt(
        "en",
        """
Kopitiam Corner
(Reg No. 53312345L)
Blk 203 Tamar North #01-1123
S(310203)
Rcpt#: A00213  Pos: 1
11/06/2024 9:12:01 AM
1 KOPI C            1.80
1 KAYA TOAST SET    5.60
TOTAL              $7.40
CASH              $10.00
CHG                $2.60
""",
        {
            "company": "Kopitiam Corner",
            "date": "2024-06-11",
            "address": "Blk 203 Tamar North #01-1123 S(310203)",
            "total": "7.40",
            "time": "09:12:01",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "de",
        """
ALPINOR
Genossenschaft Zürich
Bahnhofplatz 15
8001 Zürich
Artikel           Menge  Preis  Total
Ruchbrot             1    2.10   2.10 1
Emmentaler           0.312 22.50 7.00 1
Total CHF                  9.10
Cumulus-Punkte 9
TWINT                      9.10
MWST     %   Total   MWST
CHE-111.222.333 MWST
1      2.60   9.10   0.23
22.03.2024 18:44  F123 K4
""",
        {
            "date": "2024-03-22",
            "address": "Bahnhofplatz 15 8001 Zürich",
            "total": "9.10",
            "tax_total": "0.23",
            "currency": "CHF",
            "payment_method": "mobile",
            "time": "18:44",
        },
    ),
    Receipt(
        "en",
        """
THE OLD MILL INN
Mill Lane, Bibury, Glos GL7 5NW
01285 740000
VAT 987 6543 21
Table 9  Covers 2
Fish & Chips      2    31.90
Pint Ale          2    10.40
Food Total             31.90
Drinks Total           10.40
Service 12.5%           5.29
TOTAL DUE             £47.59
VAT included           £7.05
Mon 12 Aug 2024 19:33
""",
        {
            "company": "THE OLD MILL INN",
            "date": "2024-08-12",
            "address": "Mill Lane, Bibury, Glos GL7 5NW",
            "total": "47.59",
            "tax_total": "7.05",
            "currency": "GBP",
            "time": "19:33",
        },
    ),
    Receipt(
        "de",
        """
Autobahn Raststätte Weserblick
Betreiber: Rast Nord GmbH
A 1 Richtung Bremen
27239 Twistringen
Rechnung 9921
1x Currywurst m. Pommes   9,90
1x Cola 0,5               4,20
Total in EUR             14,10
Bargeld EUR              15,00
Rückgeld EUR             -0,90
inkl. MwSt. 19%           2,25
Datum/Uhrzeit 2024-07-03 / 13:05
""",
        {
            "date": "2024-07-03",
            "total": "14.10",
            "tax_total": "2.25",
            "payment_method": "cash",
            "time": "13:05",
        },
    ),
    Receipt(
        "fr",
        """
SPORTLANE FRANCE SAS
4 Bd de Mons
59650 Villeneuve d'Ascq
Article            Qté   Prix
CHAUSSETTES X3      1    6,00 €
GOURDE 0,75L        2    7,98 €
Sous-total             13,98 €
Réduction fidélité     -1,40 €
TOTAL À PAYER          12,58 €
Mastercard             12,58 €
TVA 20,00% 10,48 € 2,10 € 12,58 €
Ticket 0042-0131  05/01/2024 - 15:20
""",
        {
            "company": "SPORTLANE FRANCE SAS",
            "date": "2024-01-05",
            "address": "4 Bd de Mons 59650 Villeneuve d'Ascq",
            "total": "12.58",
            "tax_total": "2.10",
            "payment_method": "card",
            "time": "15:20",
        },
    ),
    Receipt(
        "en",
        """
*** CUSTOMER COPY ***
GRAND PLAZA HOTEL
900 Bay Shore Drive
Miami FL 33131
Guest Folio   Room 1204
Arrival 02/10/2024  Departure 02/12/2024
02/10 Room Charge      219.00
02/10 Occupancy Tax     28.47
02/11 Room Charge      219.00
02/11 Occupancy Tax     28.47
02/11 Minibar           12.00
Total Charges          506.94
Payment Amex          -506.94
Balance                  0.00
Printed 02/12/2024 10:41 AM
""",
        {
            "company": "GRAND PLAZA HOTEL",
            "address": "900 Bay Shore Drive Miami FL 33131",
            "total": "506.94",
            "payment_method": "card",
        },
    ),
    Receipt(
        "de",
        """
      Blumen Hartwig
  Floristik & Dekoration
Inhaberin: Sabine Hartwig
Marktplatz 7   59494 Soest
Tel. 02921 / 55 66 77
Quittung
1 Strauß Frühling          24,90 A
1 Vase Glas                12,50 B
Gesamtsumme              € 37,40
gegeben                  € 50,00
zurück                   € 12,60
MwSt. 7,0% A               1,63
MwSt. 19,0% B              2,00
Netto                     33,77
12.5.2023 / 14:09 / Nr. 8812
""",
        {
            "company": "Blumen Hartwig",
            "date": "2023-05-12",
            "address": "Marktplatz 7 59494 Soest",
            "total": "37.40",
            "tax_total": "3.63",
            "time": "14:09",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "de",
        """
KFZ-Werkstatt Oberländer GmbH
Industriestr. 21
D-66111 Saarbrücken
HRB 10203 Amtsgericht Saarbrücken
BARVERKAUF
Beleg: 20230077   Datum: 30.06.23
Ölfilter          1 Stk   14,95
Motoröl 5W30      5 L     62,50
Arbeitszeit       0,5 h   45,00
Summe netto              122,45
19 % USt                  23,27
Summe brutto             145,72
Betrag in bar erhalten
""",
        {
            "company": "KFZ-Werkstatt Oberländer GmbH",
            "date": "2023-06-30",
            "address": "Industriestr. 21 D-66111 Saarbrücken",
            "total": "145.72",
            "tax_total": "23.27",
        },
    ),
    Receipt(
        "fr",
        """
BOULANGERIE L'ÉPI D'OR
24 AV. JEAN JAURES
69007 LYON
04 78 00 11 22
---------------------------
2 x 1.10  BAGUETTE     2.20
1 x 2.40  PAIN CHOCO   2.40
---------------------------
TOTAL                  4.60
ESPECES                5.00
RENDU                  0.40
TVA 5.50%              0.24
SAM 13/01/24 08:21  CAI 01
""",
        {
            "company": "BOULANGERIE L'ÉPI D'OR",
            "date": "2024-01-13",
            "address": "24 AV. JEAN JAURES 69007 LYON",
            "total": "4.60",
            "tax_total": "0.24",
            "time": "08:21",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "fr",
        """
STATION LOZAY ACCES
RN 20 - Aire de Lozay
45760 MARIGNY
TICKET CLIENT
POMPE N° 4  SP95-E10
QUANTITE      31,20 L
PRIX UNIT.    1,859 EUR
MONTANT REEL  58,00 EUR
DONT TVA 20%   9,67 EUR
LE 22/09/23 A 17:44:02
DEBIT
CARTE **** 4242
""",
        {
            "date": "2023-09-22",
            "total": "58.00",
            "tax_total": "9.67",
            "payment_method": "card",
            "time": "17:44",
        },
    ),
    Receipt(
        "en",
        """
HARBOUR VIEW FISH BAR
Quayside, Whitby
YO21 3PU
Order 14   EAT IN
16/08/2023 13:15
Cod & Chips x2      £25.80
Mushy Peas x2        £3.60
Tea x2               £4.00
To Pay              £33.40
Card                £33.40
Thank you - see you soon!
""",
        {
            "company": "HARBOUR VIEW FISH BAR",
            "date": "2023-08-16",
            "address": "Quayside, Whitby YO21 3PU",
            "total": "33.40",
            "payment_method": "card",
            "currency": "GBP",
            "time": "13:15",
        },
    ),
    Receipt(
        "en",
        """
**********************
   BIG PINE HARDWARE
   & LUMBER CO
**********************
7710 Highway 9
Ashford WA 98304
ACCT 0   CASH SALE
INVOICE 338120
10/07/23 3:33PM   JIM   553
QTY  ITEM         AMOUNT
 4   2X4X8 STUD    15.96
 1   BOX NAILS      6.49
SUB-TOTAL:  22.45  TAX:  1.80
               TOTAL:  24.25
CASH TEND: 30.00 CHANGE: 5.75
""",
        {
            "company": "BIG PINE HARDWARE & LUMBER CO",
            "date": "2023-10-07",
            "address": "7710 Highway 9 Ashford WA 98304",
            "total": "24.25",
            "tax_total": "1.80",
            "time": "15:33",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "en",
        """
eTaxi Receipt
City Cabs Dublin
Date 2024-02-11
Time 23:48
Fare            €14.20
Extras           €2.00
Total Fare      €16.20
Paid: Google Pay
""",
        {
            "date": "2024-02-11",
            "total": "16.20",
            "payment_method": "mobile",
            "currency": "EUR",
            "time": "23:48",
        },
    ),
    Receipt(
        "en",
        """
PASAR RAYA MESRA (M) SDN. BHD.
Co. No. 445566-W
GROUND FLOOR, WISMA MESRA,
JALAN TUN RAZAK,
50400 KUALA LUMPUR
Tel : 03-2161 0000
20-Nov-2022  18:05:44
INV: 002201  CSH: 08
MINYAK 5KG        29.90 S
BERAS 10KG        38.50 S
TOTAL             68.40
ROUNDING           0.00
NET TOTAL         68.40
VISA CARD         68.40
ITEMS: 2  QTY: 2
""",
        {
            "company": "PASAR RAYA MESRA (M) SDN. BHD.",
            "date": "2022-11-20",
            "address": "GROUND FLOOR, WISMA MESRA, JALAN TUN RAZAK, 50400 KUALA LUMPUR",
            "total": "68.40",
            "payment_method": "card",
            "currency": "MYR",
        },
    ),
    Receipt(
        "de",
        """
Stadtwerke Parkbetriebe
Parkschein P2
Ankunft 11.11.23 10:02
bezahlt bis 11.11.23 13:02
Parkgebühr 3,50 EUR
inkl. 19% MwSt
Automat 12 Rathausplatz 1, 89073 Ulm
""",
        {
            "date": "2023-11-11",
            "total": "3.50",
            "currency": "EUR",
        },
    ),
    Receipt(
        "en",
        """
Tienda La Palma S.L.
C/ Mayor 18
28013 Madrid
CIF B12345678
FACTURA SIMPLIFICADA 00212
07/06/2023 12:01
Agua 1,5L          0,65
Pan                1,10
TOTAL              1,75 EUR
Efectivo           2,00
Cambio             0,25
IVA 10%            0,16
""",
        {
            "company": "Tienda La Palma S.L.",
            "date": "2023-06-07",
            "address": "C/ Mayor 18 28013 Madrid",
            "total": "1.75",
            "tax_total": "0.16",
        },
    ),
    Receipt(
        "en",
        """
NORTHGATE CINEMA
Screen 5  Row G  Seat 11
Northgate Centre, Level 3
Auckland 1010
GST No. 123-456-789
Fri 14 Jul 2023 20:15
2 x Adult          $39.00
1 x Popcorn         $8.50
Booking fee         $1.50
Total              $49.00
Incl GST            $6.39
EFTPOS             $49.00
""",
        {
            "date": "2023-07-14",
            "total": "49.00",
            "tax_total": "6.39",
        },
    ),
    Receipt(
        "de",
        """
Hofladen Sonnleitner
Dorfstr. 3, 83308 Trostberg
  Kartoffeln  2,5 kg x 1,80/kg    4,50
  Honig 500g                      6,20
  Eier 10 Stück                   3,90
==============================
  Total EUR                      14,60
  Bar                            20,60
  Rückgeld                        6,00
  MwSt.-Anteil 7%                 0,96
  28.03.2024    10:47    #00341
  St.-Nr. 163/270/00000
""",
        {
            "company": "Hofladen Sonnleitner",
            "date": "2024-03-28",
            "address": "Dorfstr. 3, 83308 Trostberg",
            "total": "14.60",
            "tax_total": "0.96",
            "time": "10:47",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "en",
        """
Welcome to
RIVERBEND OUTLET
#0456 - (503) 555-0188
1200 SE Mill Plain Blvd
Vancouver, WA 98683
RETURN
0456 0012 0099 03/12/2024 10:02 AM
JEANS 32x32         -39.99
SUBTOTAL            -39.99
SALES TAX 8.5%       -3.40
TOTAL               -43.39
REFUND VISA 1234    -43.39
""",
        {
            "company": "RIVERBEND OUTLET",
            "date": "2024-03-12",
            "address": "1200 SE Mill Plain Blvd Vancouver, WA 98683",
            "total": "-43.39",
            "tax_total": "-3.40",
        },
    ),
    Receipt(
        "de",
        """
SUSHI  NAKAMURA
Mönckebergstr. 9
20095 Hamburg
Tisch # 14
Rechnung # 2231
23.12.2023 21:38:09
2 Lunch-Box B   €  31,80
1 Grüner Tee    €   4,20
SUMME           €  36,00
19% MwSt        €   5,75
Trinkgeld       €   4,00
EC-Karte        €  40,00
""",
        {
            "company": "SUSHI NAKAMURA",
            "date": "2023-12-23",
            "address": "Mönckebergstr. 9 20095 Hamburg",
            "total": "36.00",
            "tax_total": "5.75",
            "payment_method": "card",
            "time": "21:38",
        },
    ),
    Receipt(
        "de",
        """
           Müllers Getränkewelt
            Filiale Nord
       Robert-Bosch-Ring 17a
           97084 Würzburg
       Tel.: 0931 - 12 34 56
    Mo-Fr 9-19 Uhr, Sa 8-16 Uhr
04.09.2022        18:03:21
Bon-Nr. 33110     Kasse 1
Es bediente Sie: Frau Lenz
Artikel              Einzel   Gesamt
Pils 20x0,5L          15,99    15,99
Pfand                  3,10     3,10
Apfelschorle  2x       8,49    16,98
Leergut                        -6,60
-------------------------------------
Summe                  EUR     29,47
=====================================
EC-Karte               EUR     29,47
enth. MwSt. 19,00 %             4,71
""",
        {
            "company": "Müllers Getränkewelt",
            "date": "2022-09-04",
            "address": "Robert-Bosch-Ring 17a 97084 Würzburg",
            "total": "29.47",
            "tax_total": "4.71",
            "time": "18:03",
            "payment_method": "card",
        },
    ),
    Receipt(
        "en",
        """
HAIR BY JUNE
Suite 210, Parkway Plaza
5500 Greenville Avenue
Dallas, Texas 75206
214-555-0119
Ticket 8831
Stylist: June     Sep 21 2023 3:15 PM
Cut & Style              65.00
Shampoo 12oz             18.00
Products Tax              1.49
Service Total            65.00
Product Total            19.49
Grand Total              84.49
Tip                      13.00
Amount Charged          $97.49
Amex ending 1001
""",
        {
            "company": "HAIR BY JUNE",
            "date": "2023-09-21",
            "address": "Suite 210, Parkway Plaza 5500 Greenville Avenue Dallas, Texas 75206",
            "tax_total": "1.49",
            "time": "15:15",
            "payment_method": "card",
        },
    ),
    Receipt(
        "fr",
        """
Librairie Papeterie DURAND & FILS
Place de l'Hôtel de Ville
14000 CAEN
Tél. 02.31.00.00.00  -  contact@durand.example
N° TVA intracom : FR 40 303 265 045
Ticket 1204/2    15-11-2023    16h42
1  ROMAN POCHE           8,90
2  STYLO BILLE   1,50    3,00
1  AGENDA 2024          14,95
   Remise fidélité 5%   -1,34
A PAYER                 25,51
CB SANS CONTACT         25,51
Taux     Base HT   TVA
5,50      8,01     0,44
20,00    14,22     2,84
""",
        {
            "company": "Librairie Papeterie DURAND & FILS",
            "date": "2023-11-15",
            "address": "Place de l'Hôtel de Ville 14000 CAEN",
            "total": "25.51",
            "tax_total": "3.28",
            "payment_method": "card",
            "time": "16:42",
        },
    ),
    Receipt(
        "en",
        """
The Copper Kettle Tearooms
Prop. Mrs A Hughes
2 Castle Street
Conwy
LL32 8AY
Table 3         Sun 9 Jul 2023
2 Cream Tea            17.90
1 Pot of Tea            3.20
Total                  21.10
Cash                   25.00
Change                  3.90
""",
        {
            "company": "The Copper Kettle Tearooms",
            "date": "2023-07-09",
            "address": "2 Castle Street Conwy LL32 8AY",
            "total": "21.10",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "de",
        """
K A U F L A D E N   A M   T O R
Torstraße 99 10119 Berlin
Kundenbeleg
Datum:     17.02.2024
Uhrzeit:   13:37
Beleg-Nr.  5521
girocard
kontaktlos
Betrag     18,70 EUR
Autorisierung erfolgt
""",
        {
            "date": "2024-02-17",
            "address": "Torstraße 99 10119 Berlin",
            "total": "18.70",
            "payment_method": "card",
            "time": "13:37",
            "currency": "EUR",
        },
    ),
    Receipt(
        "en",
        """
FRESH BASKET SUPERMARKET
No 5 & 7, Jalan Besar 12,
Bandar Baru Ampera,
68000 Ampang, Selangor.
Tel : 03-4291 0000
GST NO : 001122334455
** DUPLICATE **
Slip No : 0098812  Trans: 88
Staff : SITI       04/12/2017 20:11
GULA PASIR 1KG   2.85 x 2      5.70 Z
SABUN BUKU                    11.90 S
Sub Total (Excl. GST)         16.93
GST Amt                        0.67
Total Amt                     17.60
Rnd Adj                        0.00
Net Payable                   17.60
Cash Received                 20.00
Change Due                     2.40
Member Pts Earned : 17
""",
        {
            "company": "FRESH BASKET SUPERMARKET",
            "date": "2017-12-04",
            "address": "No 5 & 7, Jalan Besar 12, Bandar Baru Ampera, 68000 Ampang, Selangor.",
            "total": "17.60",
            "tax_total": "0.67",
            "payment_method": "cash",
            "time": "20:11",
            "currency": "MYR",
        },
    ),
    Receipt(
        "fr",
        """
AU PIED DE COCHONNET
RESTAURANT - BAR
17 rue Coquillère 75001 Paris
Le 03/02/2024 à 22h15
Table: 8   Pers: 2
1 PLAT DU JOUR          17,00
1 ENTRECOTE             24,00
1 BTL BORDEAUX          28,00
TOTAL                   69,00
TVA 10.0%  41,00  3,73
TVA 20.0%  28,00  4,67
CB                      69,00
""",
        {
            "company": "AU PIED DE COCHONNET",
            "date": "2024-02-03",
            "address": "17 rue Coquillère 75001 Paris",
            "total": "69.00",
            "tax_total": "8.40",
            "payment_method": "card",
            "time": "22:15",
        },
    ),
    Receipt(
        "en",
        """
GLOBAL PARCEL POINT 0231
Kiosk 4, Central Station
Edinburgh EH1 1BB
VAT 555 1234 66
Date: 2023/10/30 09:44
Parcel 2kg UK      £6.45
Packing            £1.80
Net                £6.88
VAT                £1.37
TOTAL              £8.25
APPLE PAY          £8.25
""",
        {
            "company": "GLOBAL PARCEL POINT",
            "date": "2023-10-30",
            "address": "Kiosk 4, Central Station Edinburgh EH1 1BB",
            "total": "8.25",
            "tax_total": "1.37",
            "payment_method": "mobile",
            "time": "09:44",
        },
    ),
    Receipt(
        "de",
        """
     ZWEIRAD SCHUSTER e.K.
     Ludwigstraße 40
     D 86150 Augsburg
     USt-IdNr.: DE 222 333 444
Barbeleg 2023-441
1 Schlauch 28"           7,95
1 Montage               15,00
Gesamtbetrag netto      19,29
zzgl. MwSt 19%           3,66
Gesamtbetrag brutto     22,95
Bar erhalten            22,95
Augsburg, den 8. August 2023
""",
        {
            "company": "ZWEIRAD SCHUSTER e.K.",
            "date": "2023-08-08",
            "address": "Ludwigstraße 40 D 86150 Augsburg",
            "total": "22.95",
            "tax_total": "3.66",
            "payment_method": "cash",
        },
    ),
    Receipt(
        "en",
        """
LAKESIDE PETROL & MART
Co Reg No: 200312345Z
51 Lakeside Drive
Singapore 648330
TAX INVOICE
GST Reg No : 200312345Z
Date 05-08-23   Time 06:31
95 OCTANE  30.55L @2.780     84.93
Disc 14%                    -11.89
Total                        73.04
GST 8% incl                   5.41
UOB VISA                     73.04
""",
        {
            "company": "LAKESIDE PETROL & MART",
            "date": "2023-08-05",
            "address": "51 Lakeside Drive Singapore 648330",
            "total": "73.04",
            "tax_total": "5.41",
            "payment_method": "card",
            "currency": "SGD",
        },
    ),
)
