"""Workers: they die of pages and with the server, and nobody else is hurt."""

from __future__ import annotations

import concurrent.futures
import io
import os
import resource
import signal
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from docparser.model import OcrAnswer, PageCode
from docparser_ocr import backends, reader, weights
from docparser_ocr.engine import Engine
from docparser_ocr.session import Reader
from docparser_ocr.settings import OcrSettings
from PIL import Image

from tests.contract.ocr_server.serving import Server, start
from tests.contract.ocr_server.test_contract import answered, encoded, picture, refused, scans

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="processes are looked at in /proc"
)


@cache
def endless() -> bytes:
    """Return what a page says that takes many seconds to load, which no deadline can interrupt."""
    return zlib.compress(b"1 0 0 RG\n" * 30_000_000)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def with_an_endless_page(number: int, pages: int) -> bytes:
    """Return a PDF of scans, one page of which takes very long."""
    content = io.BytesIO(scans(*[(f"This is page {index}",) for index in range(1, pages + 1)]))
    with pikepdf.open(content) as pdf:
        stream = pikepdf.Stream(pdf, endless(), Filter=pikepdf.Name.FlateDecode)
        pdf.pages[number - 1].Contents = pdf.make_indirect(stream)
        changed = io.BytesIO()
        pdf.save(changed)
    return changed.getvalue()


def workers(server: Server) -> set[int]:
    """Return the process ids of a server's workers; what is dead and unburied does not count."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    children = {int(pid) for task in tasks for pid in task.read_text().split()}
    return {pid for pid in children if alive(pid)}


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return False
    return state != "Z"


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def resident(server: Server) -> float:
    """Return the bytes that a server holds, with its workers."""
    return server.metric('docparser_ocr_resident_bytes{process="server"}') + server.metric(
        'docparser_ocr_resident_bytes{process="workers"}'
    )


def codes(answer: OcrAnswer) -> list[PageCode | None]:
    return [page.code for page in answer.pages]


def replaced(server: Server, reason: str) -> float:
    return server.metric(f'docparser_ocr_worker_replacements_total{{reason="{reason}"}}')


@contextmanager
def running(folder: Path, models: Path, threads: int) -> Iterator[Server]:
    """Yield a server with so many workers; it is ready, and does not outlive the test."""
    server = start(folder, models, DOCPARSER_OCR_THREADS=str(threads))
    try:
        server.wait_until_ready()
        until(lambda: len(workers(server)) == threads)
        yield server
    finally:
        server.process.kill()
        server.process.wait(10)


@pytest.fixture
def single(tmp_path: Path, models: Path) -> Iterator[Server]:
    """Yield a server with one worker."""
    with running(tmp_path, models, 1) as server:
        yield server


def test_a_worker_that_dies_costs_its_page_alone(single: Server) -> None:
    (victim,) = workers(single)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        # Given a request whose second page is being read
        poisoned = pool.submit(single.invoke, with_an_endless_page(2, 3), "application/pdf")
        until(lambda: single.metric('docparser_ocr_pages_total{code="",status="OK"}') == 1)
        waiting = pool.submit(single.invoke, encoded(picture("Of another request")))
        time.sleep(0.3)
        # When its worker dies
        os.kill(victim, signal.SIGSEGV)
        answer = answered(poisoned.result())
        other = answered(waiting.result())
    # Then all other pages are read, by another worker
    assert codes(answer) == [None, PageCode.PAGE_UNREADABLE, None]
    assert [page.number for page in answer.pages] == [1, 2, 3]
    assert [answer.pages[index].text for index in (0, 2)] == ["This is page 1", "This is page 3"]
    assert codes(other) == [None]
    assert other.pages[0].text == "Of another request"
    (successor,) = workers(single)
    assert successor != victim
    assert replaced(single, "died") == 1
    assert single.ping() == 200


def test_a_worker_that_dies_idle_costs_no_page(single: Server) -> None:
    (victim,) = workers(single)
    os.kill(victim, signal.SIGKILL)
    until(lambda: not alive(victim))
    answer = answered(single.invoke(encoded(picture("Nobody noticed"))))
    assert [page.text for page in answer.pages] == ["Nobody noticed"]
    assert replaced(single, "died") == 1


def test_a_decoder_that_hangs_is_ended_at_the_deadline(server: Server) -> None:
    late = replaced(server, "late")
    answer = answered(server.invoke(with_an_endless_page(2, 4), "application/pdf", "deadline_s=2"))
    assert codes(answer) == [None, PageCode.PAGE_DEADLINE, None, None]
    assert replaced(server, "late") == late + 1
    until(lambda: len(workers(server)) == 2)


def test_workers_end_with_a_server_that_is_killed(tmp_path: Path, models: Path) -> None:
    with running(tmp_path, models, 2) as server, concurrent.futures.ThreadPoolExecutor(1) as pool:
        # Given two workers, one in the middle of a page that takes very long
        both = workers(server)
        before = {pid: cpu_s(pid) for pid in both}
        pool.submit(server.invoke, with_an_endless_page(1, 1), "application/pdf")
        until(lambda: any(cpu_s(pid) > before[pid] + 0.3 for pid in both))
        # When the server dies
        server.process.kill()
        server.process.wait(10)
    # Then they are gone, too
    until(lambda: not any(map(alive, both)), 5)


def test_workers_end_with_a_server_that_is_told_to(tmp_path: Path, models: Path) -> None:
    with running(tmp_path, models, 2) as server:
        both = workers(server)
        assert server.stop() == 0
    assert not any(map(alive, both))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_a_server_that_finds_no_worker_says_so(single: Server) -> None:
    # Given a server that gets no memory to share with a worker, as files may not be so large
    (victim,) = workers(single)
    _, hard = resource.prlimit(single.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(single.process.pid, resource.RLIMIT_FSIZE, (1 << 20, hard))
    # When its worker dies
    os.kill(victim, signal.SIGKILL)
    until(lambda: not alive(victim))
    refused(single.invoke(encoded(picture("No one"))), 503, "THROTTLED")
    # Then it is not ready, until there is one
    assert single.ping() == 503
    resource.prlimit(single.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    until(lambda: single.ping() == 200)
    answer = answered(single.invoke(encoded(picture("Here again"))))
    assert [page.text for page in answer.pages] == ["Here again"]
    assert "worker not started" in single.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
def test_workers_that_cannot_be_started_end_the_server(
    tmp_path: Path, models: Path, server: Server
) -> None:
    broken = start(tmp_path, models)
    resource.prlimit(broken.process.pid, resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    assert broken.process.wait(30) == 1


def test_calls_of_several_requests_share_batches(tmp_path: Path, models: Path) -> None:
    # As many streams as cores run; with more workers than these, some calls wait.
    threads = (os.cpu_count() or 1) + 6
    content = encoded(picture("The same words", size=(320, 128)))
    with (
        running(tmp_path, models, threads) as server,
        concurrent.futures.ThreadPoolExecutor(threads) as pool,
    ):
        sent = [pool.submit(server.invoke, content) for _ in range(8 * threads)]
        read = {page.text for future in sent for page in answered(future.result()).pages}
        calls, batches = (
            sum(
                server.metric(f'docparser_ocr_batch_calls_{kind}{{model="{model}"}}')
                for model in ("detector", "recogniser", "direction")
            )
            for kind in ("sum", "count")
        )
    assert read == {"The same words"}
    assert calls > batches > 0


def test_the_texts_are_those_of_the_engine_in_one_process(tmp_path: Path, models: Path) -> None:
    lines = ("The quick brown fox", "jumps over", "the lazy dog")
    (tmp_path / "pages.pdf").write_bytes(scans(lines, lines[1:], (), lines[::-1]))
    settings = OcrSettings(ocr_models=models, ocr_threads=2)
    with Reader(settings) as session:
        answer = session.read(tmp_path / "pages.pdf", "application/pdf", 60)
    prepared = weights.prepared(models)
    opened = backends.opened(backends.chosen(None), prepared, at_once=1)
    engine = Engine(opened, prepared.characters, prepared.full_characters)
    source = reader.opened(tmp_path / "pages.pdf", "application/pdf", settings)
    pages = [reader.read_page(engine, source, number, 60) for number in range(1, 5)]
    source.close()
    assert [page.text for page in answer.pages] == [page.text for page in pages]
    assert list(answer.pages) == pages


def test_memory_stays_where_it_was(single: Server) -> None:
    frames = [picture("A small page", str(index), size=(500, 200)) for index in range(25)]
    content = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    answered(single.invoke(content, "image/tiff"))
    before = resident(single)
    for _ in range(8):
        answered(single.invoke(content, "image/tiff"))
    assert resident(single) < 1.1 * before


def test_nothing_to_do_costs_nothing(server: Server) -> None:
    answered(server.invoke(encoded(picture("Before a pause"))))
    processes = [server.process.pid, *workers(server)]
    before = sum(map(cpu_s, processes))
    time.sleep(2)
    assert sum(map(cpu_s, processes)) - before < 0.1


def test_an_input_is_let_go_of_once_it_is_read(server: Server) -> None:
    answered(server.invoke(scans(*[(f"Page {number}",) for number in range(6)]), "application/pdf"))

    def held() -> list[Path]:
        links = [link for pid in workers(server) for link in Path(f"/proc/{pid}/fd").iterdir()]
        return [link for link in links if "docparser-ocr-" in str(link.readlink())]

    until(lambda: not held(), 5)


def test_metrics_tell_counts_and_no_text(server: Server) -> None:
    before = server.metric('docparser_ocr_requests_total{status="415"}')
    server.invoke(b"x", "text/plain")
    answered(server.invoke(encoded(picture("Kanarienvogel"))))
    blank = encoded(Image.new("1", (6000, 6000)), "TIFF", compression="group4")
    answered(server.invoke(blank, "image/tiff"))
    assert server.metric('docparser_ocr_requests_total{status="415"}') == before + 1
    assert server.metric('docparser_ocr_pages_total{code="",status="OK"}') >= 1
    assert server.metric('docparser_ocr_pages_total{code="PAGE_TOO_LARGE",status="ERROR"}') >= 1
    for stage in ("decode", "read", "layout"):
        assert server.metric(f'docparser_ocr_stage_seconds_sum{{stage="{stage}"}}') > 0
    assert server.metric("docparser_ocr_page_seconds_count") >= 2
    assert server.metric('docparser_ocr_queue_depth{model="detector"}') == 0
    assert server.metric("docparser_ocr_requests_running") == 0
    assert "kanarienvogel" not in server.metrics().casefold()
