"""What every zone promises, whatever it is made of."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from docparser.errors import Terminal
from docparser.model import Level
from docparser.route.zones import ZoneAway

from .conftest import sha256, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.route.zones import ZoneStore

    from tests.contract.premises import Premises

    from .conftest import Made

DOCUMENT = b'{"schema": "docparser/document/1"}'


def names(zone: ZoneStore, prefix: str) -> list[str]:
    return [version.key.removeprefix(prefix) for version in zone.versions(prefix)]


def test_a_result_lies_there_byte_by_byte(premises: Premises, zone: Made, prefix: str) -> None:
    # Given files of all sizes, one of them larger than what is held in memory
    bodies = {"original": os.urandom(9 << 20), "pages/s0001.json": b"{}", "document.txt": b""}
    copies = [stored(premises, file, body) for file, body in bodies.items()]
    # When they are filled in
    zone.store.fill(prefix, copies, DOCUMENT, level=Level.INTERNAL)
    # Then they are there, and nothing else
    for file, body in (*bodies.items(), ("document.json", DOCUMENT)):
        assert zone.store.find(prefix + file) == body, file
    assert sorted(names(zone.store, prefix)) == sorted([*bodies, "document.json"])
    sizes = {version.key: version.size_bytes for version in zone.store.versions(prefix)}
    assert sizes[f"{prefix}original"] == 9 << 20


def test_no_document_names_what_is_not_there(premises: Premises, zone: Made, prefix: str) -> None:
    # Given two files of which one is gone
    there, gone = (stored(premises, file, b"body") for file in ("a", "b"))
    premises.blobs("work").delete(gone.source.key)
    # When they are filled in
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        zone.store.fill(prefix, [there, gone], DOCUMENT, level=Level.INTERNAL)
    # Then there is no document
    assert zone.store.find(f"{prefix}document.json") is None
    assert zone.store.find(f"{prefix}b") is None


def test_a_copy_that_differs_is_not_kept(premises: Premises, zone: Made, prefix: str) -> None:
    other = stored(premises, "a", b"body")._replace(sha256=sha256(b"another body"))
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        zone.store.fill(prefix, [other], DOCUMENT, level=Level.INTERNAL)
    assert names(zone.store, prefix) == []


def test_filling_again_is_harmless(premises: Premises, zone: Made, prefix: str) -> None:
    first, second = (stored(premises, "a", body) for body in (b"first", b"second"))
    zone.store.fill(prefix, [first], b"{}", level=Level.INTERNAL)
    zone.store.fill(prefix, [second], DOCUMENT, level=Level.INTERNAL)
    assert zone.store.find(f"{prefix}a") == b"second"
    assert zone.store.find(f"{prefix}document.json") == DOCUMENT


def test_who_fills_at_once_leaves_one_whole_result(
    premises: Premises, zone: Made, prefix: str
) -> None:
    copies = [stored(premises, f"pages/{n}", bytes([n]) * 1000) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        filling = [
            pool.submit(zone.store.fill, prefix, copies, DOCUMENT, level=Level.INTERNAL)
            for _ in range(4)
        ]
        for each in filling:
            each.result()
    assert {*names(zone.store, prefix)} == {copy.file for copy in copies} | {"document.json"}
    assert zone.store.find(f"{prefix}pages/7") == bytes([7]) * 1000


def test_a_purge_takes_all_revisions_and_nobody_else_s(
    premises: Premises, zone: Made, prefix: str
) -> None:
    # Given two revisions, one of them filled twice, and another document
    document_prefix, other = prefix.removesuffix("r1/"), prefix.replace("/r1/", "0/r1/")
    copy = stored(premises, "pages/s0001.json", b"body")
    for where in (prefix, prefix, prefix.replace("r1", "r2"), other):
        zone.store.fill(where, [copy], DOCUMENT, level=Level.INTERNAL)
    versions = len([*zone.store.versions(document_prefix)])
    # When the first document is purged
    assert zone.store.purge(document_prefix) == versions >= 4
    # Then nothing of it is left, and a repeat finds nothing
    assert [*zone.store.versions(document_prefix)] == []
    assert zone.store.find(f"{prefix}document.json") is None
    assert zone.store.purge(document_prefix) == 0
    # and the other one is untouched
    assert {*names(zone.store, other)} == {"pages/s0001.json", "document.json"}


def test_a_purge_never_takes_a_prefix_that_others_share(zone: Made) -> None:
    with pytest.raises(ValueError, match="ends where a name does"):
        zone.store.purge("default/d1")


def test_what_is_not_there_is_not_found(zone: Made, prefix: str) -> None:
    assert zone.store.find(f"{prefix}document.json") is None
    assert [*zone.store.versions(prefix)] == []


def test_a_file_is_brought_back_as_it_was(premises: Premises, zone: Made, prefix: str) -> None:
    body = os.urandom(1000)
    zone.store.fill(prefix, [stored(premises, "original", body)], b"{}", level=Level.INTERNAL)
    work, target = premises.blobs("work"), f"{prefix}preflight/source"
    bring = zone.store.bring
    bring(f"{prefix}original", work, target, sha256(body), content_type="application/pdf")
    assert work.get(target) == body
    described = work.describe(target)
    assert (described.sha256, described.media_type) == (sha256(body), "application/pdf")


def test_a_file_that_is_another_one_now_is_not_brought(
    premises: Premises, zone: Made, prefix: str
) -> None:
    zone.store.fill(prefix, [stored(premises, "original", b"body")], b"{}", level=Level.INTERNAL)
    work, target = premises.blobs("work"), f"{prefix}preflight/source"
    with pytest.raises(Terminal, match="CHECKSUM_MISMATCH"):
        zone.store.bring(f"{prefix}original", work, target, sha256(b"x"), content_type="a/b")
    assert work.find(target) is None
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        zone.store.bring(f"{prefix}other", work, target, sha256(b"x"), content_type="a/b")


CALLS: dict[str, Callable[[ZoneStore, Premises, str], object]] = {
    "fill": lambda store, premises, prefix: store.fill(
        prefix, [stored(premises, "a", b"body")], DOCUMENT, level=Level.INTERNAL
    ),
    "find": lambda store, _, prefix: store.find(f"{prefix}a"),
    "bring": lambda store, premises, prefix: store.bring(
        f"{prefix}a", premises.blobs("work"), f"{prefix}a", sha256(b"body"), content_type="a/b"
    ),
    "versions": lambda store, _, prefix: [*store.versions(prefix)],
    "purge": lambda store, _, prefix: store.purge(prefix),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_zone_that_is_away_says_so(
    premises: Premises, zone: Made, prefix: str, call: str
) -> None:
    with pytest.raises(ZoneAway, match="ZONE_AWAY"):
        CALLS[call](zone.away, premises, prefix)
