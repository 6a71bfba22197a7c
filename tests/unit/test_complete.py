"""How a walk is completed: what it cost, and what is purged."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from docparser.errors import Superseded, Terminal
from docparser.model import (
    Lane,
    Level,
    Policy,
    Record,
    Ref,
    RetentionRule,
    Source,
    Stage,
    Status,
    WarningCode,
    now,
)
from docparser.outcome import Complete
from docparser.policy import default_policy
from docparser.pricing import MICRODOLLAR, cost_usd, on_arm, use_of_scans, use_of_walk

REF = Ref(tenant="t", document_id="d" + "0" * 32)
SOURCE = Source(bucket="b", key="k")
CALL = SimpleNamespace(gb_seconds=0.25)


class OneRecord:
    """A table with one record, which takes every change."""

    def __init__(self, **facts: Any) -> None:
        moment = now()
        self.record = Record(
            ref=REF,
            status=Status.RUNNING,
            stage=Stage.INDEX,
            source=SOURCE,
            content_sha256="0" * 64,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
            **{"failed_pages": 0, "gb_seconds": 2, **facts},
        )

    def get(self, ref: Ref) -> Record:
        assert ref == REF
        return self.record

    def change_from(self, record: Record, to: Status, **facts: Any) -> Record:
        if record.status.terminal:
            return record
        self.record = record.model_copy(update={"status": to, **facts})
        return self.record


class Purged:
    """A bucket or the intake's objects, of which only what is deleted is noted."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def purge(self, prefix: str) -> int:
        self.seen.append(prefix)
        return 1

    def delete(self, source: Source) -> None:
        self.seen.append(source)


class Rules:
    """The policies of tenants that all keep documents alike."""

    def __init__(self, *rules: RetentionRule) -> None:
        self._policy = default_policy().model_copy(update={"retention": rules})

    def of(self, tenant: str) -> Policy:
        assert tenant == REF.tenant
        return self._policy


def completed(
    records: OneRecord, scans: int = 0, rules: tuple[RetentionRule, ...] = ()
) -> tuple[Status, Purged, Purged]:
    work, exchange = Purged(), Purged()
    stage = Complete(
        work=work, exchange=exchange, sources=Purged(), records=records, policies=Rules(*rules)
    )
    return stage.run(REF, SOURCE, shards=3, scans=scans, call=CALL), work, exchange


def test_a_walk_without_scans_leaves_the_endpoints_bucket_alone() -> None:
    records = OneRecord()
    status, work, exchange = completed(records)
    assert status is Status.COMPLETED
    assert work.seen == [f"t/{REF.document_id}/r1/"]
    assert exchange.seen == []
    assert records.record.cost_usd == cost_usd(use_of_walk(gb_seconds=2.25, shards=3, zones=0))


def test_scans_cost_what_the_endpoint_used_and_what_it_was_sent_is_purged() -> None:
    records = OneRecord(gpu_seconds=4.0)
    _, _, exchange = completed(records, scans=2)
    document = f"t/{REF.document_id}/"
    # What the model said of a try that failed may quote the page as well.
    assert exchange.seen == [f"input/{document}r1/", f"output/{document}r1-", f"failure/{document}"]
    walk = cost_usd(use_of_walk(gb_seconds=2.25, shards=3, zones=0))
    assert records.record.cost_usd == walk + cost_usd(use_of_scans(gpu_seconds=4, scans=2))


def test_an_endpoint_that_only_stood_by_costs_nothing() -> None:
    # Given scans on the CPU, whose fallback was never asked
    records = OneRecord(pages_by_lane={Lane.CPU: 3})
    _, _, exchange = completed(records, scans=2)
    assert records.record.cost_usd == cost_usd(use_of_walk(gb_seconds=2.25, shards=3, zones=0))
    # What it might have been sent is purged all the same
    assert len(exchange.seen) == 3


def test_what_textract_charged_is_part_of_the_price() -> None:
    records = OneRecord(charges_usd=Decimal("0.0455"))
    completed(records)
    walk = cost_usd(use_of_walk(gb_seconds=2.25, shards=3, zones=0))
    assert records.record.cost_usd == walk + Decimal("0.0455")


def test_each_lane_says_what_it_cost_once(capsys: pytest.CaptureFixture[str]) -> None:
    records = OneRecord(
        gpu_seconds=4.0,
        charges_usd=Decimal("0.0455"),
        cost_by_lane={Lane.CPU: Decimal("0.000020"), Lane.TEXT: Decimal("0.000001")},
    )
    completed(records, scans=2)
    said = capsys.readouterr().out
    assert said.count('"CostUsd"') > 0
    assert all(f'"lane":"{lane}"' in said.replace(" ", "") for lane in Lane)
    # And together they cost what the document costs
    told = [json.loads(line) for line in said.splitlines()]
    by_lane = {each["lane"]: each["CostUsd"][0] for each in told if "CostUsd" in each}
    assert by_lane["cpu"] == 0.00002
    assert sum(by_lane.values()) == pytest.approx(float(records.record.cost_usd), abs=1e-9)
    # The state machine may call again after an answer was lost.
    _, _, exchange = completed(records, scans=2)
    assert len(exchange.seen) == 3
    assert capsys.readouterr().out == ""


def test_what_ends_knows_until_when_it_is_kept() -> None:
    records = OneRecord(level=Level.RESTRICTED)
    created = records.record.created_at
    completed(records, rules=(RetentionRule(level=Level.RESTRICTED, days=30),))
    assert records.record.retain_until == created + timedelta(days=30)


def test_what_no_rule_is_for_is_kept_until_somebody_erases_it() -> None:
    records = OneRecord(level=Level.RESTRICTED)
    completed(records, rules=(RetentionRule(level=Level.PUBLIC, days=30),))
    assert records.record.retain_until is None


def test_what_services_charged_for_its_fields_is_part_of_the_price() -> None:
    records = OneRecord(field_charges_usd=Decimal("0.0123"), charges_usd=Decimal("0.0015"))
    completed(records)
    walk = cost_usd(use_of_walk(gb_seconds=2.25, shards=3, zones=0))
    assert records.record.cost_usd == walk + Decimal("0.0138")


@pytest.mark.parametrize(
    "missing",
    [
        {"failed_pages": 1},
        {"row_gaps": 1},
        {"warnings": (WarningCode.EXTRACTION_FAILED,)},
    ],
)
def test_missing_pages_rows_or_fields_make_it_partial(missing: dict[str, Any]) -> None:
    assert completed(OneRecord(**missing))[0] is Status.PARTIAL


def test_rules_that_do_not_hold_leave_it_complete() -> None:
    broken = OneRecord(violations=3, row_gaps=0, warnings=(WarningCode.VALUES_CONTRADICT,))
    assert completed(broken)[0] is Status.COMPLETED


def test_pages_that_nobody_counted_complete_nothing() -> None:
    with pytest.raises(Terminal) as caught:
        completed(OneRecord(failed_pages=None))
    assert caught.value.code == "PAGES_MISSING"


def test_another_attempts_record_stays_as_it_is() -> None:
    records = OneRecord()
    records.record = records.record.model_copy(
        update={"ref": REF.model_copy(update={"attempt": 2})}
    )
    with pytest.raises(Superseded):
        completed(records)


def test_a_page_of_the_cpu_lane_costs_what_its_processor_costs() -> None:
    without, cpu = OneRecord(), OneRecord(cost_by_lane={Lane.CPU: Decimal("0.000500")})
    completed(without)
    completed(cpu)
    # Its seconds are in both walks, at the other stages' price; one knows whose they were.
    dearer = cpu.record.cost_usd - without.record.cost_usd
    assert dearer == Decimal("0.000500") - on_arm(Decimal("0.000500")).quantize(MICRODOLLAR)
    assert dearer > 0
