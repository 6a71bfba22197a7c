"""The words around names, in English, German and French, some in Spanish and Italian.

What is compared with a word of a name is folded: lower case, without accents, "ss" for sharp s.
"""

from __future__ import annotations

PARTICLES = frozenset(
    "af al av bin da dal das de del della den der des di do dos du el ibn la le ten ter van vom "
    "von y zu zum zur".split()
)
"""Words in lower case that stand inside names."""

TITLES = frozenset(
    "captain dipl.-ing dr fr frau herr herrn hr ing judge lady madame maitre miss mlle mme "
    "monsieur mr mrs ms mx prof professor rev senor senora sig signor signora sir sr sra".split()
)
"""What stands before a name."""

GREETINGS = frozenset(
    "bonjour cara caro cher chere ciao dear egregio estimada estimado geehrte geehrten geehrter "
    "gentile guten hallo hello hey hi liebe lieber moin servus".split()
)
"""What opens a letter."""

NO_PERSON = frozenset(
    "ab abbildung abschnitt academy account acknowledgements acm act administration advisors "
    "africa ag agency agreement air airlines airport allee amazon america american amount amt "
    "amtsgericht android angeles anlage annex apo appendix apple applicant april apt army arts as "
    "asia associates association assurance attest august australia austria avenida avenue award "
    "bad bahnhof banca banco band bank bank- banque beach belgium berlin betrag bezirk "
    "bibliography bic biology board book border boston boulevard bowl box brazil bridge britain "
    "british brothers buchhaltung bundes business buyer bv caisse california calle canada capital "
    "card care center centre cern championship channel chapter chemin chemistry chf chicago chief "
    "china christmas chrome church cinema city cliffs clinic cloud club co college committee "
    "communications compagnie company conclusion conditions consultants consulting contact "
    "contents contract corp corporation cottage council counsel county court covid credit creek "
    "crescent crossing cup customer data date datum day december definition denmark dental "
    "department design deutsch deutsche deutscher deutsches deutschland development dezember "
    "dienstag digital directors disclosing docker document documents donnerstag dpo drive duke "
    "east easter economics edition egypt einkauf emperor employer energy engineering england "
    "english enterprises equation eu eur europa europe european ev example excel exchange "
    "executive exercise express facebook februar february federal festival figure figures file "
    "files film films finance financial finanzamt finland firefox firma flats floor florida "
    "flughafen foods force forest form forms foundation fpo france francisco frankfurt frankreich "
    "freitag french friday fund garden gardens gasse gbp gemeinde general gericht german germany "
    "github global gmbh god google grammy greece group hamburg harbor harbour health heights "
    "hills history hochschule holding home hospital hotel house household html human iban ieee "
    "inc incorporated index india industries information institut institute insurance "
    "international internet introduction investments invoice iphone ireland israel issue italien "
    "italy januar januari january japan java journal juli july junction june juni junior kanton "
    "kapitel kg king kingdom klinik koln konto kreis kunde kunden kundenservice kundin "
    "laboratories labs lake landkreis lane las law league lemma lessee lessor licensee licensor "
    "linkedin linux llc llp local lodge london lord los ltd madrid magazine mai management "
    "managers march market marketing markets marz mastercard mathematics may meadow media medical "
    "medicine mexico microsoft ministerium ministry mit mittwoch monday montag month motors mount "
    "munchen museum music musterhausen musterstadt nasa national nations nato navigation navy "
    "netherlands network networks new news night nobility nord norte north norway note notice "
    "november number nummer nv october office ohg oktober open orchestra order ost osterreich "
    "outlook overview oy page paris park part parties partners party pdf permit permits pharma "
    "philosophy physics piazza place planning platz plaza plc point poland police policy pope "
    "port portugal postfach power preface press prince princess privacy prize pro proof "
    "protection province provinz psc python quality queen radio railways rapids rathaus receipt "
    "receiving rechnung references relations report republic research resources review ridge "
    "river road rome route rua rue russia sa saint sainte sales samstag san sankt santa sarl sas "
    "saturday school schweiz science sciences scotland se search secretary section seite seller "
    "senior september service services shareholder shareholders shop societe society software "
    "solutions sonntag sons source south spa spain spanien sparkasse springs square srl stadt "
    "standards state states station stiftung store stores str straat strasse street studio "
    "studios sud suite summary summe sunday super support sur sweden switzerland systems tabelle "
    "table tables team teams technical technologies technology television terms terrace texas "
    "theater theatre theorem thursday times title total toxic treasurer trust tuesday turkey "
    "turnpike tv twitter uae ug uk ulica unesco union unit united universitat university usa usd "
    "usns usnv utca valley ventures verband verein verlag versicherung version vertrag vertrieb "
    "via vice view village visa volksbank volume wales washington web wednesday week weg werke "
    "west who wien windows word works world xml year york zentrum zoom zurich".split()
)
"""A run of capitalised words with one of these is a company, a place or a thing."""

COMMON = frozenset(
    "a aber about absender abteilungsleiter according accountant achtung across actor actress "
    "actually address adresse after again against agent all along als also alt although am among "
    "an analyst and another anschrift answer antwort any anyone are around artikel artist arzt "
    "arztin as ask assistant assistent assistentin associate at auch auf aus ausserhalb author "
    "avec based bcc be because been before bei being bemerkung beschreibung best betreff between "
    "bien big bill bis bitte boss bot both brutto burgermeister but buyer by bzw call can cc ce "
    "ceo ces cette cfo chairman chairwoman chancellor clerk client coach colleague colleagues "
    "come commenter composer con congratulations consultant coo cool could cto customer damen "
    "damit dank danke dann dans das dass date de dein denn der des description despite details "
    "developer did die diese dieser dieses director do doctor does don't dont dort du due durch "
    "during e-mail each economist ein eine einem einen einer eintritt either el elle elles email "
    "empfanger employee engineer entweder er es especially est et etait euer even every everybody "
    "everyone exkl facture fax few finally find first five folks for founded founder four "
    "fournisseur frage from fur furthermore fwd gegen gemass gesamt gesamtbetrag geschaftsfuhrer "
    "geschaftsfuhrerin gestern get ggf give go going good got governor great guys haben had happy "
    "has hat have having he hello hence her here hereby herren heute hey hi hier hiermit hinweis "
    "his hotline how however i i'd i'll i'm i've ich if ihr ihre ihren il ils im immer in info "
    "inhaber inhaberin inkl innerhalb instead interviewer into is ist it it's its jedoch "
    "journalist just kann kaufer kein keine know kollegen konnen kunde kunden kundin la las last "
    "laut lawyer le leistung leiter leiterin les let let's leur lieferant lieferung lieu like "
    "look looking los ma madam mail mais make manager many may maybe mayor meanwhile meet mein "
    "menge merci merry mes messieurs might minister mit mobil mobile moderator mon montant more "
    "moreover morgen most much muss must mwst my nach nachname name ne need neither netto neu new "
    "next nice nicht nie no nobody noch nos not notar notarin notary nothing notre nous novelist "
    "now nur nurse o objet obwohl oder of officer ohne ok okay old on only ont oops operator or "
    "other ou our over painter par para partner pas patient payment perhaps pero personal phone "
    "player please plus poet por pos position pour preis president price prokurist prokuristin "
    "published quantity que question qui quoi re really recently rechtsanwalt rechtsanwaltin "
    "reference regarding reporter sachbearbeiter sachbearbeiterin said same sans schon see sehr "
    "sein seit sekretariat seller senator send sent several shall she ship should si sie sin "
    "since sind singer situated six skonto so sold solicitor soll some someone something sondern "
    "sont sorry sous sowie sowohl speaker steuerberater steuernummer still straat subject "
    "subtotal such sur sure surveyor take tax teacher team tel telefax telefon tell ten than "
    "thank thanks that the their then there there's therefore these they think this those though "
    "three through throughout thus to today tomorrow tres trotz two uber um un und under une "
    "unlike unser unter until upon use user ust-id ust-idnr vendor verkaufer very vielen vom von "
    "vor vorname vorstand vos votre vous wahrend wann want war waren warum was we web website "
    "weder wegen weil welcome well wenn wer werden were what when where whether which while who "
    "whose why wichtig wie will wir wird with within without wo would wow writer written y yeah "
    "yes yesterday you your zahlung zahlungsbedingungen zu zum zur zusammen zwischen zzgl".split()
)
"""What begins a sentence, a label or a line with a capital and is no name."""

AMBIGUOUS = frozenset(
    "ada adelaide alexander alexandria amber america angel art asia august augusta austin bill "
    "bob brooklyn buddy carlos carmen carolina chad chance charlotte chase chelsea chester "
    "christian clay clement cliff dale dallas david diego dolores drew earl elena elizabeth faith "
    "felix florence francisco frank gene george georgia german ginger glen grace grant harry "
    "heather helena hope houston hunter ian iris israel jack jackson jade jesus jordan jose joy "
    "kelly kent kenya kit lance lane lee leo lincoln lourdes madison maria mario mark mary max "
    "melbourne mercedes miles norman olive paris pat pearl penny randy ray robin roman rose ruby "
    "rusty sandy santiago skip sky sofia stew sue sydney ted terry tiffany tucker victor victoria "
    "vienna violet virginia wade ward warren wayne william".split()
)
"""Given names that are as often a place, a people, a month or a word."""

HONOURS = frozenset("esq ii iii jr mba md ph.d phd sr".split())
"""What may follow a name."""

LEADS = (
    " my name is", " name is", " this is", " i am", " i'm", " mein name ist", " ich heiße",
    " ich bin", " je m'appelle", " me llamo", " mi chiamo", " calls me", " call me", " named",
    " maiden name is", " geborene", " geborener", " last name?", " first name?", " name?",
    " your name?", " account?", " on the account?", " registered to", " signed by",
    " unterzeichnet von", " gez.", " gezeichnet", " attn", " attn.", " attention", " z. hd.",
    " z.hd.", " z. h.", " c/o", " zu händen", " à l'attention de", " vertreten durch",
    " represented by", " prepared by", " written by", " approved by", " bearbeitet von",
    " erstellt von", " according to", " laut", " i spoke to", " speak to", " married to",
    " by the name of", " /s/", " herrn", " herr", " frau", " familie", " eheleute", " mr.",
    " mrs.", " ms.", " mme", " monsieur", " madame",
)  # fmt: skip
"""What is followed by a name."""

FIELDS = (
    "name", "vorname", "nachname", "vor- und nachname", "full name", "first name", "last name",
    "surname", "given name", "family name", "familienname", "geburtsname", "maiden name",
    "kontoinhaber", "kontoname", "account holder", "cardholder", "karteninhaber",
    "ansprechpartner", "ansprechpartnerin", "ihr ansprechpartner", "ihre ansprechpartnerin",
    "kontakt", "contact", "contact person", "contact name", "geschäftsführer",
    "geschäftsführerin", "geschäftsführung", "geschäftsleitung", "sachbearbeiter",
    "sachbearbeiterin", "bearbeiter", "bearbeiterin", "inhaber", "inhaberin", "patient",
    "patientin", "employee", "employee name", "arbeitnehmer", "arbeitnehmerin", "mitarbeiter",
    "mitarbeiterin", "versicherter", "versicherte", "mieter", "vermieter", "signature",
    "unterschrift", "from", "to", "von", "an", "cc", "bcc", "de", "à", "autor", "autorin",
    "author", "authors", "nom", "prénom", "nom et prénom", "gérant", "gérante", "interlocuteur",
    "responsable", "titulaire", "ceo", "managing director", "director", "vorstand",
    "vorsitzender", "aufsichtsrat", "attendees", "teilnehmer", "applicant", "antragsteller",
    "antragstellerin", "candidate", "tenant", "landlord", "witness", "holder", "beneficiary",
    "emergency contact", "salesperson", "sales rep", "verkäufer", "verfasser", "absender",
    "empfänger", "kundenbetreuer", "betreuer", "print name", "printed name", "by", "sign",
    "signed", "name in print", "name (print)", "besteller", "bestellerin", "auftraggeber",
    "kundin", "witnessed by", "unterzeichner",
)  # fmt: skip
"""The labels of fields that hold a person's name."""

CLOSINGS = (
    "mit freundlichen grüßen", "mit freundlichem gruß", "mit besten grüßen", "freundliche grüße",
    "viele grüße", "beste grüße", "liebe grüße", "herzliche grüße", "hochachtungsvoll", "mfg",
    "best regards", "kind regards", "warm regards", "regards", "sincerely", "sincerely yours",
    "yours sincerely", "yours faithfully", "yours truly", "best wishes", "cheers", "cordialement",
    "bien à vous", "salutations distinguées", "saludos", "cordiali saluti", "distinti saluti",
    "best", "many thanks", "thanks", "respectfully", "with best regards",
)  # fmt: skip
"""The last lines of a letter, above the signature."""

THING_ENDINGS = (
    "markt", "empfanger", "handel", "werk", "werke", "versicherung", "gesellschaft", "technik",
    "service", "buro", "haus", "zentrum", "verwaltung", "vermietung", "nummer", "datum", "betrag",
    "schaft", "ungen", "ung", "heit", "keit", "kasse", "bank", "amt", "stelle", "steuer", "recht",
    "kosten", "preis", "konto", "firma",
)  # fmt: skip
"""How German compounds end that are companies, offices and things."""

ROLES = (
    "player", "commenter", "president", "chancellor", "author", "director", "minister", "singer",
    "actor", "actress", "colleague", "friend", "son", "daughter", "wife", "husband", "brother",
    "sister", "mother", "father", "uncle", "aunt", "cousin", "neighbour", "neighbor", "boss",
    "employee", "patient", "client", "mr", "doctor", "nurse", "lawyer", "teacher", "professor",
    "coach", "captain", "mayor", "senator", "governor", "artist", "composer", "painter", "writer",
    "novelist", "poet", "journalist", "reporter", "founder", "co-founder", "chairman",
    "chairwoman", "ceo", "cfo", "cto", "manager", "engineer", "kollege", "kollegin", "freund",
    "freundin", "sohn", "tochter", "ehefrau", "ehemann", "bruder", "schwester", "rechtsanwalt",
    "rechtsanwältin", "präsident", "präsidentin", "bürgermeister", "notar", "notarin", "arzt",
    "ärztin", "geschäftsführer", "geschäftsführerin", "inhaber", "inhaberin", "prokurist",
    "prokuristin", "steuerberater", "steuerberaterin", "vorstand",
)  # fmt: skip
"""What a person is, before the name."""

ACTS = (
    "said", "says", "told", "asked", "replied", "wrote", "writes", "explained", "explains",
    "argues", "argued", "added", "noted", "claims", "claimed", "insisted", "laughed", "smiled",
    "points out", "is from", "lives in", "lives at", "works at", "works for", "moved to",
    "called", "gave", "had given", "joined", "married", "was born", "has been", "was a", "is a",
    "is the", "speak", "thinks", "believes", "can i", "can you", "can we", "could you", "please",
    "will be", "won the", "loves", "likes", "went", "sagte", "erklärte", "schrieb", "wohnt in",
    "a déclaré", "a dit", "habite", "novel", "'s novel",
)  # fmt: skip
"""What follows a person who acts."""

PERSONAL_ACTS = (
    "is from", "was born", "had given", "can i", "can you", "could you", "lives in", "lives at",
    "works at", "works for", "got married", "speak", "had told", "'s address", "'s number",
    "'s phone", "'s email", "'s e-mail", "'s wife", "'s husband", "'s mother", "'s father",
    "'s son", "'s daughter", "'s sister", "'s brother", "'s birthday", "'s house", "'s account",
    "'s name", "'s boss", "'s doctor", "\u2019s address",
)  # fmt: skip
"""What follows a person and hardly anything else."""

BEFORE_ACTS = (
    " said", " by", " to", " with", " for", " and", " asked", " told", " as", " heard", " met",
)  # fmt: skip
"""In English prose a name may follow these without a title."""

BEFORE_PLACES = (
    " in", " at", " near", " from", " visit", " the", " of", " via", " street", " a", " an",
)  # fmt: skip
"""In English prose a place or a thing follows these as often as a person."""

ENGLISH = (
    "and", "are", "be", "but", "by", "can", "could", "did", "do", "does", "for", "from", "had",
    "has", "have", "how", "i", "i'm", "is", "it", "my", "not", "of", "please", "said", "that",
    "the", "there", "they", "this", "to", "was", "we", "what", "when", "where", "who", "will",
    "with", "would", "you", "your",
)  # fmt: skip
"""Words that tell English prose."""
