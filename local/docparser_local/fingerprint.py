"""Content hashes that decide when something made earlier may be used again."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
_IGNORED_FOLDERS = {"__pycache__", "node_modules"}


def files_under(paths: Iterable[Path]) -> list[Path]:
    """List every file at or below the paths, sorted; missing paths are left out."""
    found: set[Path] = set()
    for path in paths:
        if path.is_file():
            found.add(path)
        elif path.is_dir():
            found |= {p for p in path.rglob("*") if p.is_file() and not _ignored(p)}
    return sorted(found)


def content_fingerprint(root: Path, paths: Iterable[Path], *extra: str) -> str:
    """Hash names (relative to ``root``) and contents of files, and the extra strings."""
    digest = hashlib.sha256()
    for text in (platform.python_version(), *extra):
        digest.update(f"{text}\0".encode())
    for path in files_under(paths):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def engine_fingerprint() -> str:
    """Hash the code that a running engine and its workers hold in memory.

    ``layers/core`` and the locked environment reach the workers by import, not by deployment, so
    no change set could ever replace them in a worker that is warm.
    """
    loaded = ("local/docparser_local", "layers/core/python", "functions", "uv.lock")
    return content_fingerprint(ROOT, [ROOT / path for path in loaded])


def _ignored(path: Path) -> bool:
    return path.suffix == ".pyc" or not _IGNORED_FOLDERS.isdisjoint(path.parts)
