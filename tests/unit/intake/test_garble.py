"""Text that says what its page shows is believed in every language; damaged text is not."""

# ruff: noqa: RUF001 (letters of other scripts look like Latin ones)

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import random
import string
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from docparser.intake.garble import garbled, latin_words
from docparser.intake.pdf import inspect
from docparser.pdf_file import open_pdf

from samples import letter_pairs

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR") or ROOT.parent / "shared" / "data")
PROSE = {path.stem: path.read_text("utf-8") for path in (ROOT / "samples" / "text").glob("*.txt")}
LANGUAGES = {path.stem: path.read_text("utf-8") for path in letter_pairs.TEXTS.glob("*.txt")}

# Languages that the model was not made from
UNSEEN = {
    "Afrikaans": "Ons bedank u vir u brief van verlede maand. Die goedere het betyds en in goeie "
    "toestand aangekom, en ons het dit dadelik in ons nuwe pakhuis geplaas. Die faktuur moet aan "
    "die aankoopafdeling gestuur word, wat dit binne dertig dae sal betaal.",
    "Tagalog": "Nagpapasalamat kami sa inyong liham noong nakaraang buwan. Dumating ang mga "
    "kalakal sa takdang oras at nasa mabuting kalagayan, at agad naming inilagay ang mga ito sa "
    "aming bagong bodega. Ipadala ang singil sa tanggapan ng pagbili.",
    "Esperanto": "Ni dankas vin pro via letero de la pasinta monato. La varoj alvenis ĝustatempe "
    "kaj en bona stato, kaj ni tuj metis ilin en nian novan magazenon. La fakturo estu sendita al "
    "la aĉeta fako, kiu pagos ĝin ene de tridek tagoj.",
    "Maltese": "Nirringrazzjawkom għall-ittra tax-xahar li għadda. Il-merkanzija waslet fil-ħin u "
    "fi stat tajjeb, u mill-ewwel poġġejniha fil-maħżen il-ġdid tagħna. Il-fattura għandha "
    "tintbagħat lid-dipartiment tax-xiri, li jħallasha fi żmien tletin jum.",
    "Zulu": "Siyabonga ngencwadi yakho yangenyanga edlule. Izimpahla zifike ngesikhathi futhi "
    "zisesimweni esihle, sazifaka ngokushesha enqolobaneni yethu entsha. I-invoyisi kufanele "
    "ithunyelwe emnyangweni wokuthenga, ozoyikhokha zingakapheli izinsuku ezingamashumi amathathu.",
}
OTHER_SCRIPTS = {
    "Greek": "Σας ευχαριστούμε για την επιστολή σας του περασμένου μήνα. Τα εμπορεύματα έφτασαν "
    "εγκαίρως και σε καλή κατάσταση, και τα τοποθετήσαμε αμέσως στη νέα μας αποθήκη.",
    "Russian": "Благодарим вас за письмо от прошлого месяца. Товары прибыли вовремя и в хорошем "
    "состоянии, и мы сразу поместили их на наш новый склад. Счёт направьте в отдел закупок.",
    "Arabic": "نشكركم على رسالتكم في الشهر الماضي. وصلت البضائع في الوقت المحدد وبحالة جيدة، "
    "ووضعناها على الفور في مستودعنا الجديد. يجب إرسال الفاتورة إلى قسم المشتريات.",
    "Hebrew": "אנו מודים לכם על מכתבכם מהחודש שעבר. הסחורה הגיעה בזמן ובמצב טוב.",
    "Chinese": "感谢您上个月的来信。货物按时到达，状况良好，我们立即将其放入新仓库。"
    "发票应寄给采购部门，采购部门将在三十天内付款。",
    "Japanese": "先月のお手紙ありがとうございます。商品は予定どおり良い状態で届きました。",
    "Korean": "지난달에 보내 주신 편지에 감사드립니다. 상품은 제때에 좋은 상태로 도착했습니다.",
    "Hindi": "पिछले महीने के आपके पत्र के लिए धन्यवाद। सामान समय पर और अच्छी हालत में पहुँचा।",
    "Thai": "ขอบคุณสำหรับจดหมายของคุณเมื่อเดือนที่แล้ว สินค้ามาถึงตรงเวลาและอยู่ในสภาพดี",
}
DIGESTS = [hashlib.sha512(str(number).encode()).digest() for number in range(20)]
NO_LANGUAGE = {
    "numbers": "\n".join(f"{n * 7919 % 100_000:,} {n / 7:.2f} -{n}.50 %" for n in range(200)),
    "parts": "BRKT ASSY FLG M8X20 DIN912 SCR HEX HD WSHR PLN GSKT BRG 6204-2RS SHFT CPLG SST316L "
    "XMTR PRS RDCR VLV BTFLY DN50 PN16 GGG40 CBL 3X1.5 NUT HEX O-RNG NBR TEE FTG CLMP SPRT ELBW "
    "QTY PCS STL GALV THRD NPT BSPP HSG MTG BRKR RLY CNTR XFMR PWR SPLY 24VDC GRND STRP " * 5,
    "codes": "FRA MUC TXL HAM DUS CGN STR NUE LEJ HAJ BRE JFK LAX ORD ATL DFW DEN SFO SEA LHR " * 9,
    "hex": " ".join(digest.hex() for digest in DIGESTS),
    "base64": "\n".join(base64.b64encode(digest).decode() for digest in DIGESTS),
    "gene": " ".join("ACGT"[byte % 4] * (1 + byte % 2) for digest in DIGESTS for byte in digest),
    "bases": " ".join("".join("ACGT"[byte % 4] for byte in digest[:10]) for digest in DIGESTS * 3),
    "program": Path(letter_pairs.__file__).read_text("utf-8"),
    "dots": "\n".join(f"Chapter {n} {'.' * 60} {n * 9}" for n in range(40)),
    "formulas": "∑ ∫ ∂ ≤ ≥ α β γ δ ε λ μ σ ω → ⇒ ∀ ∃ ∈ ⊂ x² + y² = z² f(x) = a₀ + a₁x " * 9,
}  # fmt: skip
SOUND = PROSE | LANGUAGES | UNSEEN | OTHER_SCRIPTS | NO_LANGUAGE


@pytest.mark.parametrize("name", SOUND)
def test_sound_text_is_believed(name: str) -> None:
    text = SOUND[name]
    assert not garbled(text)
    assert not garbled(text.upper())
    assert not garbled(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("text", ["", " \r\n", "Qzx Wvk", "17 KJX-9 / 4411", "\u2022 \u2023"])
def test_a_few_characters_are_believed(text: str) -> None:
    assert not garbled(text)


def test_bullets_of_a_private_font_do_not_garble_a_page() -> None:
    assert not garbled("\uf0b7 " + "\n\uf0b7 ".join(PROSE["letter"].split(". ")))


def test_pdfium_s_marks_of_divided_words_are_no_damage() -> None:
    assert not garbled("Donau\x02dampf\ufffeschiff\0 " * 20)


LOWER, UPPER = string.ascii_lowercase, string.ascii_uppercase
CHANCE = random.Random(7)


def exchange(text: str) -> str:
    """Write each letter for another one, the same in capitals."""
    new = "".join(CHANCE.sample(LOWER, 26))
    table = str.maketrans(LOWER + UPPER, new + new.upper())
    return unicodedata.normalize("NFD", text).translate(table)


def exchange_all(text: str) -> str:
    """Write each letter for another one, capital or not."""
    letters = LOWER + UPPER
    new = "".join(CHANCE.sample(letters, 52))
    return unicodedata.normalize("NFD", text).translate(str.maketrans(letters, new))


def rotate(text: str) -> str:
    """Write each letter for one further on in the alphabet."""
    by = CHANCE.randrange(1, 26)
    new = LOWER[by:] + LOWER[:by]
    table = str.maketrans(LOWER + UPPER, new + new.upper())
    return unicodedata.normalize("NFD", text).translate(table)


def moved(by: int) -> Callable[[str], str]:
    """Return what adds to each code: by -29, glyph numbers of common fonts instead of letters."""
    return lambda text: "".join(c if c.isspace() else chr(max(ord(c) + by, 1)) for c in text)


def replaced(part: float, first: int, several: int = 1) -> Callable[[str], str]:
    """Return what writes a part of the characters as private ones, or as the replacement."""
    return lambda text: "".join(
        chr(first + ord(c) % several) if not c.isspace() and CHANCE.random() < part else c
        for c in text
    )


DAMAGE: dict[str, Callable[[str], str]] = {
    "exchanged": exchange,
    "exchanged, capitals too": exchange_all,
    "rotated": rotate,
    "glyph numbers": moved(-29),
    "one further": moved(1),
    "three back": moved(-3),
    "upper half of Latin-1": moved(128),
    "private": replaced(1, 0xF000, 256),
    "half private": replaced(0.5, 0xE000, 256),
    "replacement characters": replaced(1, 0xFFFD),
    "half replacement characters": replaced(0.5, 0xFFFD),
    "controls": replaced(1, 0x0E, 16),
}


def pages() -> list[str]:
    """Return pieces of prose of at least 100 letters."""
    # Vietnamese has few words of four letters: there is too little to judge an exchange by
    texts = [*PROSE.values(), *(text for name, text in LANGUAGES.items() if name != "vi")]
    pieces = [text[at : at + 450] for text in texts for at in range(0, len(text), 450)]
    return [piece for piece in pieces if sum(map(len, latin_words(piece))) >= 100]


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_on_98_of_100_pages(name: str) -> None:
    damaged = [garbled(DAMAGE[name](page)) for page in pages() for _ in range(3)]
    assert len(damaged) > 150
    assert sum(damaged) > 0.98 * len(damaged)


def test_one_font_of_a_page_may_be_damaged() -> None:
    prose = PROSE["report_chapter"][:3000]
    assert garbled(prose[:1500] + exchange(prose[1500:]))


def test_text_of_another_code_page_is_found() -> None:
    russian = OTHER_SCRIPTS["Russian"]
    assert garbled(russian.encode("cp1251").decode("latin-1"))
    german = "".join(PROSE[name] for name in ("brief", "pressemitteilung"))
    assert garbled(german.encode().decode("latin-1"))
    assert garbled(german.encode().decode("cp1252", "ignore"))


def test_what_the_file_maps_to_no_character_is_not_believed_unless_it_makes_words() -> None:
    assert garbled("6XPPD", 1.0)
    assert garbled(NO_LANGUAGE["parts"], 0.3)
    assert not garbled(NO_LANGUAGE["parts"], 0.1)
    assert not garbled(PROSE["letter"], 1.0)
    assert garbled(exchange(PROSE["letter"]), 1.0)


def test_the_table_is_what_the_texts_make_of_it() -> None:
    spec = importlib.util.find_spec("docparser.intake.letter_pairs")
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).read_text("utf-8") == letter_pairs.table()


def evaluation_texts() -> dict[str, list[str]]:
    files = {
        name: [path.read_text("utf-8", "replace") for path in sorted(DATA.glob(pattern))]
        for name, pattern in {"classify": "classify/texts/*", "ocr": "ocr/text/*"}.items()
    }
    lines = {
        path.parent.name: [
            json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()
        ]
        for path in sorted(DATA.glob("search/*/corpus.jsonl"))
    }
    return files | lines


@pytest.mark.skipif(not (DATA / "classify").exists(), reason="needs the evaluation data")
@pytest.mark.parametrize("name", ["classify", "ocr", "xquad_de", "xquad_en"])
def test_no_evaluation_text_is_garbled(name: str) -> None:
    texts = evaluation_texts()[name]
    assert len(texts) > 20
    assert [text[:80] for text in texts if garbled(text)] == []


@pytest.mark.skipif(not (DATA / "fields").exists(), reason="needs the evaluation data: fields")
def test_no_born_digital_page_is_garbled() -> None:
    pages = []
    for path in sorted((DATA / "fields").rglob("*.pdf")):
        with open_pdf(path) as pdf:
            pages += inspect(pdf, max_pages=3000, max_page_pixels=200_000_000, render_dpi=200)
    assert len(pages) > 150
    assert [page for page in pages if page.garbled] == []
