"""Shares out workers: a few per function, and whoever finds them busy waits."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docparser_local.workers.worker import Function, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser_local.workers.nursery import Nursery

# AWS starts one environment per concurrent invocation. Here all of them share a few cores, so more
# processes only take longer together; an invocation that finds none free waits and is never
# throttled. A function that invokes itself and waits for the answer could exhaust its own pool.
WORKERS_PER_FUNCTION = max(2, min(4, os.cpu_count() or 2))
_IDLE_LIMIT_S = 600.0


class Pool:
    """The workers of one function version.

    Parameters
    ----------
    nursery
        Makes the workers.
    code
        Folder with the function's unpacked code.
    """

    def __init__(self, nursery: Nursery, function: Function, code: Path) -> None:
        self.function = function
        self._nursery = nursery
        self._code = code
        self._free: list[Worker] = []
        self._count = 0
        self._retired = False
        self._changed = threading.Condition()

    @contextmanager
    def lease(self) -> Iterator[Worker]:
        """Borrow a worker: the one used last, a new one below the limit, else the next one free."""
        worker = self._take()
        try:
            if worker is None:
                worker = Worker(self._nursery, self.function, self._code)
            yield worker
        finally:
            self._put_back(worker)

    def _take(self) -> Worker | None:
        with self._changed:
            while not self._free and self._count >= WORKERS_PER_FUNCTION:
                self._changed.wait()
            if self._free:
                return self._free.pop()
            self._count += 1
            return None

    def _put_back(self, worker: Worker | None) -> None:
        with self._changed:
            keep = worker is not None and worker.alive and not self._retired
            if keep and worker is not None:
                worker.idle_since = time.monotonic()
                self._free.append(worker)
            else:
                self._count -= 1
            self._changed.notify()
        if not keep and worker is not None and worker.alive:
            worker.close()

    def retire(self, idle_limit_s: float | None = None) -> None:
        """Close free workers: those idle for longer than the limit, or (None) all for good."""
        now = time.monotonic()
        with self._changed:
            self._retired = self._retired or idle_limit_s is None
            doomed = [
                worker
                for worker in self._free
                if idle_limit_s is None or now - worker.idle_since > idle_limit_s
            ]
            self._free = [worker for worker in self._free if worker not in doomed]
            self._count -= len(doomed)
            self._changed.notify_all()
        for worker in doomed:
            worker.close()


class Pools:
    """The pools of every function, by ARN and version."""

    def __init__(self, nursery: Nursery, code_home: Path) -> None:
        self._nursery = nursery
        self._code_home = code_home
        self._pools: dict[tuple[str, str], Pool] = {}
        self._lock = threading.Lock()
        shutil.rmtree(code_home, ignore_errors=True)  # of an earlier run
        code_home.mkdir(parents=True)

    def pool(self, function: Function, code_sha256: str, code_zip: bytes) -> Pool:
        """Return the function's pool, a fresh one if the function changed."""
        key = (function.arn, function.version)
        with self._lock:
            pool = self._pools.get(key)
            if pool is not None and pool.function.revision == function.revision:
                return pool
            code = self._unpack(code_sha256, code_zip)
            self._pools[key] = fresh = Pool(self._nursery, function, code)
        if pool is not None:
            pool.retire()
        return fresh

    def retire_idle(self) -> None:
        """Close the workers that nobody has used for ten minutes."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.retire(_IDLE_LIMIT_S)

    def _unpack(self, sha256: str, code_zip: bytes) -> Path:
        folder = self._code_home / sha256.replace("/", "_").replace("+", "-").rstrip("=")
        if not folder.exists():
            unpacking = Path(tempfile.mkdtemp(dir=self._code_home))
            with zipfile.ZipFile(io.BytesIO(code_zip)) as archive:
                archive.extractall(unpacking)
            unpacking.rename(folder)
        return folder
