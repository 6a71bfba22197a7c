"""A worker: a process that decodes pages and reads them with models that run in the server.

It alone touches what an input holds; whatever becomes of it, the server starts another.

::

    python -m docparser_ocr.worker SOCKET MEMORY    (descriptors, given by the server)
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from docparser import init_phase
from docparser.errors import Rejected

from . import journal
from .backends import Models
from .channel import Channel, ChannelClosed, Message
from .engine import Engine
from .inference import Line, RemoteModel, Setup
from .processes import resident_bytes
from .reader import opened, timed_page
from .shared_memory import SharedMemory

if TYPE_CHECKING:
    from .source import Source

# Bytes of address space: the largest picture, in 32 bits a pixel and twice, and the libraries.
_MOST_MEMORY = 4 << 30


class Worker:
    """Answers the server, one message after the other, with the input of the last one open."""

    def __init__(self, channel: Channel, memory: SharedMemory) -> None:
        self._channel = channel
        line = Line(channel, memory)
        self._models = Models(*(RemoteModel(line, index) for index in range(len(Models._fields))))
        self._path = ""
        self._source: Source | None = None

    def run(self) -> NoReturn:
        """Work until the server has gone.

        Raises
        ------
        ChannelClosed
            It has.
        """
        # Our own server's bytes: nothing of an input is in them.
        setup: Setup = pickle.loads(self._channel.receive().content)  # noqa: S301
        self._settings = setup.settings
        known = setup.weights
        self._engine = Engine(self._models, known.characters, known.full_characters)
        self._engine.warm_up()
        # In Lambda the collector rests since docparser was imported.
        init_phase.end()
        self._channel.send(Message({"done": "setup"}))
        while True:
            asked = self._channel.receive().values
            if asked["do"] == "close":
                self._close()
                continue
            try:
                answer = self._page(asked) if asked["do"] == "page" else self._opened(asked)
            except Rejected as error:
                answer = Message({"done": "rejected", "code": error.code})
            answer.values["resident"] = resident_bytes(os.getpid())
            self._channel.send(answer)

    def _opened(self, asked: dict[str, str]) -> Message:
        return Message({"done": "open", "pages": self._input(asked).page_count})

    def _page(self, asked: dict[str, str]) -> Message:
        source = self._input(asked)
        page, stages = timed_page(
            self._engine,
            source,
            int(asked["number"]),
            float(asked["deadline_s"]),
            asked["language"],
        )
        values = {"done": "page", "status": page.status, "code": page.code, "stages": stages}
        return Message(values, page.to_json())

    def _input(self, asked: dict[str, str]) -> Source:
        if self._source is None or self._path != asked["path"]:
            self._close()
            self._source = opened(Path(asked["path"]), asked["media_type"], self._settings)
            self._path = asked["path"]
        return self._source

    def _close(self) -> None:
        source, self._source, self._path = self._source, None, ""
        if source is not None:
            source.close()


def _end_with(connection: socket.socket) -> None:
    """End this process when the server has gone, whatever is being decoded."""
    watched = select.poll()
    watched.register(connection, select.POLLHUP)
    watched.poll()
    os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Work for the server at the other end of a socket.

    Returns
    -------
    int
        0 when the server has gone, 1 after a defect.
    """
    descriptor, memory = map(int, arguments)
    # A person's interrupt reaches the whole terminal; it is the server that ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders write to standard error what they meet; the journal has an end of its own.
    journal.open_on(os.fdopen(os.dup(2), "w", buffering=1))
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    warnings.simplefilter("ignore")
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    connection = socket.socket(fileno=descriptor)
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    try:
        Worker(Channel(connection), SharedMemory(memory)).run()
    except ChannelClosed:
        return 0
    except Exception as error:  # noqa: BLE001 - whatever it is, the server starts another
        journal.write_defect("worker failed", error)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
