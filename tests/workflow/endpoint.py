"""An OCR endpoint under a test's control: it takes shards in, and answers when it is told to.

It speaks SageMaker's InvokeEndpointAsync. What SageMaker does afterwards, to store an answer and
to tell the queue of it, is done here by the test, in the order and as often as it likes.
"""

from __future__ import annotations

import contextlib
import io
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pikepdf
from docparser.model import (
    Block,
    Lane,
    LaneReason,
    Line,
    OcrAnswer,
    Page,
    Word,
    box,
)

from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEADER = "X-Amzn-SageMaker-"


@dataclass(frozen=True)
class Asked:
    """One request for an asynchronous inference."""

    endpoint: str
    inference_id: str
    content_type: str
    input_location: str
    extension: str
    filename: str
    custom_attributes: str
    ttl_s: int

    @property
    def output_key(self) -> str:
        """Where the answer lies."""
        return f"output/{self.extension}/{self.filename}"


@dataclass
class Endpoint:
    """What was asked, and what is answered to the next request."""

    pipeline: Pipeline
    asked: list[Asked] = field(default_factory=list)
    refuse: tuple[int, str] | None = None
    before_it_returns: Callable[[Asked], None] = lambda _asked: None

    # ------------------------------------------------------------------ what was asked
    def about(self, document_id: str) -> list[Asked]:
        """Return the requests about one document, in the order in which they came."""
        return [asked for asked in self.asked if asked.inference_id.startswith(document_id)]

    def waits(self, document_id: str, count: int = 1) -> Asked:
        """Wait until a document's n-th request was taken in and is waited for; return it."""

        def look() -> Asked | None:
            asked = self.about(document_id)
            return asked[count - 1] if len(asked) >= count else None

        asked = until(look)
        until(lambda: self.callback(asked))
        return asked

    def callback(self, asked: Asked) -> dict[str, Any] | None:
        """Return the callback item of a request."""
        answer = self.pipeline.client("dynamodb").get_item(
            TableName=self.pipeline.names["TABLE"],
            Key={"pk": {"S": f"C#{asked.inference_id}"}, "sk": {"S": "TOKEN"}},
            ConsistentRead=True,
        )
        return answer.get("Item")

    def input(self, asked: Asked) -> bytes:
        """Return the shard that was sent."""
        bucket, _, key = asked.input_location.removeprefix("s3://").partition("/")
        return self.pipeline.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    # ------------------------------------------------------------------ what is answered
    def answer(self, asked: Asked, text: str = "read by the endpoint") -> bytes:
        """Return the answer of a model that reads the same words on every page of a PDF."""
        with pikepdf.open(io.BytesIO(self.input(asked))) as pdf:
            count = len(pdf.pages)
        return self.answer_pages(count, text)

    def answer_pages(self, count: int, text: str) -> bytes:
        """Return the answer about so many pages."""
        pages = tuple(_page(number, text) for number in range(1, count + 1))
        return OcrAnswer(
            engine="test", backend="test", weights_sha256="0" * 64, seconds=1.5, pages=pages
        ).to_json()

    def deliver(self, asked: Asked, body: bytes | None = None, *, at: str | None = None) -> None:
        """Store an answer and tell the queue, as SageMaker and its success topic do."""
        bucket, key = self.pipeline.names["OCR_BUCKET"], at or asked.output_key
        self.pipeline.client("s3").put_object(
            Bucket=bucket, Key=key, Body=self.answer(asked) if body is None else body
        )
        self._tell(
            asked,
            invocationStatus="Completed",
            responseParameters={
                "contentType": "application/json",
                "outputLocation": f"s3://{bucket}/{key}",
            },
        )

    def fail(self, asked: Asked, reason: str) -> None:
        """Tell the queue of a failure, as the error topic does."""
        self._tell(asked, invocationStatus="Failed", failureReason=reason)

    def _tell(self, asked: Asked, **outcome: Any) -> None:
        message = {
            "awsRegion": "us-east-1",
            "eventTime": "2026-11-21T09:00:07.608Z",
            "receivedTime": "2026-11-21T09:00:05.455Z",
            **outcome,
            "requestParameters": {
                "contentType": asked.content_type,
                "endpointName": asked.endpoint,
                "inputLocation": asked.input_location,
            },
            "inferenceId": asked.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        }
        self.pipeline.client("sqs").send_message(
            QueueUrl=self.queue(), MessageBody=json.dumps(message)
        )

    # ------------------------------------------------------------------ the queue
    def queue(self, suffix: str = "") -> str:
        """Return the URL of the queue of results, or of its dead letters."""
        name = f"docparser-{self.pipeline.outputs.env}-ocr-results{suffix}"
        return self.pipeline.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def drained(self) -> None:
        """Wait until every message was dealt with, and see that none was given up."""
        until(lambda: self._messages(self.queue()) == 0)
        assert self._messages(self.queue("-dlq")) == 0

    def _messages(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.pipeline.client("sqs").get_queue_attributes(
            QueueUrl=queue, AttributeNames=names
        )
        return sum(int(number) for number in answer["Attributes"].values())


def _page(number: int, text: str) -> Page:
    """Return a page with one line, whose ids count from 1 as the server's do."""
    words = tuple(
        Word(id=f"p{number}.w{n}", text=word, polygon=box(0.1, 0.1, 0.2, 0.2), confidence=0.9)
        for n, word in enumerate(text.split(), start=1)
    )
    line = Line(id=f"p{number}.l1", text=text, polygon=box(0.1, 0.1, 0.9, 0.2), words=words)
    return Page(
        number=number,
        lane=Lane.GPU,
        lane_reason=LaneReason.FORCED,
        width_pt=595,
        height_pt=842,
        blocks=(Block(id=f"p{number}.b1", polygon=line.polygon, lines=(line,)),),
    )


@contextlib.contextmanager
def serving(endpoint: Endpoint) -> Iterator[str]:
    """Serve an endpoint; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(
                endpoint=self.path.split("/")[2],
                inference_id=self.headers[f"{_HEADER}Inference-Id"],
                content_type=self.headers[f"{_HEADER}Content-Type"],
                input_location=self.headers[f"{_HEADER}InputLocation"],
                extension=self.headers[f"{_HEADER}S3OutputPathExtension"],
                filename=self.headers[f"{_HEADER}Filename"],
                custom_attributes=self.headers[f"{_HEADER}Custom-Attributes"],
                ttl_s=int(self.headers[f"{_HEADER}RequestTTLSeconds"]),
            )
            endpoint.asked.append(asked)
            if endpoint.refuse is not None:
                status, code = endpoint.refuse
                self._say(status, {"Message": "refused"}, {"x-amzn-errortype": code})
                return
            endpoint.before_it_returns(asked)
            where = {f"{_HEADER}OutputLocation": f"s3://bucket/{asked.output_key}"}
            self._say(202, {"InferenceId": asked.inference_id}, where)

        def _say(self, status: int, body: dict[str, str], headers: dict[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
