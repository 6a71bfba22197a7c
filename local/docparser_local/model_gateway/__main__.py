"""The gateway process, in the foreground until SIGTERM or SIGINT.

``python -m docparser_local.model_gateway --port 4567 --engine http://127.0.0.1:4566
--spool .docparser/invocations --endpoint '{"name": ..., "model_url": ..., ...}'``
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import time
from contextlib import AsyncExitStack
from pathlib import Path

from docparser_local.http_server import listening
from docparser_local.model_gateway.application import build
from docparser_local.model_gateway.description import description
from docparser_local.model_gateway.endpoint import Endpoint
from docparser_local.model_gateway.exchange import Exchange
from docparser_local.model_gateway.model_server import ModelServer
from docparser_local.model_gateway.runner import Runner
from docparser_local.model_gateway.spool import Spool
from docparser_local.model_gateway.textract.operations import operations as textract
from docparser_local.settings import LOOPBACK

LOG = logging.getLogger(__name__)


async def serve(
    port: int,
    engine: str,
    folder: Path,
    endpoints: list[Endpoint],
    textract_pages_per_second: float,
) -> None:
    """Serve until a signal asks for the end; what is not answered then stays in the folder.

    Textract is answered by the server behind the first endpoint.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    exchange, spool = Exchange(engine), Spool(folder)
    runners: dict[str, Runner] = {}
    async with AsyncExitStack() as stack:
        for endpoint in endpoints:
            server = await stack.enter_async_context(ModelServer(endpoint.model_url))
            runners[endpoint.name] = Runner(endpoint, server, exchange, spool)
        for invocation in spool.waiting():
            if runner := runners.get(invocation.endpoint_name):
                runner.resume(invocation)
            else:
                LOG.error("no endpoint %s is left for an invocation", invocation.endpoint_name)
        first = runners[endpoints[0].name].server
        operations = {
            "SageMaker.DescribeEndpoint": description(runners.keys(), time.time()),
            **textract(first, exchange, textract_pages_per_second),
        }
        async with listening(build(runners, operations), LOOPBACK, port):
            await stop.wait()
        for runner in runners.values():
            await runner.stop()


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description="Speak the APIs of SageMaker and Textract.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--engine", required=True, help="address of S3 and SNS")
    parser.add_argument("--spool", type=Path, required=True, help="folder of accepted invocations")
    parser.add_argument(
        "--endpoint", type=Endpoint.model_validate_json, action="append", required=True
    )
    parser.add_argument(
        "--textract-pages-per-second", type=float, default=0, help="Textract's quota; 0 for none"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every request
    asyncio.run(
        serve(
            arguments.port,
            arguments.engine,
            arguments.spool,
            arguments.endpoint,
            arguments.textract_pages_per_second,
        )
    )


if __name__ == "__main__":
    main()
