"""api: the REST API over documents, their content and the search index."""

from __future__ import annotations

from docparser import aws, init_phase, search, settings
from docparser.api.content import Content
from docparser.api.documents import Documents
from docparser.api.entrance import entrance
from docparser.api.health import Monitor
from docparser.api.models import DocumentState, NewDocument, NewRevision
from docparser.api.passages import Passages
from docparser.api.policy import PolicyBook
from docparser.api.restarts import Restarts
from docparser.api.rooms import Rooms
from docparser.api.routes import resolver
from docparser.intake.revisions import Revisions
from docparser.model import Record, Ref
from docparser.store.executions import Executions
from docparser.store.policies import Policies
from docparser.store.presigned import PresignedUrls
from docparser.store.records import Records
from docparser.store.waiting import Waiting


class Settings(
    settings.Table,
    settings.IntakeBucket,
    settings.DispatchQueue,
    settings.Limits,
    settings.Search,
):
    """What the API needs."""

    vault_bucket: str
    state_machine_arn: str


SETTINGS = settings.load(Settings)
RECORDS = Records(aws.dynamodb(), SETTINGS.table)
WAITING = Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue)
INDEX = search.opened(SETTINGS)
handler = entrance(
    resolver(
        Rooms(
            documents=Documents(
                records=RECORDS,
                executions=Executions(aws.states(), SETTINGS.state_machine_arn),
                waiting=WAITING,
                uploads=PresignedUrls(aws.s3(), SETTINGS.intake_bucket),
                index=INDEX,
                max_bytes=SETTINGS.max_bytes,
            ),
            restarts=Restarts(
                records=RECORDS,
                revisions=Revisions(
                    records=RECORDS, waiting=WAITING, intake_bucket=SETTINGS.intake_bucket
                ),
            ),
            content=Content(
                records=RECORDS, downloads=PresignedUrls(aws.s3(), SETTINGS.vault_bucket)
            ),
            passages=Passages(INDEX),
            policies=PolicyBook(Policies(aws.dynamodb(), SETTINGS.table)),
            monitor=Monitor(RECORDS),
        )
    )
)
init_phase.end(Ref, Record, DocumentState, NewDocument, NewRevision)
