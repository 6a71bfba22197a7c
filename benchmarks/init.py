"""What a cold start costs: every handler's init beside bare boto3 with the same clients.

For each folder in ``functions/`` that becomes a zip, fresh interpreters import ``handler`` with the
function's settings (A) or import boto3 and make the clients that the handler was seen to make (B),
in turn: A B A B. Counted is processor time (user and system) from the interpreter's first line to
the last, so the interpreter's own start is in neither side. ``ratio`` is that of the medians; a
busy machine moves it by a tenth or two, and that of the minima hardly. Both sides run isolated
(``-I -S``), with bytecode cached, as on Lambda, and with credentials from the environment::

    uv run python -m benchmarks.init

The last result is kept in ``benchmarks/results/init.json``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser.model import Zone

from benchmarks.machine import stamp
from infra.functions import ROOT, ZIPPED

if TYPE_CHECKING:
    from infra.functions import FunctionSpec

RESULT = Path(__file__).parent / "results" / "init.json"
PAIRS = 21
TARGET_RATIO = 1.4

AT_FIRST_USE = {
    "classify: phonenumbers, stdnum": "only a document with a candidate number needs them; the "
    "function has a whole vCPU, so they load no slower than at init",
    "index, api: opensearchpy": "0.2 s of CPU; with the first request to an index, which a "
    "deployment without one never makes",
    "preflight, ocr_request: PIL": "only images need it, and most documents are PDFs",
    "preflight: the client of SageMaker": "only scans need it, where there is a choice of lanes; "
    "the service's model has 3 MB",
    "all: schemas of nouns": "built at init for the nouns of every invocation; the others, such "
    "as those of a conflict or a repeat, when one is met",
    "all: TLS connections": "boto3 opens them with the first request, on both sides",
}
"""What a handler leaves until it is needed, and why that is right."""

SETUP = """
import sys, time
sys.path[:0] = {path!r}
start = time.process_time()
"""
REPORT = """
print(time.process_time() - start)
"""
SEEN = """
import botocore.session
create, seen = botocore.session.Session.create_client, []
def noting(session, service, *args, **kwargs):
    seen.append(service)
    return create(session, service, *args, **kwargs)
botocore.session.Session.create_client = noting
import handler
print(*seen)
"""


_WORDS = {
    "SEARCH": "opensearch",
    "OCR_CPU": "true",
    "TEXTRACT": "true",
    "TEXTRACT_PAGES_PER_SECOND": "1",
    "LANE_POLICY": "cost",
    "SLOTS": "100",
    "MAX_FAILURES": "3",
    "MALWARE": "off",
}


def _made_up(name: str) -> str:
    if name == "STATE_MACHINE_ARN":
        return "arn:aws:states:us-east-1:000000000000:stateMachine:document"
    if name.endswith("_S"):
        return "1800"
    if name in _WORDS:
        return _WORDS[name]
    return f"docparser-dev-{name.lower().replace('_', '-')}"


def _is_said(name: str) -> bool:
    """Return whether a setting has something to say where zones are buckets of AWS."""
    kinds = ("ENDPOINT", "SECRET", "FOLDER")
    elsewhere = {f"{zone.upper()}_{kind}" for zone in Zone for kind in kinds}
    return name not in {"LEVEL_KEYS", *elsewhere}


def environment(spec: FunctionSpec) -> dict[str, str]:
    """Return what Lambda sets for a function, with made-up names."""
    settings = {f"DOCPARSER_{name}": _made_up(name) for name in spec.settings if _is_said(name)}
    if spec.zone:
        settings["DOCPARSER_ZONE"] = spec.zone
    return settings | {
        "DOCPARSER_ENV": "dev",
        "AWS_LAMBDA_FUNCTION_NAME": f"docparser-dev-{spec.purpose}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "PATH": os.environ["PATH"],
    }


def answer(spec: FunctionSpec, program: str) -> str:
    """Return what a program prints in a fresh interpreter that sees what the function sees."""
    path = [
        str(spec.source),
        str(ROOT / "layers" / "core" / "python"),
        sysconfig.get_path("purelib"),
    ]
    process = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SETUP.format(path=path) + program],
        env=environment(spec),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return process.stdout


def milliseconds(spec: FunctionSpec, statements: str) -> float:
    """Return the CPU time of statements in a fresh interpreter."""
    return 1000 * float(answer(spec, statements + REPORT))


def measure(spec: FunctionSpec) -> dict[str, Any]:
    """Return one function's figures; the first run of each side, uncounted, fills the caches."""
    clients = answer(spec, SEEN).split()
    alone = "import boto3\n" + "\n".join(f"boto3.client({name!r})" for name in clients)
    milliseconds(spec, alone)
    pairs = [
        (milliseconds(spec, "import handler"), milliseconds(spec, alone)) for _ in range(PAIRS)
    ]
    handler, bare = zip(*pairs, strict=True)
    handler_ms, bare_ms = statistics.median(handler), statistics.median(bare)
    ratios = [one / other for one, other in pairs]
    return {
        "clients": clients,
        "handler_cpu_ms_median": round(handler_ms, 1),
        "bare_boto3_cpu_ms_median": round(bare_ms, 1),
        "ratio": round(handler_ms / bare_ms, 2),
        "ratio_of_minima": round(min(handler) / min(bare), 2),
        "pairwise_ratio_min": round(min(ratios), 2),
        "pairwise_ratio_max": round(max(ratios), 2),
    }


def main() -> None:
    """Measure, print, and keep the result."""
    head = stamp("init")
    columns = ("handler ms", "boto3 ms", "ratio", "of minima", "lowest", "highest")
    print(f"{'':14}" + "".join(f"{name:>12}" for name in columns) + "  clients")
    functions = {}
    for spec in ZIPPED:
        row = functions[spec.name] = measure(spec)
        clients, *figures = row.values()
        cells = "".join(f"{figure:>12}" for figure in figures)
        print(f"{spec.name:14}{cells}  {' '.join(clients)}", flush=True)
    for what, why in AT_FIRST_USE.items():
        print(f"at first use: {what}: {why}")
    result = {
        **head,
        "pairs": PAIRS,
        "ratio_target": TARGET_RATIO,
        "ratio_highest": max(row["ratio"] for row in functions.values()),
        "functions": functions,
        "at_first_use": AT_FIRST_USE,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
