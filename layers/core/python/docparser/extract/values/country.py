"""Countries: codes and names to ISO 3166-1 alpha-2."""

from __future__ import annotations

from .text import plain, squeeze

ALPHA_3 = {
    entry[2:]: entry[:2]
    for entry in (
        "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW "
        "AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN "
        "BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG "
        "CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE "
        "DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN "
        "FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL "
        "GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV "
        "HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM "
        "JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO "
        "LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE "
        "MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS "
        "MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL "
        "NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI "
        "PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN "
        "SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV "
        "SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON "
        "TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN "
        "VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE XKXKX "
    ).split()
}
"""Codes of three letters (machine-readable zones have them), with those of two."""

CODES = frozenset(ALPHA_3.values())
"""ISO 3166-1 alpha-2, and ``XK`` for Kosovo."""

# What states print besides: ICAO 9303 part 3, section 5.
_PRINTED_CODES = {"D": "DE", "UK": "GB", "EL": "GR", "USA": "US", "GBD": "GB", "GBN": "GB"} | {
    "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", "UAE": "AE",
}  # fmt: skip

_NAMES = {
    "AT": "austria österreich autriche",
    "AU": "australia australien australie",
    "BE": "belgium belgien belgique belgië",
    "BG": "bulgaria bulgarien bulgarie",
    "BR": "brazil brasilien brésil brasil",
    "CA": "canada kanada",
    "CH": "switzerland schweiz suisse svizzera",
    "CN": "china chine|people's republic of china|p.r. china|volksrepublik china",
    "CY": "cyprus zypern chypre",
    "CZ": "czechia tschechien tchéquie|czech republic|tschechische republik|česká republika",
    "DE": "germany deutschland allemagne|federal republic of germany|bundesrepublik deutschland",
    "DK": "denmark dänemark danemark danmark",
    "EE": "estonia estland estonie",
    "EG": "egypt ägypten égypte",
    "ES": "spain spanien espagne españa",
    "FI": "finland finnland finlande suomi",
    "FR": "france frankreich",
    "GB": "england scotland wales grossbritannien großbritannien|united kingdom|great britain"
    "|vereinigtes königreich|royaume-uni|northern ireland",
    "GR": "greece griechenland grèce hellas",
    "HK": "hongkong|hong kong",
    "HR": "croatia kroatien croatie hrvatska",
    "HU": "hungary ungarn hongrie magyarország",
    "ID": "indonesia indonesien indonésie",
    "IE": "ireland irland irlande éire",
    "IL": "israel israël",
    "IN": "india indien inde",
    "IS": "iceland island islande",
    "IT": "italy italien italie italia",
    "JP": "japan japon",
    "KR": "südkorea|south korea|korea, republic of|republic of korea|corée du sud",
    "LI": "liechtenstein",
    "LT": "lithuania litauen lituanie lietuva",
    "LU": "luxembourg luxemburg",
    "LV": "latvia lettland lettonie latvija",
    "MA": "morocco marokko maroc",
    "MC": "monaco",
    "MT": "malta malte",
    "MX": "mexico mexiko mexique méxico",
    "MY": "malaysia malaisie",
    "NL": "netherlands niederlande pays-bas nederland holland|the netherlands",
    "NO": "norway norwegen norvège norge",
    "NZ": "neuseeland|new zealand|nouvelle-zélande",
    "PH": "philippines philippinen",
    "PL": "poland polen pologne polska",
    "PT": "portugal",
    "RO": "romania rumänien roumanie românia",
    "RS": "serbia serbien serbie",
    "RU": "russia russland russie|russian federation|russische föderation",
    "SE": "sweden schweden suède sverige",
    "SG": "singapore singapur singapour",
    "SI": "slovenia slowenien slovénie slovenija",
    "SK": "slovakia slowakei slovaquie slovensko",
    "TH": "thailand thaïlande",
    "TN": "tunisia tunesien tunisie",
    "TR": "turkey türkei turquie türkiye",
    "TW": "taiwan taïwan",
    "UA": "ukraine",
    "US": "america usa|united states|united states of america|u.s.a.|u.s.|vereinigte staaten"
    "|états-unis|vereinigte staaten von amerika|états-unis d'amérique",
    "VN": "vietnam |viêt nam|viet nam",
    "ZA": "südafrika|south africa|afrique du sud",
}  # fmt: skip


def _spellings() -> dict[str, str]:
    found = {}
    for code, names in _NAMES.items():
        words, *several = names.split("|")
        # What stands before the first bar is single words, where it is the first name alone.
        for name in (*words.split(), *several):
            found[name] = code
    return found


NAMES = _spellings()
"""Names of countries in English, German, French and their own language, in lower case."""

_NATIONALITIES = {
    "german": "DE", "deutsch": "DE", "deutsche": "DE", "allemande": "DE", "allemand": "DE",
    "austrian": "AT", "österreichisch": "AT", "autrichienne": "AT", "swiss": "CH",
    "schweizerisch": "CH", "french": "FR", "française": "FR", "français": "FR",
    "französisch": "FR", "british": "GB", "british citizen": "GB", "britisch": "GB",
    "american": "US", "amerikanisch": "US", "italian": "IT", "italiana": "IT", "italienisch": "IT",
    "spanish": "ES", "española": "ES", "dutch": "NL", "nederlandse": "NL", "belgian": "BE",
    "belge": "BE", "polish": "PL", "polskie": "PL", "polnisch": "PL", "malaysian": "MY",
    "indian": "IN", "irish": "IE", "portuguesa": "PT", "portuguese": "PT", "swedish": "SE",
    "danish": "DK", "norwegian": "NO", "finnish": "FI", "turkish": "TR", "türkisch": "TR",
    "canadian": "CA", "australian": "AU", "luxembourgeoise": "LU", "greek": "GR", "czech": "CZ",
}  # fmt: skip


def parse(text: str) -> str | None:
    """Return the alpha-2 code of a country's code, name or nationality; None if it is none."""
    said = plain(squeeze(text)).strip(" .,;:()")
    code = said.upper().replace("<", "")
    if len(code) == 2 and code in CODES:
        return code
    code = _PRINTED_CODES.get(code) or ALPHA_3.get(code, "")
    return code or NAMES.get(said.lower()) or _NATIONALITIES.get(said.lower())
