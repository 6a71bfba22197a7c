"""Pages a second on a GPU, decode to JSON, beside what the card and the host's cores would allow.

For a machine with an H100-class card, a checkout with its locked environment (which carries the
weights) and a torch built for CUDA; nothing is fetched. ``make bench-gpu`` there runs

    python -m benchmarks.ocr_gpu [--images FOLDER] [--pages 2000] [--workers 16] [--compile]

and writes ``benchmarks/results/ocr_gpu.json``. Pages are drawn, or read from a folder of pictures
and PDFs, whose text is known where a ``.txt`` of the same name lies beside them.

1. The same pages on the CPU, one at a time: what they say, and the shapes that the models are
   given. 2. The server's own session (workers, batches, models) on the GPU. 3. Each model alone, by
   shape. 4. The walls: the bytes and operations of those shapes, counted on the graphs as they run,
   by the card's own bandwidth and speed, measured here; and the host's CPU seconds by its cores.

Without CUDA it ends with 2. ``--device cpu --pages 4`` shows that it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from docparser.model import Page
from docparser_ocr import backends, reader, weights
from docparser_ocr.backends import Backend, Models
from docparser_ocr.engine import Engine
from docparser_ocr.session import Session
from docparser_ocr.settings import OcrSettings, cores
from PIL import Image

from benchmarks.machine import stamp
from benchmarks.ocr.engines import cpu_seconds, descendants
from benchmarks.ocr.pages import sheets
from benchmarks.ocr.scores import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser_ocr.weights import Weights

RESULTS = Path(__file__).parent / "results" / "ocr_gpu.json"
MEDIA_TYPES = {
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
DEADLINE_S = 300.0
# Steps between a page and the next that keep a worker busy while another's models run.
ASKED_PER_WORKER = 2
BATCHES = {
    "detector": (1, 4, 8),
    "recogniser": (1, 16, 64),
    "direction": (8,),
    "full_recogniser": (1, 16, 64),
}

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Input:
    """A file of pages, and what stands on them, if that is known."""

    path: Path
    truth: str | None

    @property
    def media_type(self) -> str:
        """What kind of file it is."""
        return MEDIA_TYPES[self.path.suffix.lower()]


@dataclass
class Watched:
    """A model that counts the shapes that it is given."""

    model: backends.Model
    shapes: Counter[Shape] = field(default_factory=Counter)

    def __call__(self, batch: np.ndarray) -> tuple[np.ndarray, ...]:
        """Run a batch."""
        self.shapes[batch.shape] += 1
        return self.model(batch)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=Path, help="a folder of pictures and PDFs")
    parser.add_argument("--pages", type=int, default=2000, help="how many are read, at least")
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--compile", action="store_true", help="models alone, compiled as well")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    if find_spec("torch") is None:
        sys.stderr.write("ocr_gpu: torch is not installed\n")
        return 2
    if options.device == "cpu":
        # Before torch is imported: the session takes a GPU wherever it sees one.
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        sys.stderr.write("ocr_gpu: no CUDA device; `--device cpu --pages 4` shows that it runs\n")
        return 2
    result = stamp("ocr_gpu") | {"device": device(options.device)}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        given = found(options.images) if options.images else drawn(home, options.pages)
        settings = OcrSettings(
            ocr_models=home / "models", ocr_backend=Backend.TORCH, ocr_threads=options.workers
        )
        prepared = weights.prepared(settings.ocr_models)
        texts, shapes, pages = on_cpu(given, prepared, settings)
        result |= served(given, settings, texts, options.pages)
        result["models_ms"] = alone(prepared, shapes, options.device, compiled=options.compile)
        result["walls"] = walls(prepared, shapes, pages, options.device)
    result["walls"]["host_pages_per_s"] = round(cores() / result["host_cpu_s_per_page"], 1)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(result, indent=2) + "\n")
    show(result)
    return 0


def device(kind: str) -> str:
    """Return what the models run on, as torch names it."""
    import torch

    return f"{torch.cuda.get_device_name()}" if kind == "cuda" else "cpu"


# ------------------------------------------------------------ pages
def drawn(home: Path, most: int) -> list[Input]:
    """Draw pages of known text, as a scanner's JPEG files."""
    inputs = []
    for sheet in sheets()[:most]:
        path = home / f"{sheet.name}.jpg"
        Image.fromarray(sheet.pixels).save(path, quality=90, dpi=(sheet.dpi, sheet.dpi))
        inputs.append(Input(path, sheet.text))
    return inputs


def found(folder: Path) -> list[Input]:
    """Return a folder's files that hold pages."""
    inputs = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in MEDIA_TYPES:
            text = path.with_suffix(".txt")
            inputs.append(Input(path, text.read_text("utf-8") if text.exists() else None))
    if not inputs:
        raise SystemExit(f"ocr_gpu: no pictures or PDFs in {folder}")
    return inputs


def on_cpu(
    given: Sequence[Input], prepared: Weights, settings: OcrSettings
) -> tuple[list[str], dict[str, Counter[Shape]], int]:
    """Read each input once; return the texts, the shapes by model, and how many pages there are."""
    # In 32 bits, so that what another backend loses is seen in full.
    opened = backends.opened(Backend.ONNXRUNTIME, prepared, at_once=1)
    watched = [Watched(model) for model in opened]
    engine = Engine(Models(*watched), prepared.characters, prepared.full_characters)
    texts, pages = [], 0
    for one in given:
        source = reader.opened(one.path, one.media_type, settings)
        numbers = range(1, source.page_count + 1)
        read = [reader.read_page(engine, source, number, DEADLINE_S) for number in numbers]
        source.close()
        texts.append("\f".join(page.text for page in read))
        pages += len(read)
    shapes = dict(zip(Models._fields, (model.shapes for model in watched), strict=True))
    return texts, shapes, pages


# ------------------------------------------------------------ the server's session
def served(
    given: Sequence[Input], settings: OcrSettings, expected: Sequence[str], least: int
) -> dict[str, Any]:
    """Read pages as the server does, over and over; return speed, errors, memory and load."""
    import torch

    with Session(settings) as session, ThreadPoolExecutor(len(given)) as openers:
        counts = list(
            openers.map(lambda one: session.open(one.path, one.media_type, DEADLINE_S), given)
        )
        asked = [
            (one, number)
            for one, count in zip(given, counts, strict=True)
            for number in range(1, count + 1)
        ]

        def read(what: tuple[Input, int]) -> bytes:
            one, number = what
            return session.read(one.path, one.media_type, number, DEADLINE_S).content

        with ThreadPoolExecutor(settings.ocr_threads * ASKED_PER_WORKER) as threads:
            first = list(threads.map(read, asked))
            # Shapes of batches vary from round to round: the second captures most graphs, the
            # third shows that they are there.
            for _ in range(2 if torch.cuda.is_available() else 0):
                list(threads.map(read, asked))
            rounds = max(1, round(least / len(asked)))
            cpu_before, started = cpu_seconds(os.getpid()), time.monotonic()
            with gpu_load() as load:
                for _ in threads.map(read, asked * rounds):
                    pass
            seconds = time.monotonic() - started
            cpu = cpu_seconds(os.getpid()) - cpu_before
        resident = sum(map(resident_mb, (os.getpid(), *descendants(os.getpid()))))
    pages = len(asked) * rounds
    return {
        "workers": settings.ocr_threads,
        "pages": pages,
        "pages_per_s": round(pages / seconds, 2),
        "host_cpu_s_per_page": round(cpu / pages, 4),
        "gpu": load,
        "gpu_memory_mb": round(torch.cuda.max_memory_reserved() / 1e6)
        if torch.cuda.is_available()
        else None,
        "resident_mb": round(resident),
        "errors": compared(given, counts, first, expected),
    }


def compared(
    given: Sequence[Input],
    counts: Sequence[int],
    contents: Sequence[bytes],
    expected: Sequence[str],
) -> dict[str, Any]:
    """Return the CER of both devices against the truth, and of one against the other."""
    ours, theirs, between = Tally(), Tally(), Tally()
    left = iter(contents)
    for one, count, text in zip(given, counts, expected, strict=True):
        pages = [Page.model_validate_json(next(left)) for _ in range(count)]
        found_text = "\f".join(page.text for page in pages)
        between.add(text, found_text)
        if one.truth is not None:
            ours.add(one.truth, found_text)
            theirs.add(one.truth, text)
    rates = {"device_against_cpu": between.rates()["cer"]}
    if ours.pages:
        rates |= {"device": ours.rates()["cer"], "cpu": theirs.rates()["cer"]}
    return {name: round(rate, 5) for name, rate in rates.items()}


@contextmanager
def gpu_load() -> Iterator[dict[str, float]]:
    """Ask nvidia-smi twice a second while something runs; the means are there at its end."""
    load: dict[str, float] = {}
    command = ["nvidia-smi", "--query-gpu=utilization.gpu,utilization.memory,power.draw"]
    command += ["--format=csv,noheader,nounits", "-lms", "500", "--id=0"]
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except FileNotFoundError:
        yield load
        return
    lines: list[str] = []
    watcher = threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True)
    watcher.start()
    try:
        yield load
    finally:
        process.terminate()
        process.wait()
        watcher.join()
    rows = [[float(value) for value in line.split(",")] for line in lines if line[:1].isdigit()]
    names = ("utilisation_percent", "memory_utilisation_percent", "power_w")
    columns = zip(*rows, strict=True)
    load.update(
        (name, round(statistics.fmean(column), 1))
        for name, column in zip(names, columns, strict=False)
    )


def resident_mb(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except FileNotFoundError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# ------------------------------------------------------------ models alone
def alone(
    prepared: Weights, shapes: dict[str, Counter[Shape]], kind: str, *, compiled: bool
) -> list[dict[str, Any]]:
    """Time each model by shape, copies included: those of its most usual pictures, in batches."""
    from docparser_ocr.backends import torch as torch_backend

    rows = []
    for way in (False, True) if compiled else (False,):
        models = torch_backend.models(prepared, device=kind, compiled=way)
        for name, model in zip(Models._fields, models, strict=True):
            for picture in usual(shapes[name], 4 if kind == "cuda" else 1):
                for batch in BATCHES[name] if kind == "cuda" else BATCHES[name][:1]:
                    milliseconds = timed(model, (batch, *picture), 20 if kind == "cuda" else 1)
                    rows.append(
                        {
                            "model": name,
                            "compiled": way,
                            "shape": [batch, *picture],
                            "ms": round(milliseconds, 3),
                        }
                    )
    return rows


def usual(shapes: Counter[Shape], most: int) -> list[Shape]:
    pictures: Counter[Shape] = Counter()
    for (batch, *picture), times in shapes.items():
        pictures[tuple(picture)] += batch * times
    return sorted(picture for picture, _ in pictures.most_common(most))


def timed(model: backends.Model, shape: Shape, times: int) -> float:
    """Return the median milliseconds of a call, after the calls that prepare a shape."""
    batch = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for _ in range(3 if times > 1 else 0):
        model(batch)
    took = []
    for _ in range(times):
        started = time.perf_counter()
        model(batch)
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


# ------------------------------------------------------------ the walls
def walls(
    prepared: Weights, shapes: dict[str, Counter[Shape]], pages: int, kind: str
) -> dict[str, Any]:
    """Return what a page moves and computes, and the pages a second that the card has for that."""
    moved, computed = 0.0, 0.0
    for name in Models._fields:
        for shape, times in shapes[name].items():
            numbers, operations = work(getattr(prepared, name), shape)
            moved += 2 * numbers * times  # bytes, of 16 bits
            computed += operations * times
    bandwidth, speed = card(kind)
    return {
        "gb_per_page": round(moved / pages / 1e9, 3),
        "gflop_per_page": round(computed / pages / 1e9, 1),
        "bandwidth_gb_per_s": round(bandwidth / 1e9),
        "tflop_per_s": round(speed / 1e12, 2),
        "memory_pages_per_s": round(bandwidth / (moved / pages), 1),
        "arithmetic_pages_per_s": round(speed / (computed / pages), 1),
    }


def work(path: Path, shape: Shape) -> tuple[int, int]:
    """Count the numbers that a run reads and writes between operators, and its operations.

    The graph is walked as it runs, on tensors that have a shape and no content. Of operators that
    only look at their input in another way nothing is moved.
    """
    import torch
    from docparser_ocr.backends import onnx_graph, torch_module

    module = torch_module.module(onnx_graph.fused(onnx_graph.read(path)), torch.float16)
    counted = [0, 0]

    class Walk(torch.fx.Interpreter):
        def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
            answer = super().call_function(target, args, kwargs)
            if torch.is_tensor(answer) and target.__name__ not in VIEWS:
                activations = [value for value in args[:1] if torch.is_tensor(value)]
                if target.__name__ in ("add", "mul", "_attention"):
                    activations = [value for value in args if torch.is_tensor(value)]
                counted[0] += answer.numel() + sum(value.numel() for value in activations)
                counted[1] += operations(target.__name__, args, answer)
            return answer

    Walk(module.to("meta")).run(torch.empty(shape, dtype=torch.uint8, device="meta"))
    return counted[0], counted[1]


VIEWS = frozenset(("_transpose", "_reshape", "_squeeze", "_unsqueeze", "_slice", "_gather"))


def operations(name: str, arguments: Sequence[Any], answer: Any) -> int:
    """Count two for each product and its sum; what works by element is not counted."""
    if name == "_conv":
        return int(2 * answer.numel() * arguments[1][0].numel())
    if name == "_conv_transpose":
        return int(2 * arguments[0].numel() * arguments[1][0].numel())
    if name in ("linear", "_classifier"):
        return int(2 * answer.numel() * arguments[1].shape[1])
    if name == "_attention":
        queries, keys = arguments[:2]
        return int(4 * queries.numel() * keys.shape[-2])
    return 0


def card(kind: str) -> tuple[float, float]:
    """Measure bytes a second that can be moved, and operations a second in products of matrices."""
    import torch

    big = kind == "cuda"
    place, dtype = torch.device(kind), torch.float16 if big else torch.float32
    source = torch.ones(2**30 if big else 2**26, dtype=torch.uint8, device=place)
    target = torch.empty_like(source)
    side = 8192 if big else 512
    matrix = torch.ones((side, side), dtype=dtype, device=place)

    def seconds(run: Any, times: int) -> float:
        run()
        if big:
            torch.cuda.synchronize()
        started = time.perf_counter()
        for _ in range(times):
            run()
        if big:
            torch.cuda.synchronize()
        return (time.perf_counter() - started) / times

    bandwidth = 2 * source.numel() / seconds(lambda: target.copy_(source), 20)
    return bandwidth, 2 * side**3 / seconds(lambda: matrix @ matrix, 20)


def show(result: dict[str, Any]) -> None:
    """Print the table."""
    print(f"{result['device']}, {result['workers']} workers, {result['pages']} pages")
    rate = result["pages_per_s"]
    walls_ = result["walls"]
    for label, value in (
        ("pages/s, decode to JSON", rate),
        ("wall: the card's memory, pages/s", walls_["memory_pages_per_s"]),
        ("wall: the card's arithmetic, pages/s", walls_["arithmetic_pages_per_s"]),
        ("wall: the host's cores, pages/s", walls_["host_pages_per_s"]),
        ("share of the card's memory wall", f"{rate / walls_['memory_pages_per_s']:.1%}"),
        ("moved on the card, GB/page", walls_["gb_per_page"]),
        ("computed, GFLOP/page", walls_["gflop_per_page"]),
        ("host CPU, s/page", result["host_cpu_s_per_page"]),
        ("resident, MB, all processes", result["resident_mb"]),
        ("GPU memory, MB", result["gpu_memory_mb"]),
    ):
        print(f"  {label:40} {value}")
    for label, value in (result["gpu"] | result["errors"]).items():
        print(f"  {label:40} {value}")
    for row in result["models_ms"]:
        way = " compiled" if row["compiled"] else ""
        print(
            f"  {row['model'] + way:20} {'x'.join(map(str, row['shape'])):20} {row['ms']:9.3f} ms"
        )


if __name__ == "__main__":
    sys.exit(main())
