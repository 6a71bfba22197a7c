"""Runs suites at once, each by a pytest of its own: ``python -m tests.side_by_side A 'B C'``.

What is one argument goes to one pytest, options included.
The suites that start stacks mostly wait, for queues, time-outs and restarts; one after the other
they would take twice as long. What each says is printed whole, in the order in which they end.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed


def run(suite: str) -> subprocess.CompletedProcess[str]:
    """Run one suite; return its exit status and what it said."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", *suite.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main(suites: list[str]) -> int:
    """Run the suites; return the first exit status that is not 0, if there is one."""
    status = 0
    with ThreadPoolExecutor(len(suites)) as pool:
        for done in as_completed([pool.submit(run, suite) for suite in suites]):
            sys.stdout.write(done.result().stdout)
            sys.stdout.flush()
            status = status or done.result().returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
