"""XML that means harm is told of: nothing is fetched, no file is read, nothing explodes."""

from __future__ import annotations

import io
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pikepdf
import pytest
from docparser.extract import einvoice
from docparser.extract.einvoice import parser
from docparser.model import WarningCode

from tests.unit.extract.einvoices import RSM, cii, pdf_with, ubl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "canary-in-a-file-8471"
UNREADABLE = (WarningCode.XML_UNREADABLE,)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a web server, and the paths that it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!ENTITY fetched 'fetched'>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def declared(doctype: str, number: str = "RE-2026/0042") -> str:
    """Return an invoice behind a document type declaration, with this number."""
    head, _, body = cii().partition("?>")
    return f"{head}?>{doctype}{body.replace('RE-2026/0042', number)}"


def outcome(path: Path, xml: bytes, *, attached: bool) -> einvoice.EInvoice:
    if attached:
        found = einvoice.read(pdf_with(path, factur_x__xml=xml), "application/pdf")
    else:
        path.write_bytes(xml)
        found = einvoice.read(path, "text/plain")
    assert found is not None
    return found


LAUGHS = "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "lol" * 10}">' for level in range(12)
)
BLOW_UP = f"<!DOCTYPE x [<!ENTITY a '{'a' * 50_000}'>]>"


@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize(
    "xml",
    [
        declared(f"<!DOCTYPE x [{LAUGHS}]>", "&l11;"),
        declared(BLOW_UP, "&a;" * 50_000),
        declared('<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
        declared("<!DOCTYPE x [<!ENTITY % p \"<!ENTITY a 'b'>\"> %p;]>", "&a;"),
        declared("<!DOCTYPE x>"),
        cii().replace("RE-2026/0042", "&undeclared;"),
        cii()[:-30],
        cii().replace("RE-2026/0042", "\x00"),
        f"<rsm:CrossIndustryInvoice xmlns:rsm='{RSM}'/>",
        f"<rsm:CrossIndustryInvoice xmlns:rsm='{RSM}'>" + "<a>" * 100_000,
        '<?xml version="1.0" encoding="nobody-knows"?>' + cii().partition("?>")[2],
    ],
    ids="laughs blow-up circle parameter doctype undeclared cut nul empty deep encoding".split(),
)
def test_it_is_told_of(tmp_path: Path, xml: str, *, attached: bool) -> None:
    found = outcome(tmp_path / "x", xml.encode(), attached=attached)
    assert found.warnings == UNREADABLE
    assert found.fields == ()


@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize(
    "form",
    [
        '<!DOCTYPE x SYSTEM "{}">',
        '<!DOCTYPE x PUBLIC "-//A//B" "{}">',
        '<!DOCTYPE x [<!ENTITY fetched SYSTEM "{}">]>',
        '<!DOCTYPE x [<!ENTITY % all SYSTEM "{}"> %all;]>',
        '<?xml-stylesheet type="text/xsl" href="{}"?>',
    ],
)
def test_nothing_is_fetched_and_no_file_is_read(
    tmp_path: Path, form: str, *, attached: bool
) -> None:
    # Given
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    with listening() as (address, asked):
        for target in (f"{address}/x.dtd", secret.as_uri(), str(secret)):
            number = "&fetched;" if "fetched" in form else "RE-1"
            xml = declared(form.format(target), number).encode()
            # When
            found = outcome(tmp_path / "x", xml, attached=attached)
            # Then
            assert CANARY not in found.to_json().decode()
            if "stylesheet" not in form:
                assert found.warnings == UNREADABLE
                # Nor in this process, without the bounds of a child.
                with pytest.raises(parser.UnreadableXmlError):
                    parser.parse(xml)
    assert asked == []


@pytest.mark.parametrize("attached", [True, False])
def test_inclusions_are_refused(tmp_path: Path, *, attached: bool) -> None:
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    )
    xml = cii().replace("RE-2026/0042", include).encode()
    found = outcome(tmp_path / "x", xml, attached=attached)
    assert found.warnings == UNREADABLE
    assert CANARY not in found.to_json().decode()


def test_locations_of_schemas_are_not_visited(tmp_path: Path) -> None:
    with listening() as (address, asked):
        xml = cii().replace(
            "<rsm:CrossIndustryInvoice ",
            '<rsm:CrossIndustryInvoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="urn:x {address}/x.xsd" ',
        )
        found = outcome(tmp_path / "x", xml.encode(), attached=True)
    assert found.warnings == ()
    assert found.fields
    assert asked == []


def test_xml_that_is_too_large_is_told_of(tmp_path: Path) -> None:
    xml = cii().replace("RE-2026/0042", "R" + " R" * (parser.MOST_BYTES // 2))
    found = outcome(tmp_path / "x", xml.encode(), attached=False)
    assert found.warnings == UNREADABLE


def test_an_embedded_document_of_many_megabytes_is_passed_over(tmp_path: Path) -> None:
    payload = "QUJD" * (3 << 20)
    embedded = f"<cac:AdditionalDocumentReference>{payload}</cac:AdditionalDocumentReference>"
    xml = ubl().replace("<cac:PaymentMeans>", embedded + "<cac:PaymentMeans>", 1)
    found = outcome(tmp_path / "x", xml.encode(), attached=False)
    assert found.warnings == ()
    assert found.fields


def test_an_attachment_that_unpacks_without_end_is_told_of(tmp_path: Path) -> None:
    # Given
    path = pdf_with(tmp_path / "x", factur_x__xml=b"<a/>")
    squeezer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    packed = b"".join(squeezer.compress(piece) for _ in range(80)) + squeezer.flush()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/EmbeddedFile":
                thing.write(packed, filter=pikepdf.Name.FlateDecode)
        pdf.save(path, compress_streams=False)
    # When
    found = einvoice.read(path, "application/pdf")
    # Then
    assert found is not None
    assert found.warnings == UNREADABLE


def test_an_attachment_that_pypdf_cannot_reach_is_read_all_the_same(tmp_path: Path) -> None:
    # Given an XML of another standard under a name that is Factur-X's alone
    path = pdf_with(tmp_path / "x", factur_x__xml=ubl().encode())
    # When
    found = einvoice.read(path, "application/pdf")
    # Then
    assert found is not None
    assert found.warnings == ()


def test_a_name_that_is_a_pattern_harms_nobody(tmp_path: Path) -> None:
    path = pdf_with(tmp_path / "x", **{"[*" + "a" * 200 + "__xml": cii().encode()})
    found = einvoice.read(path, "application/pdf")
    assert found is not None
    assert found.fields


def test_no_text_of_the_document_is_logged(tmp_path: Path, log: io.StringIO) -> None:
    outcome(tmp_path / "x", declared(f"<!DOCTYPE x [{LAUGHS}]>").encode(), attached=True)
    outcome(tmp_path / "y", cii()[:-30].encode(), attached=False)
    said = log.getvalue()
    assert "RE-2026" not in said
    assert "factur" not in said.lower()
