"""The engine process: every AWS service, the Lambda workers and the state machines.

``python -m docparser_local.engine --port 4566 --home .docparser`` runs in the foreground until
SIGTERM or SIGINT and then stops cleanly, workers included.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docparser_local.fingerprint import engine_fingerprint
from docparser_local.http_server import Counted, lifespan, listening
from docparser_local.process_file import Process, claim, describe
from docparser_local.settings import LOOPBACK, EngineSettings, prepare

if TYPE_CHECKING:
    from docparser_local.bridge.async_invocations import AsyncInvocations
    from docparser_local.bridge.journal import Journal
    from docparser_local.bridge.recovery import ExecutionStore


@dataclass(frozen=True)
class Kept:
    """What outlives a restart."""

    records: Journal
    executions: ExecutionStore
    invocations: AsyncInvocations


def build(settings: EngineSettings) -> Kept:
    """Install the bridge, in the order its parts require; return what outlives a restart."""
    prepare(settings)
    from docparser_local.bridge import object_files
    from docparser_local.bridge.journal import Journal

    records = Journal(settings.record_journal)
    rows = list(records.rows())
    object_files.finish(rows, settings.staged_objects)  # before anybody reads the objects
    from docparser_local.bridge import clients  # imports boto3: only after prepare()

    pool = clients.ClientPool(settings)
    clients.install(pool)  # before any interpreter module binds its own client factory

    from docparser_local.bridge import (
        async_invocations,
        batching,
        caches,
        cloudformation,
        definitions,
        distributed_map,
        emf,
        executions,
        invocations,
        item_journal,
        jsonata,
        message_journal,
        message_moves,
        object_checksums,
        object_events,
        object_locks,
        parameters,
        recovery,
        redrive,
        rest_apis,
        schedules,
        task_tokens,
    )
    from docparser_local.workers import service

    journal = Journal(settings.execution_journal)
    under_way = async_invocations.AsyncInvocations(records, rows, executions.freezing)

    service.install(settings, on_log=emf.publish)
    definitions.install()
    executions.install(recovery.ExecutionJournal(journal))
    redrive.install()
    recovery.install()
    item_journal.install(records, rows)
    message_journal.install(records, rows)
    object_files.install(records, settings.staged_objects)
    async_invocations.install(under_way)
    invocations.install()
    task_tokens.install()
    parameters.install()
    distributed_map.install()
    jsonata.install()  # last: it patches names in every interpreter module loaded so far
    message_moves.install(pool)
    object_events.install()
    object_checksums.install()
    object_locks.install()
    rest_apis.install()
    cloudformation.install()  # guards the resources that there are by now
    batching.install()
    schedules.install()
    caches.install()
    return Kept(records, recovery.ExecutionStore(settings.executions, journal), under_way)


def claim_home(settings: EngineSettings) -> bool:
    """Lock the home directory for this process; return whether no other engine has it.

    Raises
    ------
    ForeignHomeError
        The home directory belongs to another user.
    """
    settings.make_home()
    descriptor = claim(settings.process_file("engine"))
    if descriptor is None:
        return False
    # Of the code about to be imported. The descriptor stays open for as long as this process.
    describe(descriptor, Process(os.getpid(), settings.port, engine_fingerprint()))
    return True


async def serve(settings: EngineSettings, kept: Kept) -> None:
    """Serve until a signal asks for the end."""
    from ministack import app

    from docparser_local.bridge import executions, rest_apis
    from docparser_local.bridge.snapshots import Snapshots

    counted = Counted(rest_apis.RawRequests(app.app))
    saving = Snapshots(settings.state_dir, lambda: counted.requests, kept.records)
    saving.guard_deployments()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with lifespan(app.app):
        unheard = kept.executions.restore()
        async with listening(counted, LOOPBACK, settings.port):
            # Both may start functions, which call back: not before the port is open.
            await asyncio.to_thread(kept.executions.report, unheard)
            kept.invocations.resume()
            saving.start()
            await stop.wait()
            executions.freeze()
        await asyncio.to_thread(saving.stop)
        kept.executions.save()


def main() -> int:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description="Run the embedded AWS.")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--home", type=Path, default=Path(".docparser"))
    parser.add_argument("--claimed", action="store_true", help="the home is this process's already")
    arguments = parser.parse_args()
    settings = EngineSettings(arguments.port, arguments.home.resolve())
    if not arguments.claimed and not claim_home(settings):
        print(f"another engine already uses {settings.home}", file=sys.stderr)  # noqa: T201
        return 1
    asyncio.run(serve(settings, build(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
