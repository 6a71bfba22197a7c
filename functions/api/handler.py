"""api: the REST API over documents, their content and the search index."""

from __future__ import annotations

from datetime import timedelta

from docparser import aws, init_phase, search, settings
from docparser.api.audit import AuditRoom
from docparser.api.content import Content
from docparser.api.corrections import FieldCorrections
from docparser.api.documents import Documents
from docparser.api.entrance import entrance
from docparser.api.erasures import ErasureRoom
from docparser.api.health import Monitor
from docparser.api.holds import HoldRoom
from docparser.api.levels import LevelRoom
from docparser.api.models import DocumentState, NewDocument, NewRevision
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
from docparser.model import Event, Record, Ref, Zone
from docparser.route.opened import store_of
from docparser.route.zones import ZonePlaces
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
from docparser.store.records import Records
from docparser.store.reviews import Reviews
from docparser.store.waiting import Waiting


class Settings(
    settings.Table,
    settings.IntakeBucket,
    settings.WorkBucket,
    settings.DispatchQueue,
    settings.PurgeQueue,
    settings.Deadlines,
    settings.Limits,
    settings.Search,
    ZonePlaces,
):
    """What the API needs."""

    state_machine_arn: str


SETTINGS = settings.load(Settings)
RECORDS = Records(aws.dynamodb(), SETTINGS.table)
WAITING = Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue)
REVISIONS = Revisions(records=RECORDS, waiting=WAITING, intake_bucket=SETTINGS.intake_bucket)
POLICIES = Policies(aws.dynamodb(), SETTINGS.table)
HOLDS = Holds(aws.dynamodb(), SETTINGS.table)
EXECUTIONS = Executions(aws.states(), SETTINGS.state_machine_arn)
UPLOADS = PresignedUrls(aws.s3(), SETTINGS.intake_bucket)
DOWNLOADS = PresignedUrls(store_of(SETTINGS, Zone.VAULT), SETTINGS.vault_bucket)
LEVELS = Levels(
    records=RECORDS,
    revisions=REVISIONS,
    requests=LevelRequests(aws.dynamodb(), SETTINGS.table),
    policies=POLICIES,
)
INDEX = search.opened(SETTINGS)
handler = entrance(
    resolver(
        Rooms(
            documents=Documents(
                records=RECORDS,
                executions=EXECUTIONS,
                waiting=WAITING,
                uploads=UPLOADS,
                index=INDEX,
                max_bytes=SETTINGS.max_bytes,
            ),
            restarts=Restarts(records=RECORDS, revisions=REVISIONS),
            content=Content(records=RECORDS, downloads=DOWNLOADS),
            passages=Passages(INDEX),
            policies=PolicyBook(POLICIES),
            reviews=ReviewRoom(
                records=RECORDS,
                reviews=Reviews(aws.dynamodb(), SETTINGS.table),
                claims=Claims(aws.dynamodb(), SETTINGS.table),
                resumption=Resumption(
                    records=RECORDS,
                    parked=ParkedWalks(aws.dynamodb(), SETTINGS.table),
                    tokens=TaskTokens(aws.states()),
                    deadline=timedelta(seconds=SETTINGS.document_deadline_s),
                ),
                revisions=REVISIONS,
                levels=LEVELS,
                executions=EXECUTIONS,
                corrections=FieldCorrections(
                    work=Blobs(aws.s3(), SETTINGS.work_bucket), policies=POLICIES
                ),
                originals=UPLOADS,
            ),
            levels=LevelRoom(records=RECORDS, levels=LEVELS),
            holds=HoldRoom(records=RECORDS, holds=LegalHolds(records=RECORDS, holds=HOLDS)),
            erasures=ErasureRoom(
                records=RECORDS,
                requests=ErasureRequests(
                    records=RECORDS,
                    holds=HOLDS,
                    erasures=Erasures(
                        aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.purge_queue
                    ),
                ),
            ),
            audit=AuditRoom(records=RECORDS, events=EventReader(aws.dynamodb(), SETTINGS.table)),
            monitor=Monitor(RECORDS),
        )
    )
)
init_phase.end(Ref, Record, Event, DocumentState, NewDocument, NewRevision)
