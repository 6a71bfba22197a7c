"""A worker dies at a write, on either side of it: the walk goes on as if it had not happened.

The function is killed by SIGKILL when its request is on its way, before AWS has it or after AWS has
done what was asked and before the function knows.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pytest
from docparser.model import Status

from tests.pdfs import text_pdf
from tests.stack import Pipeline, until
from tests.workflow.between import Between, Kill, Request, between
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATES = (
    "preflight", "extract-text", "assemble", "classify", "extract", "route", "place-vault",
    "index", "complete",
)  # fmt: skip
WRITE = re.compile(
    r"(PUT|DELETE|POST) /.*|TransactWriteItems|BatchWriteItem|(Put|Update|Delete)Item"
    r"|StartExecution|SendMessage"
)
SERVICES = ("S3", "DYNAMODB", "SQS", "SFN")


def killing(nth: int, *, after: bool) -> Callable[[Request], Kill | None]:
    """Return a rule that kills whoever sends the n-th write, once."""
    seen = 0

    def rule(request: Request) -> Kill | None:
        nonlocal seen
        if WRITE.fullmatch(request.action) is None:
            return None
        seen += 1
        return Kill(after=after) if seen == nth else None

    return rule


@contextlib.contextmanager
def watched(pipeline: Pipeline, functions: tuple[str, ...]) -> Iterator[dict[str, Between]]:
    """Put a proxy before each of some functions."""
    with contextlib.ExitStack() as stack:
        proxies = {}
        for name in functions:
            proxy = stack.enter_context(between(pipeline.outputs.endpoint))
            variables = {f"AWS_ENDPOINT_URL_{service}": proxy.url for service in SERVICES}
            stack.enter_context(pipeline.changed(name, **variables))
            proxies[name] = proxy
        yield proxies


@pytest.mark.parametrize(("nth", "after"), [(1, False), (1, True), (2, True)])
def test_a_worker_killed_at_every_stage_costs_nothing_but_time(
    pipeline: Pipeline, nth: int, after: bool
) -> None:
    # Given that every stage's function dies at its n-th write
    content = text_pdf(("Minutes of the meeting", "nothing was decided"), ("Kind regards",))
    ref = ref_of(content)
    with watched(pipeline, STATES) as proxies:
        for proxy in proxies.values():
            proxy.rule = killing(nth, after=after)
        # When a document walks
        pipeline.upload(content)
        record = pipeline.ended(ref, timeout_s=120)
        died = {name: len(proxy.killed) for name, proxy in proxies.items()}
    # Then somebody died in every stage that writes so often
    wrote = {name: _writes(proxy) for name, proxy in proxies.items()}
    assert died == {name: int(wrote[name] >= nth) for name in STATES}
    # And the document is complete, by one execution, with one result and one event a change
    _assert_as_if_nothing_had_happened(pipeline, content)
    assert record.status is Status.COMPLETED


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("function", "nth"),
    [("intake", 1), ("dispatch", 2), ("dispatch", 3)],
)
def test_a_worker_killed_before_the_walk_is_made_up_for_by_the_next_message(
    pipeline: Pipeline, function: str, nth: int, after: bool
) -> None:
    # Given that intake, or dispatch, dies at its n-th write
    with watched(pipeline, (function,)) as proxies:
        proxy = proxies[function]
        # If the sweep comes first, dispatch has nothing left to write: then it is the next upload.
        for _ in range(5):
            proxy.rule = killing(nth, after=after)
            content = text_pdf()
            source = pipeline.upload(content)
            until(lambda content=content: proxy.killed or _ended(pipeline, content))
            if proxy.killed:
                break
        assert len(proxy.killed) == 1
        # When the upload's message comes again, sooner than the queue would bring it
        until(lambda: _told_again(pipeline, source, content), timeout_s=90, every_s=2)
    ref = ref_of(content)
    # Then there is one document, one execution, one result
    assert pipeline.ended(ref).status is Status.COMPLETED
    _assert_as_if_nothing_had_happened(pipeline, content)


def _told_again(pipeline: Pipeline, source: object, content: bytes) -> bool:
    pipeline.tell(source, len(content))  # type: ignore[arg-type]
    return _ended(pipeline, content)


def _ended(pipeline: Pipeline, content: bytes) -> bool:
    record = pipeline.record(ref_of(content))
    return record is not None and record.status.terminal


def _writes(proxy: Between) -> int:
    return sum(WRITE.fullmatch(request.action) is not None for request in proxy.passed)


def _assert_as_if_nothing_had_happened(pipeline: Pipeline, content: bytes) -> None:
    ref = ref_of(content)
    assert pipeline.executions(ref) == [ref.execution_name]
    assert [to for to, _ in pipeline.events(ref)] == ["QUEUED", "RUNNING", "COMPLETED"]
    keys = pipeline.keys("VAULT_BUCKET", f"default/{ref.document_id}/")
    assert sum(key.endswith("/original") for key in keys) >= 1
    assert {key.rpartition("/")[2] for key in keys} == {
        "document.json", "document.md", "document.txt", "original", "s0001.json"
    }  # fmt: skip
    for left in ("WORK_BUCKET", "OCR_BUCKET"):
        assert pipeline.keys(left, f"default/{ref.document_id}/") == []
