"""The server of the container under load: what a second core brings, and what memory it keeps."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks.ocr.engines import ONE_THREAD, ROOT, descendants

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOADED_WITHIN_S = 180
_MEDIA_TYPE = {"content-type": "image/png"}
_KIB = 1024


class Server:
    """The server in a process of its own, with so many pages at once."""

    def __init__(self, models: Path, *, at_once: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.at_once = at_once
        self._process = subprocess.Popen(
            [sys.executable, "-m", "docparser_ocr.server", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={
                **os.environ,
                **ONE_THREAD,
                "DOCPARSER_OCR_MODELS": str(models),
                "DOCPARSER_OCR_THREADS": str(at_once),
            },
        )
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300)
        self._wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._process.terminate()
        self._process.wait(timeout=60)

    def _wait(self) -> None:
        until = time.monotonic() + _LOADED_WITHIN_S
        while time.monotonic() < until:
            try:
                if self._client.get("/ping").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server is not ready")

    def read(self, pictures: Sequence[bytes]) -> float:
        """Read pictures, so many requests at once as keep it busy; return the seconds."""

        def one(picture: bytes) -> None:
            answer = self._client.post("/invocations", content=picture, headers=_MEDIA_TYPE)
            answer.raise_for_status()
            if any(page["code"] for page in answer.json()["pages"]):
                raise RuntimeError("a page was not read")

        started = time.monotonic()
        with ThreadPoolExecutor(2 * self.at_once) as pool:
            list(pool.map(one, pictures))
        return time.monotonic() - started

    def resident_mb(self) -> float:
        """Return what the server and all its processes hold of memory, what they share once."""
        total = 0
        for pid in (self._process.pid, *descendants(self._process.pid)):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except FileNotFoundError:
                continue
            total += sum(
                int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")
            )
        return total / _KIB


def scaling(models: Path, pictures: Sequence[bytes], rounds: int) -> dict[str, Any]:
    """Return pages a second with one page at once and with two, taken in turns."""
    with Server(models, at_once=1) as one, Server(models, at_once=2) as two:
        for server in (one, two):
            server.read(pictures[: 2 * server.at_once])
        seconds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for server in (one, two):
                seconds[server.at_once].append(server.read(pictures))
    ratios = sorted(a / b for a, b in zip(seconds[1], seconds[2], strict=True))
    return {
        "pages": len(pictures),
        "rounds": rounds,
        "pages_per_second_one": round(len(pictures) / min(seconds[1]), 3),
        "pages_per_second_two": round(len(pictures) / min(seconds[2]), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "ratio": round(ratios[len(ratios) // 2], 3),
    }


def memory(models: Path, pictures: Sequence[bytes], pages: Sequence[int]) -> dict[str, Any]:
    """Return the server's memory in megabytes after so many pages, and the last by the first."""
    with Server(models, at_once=2) as server:
        held: dict[int, float] = {}
        read = 0
        for count in pages:
            turn = [pictures[index % len(pictures)] for index in range(read, count)]
            server.read(turn)
            read = count
            held[count] = round(server.resident_mb(), 1)
    first, last = held[pages[0]], held[pages[-1]]
    return {"resident_mb": held, "ratio": round(last / first, 3)}
