"""``kill -9`` of the whole local stack at random moments, with documents under way.

``python -m benchmarks.flow_kill`` starts a stack of its own and writes
``benchmarks/results/flow_kill.json``: documents, executions by how they ended, events, documents
without exactly one final result, and finished ones whose version ids changed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from docparser_local.stack import Stack

from benchmarks.machine import stamp
from tests.workflow.killing import Siege

RESULTS = Path(__file__).parent / "results" / "flow_kill.json"
PORT = 4590


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--documents", type=int, default=30, help="under way at every kill")
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    result = stamp("flow_kill")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=PORT)
        try:
            siege = Siege(stack, Path(home), asked.documents, asked.seed)
            result |= siege.run(asked.kills).plain()
        finally:
            stack.down()
    result["seconds"] = round(time.monotonic() - begun, 1)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
