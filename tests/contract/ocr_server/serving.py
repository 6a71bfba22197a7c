"""The OCR server as a process of its own, as the container starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

START_LIMIT_S = 60.0


@dataclass
class Server:
    """A running server; ``log`` is what it writes to standard error."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def ping(self) -> int:
        """Return the status of a ping, 0 where nobody answers."""
        try:
            return httpx.get(f"{self.url}/ping", timeout=5).status_code
        except httpx.TransportError:
            return 0

    def invoke(
        self, content: bytes, media_type: str = "image/png", attributes: str = ""
    ) -> httpx.Response:
        headers = {"content-type": media_type}
        if attributes:
            headers["x-amzn-sagemaker-custom-attributes"] = attributes
        return httpx.post(f"{self.url}/invocations", content=content, headers=headers, timeout=60)

    def metrics(self) -> str:
        """Return the metrics in Prometheus' text format."""
        response = httpx.get(f"{self.url}/metrics", timeout=5)
        assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
        return response.text

    def metric(self, name: str) -> float:
        """Return a figure by its name and labels; 0 if nothing was counted there."""
        lines = [line.rpartition(" ") for line in self.metrics().splitlines()]
        return next((float(value) for found, _, value in lines if found == name), 0.0)

    def wait_until_ready(self) -> set[int]:
        """Wait for a ping to be answered with 200; return the answers on the way."""
        seen: set[int] = set()
        until = time.monotonic() + START_LIMIT_S
        while (status := self.ping()) != 200:
            seen.add(status)
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until
            time.sleep(0.01)
        return seen

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


def start(folder: Path, models: Path, **settings: str) -> Server:
    """Start a server on a free port; it is not ready yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("DOCPARSER_")}
    environment = {**inherited, "DOCPARSER_OCR_MODELS": str(models), **settings}
    log = folder / f"server-{port}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "docparser_ocr.server", "--port", str(port)],
            env=environment,
            stderr=file,
        )
    return Server(process, f"http://127.0.0.1:{port}", log)
