"""What arrives after an erasure: not the same bytes, and nothing out of what was erased."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from docparser.intake.arrival import Arrival
from docparser.intake.identity import document_id
from docparser.intake.notices import ObjectCreated
from docparser.model import Source, Status
from docparser.store import layout
from docparser.store.blobs import Sources

from tests.contract.govern.governed import Governed
from tests.stack import object_created

if TYPE_CHECKING:
    from docparser.model import Ref


def arrives(governed: Governed, content: bytes, **metadata: str) -> tuple[Ref | None, str]:
    """Take an upload in; return what became of it, and its key."""
    bench = governed.bench
    key = layout.upload_key("standard", "t", uuid.uuid4().hex)
    answer = bench.client("s3").put_object(
        Bucket=bench.buckets["intake"],
        Key=key,
        Body=content,
        Metadata={layout.NAME_METADATA: "Kuendigung-Mueller.pdf", **metadata},
    )
    arrival = Arrival(
        sources=Sources(bench.client("s3")),
        intake=bench.blobs("intake"),
        records=bench.records,
        waiting=bench.waiting,
        max_bytes=1 << 20,
    )
    source = Source(bucket=bench.buckets["intake"], key=key, version_id=answer["VersionId"])
    notice = ObjectCreated.model_validate(object_created(source, len(content)))
    return arrival.take_in(notice), key


def test_the_same_bytes_are_not_taken_in_again(governed: Governed) -> None:
    content = uuid.uuid4().bytes
    ref, _ = arrives(governed, content)
    assert ref is not None
    governed.ended(ref)
    assert governed.erase(governed.bench.record(ref)) is not None
    items = governed.items(ref)
    again, key = arrives(governed, content, level="CONFIDENTIAL")
    assert again == ref
    assert governed.bench.record(ref).status is Status.ERASED
    assert governed.items(ref) == items
    assert key not in governed.bench.keys("intake")


def test_nothing_out_of_what_was_erased_is_taken_in(governed: Governed) -> None:
    # Given an archive that is erased while a file of it is on its way
    archive = governed.completed()
    governed.erase(archive)
    content = uuid.uuid4().bytes
    inside = {"parent": archive.ref.document_id, "depth": "1"}
    taken, key = arrives(governed, content, **inside)
    # Then it becomes no document, and is not left lying about
    assert taken is None
    assert key not in governed.bench.keys("intake")
    own = document_id("t", hashlib.sha256(content).hexdigest())
    assert governed.bench.records.current("t", own) is None
    # But whoever sends the same by itself is welcome
    assert arrives(governed, content)[0] is not None


def test_what_came_by_itself_before_is_not_a_file_inside(governed: Governed) -> None:
    content = uuid.uuid4().bytes
    alone, _ = arrives(governed, content)
    assert alone is not None
    governed.ended(alone)
    archive = governed.completed()
    inside = {"parent": archive.ref.document_id, "depth": "1"}
    assert arrives(governed, content, **inside)[0] == alone
    governed.erase(archive)
    assert governed.bench.record(alone).status is Status.COMPLETED


def test_a_file_that_came_with_it_is_known_by_it(governed: Governed) -> None:
    archive = governed.completed()
    inside = {"parent": archive.ref.document_id, "depth": "1"}
    child, _ = arrives(governed, uuid.uuid4().bytes, **inside)
    assert child is not None
    assert [*governed.bench.erasures.children(archive.ref)] == [child.document_id]
    governed.ended(child)
    governed.erase(archive)
    assert governed.bench.record(child).erasure is not None
