"""A model server that does what a test tells it, and a gateway process in front of it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import uvicorn
from botocore.config import Config
from docparser_local.model_gateway.endpoint import Endpoint
from docparser_local.settings import ACCOUNT, REGION
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.contract.engine.running import DIRECT, Engine, arn, free_port, poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


@dataclass
class Model:
    """The server behind the endpoint.

    ``behave`` gets a request's body and returns status and body; ``delay_s`` passes before;
    ``unsized`` leaves out the length.
    """

    port: int = field(default_factory=free_port)
    behave: Callable[[bytes], tuple[int, bytes]] = lambda body: (200, b"read " + body)
    delay_s: float = 0
    unsized: bool = False
    requests: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    async def _invocations(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((body, dict(request.headers)))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(self.delay_s)
        self.at_once -= 1
        status, content = self.behave(body)
        if self.unsized:
            return StreamingResponse(iter([content]), status, media_type="text/plain")
        headers = {"x-amzn-sagemaker-custom-attributes": "seen=1"}
        return Response(content, status, headers, "text/plain")

    def start(self) -> None:
        """Listen."""
        routes = [Route("/invocations", self._invocations, methods=["POST"])]
        config = uvicorn.Config(
            Starlette(routes=routes),
            port=self.port,
            log_level="critical",
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        poll(lambda: self._server.started)

    def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join(10)
            self._server = None


class Gateway:
    """A gateway process with one endpoint, and the queues that its topics feed."""

    def __init__(
        self, engine: Engine, home: Path, model: Model, max_concurrent: int = 2, *options: str
    ) -> None:
        self.engine, self.home, self.model, self.options = engine, home, model, options
        self.port = free_port()
        self.name = f"ocr-{uuid.uuid4().hex[:8]}"
        self.queues = {kind: self._subscribed(kind) for kind in ("success", "error")}
        self.endpoint = Endpoint(
            name=self.name,
            model_url=f"http://127.0.0.1:{model.port}",
            output="s3://checks/output/",
            failure="s3://checks/failure/",
            success_topic=arn("sns", f"{self.name}-success"),
            error_topic=arn("sns", f"{self.name}-error"),
            max_concurrent=max_concurrent,
        )
        self.log = home / "gateway.log"
        self.spool = home / "invocations"
        self.runtime = self._client("sagemaker-runtime")
        self.sagemaker = self._client("sagemaker")
        self.textract = self._client("textract")
        self._process: subprocess.Popen[bytes] | None = None

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def _subscribed(self, kind: str) -> str:
        url, queue_arn = self.engine.queue()
        sns = self.engine.client("sns")
        topic = sns.create_topic(Name=f"{self.name}-{kind}")["TopicArn"]
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes=raw)
        return url

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "docparser_local.model_gateway"]
        command += ["--port", str(self.port), "--engine", self.engine.url]
        command += ["--spool", str(self.spool), "--endpoint", self.endpoint.model_dump_json()]
        command += self.options
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        poll(self._answers, 30)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()[-2000:]
        try:
            with DIRECT.open(f"http://127.0.0.1:{self.port}/ping", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, cleanly or not."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(15)
            self._process = None

    def close(self) -> None:
        """End it and the clients."""
        self.stop()
        self.runtime.close()
        self.sagemaker.close()
        self.textract.close()

    def submit(self, content: bytes = b"a page", **options: Any) -> dict[str, Any]:
        """Store an input and invoke the endpoint with it."""
        key = f"input/{uuid.uuid4().hex}"
        self.engine.client("s3").put_object(Bucket="checks", Key=key, Body=content)
        location = {"InputLocation": f"s3://checks/{key}"} | options
        return self.runtime.invoke_endpoint_async(EndpointName=self.name, **location)

    def told(self, kind: str, count: int = 1, timeout_s: float = 20) -> list[dict[str, Any]]:
        """Wait for so many notifications of a kind."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + timeout_s
        while len(found) < count and time.monotonic() < deadline:
            found += [json.loads(m["Body"]) for m in self.engine.messages(self.queues[kind])]
        assert len(found) == count
        return found

    def stored(self, location: str) -> tuple[bytes, str]:
        """Return an object's content and type."""
        bucket, key = location.removeprefix("s3://").split("/", 1)
        answer = self.engine.client("s3").get_object(Bucket=bucket, Key=key)
        return answer["Body"].read(), answer["ContentType"]

    def idle(self) -> bool:
        """Return whether nothing waits on disk."""
        return not list(self.spool.glob("*.json"))
