"""Synthesize the CDK application into a cache keyed by everything the result is made of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docparser_local.errors import NodeMissingError, SynthesisError
from docparser_local.fingerprint import content_fingerprint

_INPUTS = ("app.py", "cdk.json", "infra", "functions", "statemachines", "layers", "uv.lock")
_KEPT_ENTRIES = 3
_TIMEOUT_S = 300


def synthesize(root: Path, cache: Path, context: dict[str, str]) -> Path:
    """Return the cloud assembly of the application at ``root``.

    The CDK command line is not needed: it only starts ``app.py`` with two variables set. Node.js
    is, because the CDK library is JavaScript under its Python surface.

    Parameters
    ----------
    root
        Repository root, where ``app.py`` and ``cdk.json`` are.
    cache
        Directory of earlier results; the newest few are kept.
    context
        CDK context; it wins over that of ``cdk.json``.

    Raises
    ------
    NodeMissingError
        Node.js is not on the path.
    SynthesisError
        The application failed; the text ends with its last lines.
    """
    merged = _file_context(root) | context
    fingerprint = content_fingerprint(
        root, [root / name for name in _INPUTS], json.dumps(merged, sort_keys=True)
    )
    entry = cache / fingerprint
    if not (entry / "manifest.json").exists():
        cache.mkdir(parents=True, exist_ok=True)
        _run(root, entry, merged)
    os.utime(entry)  # used last, pruned last
    _prune(cache)
    return entry


def _file_context(root: Path) -> dict[str, object]:
    configuration = json.loads((root / "cdk.json").read_text())
    return dict(configuration.get("context", {}))


def _run(root: Path, entry: Path, context: dict[str, object]) -> None:
    if shutil.which("node") is None:
        raise NodeMissingError("Node.js 20 or later is needed to synthesize the stacks: no `node`")
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=entry.parent))
    try:
        process = subprocess.run(
            [sys.executable, "app.py"],
            cwd=root,
            env={
                # What the result is made of is in the fingerprint; a user's account is not.
                **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                "CDK_OUTDIR": str(building),
                "CDK_CONTEXT_JSON": json.dumps(context),
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            },
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        if process.returncode or not (building / "manifest.json").exists():
            tail = "\n".join((process.stderr or process.stdout).splitlines()[-15:])
            raise SynthesisError(f"app.py did not synthesize the stacks:\n{tail}")
        if not (entry / "manifest.json").exists():
            shutil.rmtree(entry, ignore_errors=True)  # the rest of a pruning that was interrupted
            building.rename(entry)  # atomic: a reader sees a whole assembly or none
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _prune(cache: Path) -> None:
    entries = [path for path in cache.iterdir() if not path.name.startswith(".")]
    for path in sorted(entries, key=lambda p: p.stat().st_mtime, reverse=True)[_KEPT_ENTRIES:]:
        shutil.rmtree(path, ignore_errors=True)
