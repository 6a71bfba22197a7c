"""The Index step: what the level allows is found, what it forbids is gone, everything counted."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docparser.errors import Retryable, Superseded, Terminal
from docparser.intake.identity import document_id
from docparser.model import (
    Chunk,
    Classification,
    DocumentType,
    Gap,
    IndexScope,
    Lane,
    Level,
    LevelDecision,
    Manifest,
    Page,
    PageCode,
    Piece,
    Record,
    Ref,
    Shard,
    ShardEntry,
    Source,
    Stage,
    Status,
    TypeDecision,
    now,
)
from docparser.search import opensearch
from docparser.search import stage as index_stage
from docparser.search.embedded import EmbeddedIndex
from docparser.search.index import SearchIndex
from docparser.search.stage import Index
from docparser.store import layout
from docparser.store.blobs import Blobs

from infra.functions import PIPELINE
from tests.stack import Pipeline
from tests.unit.classify.pages import page_of

CALL = SimpleNamespace(gb_seconds=0.25)
PAGE = "The heron stands in the shallow water\n\nand waits without a movement for a frog"


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    return EmbeddedIndex(tmp_path / "search.sqlite")


@pytest.fixture
def work(pipeline: Pipeline) -> Blobs:
    return Blobs(pipeline.client("s3"), pipeline.names["WORK_BUCKET"])


class Walk:
    """A document that has been classified and waits for its Index step."""

    def __init__(self, pipeline: Pipeline, work: Blobs, revision: int = 1) -> None:
        self.pipeline = pipeline
        self.work = work
        content = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
        self.content = content
        self.ref = Ref(tenant="t", document_id=document_id("t", content), revision=revision)
        moment = now()
        record = Record(
            ref=self.ref,
            status=Status.QUEUED,
            source=Source(bucket="b", key="k"),
            content_sha256=content,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
        )
        assert pipeline.records.open(record, name="secret name.pdf", upload_id=uuid.uuid4().hex)
        assert pipeline.records.change(self.ref, Status.RUNNING, stage=Stage.PREFLIGHT)

    def classified(self, level: Level, *pages: Page, gaps: tuple[Gap, ...] = ()) -> Walk:
        entries = []
        for number, start in enumerate(range(0, len(pages), 2), start=1):
            own = pages[start : start + 2]
            name = f"s{number:04d}.json"
            body = Shard(shard_id=name[:5], pages=own).to_json()
            self.work.put(layout.stage_key(self.ref, Stage.READ, name), body, "application/json")
            file = Piece(name=name, size_bytes=len(body), sha256=hashlib.sha256(body).hexdigest())
            entries.append(
                ShardEntry(
                    shard_id=name[:5],
                    first_page=own[0].number,
                    last_page=own[-1].number,
                    lane=Lane.TEXT,
                    file=file,
                )
            )
        manifest = Manifest(
            media_type="application/pdf",
            content_sha256=self.content,
            size_bytes=1,
            created_at=now(),
            page_count=len(pages),
            shards=tuple(entries),
            texts=(),
            gaps=gaps,
        )
        decided = Classification(
            type=TypeDecision(value=DocumentType.LETTER, confidence=1),
            level=LevelDecision(value=level, confidence=1),
            language="en",
        )
        for stage, name, noun in (
            (Stage.ASSEMBLE, "manifest.json", manifest),
            (Stage.CLASSIFY, "classification.json", decided),
        ):
            key = layout.stage_key(self.ref, stage, name)
            self.work.put(key, noun.to_json(), "application/json")
        return self

    def run(self, index: SearchIndex | None) -> tuple[IndexScope, int]:
        step = Index(work=self.work, records=self.pipeline.records, index=index)
        outcome = step.run(self.ref, CALL)
        record = self.pipeline.record(self.ref)
        assert record is not None
        assert (record.stage, record.index, record.chunks) == (Stage.INDEX, *outcome)
        return outcome.scope, outcome.chunks

    def found(self, index: EmbeddedIndex, query: str) -> list[int | None]:
        hits = index.find("t", query, limit=200).hits
        return [hit.page for hit in hits if hit.document_id == self.ref.document_id]


@pytest.fixture
def walk(pipeline: Pipeline, work: Blobs) -> Walk:
    return Walk(pipeline, work)


@pytest.mark.parametrize("level", [Level.PUBLIC, Level.INTERNAL])
def test_an_open_document_is_found_page_by_page(
    walk: Walk, index: EmbeddedIndex, level: Level
) -> None:
    walk.classified(level, *[page_of(PAGE, number) for number in (1, 2, 3)])
    assert walk.run(index) == (IndexScope.FULL, 3)
    assert sorted(page or 0 for page in walk.found(index, "waiting herons")) == [1, 2, 3]


def test_of_a_restricted_document_nothing_is_found_but_what_it_is(
    walk: Walk, index: EmbeddedIndex
) -> None:
    walk.classified(Level.RESTRICTED, page_of(PAGE, 1), page_of(PAGE, 2))
    assert walk.run(index) == (IndexScope.METADATA, 1)
    for query in ("heron", "frog", "secret", "name"):
        assert walk.found(index, query) == []
    (hit,) = index.find("t", "restricted letter", limit=10).hits
    assert (hit.page, hit.polygon, hit.snippet) == (None, None, "letter RESTRICTED en 2 pages")


def test_of_a_confidential_document_nothing_is_found(walk: Walk, index: EmbeddedIndex) -> None:
    walk.classified(Level.CONFIDENTIAL, page_of(PAGE))
    assert walk.run(index) == (IndexScope.NONE, 0)
    assert walk.found(index, "heron letter CONFIDENTIAL") == []


@pytest.mark.parametrize("level", [Level.CONFIDENTIAL, Level.RESTRICTED])
def test_what_the_level_forbids_now_is_gone_whenever_it_was_allowed(
    walk: Walk, index: EmbeddedIndex, level: Level
) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE, 1), page_of(PAGE, 2)).run(index)
    assert walk.found(index, "heron") == [1, 2]
    walk.classified(level, page_of(PAGE, 1), page_of(PAGE, 2)).run(index)
    assert walk.found(index, "heron") == []


def passages(ref: Ref, revision: int, count: int) -> list[Chunk]:
    return [
        Chunk(
            tenant="t",
            document_id=ref.document_id,
            revision=revision,
            number=number,
            page=number,
            level=Level.PUBLIC,
            type=DocumentType.LETTER,
            words=("heron", "of", "old"),
        )
        for number in range(1, count + 1)
    ]


def test_only_the_revision_that_was_read_last_is_found(
    pipeline: Pipeline, work: Blobs, index: EmbeddedIndex
) -> None:
    walk = Walk(pipeline, work, revision=2).classified(Level.PUBLIC, page_of(PAGE))
    index.put(passages(walk.ref, 1, 3))
    assert walk.run(index) == (IndexScope.FULL, 1)
    assert [hit.revision for hit in index.find("t", "heron", limit=10).hits] == [2]


def test_a_step_that_comes_late_leaves_a_newer_revision_alone(
    walk: Walk, index: EmbeddedIndex
) -> None:
    index.put(passages(walk.ref, 2, 3))
    walk.classified(Level.PUBLIC, page_of(PAGE)).run(index)
    revisions = [hit.revision for hit in index.find("t", "heron", limit=10).hits]
    assert revisions.count(2) == 3


def test_the_step_may_be_repeated(walk: Walk, index: EmbeddedIndex) -> None:
    walk.classified(Level.PUBLIC, *[page_of(PAGE, number) for number in (1, 2, 3)])
    assert walk.run(index) == walk.run(index) == (IndexScope.FULL, 3)
    assert sorted(page or 0 for page in walk.found(index, "heron")) == [1, 2, 3]


def test_without_an_index_nothing_is_indexed(walk: Walk) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE))
    assert walk.run(None) == (IndexScope.NONE, 0)


def test_a_document_of_blank_pages_is_found_by_nothing(walk: Walk, index: EmbeddedIndex) -> None:
    walk.classified(Level.PUBLIC, page_of(""), page_of("", 2))
    assert walk.run(index) == (IndexScope.FULL, 0)


def test_a_page_that_was_not_read_is_left_out(walk: Walk, index: EmbeddedIndex) -> None:
    gap = Gap(page=2, code=PageCode.PAGE_UNREADABLE)
    walk.classified(Level.PUBLIC, page_of(PAGE, 1), page_of(PAGE, 3), gaps=(gap,))
    assert walk.run(index) == (IndexScope.FULL, 2)


class Unhurried:
    """An index that has all the time it is given."""

    def within(self, _: float) -> AbstractContextManager[None]:
        return nullcontext()


class Forgetful(Unhurried):
    """An index that keeps one chunk less than it is given, and says so."""

    def put(self, chunks: Sequence[Chunk]) -> int:
        return len(chunks) - 1

    def delete(self, *_: str, keep_revision: int | None = None, known: Iterable[str] = ()) -> int:
        raise AssertionError("nothing may be deleted for chunks that are not stored")


def test_a_chunk_that_is_missing_is_noticed(walk: Walk) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE))
    with pytest.raises(Retryable, match="DEPENDENCY"):
        walk.run(Forgetful())
    record = walk.pipeline.record(walk.ref)
    assert record is not None
    assert record.stage is not Stage.INDEX


def test_other_text_than_was_classified_is_not_indexed(
    walk: Walk, work: Blobs, index: EmbeddedIndex
) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE))
    other = Shard(shard_id="s0001", pages=(page_of("something else"),)).to_json()
    work.put(layout.stage_key(walk.ref, Stage.READ, "s0001.json"), other, "application/json")
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        walk.run(index)
    assert walk.found(index, "something") == []


def test_an_attempt_that_has_ended_stores_nothing(walk: Walk, index: EmbeddedIndex) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE))
    assert walk.pipeline.records.change(walk.ref, Status.CANCELLED, stage=Stage.INDEX)
    with pytest.raises(Superseded):
        walk.run(index)
    assert walk.found(index, "heron") == []


def test_what_is_cancelled_while_it_is_stored_is_found_by_nobody(
    walk: Walk, tmp_path: Path
) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE))

    class Cancelled(EmbeddedIndex):
        """An index at which the document is cancelled right after its chunks were stored."""

        def put(self, chunks: Sequence[Chunk]) -> int:
            stored = super().put(chunks)
            assert walk.found(self, "heron") == [1]
            walk.pipeline.records.change(walk.ref, Status.CANCELLED, stage=Stage.ROUTE)
            return stored

    with pytest.raises(Superseded):
        walk.run(Cancelled(tmp_path / "search.sqlite"))
    assert walk.found(EmbeddedIndex(tmp_path / "search.sqlite"), "heron") == []


def test_what_is_cancelled_before_a_search_can_see_it_is_deleted_by_its_ids(walk: Walk) -> None:
    walk.classified(Level.PUBLIC, page_of(PAGE, 1), page_of(PAGE, 2))
    rest: set[str] = set()

    class Delayed(Unhurried):
        """An index that shows what was stored some seconds later, as Serverless does."""

        def put(self, chunks: Sequence[Chunk]) -> int:
            rest.update(chunk.id for chunk in chunks)
            return len(chunks)

        def delete(
            self,
            *_: str,
            keep_revision: int | None = None,
            only_revision: int | None = None,
            known: Iterable[str] = (),
        ) -> int:
            if keep_revision == walk.ref.revision:
                walk.pipeline.records.change(walk.ref, Status.CANCELLED, stage=Stage.ROUTE)
            rest.difference_update(known)
            return 0

    with pytest.raises(Superseded):
        walk.run(Delayed())
    assert rest == set()


def test_forty_pages_are_indexed_within_a_second(walk: Walk, index: EmbeddedIndex) -> None:
    line = "each of these lines holds eleven words of a long report "
    text = "\n\n".join("\n".join(line + str(k) for k in range(8)) for _ in range(5))
    walk.classified(Level.INTERNAL, *[page_of(text, number) for number in range(1, 41)])
    started = time.process_time()
    scope, chunks = walk.run(index)
    seconds = time.process_time() - started
    assert (scope, chunks) == (IndexScope.FULL, 200)
    assert seconds < 1


def test_an_index_that_throttles_is_tried_later_before_the_function_is_cut_off(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a document of many batches, each of which the index takes at the second try, slowly
    seconds = 0.0
    tries = 0

    def pass_by(duration: float) -> None:
        nonlocal seconds
        seconds += duration

    class Throttling:
        """A client of an index that needs 20 seconds to answer."""

        indices = SimpleNamespace(exists=lambda **_: True)

        def bulk(self, *, body: list[str], request_timeout: float, **_: Any) -> dict[str, Any]:
            nonlocal tries
            tries += 1
            pass_by(min(20, request_timeout))
            return {"items": [{"index": {"status": 201 if tries % 2 == 0 else 429}}]}

    clock = SimpleNamespace(monotonic=lambda: seconds, sleep=pass_by)
    monkeypatch.setattr(opensearch, "time", clock)
    monkeypatch.setattr(index_stage, "_BATCH", 1)
    index = opensearch.OpenSearchIndex("http://127.0.0.1:1", env="test")
    index.__dict__["_client"] = Throttling()
    walk.classified(Level.PUBLIC, *[page_of(PAGE, number) for number in range(1, 21)])
    # When they are indexed, then the step ends in time to be repeated
    with pytest.raises(Retryable, match="DEPENDENCY"):
        walk.run(index)
    (limit_s,) = [spec.timeout_s for spec in PIPELINE if spec.folder == "index"]
    assert 200 < seconds < limit_s - index_stage._WITHDRAW_S
