"""The API in this process: requests go in as API Gateway hands them on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from docparser.api.audit import AuditRoom
from docparser.api.content import Content
from docparser.api.corrections import FieldCorrections
from docparser.api.documents import Documents
from docparser.api.entrance import entrance
from docparser.api.erasures import ErasureRoom
from docparser.api.health import Monitor
from docparser.api.holds import HoldRoom
from docparser.api.levels import LevelRoom
from docparser.api.passages import Passages
from docparser.api.policy import PolicyBook
from docparser.api.restarts import Restarts
from docparser.api.review import ReviewRoom
from docparser.api.rooms import Rooms
from docparser.api.routes import resolver
from docparser.flow.parking import Resumption
from docparser.govern.erasures import ErasureRequests
from docparser.govern.holds import LegalHolds
from docparser.govern.levels import Levels
from docparser.intake.revisions import Revisions
from docparser.store.blobs import Blobs
from docparser.store.callbacks import TaskTokens
from docparser.store.claims import Claims
from docparser.store.erasures import Erasures
from docparser.store.event_reader import EventReader
from docparser.store.executions import Executions
from docparser.store.holds import Holds
from docparser.store.level_requests import LevelRequests
from docparser.store.parked import ParkedWalks
from docparser.store.policies import Policies
from docparser.store.presigned import PresignedUrls
from docparser.store.reviews import Reviews
from docparser.store.waiting import Waiting

from tests.unit.test_events import event_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.search.index import SearchIndex

    from tests.stack import Pipeline

REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Answer:
    """What API Gateway would send."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem, whose form is checked on the way."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert problem.keys() == {"type", "title", "status", "detail", "code", "request_id"}
        assert problem["type"] == f"urn:docparser:problem:{problem['code']}"
        assert problem["status"] == self.status
        assert problem["request_id"] == REQUEST_ID
        return problem["code"]


def event(
    method: str,
    path: str,
    *,
    query: dict[str, str | list[str]] | None = None,
    headers: dict[str, str] | None = None,
    body: str | None = None,
    base64_encoded: bool = False,
    actor: str | None = None,
) -> dict[str, Any]:
    """Return a proxy event made of the recorded one, sent by its sender or by an actor."""
    given = {name: [v] if isinstance(v, str) else v for name, v in (query or {}).items()}
    sample = event_of("api.json")
    context = {**sample["requestContext"], "requestId": REQUEST_ID}
    if actor is not None:
        context["identity"] = {**context["identity"], "userArn": actor}
    return {
        **sample,
        "httpMethod": method,
        "path": path,
        "headers": headers,
        "multiValueHeaders": headers and {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: v[-1] for name, v in given.items()} or None,
        "multiValueQueryStringParameters": given or None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": base64_encoded,
    }


@dataclass
class Api:
    """The handler, called."""

    handler: Callable[[dict[str, Any], Any], dict[str, Any]]
    context: Any = field(default_factory=lambda: SimpleNamespace(aws_request_id="l"))

    def __call__(self, method: str, path: str, **said: Any) -> Answer:
        answer = self.handler(event(method, path, **said), self.context)
        many = {name: ", ".join(v) for name, v in answer.get("multiValueHeaders", {}).items()}
        headers = {**answer.get("headers", {}), **many}
        assert not answer["isBase64Encoded"]
        return Answer(
            answer["statusCode"], {n.lower(): v for n, v in headers.items()}, answer["body"]
        )

    def get(self, path: str, **query: str | list[str]) -> Answer:
        return self("GET", path, query=query)

    def post(self, path: str, body: Any, *, actor: str | None = None) -> Answer:
        return self("POST", path, body=json.dumps(body), actor=actor)


def rooms(**parts: Any) -> Rooms:
    """Return the rooms that a test goes into; there is nothing behind the other doors."""
    doors: dict[str, Any] = dict.fromkeys(one.name for one in fields(Rooms))
    return Rooms(**{**doors, **parts})


def waiting_on(pipeline: Pipeline) -> Waiting:
    """Return where the documents of a running stack wait."""
    sqs = pipeline.client("sqs")
    queue_url = sqs.get_queue_url(QueueName=f"docparser-{pipeline.outputs.env}-dispatch")
    table = pipeline.names["TABLE"]
    return Waiting(pipeline.client("dynamodb"), table, sqs, queue_url["QueueUrl"])


def erasing_on(pipeline: Pipeline) -> ErasureRequests:
    """Return who begins erasures on a running stack."""
    sqs, dynamodb = pipeline.client("sqs"), pipeline.client("dynamodb")
    queue_url = sqs.get_queue_url(QueueName=f"docparser-{pipeline.outputs.env}-purge")["QueueUrl"]
    table = pipeline.names["TABLE"]
    return ErasureRequests(
        records=pipeline.records,
        holds=Holds(dynamodb, table),
        erasures=Erasures(dynamodb, table, sqs, queue_url),
    )


def api_on(pipeline: Pipeline, index: SearchIndex | None = None) -> Api:
    """Return the API in front of a running stack."""
    names = pipeline.names
    s3 = boto3.client(
        "s3",
        endpoint_url=pipeline.outputs.endpoint,
        region_name=pipeline.outputs.region,
        aws_access_key_id=pipeline.outputs.account,
        aws_secret_access_key="test",
        config=Config(signature_version="s3v4"),
    )
    records = pipeline.records
    executions = Executions(pipeline.client("stepfunctions"), names["STATE_MACHINE_ARN"])
    waiting = waiting_on(pipeline)
    dynamodb = pipeline.client("dynamodb")
    policies = Policies(dynamodb, names["TABLE"])
    holds = Holds(dynamodb, names["TABLE"])
    revisions = Revisions(records=records, waiting=waiting, intake_bucket=names["INTAKE_BUCKET"])
    levels = Levels(
        records=records,
        revisions=revisions,
        requests=LevelRequests(dynamodb, names["TABLE"]),
        policies=policies,
    )
    uploads = PresignedUrls(s3, names["INTAKE_BUCKET"])
    return Api(
        entrance(
            resolver(
                Rooms(
                    documents=Documents(
                        records=records,
                        executions=executions,
                        waiting=waiting,
                        uploads=uploads,
                        index=index,
                        max_bytes=MAX_BYTES,
                    ),
                    restarts=Restarts(records=records, revisions=revisions),
                    content=Content(
                        records=records, downloads=PresignedUrls(s3, names["VAULT_BUCKET"])
                    ),
                    passages=Passages(index),
                    policies=PolicyBook(policies),
                    reviews=ReviewRoom(
                        records=records,
                        reviews=Reviews(dynamodb, names["TABLE"]),
                        claims=Claims(dynamodb, names["TABLE"]),
                        resumption=Resumption(
                            records=records,
                            parked=ParkedWalks(dynamodb, names["TABLE"]),
                            tokens=TaskTokens(pipeline.client("stepfunctions")),
                            deadline=timedelta(hours=1),
                        ),
                        revisions=revisions,
                        levels=levels,
                        executions=executions,
                        corrections=FieldCorrections(
                            work=Blobs(s3, names["WORK_BUCKET"]), policies=policies
                        ),
                        originals=uploads,
                    ),
                    levels=LevelRoom(records=records, levels=levels),
                    holds=HoldRoom(records=records, holds=LegalHolds(records=records, holds=holds)),
                    erasures=ErasureRoom(records=records, requests=erasing_on(pipeline)),
                    audit=AuditRoom(
                        records=records,
                        events=EventReader(pipeline.client("dynamodb"), names["TABLE"]),
                    ),
                    monitor=Monitor(records),
                )
            )
        )
    )
