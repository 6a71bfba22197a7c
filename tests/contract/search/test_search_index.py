"""What every search index does; what was written may be seen some seconds later."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from docparser.model import Chunk, Hits
from docparser.search import InvalidCursor, InvalidQuery, SearchIndex
from docparser.search import cursor as cursors

from tests.contract.search.chunks import chunk, document_id
from tests.stack import until

SEEN_S = 30
LEASE = "The tenant pays the rent on the third working day of each month without deduction"
MIETE = "Die Kündigungsfrist des Mietvertrags beträgt drei Monate zum Ende eines Kalendermonats"


class Shelf:
    """One tenant's part of an index."""

    def __init__(self, index: SearchIndex, tenant: str) -> None:
        self.index = index
        self.tenant = tenant

    def put(self, *texts: str, document: str | None = None, **fields: object) -> str:
        """Store a document of one passage for each text; return its id once it is found."""
        document = document or document_id()
        chunks = [
            chunk(text, tenant=self.tenant, document=document, number=number, **fields)
            for number, text in enumerate(texts, start=1)
        ]
        assert self.index.put(chunks) == len(chunks)
        self.wait(lambda: document in self.found(texts[-1][:400]))
        return document

    def wait(self, look: Callable[[], bool]) -> None:
        until(look, SEEN_S)

    def find(self, query: str, *, limit: int = 10, cursor: str | None = None) -> Hits:
        return self.index.find(self.tenant, query, limit=limit, cursor=cursor)

    def found(self, query: str) -> list[str]:
        return [hit.document_id for hit in self.find(query, limit=200).hits]

    def walk(self, query: str, limit: int) -> list[tuple[str, int | None]]:
        """Return every hit of a query, page by page."""
        hits: list[tuple[str, int | None]] = []
        cursor = None
        while True:
            page = self.find(query, limit=limit, cursor=cursor)
            hits += [(hit.document_id, hit.page) for hit in page.hits]
            cursor = page.next_cursor
            if cursor is None:
                return hits
            assert len(page.hits) == limit


@pytest.fixture
def shelf(index: SearchIndex, tenant: str) -> Shelf:
    return Shelf(index, tenant)


# ------------------------------------------------------------------ found, and where
def test_a_hit_says_document_revision_page_place_and_text(shelf: Shelf) -> None:
    document = shelf.put(LEASE, revision=3, page=7)
    (hit,) = shelf.find("rent").hits
    assert (hit.document_id, hit.revision, hit.page) == (document, 3, 7)
    # the fifth of ten columns in the first row
    assert hit.polygon == ((0.4, 0.0), (0.48, 0.0), (0.48, 0.04), (0.4, 0.04))
    assert hit.snippet == LEASE
    assert hit.score > 0


def test_a_description_is_found_without_a_place(shelf: Shelf) -> None:
    document = shelf.put("invoice RESTRICTED de 3 pages", page=None, boxes=())
    (hit,) = shelf.find("restricted invoice").hits
    assert (hit.document_id, hit.page, hit.polygon) == (document, None, None)
    assert hit.snippet == "invoice RESTRICTED de 3 pages"


def test_the_passage_with_more_of_a_rare_word_comes_first(shelf: Shelf) -> None:
    once = shelf.put("The harbour was quiet and the boats lay in the sun all day long")
    often = shelf.put("Harbour dues: the harbour office asks for harbour dues in the harbour")
    assert shelf.found("harbour") == [often, once]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        # inflected, English and German
        (LEASE, "paying tenants"),
        (LEASE, "deductions"),
        (MIETE, "Monat"),
        (MIETE, "Mietverträge Kündigungsfristen"),
        ("Die Häuser wurden verkauft", "Haus"),
        # accents, umlauts and sharp s, however they are typed
        ("Herr Müller wohnt in der Großen Straße", "mueller grosse strasse"),
        ("Herr Mueller aus Düsseldorf", "müller DUSSELDORF"),
        ("Café des Amis", "cafe"),
        ("Cafe\u0301 decomposed", "Café"),
        # numbers and ids, however they are parted
        ("Invoice RE-2024/0815 of 3 May", "RE-2024/0815"),
        ("Invoice RE-2024/0815 of 3 May", "0815"),
        ("Invoice RE-2024/0815 of 3 May", "re20240815"),
        ("Total 1.234,56 EUR", "1234,56"),
        ("Total 1.234,56 EUR", "1,234.56"),
        ("IBAN DE89 3704 0044 0532 0130 00", '"3704 0044"'),
        ("Write to jane@example.com", "example"),
        ("Write to jane@example.com", "jane@example.com"),
        # hyphens, also those at the end of a line
        ("Bitte per E-Mail antworten", "Email"),
        ("Bitte per Email antworten", "E-Mail"),
        ("der Versiche- rungsvertrag gilt", "Versicherungsvertrags"),
        ("Ver\u00adtrag mit weichem Trennstrich", "Vertrag"),
        # other scripts
        ("Договор аренды", "договор"),
        ("租赁合同 第三条", "合同"),
    ],
)
def test_a_word_is_found_however_it_is_written(shelf: Shelf, text: str, query: str) -> None:
    other = shelf.put("Nothing of all this stands here at all")
    document = shelf.put(text)
    assert shelf.found(query) == [document]
    assert other not in shelf.found(query)


def test_a_phrase_is_found_in_its_order_only(shelf: Shelf) -> None:
    right = shelf.put("Payment is due within fourteen days of receipt")
    shelf.put("Receipt of payment: days after fourteen months due")
    assert shelf.found('"within fourteen days"') == [right]
    assert shelf.found("„fourteen days“") == [right]
    assert shelf.found('"fourteen within"') == []


def test_a_phrase_of_stop_words_is_a_phrase(shelf: Shelf) -> None:
    right = shelf.put("Whether it is to be or not is open")
    shelf.put("Not open is to it be whether or")
    assert shelf.found('"to be or not"') == [right]


def test_all_words_are_wanted_and_any_word_only_if_nothing_has_all(shelf: Shelf) -> None:
    both = shelf.put("apples and pears from the orchard")
    one = shelf.put("apples from the shop")
    other = shelf.put("pears from the market")
    assert shelf.found("apples pears") == [both]
    assert sorted(shelf.found("apples cherries")) == sorted([both, one])
    assert sorted(shelf.found("cherries market")) == [other]
    assert shelf.found("cherries plums") == []


# ------------------------------------------------------------------ stored, and deleted
def test_the_same_chunk_again_replaces_the_first(shelf: Shelf) -> None:
    document = shelf.put("an early wording about herons")
    shelf.put("a later wording about cormorants", document=document)
    shelf.wait(lambda: shelf.found("herons") == [])
    assert shelf.found("cormorants") == [document]
    shelf.put("a later wording about cormorants", document=document)
    assert shelf.found("wording") == [document]


def test_a_document_is_deleted_and_its_neighbours_stay(shelf: Shelf) -> None:
    gone = shelf.put("first passage on badgers", "second passage on badgers")
    kept = shelf.put("another passage on badgers")
    assert shelf.index.delete(shelf.tenant, gone) == 2
    shelf.wait(lambda: shelf.found("badgers") == [kept])
    assert shelf.index.delete(shelf.tenant, gone) == 0
    assert shelf.index.delete(shelf.tenant, document_id()) == 0


def test_earlier_revisions_are_deleted_and_no_other(shelf: Shelf) -> None:
    document = shelf.put("old words on otters", "more old words on otters", revision=1)
    shelf.put("new words on otters", document=document, revision=2)
    shelf.put("newest words on otters", document=document, revision=3)
    assert shelf.index.delete(shelf.tenant, document, keep_revision=2) == 2
    shelf.wait(lambda: sorted(h.revision for h in shelf.find("otters").hits) == [2, 3])


def test_one_revision_goes_and_those_before_and_after_it_stay(shelf: Shelf) -> None:
    document = shelf.put("old words on herons", revision=1)
    shelf.put("new words on herons", "more new words on herons", document=document, revision=2)
    shelf.put("newest words on herons", document=document, revision=3)
    assert shelf.index.delete(shelf.tenant, document, only_revision=2) == 2
    shelf.wait(lambda: sorted(h.revision for h in shelf.find("herons").hits) == [1, 3])


def test_nothing_is_stored_of_nothing(shelf: Shelf) -> None:
    assert shelf.index.put([]) == 0


# ------------------------------------------------------------------ tenants
def test_a_tenant_finds_and_deletes_only_its_own(index: SearchIndex, tenant: str) -> None:
    mine, theirs = Shelf(index, tenant), Shelf(index, f"{tenant}-b")
    ours = mine.put("a passage on lighthouses")
    others = theirs.put("a passage on lighthouses")
    assert mine.found("lighthouses") == [ours]
    assert theirs.found("lighthouses") == [others]
    assert index.delete(tenant, others) == 0
    assert theirs.found("lighthouses") == [others]
    assert index.find("nobody", "lighthouses", limit=10).hits == ()


def test_a_tenant_s_cursor_is_none_of_another_s(index: SearchIndex, tenant: str) -> None:
    mine, theirs = Shelf(index, tenant), Shelf(index, f"{tenant}-b")
    for shelf in (mine, theirs):
        shelf.put("first on dunes", "second on dunes", "third on dunes")
    cursor = mine.find("dunes", limit=1).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidCursor):
        theirs.find("dunes", limit=1, cursor=cursor)


# ------------------------------------------------------------------ pages
def test_pages_hold_every_hit_once_ties_included(shelf: Shelf) -> None:
    # Given 60 passages of which 50 score alike
    same = "the ferry leaves at noon"
    document = shelf.put(*[same] * 50, *[f"ferry number {n} ferry" for n in range(10)])
    whole = [(hit.document_id, hit.score) for hit in shelf.find("ferry", limit=200).hits]
    assert len(whole) == 60
    # When they are read in pages of any size
    for limit in (1, 7, 25, 60, 200):
        walked = shelf.walk("ferry", limit)
        # Then none is lost or repeated
        assert len(walked) == 60
        assert {hit[0] for hit in walked} == {document}


def test_pages_follow_each_other_in_the_order_of_one_long_page(shelf: Shelf) -> None:
    chance = random.Random(5)
    for _ in range(30):
        words = ["mill", *chance.choices(["river", "mill", "wheel", "stone"], k=8)]
        shelf.put(" ".join(words), page=chance.randrange(1, 1000))
    whole = [(hit.document_id, hit.page) for hit in shelf.find("mill", limit=200).hits]
    assert shelf.walk("mill", 4) == whole


def test_pages_of_any_word_go_on_with_any_word(shelf: Shelf) -> None:
    shelf.put(*[f"orchid number {n}" for n in range(5)])
    shelf.put(*[f"tulip number {n}" for n in range(5)])
    assert len(shelf.walk("orchid tulip", 3)) == 10


def test_a_page_that_is_just_full_is_the_last(shelf: Shelf) -> None:
    shelf.put("quay one", "quay two", "quay three")
    assert shelf.find("quay", limit=3).next_cursor is None
    assert shelf.find("quay", limit=2).next_cursor is not None


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_1_to_200_hits(shelf: Shelf, limit: int) -> None:
    with pytest.raises(ValueError, match="200"):
        shelf.find("word", limit=limit)


def test_a_thousand_chunks_are_stored_counted_and_found(shelf: Shelf) -> None:
    document = document_id()
    chunks: list[Chunk] = [
        chunk(
            f"row {n} of the ledger: voucher number v{n:05d} booked",
            tenant=shelf.tenant,
            document=document,
            number=n,
            page=n,
        )
        for n in range(1, 1001)
    ]
    assert shelf.index.put(chunks) == 1000
    shelf.wait(lambda: len(shelf.walk("ledger", 200)) == 1000)
    assert {page for _, page in shelf.walk("ledger", 200)} == set(range(1, 1001))
    assert [hit.page for hit in shelf.find("v00777").hits] == [777]
    assert shelf.index.delete(shelf.tenant, document) == 1000
    shelf.wait(lambda: shelf.found("ledger") == [])


# ------------------------------------------------------------------ what is no query, no cursor
@pytest.mark.parametrize("query", ["", "   ", "...", '""', "🙂", "\x00", "-", "*", "a" * 401])
def test_a_query_needs_a_letter_or_a_digit_and_an_end(shelf: Shelf, query: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        shelf.find(query)
    assert not query.strip() or query not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "gulls AND NOT terns",
        "gulls OR",
        "gulls NEAR(terns, 3)",
        "german: gulls",
        "{german english}: gulls",
        'gulls" OR "terns',
        '"gulls',
        "gulls*",
        "^gulls",
        "(gulls",
        "( gulls)",
        "-gulls +terns",
        "gulls~2",
        "text:gulls",
        "tenant:other",
        "/gu.*/",
        "gulls && terns || x",
        "gulls'; DROP TABLE chunks; --",
        '{"match_all": {}}',
        "gulls \x00 terns",
        "gulls \ud800",
        "\u2063 gulls",
        "gulls " * 66,
        " ".join(f"w{n}" for n in range(80)) + " gulls",
        "gulls " + '"a b" ' * 60,
        "-".join("gulls" for _ in range(60)),
    ],
)
def test_nothing_in_a_query_is_an_operator(shelf: Shelf, query: str) -> None:
    # Given a tenant's passage with the query's plain word, and another tenant's
    mine = shelf.put("gulls over the harbour")
    Shelf(shelf.index, f"{shelf.tenant}-b").put("gulls over the harbour, terns, other")
    # When anything is searched, it finds the passage or nothing, and fails never
    hits = shelf.find(query).hits
    assert {hit.document_id for hit in hits} <= {mine}
    if "gulls" in query.split() or query in ('"gulls', "^gulls", "(gulls", "gulls*"):
        assert hits


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "=" * 8,
        "A" * 5000,
        "bnVsbA",
        "W10",
        "../../etc/passwd",
        "' OR 1=1 --",
    ],
)
def test_what_is_no_cursor_is_refused(shelf: Shelf, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        shelf.find("word", cursor=cursor)


@pytest.mark.parametrize("tie", ["", "x", "0 OR 1=1", "-1", "1e9", "٣", "9" * 60, "²"])
def test_a_cursor_with_a_made_up_position_is_refused_or_finds_nothing_new(
    shelf: Shelf, tie: str
) -> None:
    shelf.put("one on geese", "two on geese")
    made_up = cursors.encode(cursors.Position(False, -1.0, tie), shelf.tenant, "geese")
    with contextlib.suppress(InvalidCursor):
        assert len(shelf.find("geese", cursor=made_up).hits) <= 2


def test_a_cursor_belongs_to_its_query(shelf: Shelf) -> None:
    shelf.put("one on storks", "two on storks")
    cursor = shelf.find("storks", limit=1).next_cursor
    assert cursor is not None
    assert "storks" not in cursor
    with pytest.raises(InvalidCursor):
        shelf.find("one", limit=1, cursor=cursor)
    with pytest.raises(InvalidCursor):
        shelf.find("storks", limit=1, cursor=cursor[:-2])
