"""The main job as a user does it: one command, from files to files."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.e2e.conftest import COMMAND, ROOT, TIMEOUT_S, Command, outcomes
from tests.pdfs import LETTER, text_pdf
from tests.stack import free_port

INVOICE = ("Invoice No. 4711", "Invoice date: 3 March 2026", "Total amount due: 119.00 EUR")
ARTICLE = ROOT / "samples/documents/en/article.pdf"
MARKUP = "[bold]two\nlines[/bold].pdf"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Done:
    """A run over one folder."""

    folder: Path
    out: Path
    result: subprocess.CompletedProcess[str]


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def done(docparser: Command, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A first run, with no stack running before it."""
    folder, out = (tmp_path_factory.mktemp(name) for name in ("in", "out"))
    letter = text_pdf()
    write(folder / "letter.pdf", letter)
    write(folder / "deep/er/the same letter.pdf", letter)
    write(folder / "deep/invoice", text_pdf(INVOICE, INVOICE, ("The last page",)))
    write(folder / MARKUP, text_pdf())
    write(folder / "broken/empty.pdf", b"")
    write(folder / "broken/words.pdf", bytes(range(8)) * 20)
    return Done(folder, out, docparser("process", folder, "--out", out))


def test_the_first_run_starts_the_stack_and_says_so(done: Done) -> None:
    assert done.result.returncode == 0, done.result.stderr
    assert done.result.stderr == ""
    assert done.result.stdout.startswith("Starting the local stack\n  starting the ")
    assert "\n  starting the engine\n" in done.result.stdout


def test_every_input_has_its_row(done: Done) -> None:
    rows = outcomes(done.out)

    assert {name: (row["status"], row["code"], row["pages"]) for name, row in rows.items()} == {
        "letter.pdf": ("COMPLETED", "", "1"),
        "deep/er/the same letter.pdf": ("COMPLETED", "", "1"),
        "deep/invoice": ("COMPLETED", "", "3"),
        MARKUP.replace("\n", r"\n"): ("COMPLETED", "", "1"),
        "broken/empty.pdf": ("REJECTED", "EMPTY", ""),
        "broken/words.pdf": ("REJECTED", "UNSUPPORTED", ""),
    }
    completed = [row for row in rows.values() if row["status"] == "COMPLETED"]
    assert all(row["level"] and row["type"] and float(row["seconds"]) > 0 for row in completed)
    assert all(0 < float(row["cost_usd"]) < 0.01 for row in completed)
    assert rows["deep/invoice"]["type"] == "invoice"


def test_the_outputs_mirror_the_inputs(done: Done) -> None:
    written = {str(path.relative_to(done.out)) for path in done.out.rglob("*") if path.is_file()}

    names = ("letter.pdf", "deep/er/the same letter.pdf", "deep/invoice", MARKUP)
    assert written == {"outcomes.tsv"} | {
        f"{name}.{suffix}" for name in names for suffix in ("json", "md", "txt")
    }


def test_the_same_bytes_under_two_names_are_one_document(done: Done) -> None:
    rows = outcomes(done.out)
    first, second = rows["letter.pdf"], rows["deep/er/the same letter.pdf"]

    assert first["document_id"] == second["document_id"]
    for suffix in (".json", ".md", ".txt"):
        one, other = done.out / "letter.pdf", done.out / "deep/er/the same letter.pdf"
        assert Path(f"{one}{suffix}").read_bytes() == Path(f"{other}{suffix}").read_bytes()


def test_the_json_holds_all_pages_and_the_text_their_words(done: Done) -> None:
    document = json.loads((done.out / "deep/invoice.json").read_text(encoding="utf-8"))
    text = (done.out / "deep/invoice.txt").read_text(encoding="utf-8")

    assert document["schema"] == "docparser/document/1"
    assert document["page_count"] == 3
    assert [page["number"] for page in document["pages"]] == [1, 2, 3]
    words = [
        word["text"]
        for block in document["pages"][0]["blocks"]
        for line in block["lines"]
        for word in line["words"]
    ]
    assert words == " ".join(INVOICE).split()
    assert len(text.split("\f")) == 3
    assert text.split("\f")[0].split() == words


def test_a_pipe_gets_plain_lines(done: Done) -> None:
    lines = done.result.stdout.splitlines()

    assert not CONTROL.search(done.result.stdout)
    assert sum(line.startswith("COMPLETED  ") for line in lines) == 4
    assert any(line.startswith("REJECTED EMPTY  broken/empty.pdf") for line in lines)
    assert r"[bold]two\nlines[/bold].pdf" in done.result.stdout
    assert any(line.startswith("6 files: 4 completed, 2 rejected; 5 pages in ") for line in lines)
    assert lines[-1] == f"Outputs: {done.out}"


def test_what_has_ended_is_answered_at_once(docparser: Command, done: Done, tmp_path: Path) -> None:
    result = docparser("process", done.folder, "--out", tmp_path)

    assert result.returncode == 0
    assert not result.stdout.startswith("Starting")
    assert outcomes(tmp_path) == outcomes(done.out)
    assert (tmp_path / "letter.pdf.json").read_bytes() == (
        done.out / "letter.pdf.json"
    ).read_bytes()


def half_readable() -> bytes:
    """Return a PDF with a letter, and a page that is larger than any that is read."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setSubject(uuid.uuid4().hex)
    canvas.drawString(72, 760, LETTER[1])
    canvas.showPage()
    canvas.setPageSize((14_000, 14_000))
    canvas.rect(0, 0, 14_000, 7_000, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_page_that_cannot_be_read_makes_exit_1(docparser: Command, tmp_path: Path) -> None:
    half = write(tmp_path / "half.pdf", half_readable())

    result = docparser("process", half, "--out", tmp_path / "out", "--priority", "high")

    assert result.returncode == 1
    assert outcomes(tmp_path / "out")["half.pdf"]["status"] == "PARTIAL"
    assert "PARTIAL (1 of 2 pages missing)" in result.stdout
    document = json.loads((tmp_path / "out/half.pdf.json").read_text())
    assert [(gap["page"], gap["code"]) for gap in document["gaps"]] == [(2, "PAGE_TOO_LARGE")]
    assert [page["status"] for page in document["pages"]] == ["OK", "ERROR"]


def test_a_large_file_is_one_document(docparser: Command, tmp_path: Path) -> None:
    # Readers of PDF look for its end in the last kilobyte, so that the filler comes first.
    content = text_pdf()
    filler = b"\n%" + os.urandom(64).hex().encode() * (20 << 13) + b"\n"
    large = write(tmp_path / "large.pdf", content.replace(b"\n", filler, 1))
    assert large.stat().st_size > 16 << 20

    result = docparser("process", large, "--out", tmp_path / "out")

    assert outcomes(tmp_path / "out")["large.pdf"]["status"] == "COMPLETED", result.stdout


def test_a_document_that_takes_too_long_is_told_as_it_stands(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    late = write(tmp_path / "late.pdf", text_pdf(*[LETTER] * 600))

    result = docparser("process", late, "--out", tmp_path / "out", "--timeout", 0)

    assert result.returncode == 1
    assert outcomes(tmp_path / "out")["late.pdf"]["status"] == "RUNNING"
    assert not (tmp_path / "out/late.pdf.json").exists()


def test_an_interrupt_keeps_what_is_finished(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    # So many that most still wait when the first one is reported.
    for number in range(80):
        write(tmp_path / f"in/{number:02}.pdf", text_pdf())
    running = docparser.start("process", tmp_path / "in", "--out", tmp_path / "out")
    assert running.stdout is not None
    assert running.stdout.readline().startswith("COMPLETED")

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)

    assert running.returncode == 130
    assert err == "docparser: interrupted; what had finished is kept\n"
    rows = outcomes(tmp_path / "out")
    finished = {name for name, row in rows.items() if row["status"] == "COMPLETED"}
    assert len(rows) == 80
    assert finished
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix == ".part"]
    kept = {path.name.removesuffix(".json") for path in (tmp_path / "out").glob("*.json")}
    assert kept <= finished


def test_two_outputs_of_one_name_stop_before_anything_starts(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    write(tmp_path / "letter.pdf", text_pdf())

    result = docparser("process", done.folder, tmp_path / "letter.pdf", "--out", tmp_path / "out")

    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_port_that_is_taken_is_exit_3(docparser: Command, done: Done, tmp_path: Path) -> None:
    stranger = Command(home=tmp_path / "home", port=docparser.port)

    result = stranger("process", done.folder, "--out", tmp_path / "out")

    assert result.returncode == 3
    (line,) = result.stderr.splitlines()
    held = (
        rf"docparser: port (\d+) is held by .* of another (Docparser )?folder than {stranger.home}"
    )
    assert (found := re.match(held, line)), line
    assert int(found[1]) - docparser.port in range(3)


def test_a_stack_that_is_away_is_exit_3(tmp_path: Path) -> None:
    result = Command(home=tmp_path, port=free_port())("status")

    assert result.returncode == 3
    assert result.stderr == "docparser: no local stack is running; start one: docparser up\n"


def test_status_lists_the_newest_documents(docparser: Command, done: Done) -> None:
    shown = docparser("status")
    listed = json.loads(docparser("status", "--json").stdout)["documents"]

    assert shown.returncode == 0
    assert not CONTROL.search(shown.stdout)
    assert listed[0]["document_id"] in shown.stdout
    created = [document["created_at"] for document in listed]
    assert created == sorted(created, reverse=True)
    assert len(listed) <= 20


def test_status_of_one_document_tells_what_is_known(docparser: Command, done: Done) -> None:
    document_id = outcomes(done.out)["broken/words.pdf"]["document_id"]

    shown = docparser("status", document_id)
    told = json.loads(docparser("status", document_id, "--json").stdout)

    assert "REJECTED UNSUPPORTED" in shown.stdout
    assert (told["name"], told["status"], told["code"]) == (
        "broken/words.pdf",
        "REJECTED",
        "UNSUPPORTED",
    )


@pytest.mark.parametrize("verb", ["status", "get"])
def test_a_document_that_nobody_knows_is_exit_4(docparser: Command, done: Done, verb: str) -> None:
    for stranger in ("d" + "0" * 32, "../health"):
        result = docparser(verb, stranger)

        assert (result.returncode, result.stdout) == (4, "")
        assert result.stderr == f"docparser: there is no document {stranger}\n"


@pytest.mark.parametrize("suffix", ["json", "md", "txt"])
def test_get_gives_what_process_wrote(
    docparser: Command, done: Done, tmp_path: Path, suffix: str
) -> None:
    document_id = outcomes(done.out)["deep/invoice"]["document_id"]
    written = Path(f"{done.out}/deep/invoice.{suffix}").read_text(encoding="utf-8")

    printed = docparser("get", document_id, "--format", suffix)
    docparser("get", document_id, "--format", suffix, "--revision", 1, "--out", tmp_path / "a")

    assert (printed.returncode, printed.stdout) == (0, written)
    assert (tmp_path / "a").read_text(encoding="utf-8") == written


def test_what_has_no_result_cannot_be_got(docparser: Command, done: Done) -> None:
    rows = outcomes(done.out)
    rejected, read = (rows[name]["document_id"] for name in ("broken/words.pdf", "letter.pdf"))

    result = docparser("get", rejected)
    earlier = docparser("get", read, "--revision", 2)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"docparser: {rejected} has no result: REJECTED UNSUPPORTED\n"
    assert (earlier.returncode, earlier.stdout) == (4, "")


def test_a_search_finds_the_page_of_what_may_be_searched(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    # Given an article that is PUBLIC, and the letters of before, which are not
    process = docparser("process", ARTICLE, "--out", tmp_path)
    article = outcomes(tmp_path)["article.pdf"]
    assert (process.returncode, article["level"]) == (0, "PUBLIC")
    assert outcomes(done.out)["letter.pdf"]["level"] in {"CONFIDENTIAL", "RESTRICTED"}

    shown = docparser("search", '"noise of the meter"')
    found = json.loads(docparser("search", '"noise of the meter"', "--json").stdout)["hits"]
    words = docparser("search", "delivery of the goods")

    # Then it is found on its second page, at a place, and their words are not found at all
    assert shown.returncode == 0
    assert not CONTROL.search(shown.stdout)
    assert article["document_id"] in shown.stdout
    assert (found[0]["document_id"], found[0]["name"], found[0]["page"]) == (
        article["document_id"],
        "article.pdf",
        2,
    )
    assert found[0]["polygon"]
    assert "noise" in found[0]["snippet"].lower()
    assert "letter.pdf" not in words.stdout


def test_a_search_without_a_hit_says_so(docparser: Command, done: Done) -> None:
    result = docparser("search", uuid.uuid4().hex)

    assert (result.returncode, result.stdout) == (0, "Nothing is found.\n")


def test_at_an_endpoint_all_is_as_it_is_locally(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    """As against a deployed stack: nothing is known but the API's URL."""
    api = docparser.api
    stranger = Command(home=tmp_path / "no home", port=free_port())
    new = write(tmp_path / "new.pdf", text_pdf(INVOICE))

    result = stranger("process", done.folder, "--out", tmp_path / "out", "--endpoint", api)
    again = stranger("process", new, "--out", tmp_path / "new", "--endpoint", api)

    assert (result.returncode, result.stderr) == (0, "")
    assert outcomes(tmp_path / "out") == outcomes(done.out)
    for path in done.out.rglob("*.*"):
        if path.is_file():
            assert (tmp_path / "out" / path.relative_to(done.out)).read_bytes() == path.read_bytes()
    row = outcomes(tmp_path / "new")["new.pdf"]
    assert (again.returncode, row["status"], row["type"]) == (0, "COMPLETED", "invoice")
    for words in (("status",), ("status", row["document_id"]), ("search", "letter")):
        assert stranger(*words, "--endpoint", api).returncode == 0
    text = stranger("get", row["document_id"], "--format", "txt", "--endpoint", api)
    assert text.stdout.split() == " ".join(INVOICE).split()
    assert not (tmp_path / "no home").exists()


def test_an_endpoint_where_nobody_listens_is_exit_3(done: Done, tmp_path: Path) -> None:
    port = free_port()
    nobody = Command(home=tmp_path / "home", port=port)

    result = nobody(
        "process", done.folder, "--out", tmp_path, "--endpoint", f"http://127.0.0.1:{port}/v1"
    )

    assert result.returncode == 3
    assert result.stderr == "docparser: the service does not answer (ConnectError)\n"


def test_a_terminal_gets_a_moving_picture_and_the_table(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    write(tmp_path / "new.pdf", text_pdf())
    reader, writer = pty.openpty()
    seen: list[bytes] = []

    def watch() -> None:
        try:
            while chunk := os.read(reader, 65536):
                seen.append(chunk)
        except OSError:  # how a terminal whose other end is closed says so
            pass

    running = docparser.start(
        "process", tmp_path / "new.pdf", "--out", tmp_path / "out", stdout=writer
    )
    os.close(writer)
    watching = threading.Thread(target=watch)
    watching.start()
    assert running.wait(timeout=60) == 0
    watching.join()
    os.close(reader)
    assert running.stderr is not None
    running.stderr.close()

    drawn = b"".join(seen).decode()
    assert "\x1b[" in drawn
    assert "documents" in drawn
    assert "1 file: 1 completed; 1 page in " in drawn


def test_the_functions_limits_count_and_not_the_commands(
    docparser: Command, tmp_path: Path
) -> None:
    """Above the limit an id is made otherwise: with two limits, they would miss each other."""
    (tmp_path / "a.pdf").write_bytes(text_pdf())
    ran = subprocess.run(
        [COMMAND, "process", tmp_path / "a.pdf", "--out", tmp_path / "out"],
        env={**docparser.environment, "DOCPARSER_MAX_BYTES": "10"},
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ran.returncode == 0
    assert outcomes(tmp_path / "out")["a.pdf"]["status"] == "COMPLETED"


def test_a_file_too_large_to_be_read_is_rejected_without_being_sent(
    docparser: Command, done: Done, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.pdf"
    huge.touch()
    os.truncate(huge, 524_288_001)
    ran = docparser("process", huge, "--out", tmp_path / "out")
    assert ran.returncode == 0
    row = outcomes(tmp_path / "out")["huge.pdf"]
    assert (row["status"], row["code"], row["document_id"]) == ("REJECTED", "TOO_LARGE", "")
