"""Mail: what a reader sees of it, and what is attached."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.settings import Archives

from tests.unit.intake.normalise.normalised import normalised

HOSTILE = Path(__file__).parents[4].parent / "shared/data/hostile/files"


def mail(**headers: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = "Jörg Müller <joerg@x.example>"
    made["To"] = "a@x.example, Bärbel <b@x.example>"
    made["Date"] = "Tue, 03 Jun 2025 10:00:00 +0200"
    made["Subject"] = "Größe & Maß: Angebot"
    for name, value in headers.items():
        made[name] = value
    return made


HEAD = (
    "From: Jörg Müller <joerg@x.example>\nTo: a@x.example, Bärbel <b@x.example>\n"
    "Date: Tue, 03 Jun 2025 10:00:00 +0200\nSubject: Größe & Maß: Angebot"
)


def test_headers_and_body() -> None:
    made = mail()
    made.set_content("Guten Tag,\n\nviele Grüße\n")

    assert normalised(made.as_bytes(), sniff.EML).pages == [
        [("paragraph", HEAD), ("paragraph", "Guten Tag,"), ("paragraph", "viele Grüße")]
    ]


def test_attachments_are_children() -> None:
    inner = mail()
    inner.set_content("innen")
    made = mail()
    made.set_content("siehe Anhang")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Größe.pdf")
    made.add_attachment(inner)
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png")

    done = normalised(made.as_bytes(), sniff.EML)

    assert [child.name for child in done.children] == [
        "Größe.pdf",
        "Größe & Maß: Angebot.eml",
        "attachment-3.png",
    ]
    assert done.contents[0] == b"%PDF-1.7"
    assert b"innen" in (done.contents[1] or b"")
    assert sniff.media_type(done.contents[1] or b"") == sniff.EML
    assert "Attachments: Größe.pdf, " in done.text
    assert "innen" not in done.text.splitlines()


def test_of_two_forms_the_plain_one_is_taken() -> None:
    made = mail()
    made.set_content("Der ganze Text der Nachricht. " * 10)
    made.add_alternative("<p>Der ganze Text der Nachricht in HTML.", subtype="html")

    assert "HTML" not in normalised(made.as_bytes(), sniff.EML).text


@pytest.mark.parametrize("plain", ["", "Please see the HTML version."])
def test_unless_it_is_a_hint_at_the_other(plain: str) -> None:
    made = mail()
    made.set_content(plain)
    made.add_alternative(
        "<script>canary</script><table><tr><td>Öl<td>3 €<tr><td>a<td>b</table>", subtype="html"
    )

    done = normalised(made.as_bytes(), sniff.EML)

    assert done.pages == [[("paragraph", HEAD), [["Öl", "3 €"], ["a", "b"]]]]
    assert done.warnings == ("ACTIVE_CONTENT",)


def test_bytes_that_no_standard_foresees() -> None:
    content = (
        "From: Jörg <j@x.example>\r\nTo: =?utf-8?q?B=C3=A4rbel?= <b@x.example>\r\n"
        "Subject: =?unknown?q?Gr=FC=DFe?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n"
        "Straße\r\n"
    ).encode("cp1252")

    assert normalised(content, sniff.EML).pages == [
        [
            (
                "paragraph",
                "From: Jörg <j@x.example>\nTo: Bärbel <b@x.example>\nSubject: Grüße",
            ),
            ("paragraph", "Straße"),
        ]
    ]


def test_too_many_attachments() -> None:
    made = mail()
    made.set_content("x")
    for number in range(5):
        made.add_attachment(b"x", maintype="a", subtype="b", filename=f"{number}.bin")

    with pytest.raises(Rejected) as caught:
        normalised(made.as_bytes(), sniff.EML, Archives(max_children=4))

    assert caught.value.code == "BOMB"


def test_nested_without_end() -> None:
    content = b""
    for number in range(2_000):
        content += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number)

    try:
        done = normalised(b"From: a\nSubject: b\n" + content, sniff.EML)
    except Rejected as error:
        assert error.code in {"CORRUPT", "BOMB"}  # noqa: PT017 - either is an answer
    else:
        assert done.pages


@pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile set is not here")
def test_a_mail_of_others() -> None:
    content = (HOSTILE / "tika__testGroupWiseEml.eml").read_bytes()

    done = normalised(content, sniff.EML)

    assert [child.name for child in done.children] == ["test.eml", "Neues Textdokument.txt"]
    assert "Subject: test333" in done.text


def parts_of(kind: str, *inner: str, boundary: str = "B") -> str:
    """Return a part with others in it, each with its own head."""
    between = "".join(f"--{boundary}\n{each}\n" for each in inner)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{between}--{boundary}--\n"


PLAIN = "Content-Type: text/plain\n\nthe one"
RICH = "Content-Type: text/html\n\n<p>the other</p>"


def read(body: str) -> tuple[str, list[bytes | None]]:
    made = normalised(f"From: a@x.example\nSubject: s\n{body}".encode(), sniff.EML)
    return made.text, made.contents


def test_bodies_that_are_no_alternatives_are_both_there() -> None:
    text, contents = read(parts_of("mixed", PLAIN, RICH))
    assert "the one" in text
    assert contents == [b"<p>the other</p>"]

    text, contents = read(parts_of("mixed", PLAIN, PLAIN.replace("one", "next"), RICH))
    assert "the one" in text
    assert contents == [b"the next", b"<p>the other</p>"]


def test_alternatives_that_lie_deeper_are_one_body() -> None:
    related = parts_of("related", RICH, "Content-Type: image/gif\n\nGIF89a", boundary="C")
    text, contents = read(parts_of("alternative", PLAIN, related))
    assert "the other" in text
    assert contents == [b"GIF89a"]


def test_a_report_of_delivery_keeps_what_it_says() -> None:
    status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed"
    _, contents = read(parts_of("report", PLAIN, status))
    assert contents == [b"Reporting-MTA: dns; x\n\n\nAction: failed\n\n"]


def test_parts_without_a_boundary_are_the_body() -> None:
    text, contents = read("Content-Type: multipart/mixed\n\nall there is")
    assert "all there is" in text
    assert contents == []


def test_an_encoded_mail_within_a_mail() -> None:
    inner = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    _, contents = read(parts_of("mixed", PLAIN, f"{inner}U3ViamVjdDogaW4KCmlubmVu"))
    assert contents == [b"Subject: in\n\ninnen"]


@pytest.mark.parametrize(
    "head",
    [
        f"Content-Type: application/pdf; name*{'9' * 5000}*=x",
        "Content-Type: text/html; charset=idna",
        "Content-Type: text/plain; charset=undefined",
    ],
)
def test_heads_that_the_standard_library_stumbles_over(head: str) -> None:
    text, contents = read(parts_of("mixed", f"{head}\n\n1 äöü 2", PLAIN))
    assert "äöü" in text + "".join((each or b"").decode() for each in contents)
