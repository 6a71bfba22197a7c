"""document.json and its shards become one JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from docparser_client.results import replacing, spliced

DOCUMENT = {"schema": "docparser/document/1", "media_type": "application/pdf", "gaps": []}


def shard(*numbers: int) -> bytes:
    pages = [{"number": number, "text": 'a "b" ]}, ä \u2028'} for number in numbers]
    return json.dumps({"schema": "docparser/shard/1", "pages": pages}).encode()


def test_the_pages_follow_the_document_in_order() -> None:
    whole = json.loads(b"".join(spliced(DOCUMENT, [shard(1, 2), shard(), shard(3)])))

    assert [page["number"] for page in whole.pop("pages")] == [1, 2, 3]
    assert whole == DOCUMENT


def test_a_document_without_readable_pages_is_still_json() -> None:
    assert json.loads(b"".join(spliced(DOCUMENT, [])))["pages"] == []


def test_one_shard_is_held_at_a_time() -> None:
    taken = []

    def shards() -> Iterator[bytes]:
        for number in (1, 2):
            taken.append(number)
            yield shard(number)

    pieces = spliced(DOCUMENT, shards())
    while b'"number":1' not in next(pieces):
        pass

    assert taken == [1]


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "sub" / ("n" * 250 + ".json")
    with replacing(path) as file:
        file.write(b"first")

    def fail_halfway() -> None:
        with replacing(path) as file:
            file.write(b"half of the second")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()

    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]
