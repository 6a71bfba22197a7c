"""What names an object, in each of its forms."""

from __future__ import annotations

from typing import Any

import pytest
from docparser.backfill.listed import Batch, Job, Kind, listed
from docparser.model import Level
from pydantic import ValidationError


def job(kind: Kind = Kind.PREFIX, prefix: str = "") -> Job:
    return Job(run="r", kind=kind, tenant="acme", bucket="archive", prefix=prefix)


def test_a_listed_object() -> None:
    # Given a row as Step Functions lists it, and one as boto3 does
    here = {"Key": "2024/Kim Example.pdf", "Size": 3, "StorageClass": "STANDARD"}
    for name in ("Etag", "ETag"):
        item = listed(job(), {**here, name: '"abc"'})
        # Then both are the same object
        assert (item.source.bucket, item.source.key) == ("archive", "2024/Kim Example.pdf")
        assert (item.name, item.etag, item.skipped) == ("Kim Example.pdf", "abc", False)
        assert item.source.version_id is None


def test_a_row_of_an_inventory_has_its_key_decoded() -> None:
    row = {
        "Bucket": "archive",
        "Key": "a/%C3%BC+b%2Bc.pdf",
        "VersionId": "v1",
        "IsLatest": "true",
        "IsDeleteMarker": "false",
        "ETag": "abc",
    }
    item = listed(job(Kind.INVENTORY), row)
    assert (item.source.key, item.source.version_id) == ("a/ü b+c.pdf", "v1")
    assert not item.skipped


def test_a_row_of_a_manifest_says_its_name() -> None:
    row = {"key": "a/1+1%20.bin", "version_id": "", "name": "Brief.pdf"}
    item = listed(job(Kind.CSV), row)
    assert (item.source.key, item.source.version_id) == ("a/1+1%20.bin", None)
    assert item.name == "Brief.pdf"


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Kind.PREFIX, {"Key": "a/folder/"}),
        (Kind.LINES, {}),
        (Kind.LINES, {"key": None}),
        (Kind.LINES, {"key": "b/elsewhere.pdf"}),
        (Kind.INVENTORY, {"Bucket": "another", "Key": "a/x"}),
        (Kind.INVENTORY, {"Bucket": "archive", "Key": "a/x", "IsLatest": "false"}),
        (Kind.INVENTORY, {"Bucket": "archive", "Key": "a/x", "IsDeleteMarker": "true"}),
    ],
)
def test_what_could_be_no_document_of_the_run_is_skipped(kind: Kind, row: dict[str, Any]) -> None:
    assert listed(job(kind, "a/"), row).skipped


def test_who_an_object_is() -> None:
    def item_id(**row: str) -> str:
        return listed(job(Kind.LINES), row).item_id

    # The same object is the same item, whatever it is called
    assert item_id(key="a", name="x") == item_id(key="a", name="y")
    # Another version, other content, another key are other items
    ids = [item_id(key="a"), item_id(key="a", version_id="1"), item_id(key="a", etag="2")]
    assert len({*ids, item_id(key="b")}) == 4
    # And no name of a key can break it
    assert len(item_id(key="\ud800/\n")) == 64


def test_a_batch_as_the_machine_hands_it_over() -> None:
    told = job().model_dump(mode="json") | {"options": {"level": "RESTRICTED"}}
    batch = Batch.model_validate({"BatchInput": {"job": told}, "Items": [{"Key": "a"}]})
    assert batch.job.options.level is Level.RESTRICTED
    assert batch.rows == ({"Key": "a"},)


def test_a_malformed_job_is_refused_without_being_quoted() -> None:
    told = job().model_dump(mode="json") | {"tenant": "Kim Example"}
    with pytest.raises(ValidationError) as raised:
        Batch.model_validate({"BatchInput": {"job": told}, "Items": []})
    assert "Kim" not in str(raised.value)
