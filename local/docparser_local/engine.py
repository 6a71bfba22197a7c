"""The engine process: every AWS service, the Lambda workers and the state machines.

``python -m docparser_local.engine --port 4566 --home .docparser`` runs in the foreground until
SIGTERM or SIGINT and then stops cleanly, workers included.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from docparser_local.fingerprint import engine_fingerprint
from docparser_local.http_server import Counted, lifespan, listening
from docparser_local.settings import LOOPBACK, EngineSettings, prepare

if TYPE_CHECKING:
    from docparser_local.bridge.recovery import ExecutionStore


def build(settings: EngineSettings) -> ExecutionStore:
    """Install the bridge, in the order its parts require; return what outlives a restart."""
    prepare(settings)
    from docparser_local.bridge import clients  # imports boto3: only after prepare()

    pool = clients.ClientPool(settings)
    clients.install(pool)  # before any interpreter module binds its own client factory

    from docparser_local.bridge import (
        batching,
        caches,
        cloudformation,
        definitions,
        distributed_map,
        emf,
        executions,
        invocations,
        jsonata,
        message_moves,
        object_checksums,
        object_events,
        parameters,
        recovery,
        redrive,
        snapshots,
        task_tokens,
    )
    from docparser_local.bridge.journal import Journal
    from docparser_local.workers import service

    journal = Journal(settings.journal)

    service.install(settings, on_log=emf.publish)
    definitions.install()
    executions.install(journal)
    redrive.install()
    recovery.install()
    snapshots.install()
    invocations.install()
    task_tokens.install()
    parameters.install()
    distributed_map.install()
    jsonata.install()  # last: it patches names in every interpreter module loaded so far
    message_moves.install(pool)
    object_events.install()
    object_checksums.install()
    cloudformation.install()
    batching.install()
    caches.install()
    return recovery.ExecutionStore(settings.executions, journal)


def claim(settings: EngineSettings, fingerprint: str) -> bool:
    """Lock the process file and describe this process in it.

    The descriptor is never closed: the lock goes when the process has ended, workers included,
    and not a moment earlier.

    Returns
    -------
    bool
        False if another engine holds the file.

    Raises
    ------
    ForeignHomeError
        The home directory belongs to another user.
    """
    settings.make_home()
    descriptor = os.open(settings.process_file, os.O_RDWR | os.O_CREAT, 0o600)
    # Someone who asks whether an engine runs holds a shared lock for an instant: try again.
    for _ in range(20):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.05)
    else:
        os.close(descriptor)
        return False
    os.ftruncate(descriptor, 0)
    row = {"pid": os.getpid(), "port": settings.port, "fingerprint": fingerprint}
    os.write(descriptor, json.dumps(row).encode())
    return True


async def serve(settings: EngineSettings, store: ExecutionStore) -> None:
    """Serve until a signal asks for the end."""
    from ministack import app

    from docparser_local.bridge import executions
    from docparser_local.bridge.snapshots import Snapshots

    counted = Counted(app.app)
    saving = Snapshots(settings.state_dir, lambda: counted.requests)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with lifespan(app.app):
        interrupted = store.restore()
        async with listening(counted, LOOPBACK, settings.port):
            # Their events may start functions, which call back: not before the port is open.
            await asyncio.to_thread(store.report, interrupted)
            saving.start()
            await stop.wait()
            executions.freeze()
        await asyncio.to_thread(saving.stop)
        store.save()


def main() -> int:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description="Run the embedded AWS.")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--home", type=Path, default=Path(".docparser"))
    parser.add_argument("--detach", action="store_true", help="return at once, run on in the back")
    arguments = parser.parse_args()
    if arguments.detach and os.fork():
        return 0
    if arguments.detach:
        os.setsid()  # a Ctrl-C meant for the caller must not end the engine
    settings = EngineSettings(arguments.port, arguments.home.resolve())
    fingerprint = engine_fingerprint()  # of the code about to be imported
    if not claim(settings, fingerprint):
        print(f"another engine already uses {settings.home}", file=sys.stderr)  # noqa: T201
        return 1
    asyncio.run(serve(settings, build(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
