"""What a file is, by its content; its name is only a claim, and decides between kinds of text."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from pathlib import Path
from typing import IO

from docparser import pdf_file
from docparser.errors import Rejected
from docparser.model import RejectedCode

from . import compound, encoding, zip_file

PDF = pdf_file.MEDIA_TYPE

PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
WEBP = "image/webp"
BMP = "image/bmp"
GIF = "image/gif"
HEIC = "image/heic"

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
RTF = "application/rtf"
HTML = "text/html"
TXT = "text/plain"
MARKDOWN = "text/markdown"
CSV = "text/csv"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
ZIP = "application/zip"

READ_AS_THEY_ARE = frozenset({PDF, PNG, JPEG, TIFF})
"""What every lane reads itself."""

PICTURES = frozenset({PNG, JPEG, TIFF, WEBP, BMP, GIF, HEIC})

PARTED = frozenset(
    {DOCX, XLSX, PPTX, ODT, ODS, ODP, DOC, XLS, PPT, RTF, HTML, TXT, MARKDOWN, CSV, EML, MSG, ZIP}
)
"""What `normalise` makes parts of: text that lies in the file, and files within it."""

_EXTENSIONS = {
    PDF: {"pdf"},
    PNG: {"png"},
    JPEG: {"jpg", "jpeg", "jpe", "jfif"},
    TIFF: {"tif", "tiff"},
    WEBP: {"webp"},
    BMP: {"bmp", "dib"},
    GIF: {"gif"},
    HEIC: {"heic", "heif", "hif"},
    DOCX: {"docx", "docm", "dotx", "dotm"},
    XLSX: {"xlsx", "xlsm", "xltx", "xltm"},
    PPTX: {"pptx", "pptm", "ppsx", "ppsm", "potx", "potm"},
    ODT: {"odt", "ott"},
    ODS: {"ods", "ots"},
    ODP: {"odp", "otp"},
    DOC: {"doc", "dot"},
    XLS: {"xls", "xlt"},
    PPT: {"ppt", "pps", "pot"},
    RTF: {"rtf", "doc"},  # Word itself names it so
    HTML: {"html", "htm", "xhtml", "xht"},
    MARKDOWN: {"md", "markdown", "mdown"},
    CSV: {"csv", "tsv", "tab"},
    EML: {"eml", "mht", "mhtml"},
    MSG: {"msg", "oft"},
    ZIP: {"zip"},
}
_CLAIMS = {extension: kind for kind, all_ in _EXTENSIONS.items() for extension in all_}

_PDF_HEADER_WITHIN = 1024
"""Bytes in which readers look for the header; files with a preamble are common."""
_PDF_HEADER = re.compile(rb"%PDF-")
_BEFORE_PDF = b"\xef\xbb\xbf \t\r\n\0"

SNIFF_BYTES = encoding.SAMPLE_BYTES
"""How much of a file's beginning is looked at; of archives and compound files their directory."""

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    # Little and big endian; the second pair is BigTIFF.
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"II+\0": TIFF,
    b"MM\0+": TIFF,
    b"GIF87a": GIF,
    b"GIF89a": GIF,
    b"{\\rtf": RTF,
}
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AV1_BRANDS = {b"avif", b"avis"}

_COMPOUNDS = (
    ("EncryptedPackage", None),
    ("__properties_version1.0", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
)
"""The stream that each kind of compound file has; a package of 2007 and later may be encrypted."""

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN_PARTS = (
    (re.compile(rb"wordprocessingml\.(document|template)\.main|ms-word\.\w+\.macro"), DOCX),
    (re.compile(rb"spreadsheetml\.(sheet|template)\.main|ms-excel\.(sheet|template)\.mac"), XLSX),
    (re.compile(rb"presentationml\.\w+\.main|ms-powerpoint\.\w+\.macro"), PPTX),
)
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": ODS,
    b"application/vnd.oasis.opendocument.presentation": ODP,
}
_MOST_CONTENT_TYPES = 4 << 20

# Languages that are text, and drawings or programs all the same.
_NOT_READ = re.compile(
    r"\s*+(%!PS|(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*+<svg\b)", re.DOTALL
)

_HTML_START = re.compile(
    r"\s*+(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*)*+"
    r"<(!doctype\s+html|html|head|body|title|meta|script|table|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(r"</?(html|body|div|span|p|table|tr|td|a|br|h[1-6]|ul|li|b|i)\b[^>]*>", re.I)

_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:")
_MAIL_HEADERS = frozenset(
    (
        "from to cc bcc subject date sent received sender reply-to message-id mime-version "
        "return-path delivered-to content-type content-transfer-encoding x-mailer references "
        "in-reply-to dkim-signature authentication-results x-originating-ip"
    ).split()
)
_OWN_TO_MAIL = _MAIL_HEADERS - {"subject", "date", "from", "to", "sent", "cc", "references"}

_MARKDOWN_SIGNS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^#{1,6} \S",
        r"^(```|~~~)",
        r"^\|?[ :]*-{3,}[ :]*\|",
        r"\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)",
        r"^ {0,3}[-*+] \S.*\n {0,3}[-*+] \S",
        r"\*\*[^*\s][^*\n]*\*\*",
        r"^\S.*\n(=|-){3,}$",
    )
)
_DELIMITERS = ";\t,|"
_FEWEST_ROWS = 3


def media_type(source: Path | bytes, name: str = "") -> str | None:
    """Return what a file is, or None if it is nothing that is read.

    An image's signature stands first: one whose metadata speak of a PDF is an image. Directories of
    archives and compound files are parsed, so it is called where untrusted bytes may be.

    Parameters
    ----------
    source
        The file, or its content.
    name
        What its owner calls it: it decides between kinds of text, and nothing else.

    Raises
    ------
    Rejected
        ENCRYPTED: an office document behind a password. BOMB, CORRUPT: an archive or a compound
        file whose directory cannot be read.
    """
    with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
        head = file.read(SNIFF_BYTES)
        found = signed(head)
        if found is not None:
            return found
        if head.startswith(compound.SIGNATURE):
            return _compound(file)
        if head.startswith(zip_file.SIGNATURES):
            return _archive(file)
    pdf = _PDF_HEADER.search(head[:_PDF_HEADER_WITHIN])
    text = encoding.is_text(head)
    # A text may speak of a PDF; what comes before a real one's header is white space or binary.
    if pdf is not None and (
        not head[: pdf.start()].strip(_BEFORE_PDF) or not text or b" obj" in head
    ):
        return PDF
    if not text:
        return None
    sample = head.decode(encoding.encoding_of(head, whole=len(head) < SNIFF_BYTES), "replace")
    return _kind_of_text(sample, _claim(name))


def name_agrees(name: str, found: str) -> bool:
    """Whether a file name claims the kind that was found.

    A name without extension claims none; for plain text, any extension that is no other kind's is
    right: logs, listings and data are text.
    """
    _, dot, extension = name.rpartition(".")
    if not dot:
        return True
    if found == TXT:
        return extension.lower() not in _CLAIMS
    return extension.lower() in _EXTENSIONS[found]


def _claim(name: str) -> str | None:
    """Return the kind that a name claims; plain text where its extension is no kind's."""
    _, dot, extension = name.rpartition(".")
    return _CLAIMS.get(extension.lower(), TXT) if dot else None


def signed(head: bytes) -> str | None:
    """Return the kind whose signature a file begins with; nothing is parsed."""
    for signature, found in _SIGNATURES.items():
        if head.startswith(signature):
            return found
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    if head[4:8] == b"ftyp":
        box = head[8 : max(16, min(int.from_bytes(head[:4], "big"), 256))]
        brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
        if brands & _HEIC_BRANDS and not brands & _AV1_BRANDS:
            return HEIC
    return None


def _compound(file: IO[bytes]) -> str | None:
    opened = compound.Compound(file)
    names = opened.children(opened.root)
    for name, kind in _COMPOUNDS:
        if name in names:
            if kind is None:
                raise Rejected(RejectedCode.ENCRYPTED)
            return kind
    return None


def _archive(file: IO[bytes]) -> str | None:
    try:
        with zip_file.open_zip(file) as archive:
            types = zip_file.read_entry(archive, _CONTENT_TYPES, _MOST_CONTENT_TYPES)
            if types is not None:
                return next((kind for main, kind in _MAIN_PARTS if main.search(types)), None)
            said = (zip_file.read_entry(archive, "mimetype", 100) or b"").strip()
    except Rejected as error:
        if error.code is RejectedCode.BOMB:
            raise
        return ZIP  # and cannot be opened; whoever unpacks it says so
    return _OPEN_DOCUMENTS.get(said.removesuffix(b"-template"), ZIP)


def _kind_of_text(sample: str, claim: str | None) -> str | None:
    """Return what kind of text this is; a claim counts where the text itself leaves it open.

    That bytes can be read as text is weak evidence: with the name of a PDF or a picture they are
    the ruins of one.
    """
    if _NOT_READ.match(sample):
        return None
    if _HTML_START.match(sample) or (claim == HTML and _HTML_TAG.search(sample)):
        return HTML
    headers = _headers(sample)
    if len(headers) >= (1 if claim == EML else 2) and (
        headers & _OWN_TO_MAIL or claim not in {TXT, MARKDOWN, CSV}
    ):
        return EML
    if claim in {TXT, MARKDOWN, CSV}:
        return claim
    if _is_table(sample):
        return CSV
    if claim not in {None, HTML, EML}:
        return None
    signs = sum(1 for sign in _MARKDOWN_SIGNS if sign.search(sample))
    return MARKDOWN if signs >= 2 else TXT


def _headers(sample: str) -> set[str]:
    """Return the headers of a mail that a text begins with, in small letters."""
    found: set[str] = set()
    for number, line in enumerate(sample.lstrip("\ufeff\r\n").splitlines()[:200]):
        if not line.strip():
            break
        header = _HEADER.match(line)
        if header is not None:
            found.add(header[1].lower())
        elif not (line[0] in " \t" and found) and not (number == 0 and line.startswith("From ")):
            return set()
    return found & _MAIL_HEADERS


def _is_table(sample: str) -> bool:
    """Tell whether a text has the same number of cells in each of its lines."""
    lines = sample.splitlines()
    if len(sample) >= SNIFF_BYTES // 4:
        lines = lines[:-1]  # the sample may end within it
    lines = [line for line in lines if line.strip()][:100]
    if len(lines) < _FEWEST_ROWS:
        return False
    for delimiter in _DELIMITERS:
        counts = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
        if len(counts) == 1 and counts.pop() >= 2:
            return True
    return False
