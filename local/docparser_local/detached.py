"""Run a program in the back: it outlives its caller, and holds a process file while it lives.

``python -m docparser_local.detached --file F --port P --fingerprint X -- COMMAND...`` returns when
the program has begun. The program is no child of the caller, who would have to reap it, and needs
to know nothing of the file: the lock is inherited by what takes this process's place.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from docparser_local.process_file import Process, claim, describe


def main() -> int:
    """Command line entry point; returns 1 if the file is held."""
    parser = argparse.ArgumentParser(description="Run a program in the back.")
    parser.add_argument("--file", type=Path, required=True, help="its process file")
    parser.add_argument("--port", type=int, required=True, help="the port it will listen on")
    parser.add_argument("--fingerprint", required=True)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    descriptor = claim(arguments.file)
    if descriptor is None:
        print(f"{arguments.file} is held by a running process", file=sys.stderr)  # noqa: T201
        return 1
    if pid := os.fork():
        describe(descriptor, Process(pid, arguments.port, arguments.fingerprint))
        return 0
    os.setsid()  # a Ctrl-C meant for the caller must not end it
    os.set_inheritable(descriptor, True)
    os.execv(arguments.command[0], arguments.command)  # noqa: S606 - no shell is wanted
    return None


if __name__ == "__main__":
    sys.exit(main())
