"""A worker's file: damage is found, whatever page it hits, and told apart from a full disk."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.core import codec
from orderflow.core.messages import OrderDocument, Source
from orderflow.core.orders import Waiting
from orderflow.core.outcome import Emit
from streams.database import DamagedError
from streams.store import GONE, Store, row

PAGE = 4096


def document(id: int, version: int = 1, **fields: object) -> OrderDocument:
    source = Source(None, "", 0, 0, "topic-id", id)
    return OrderDocument(id, status="paid", complete=True, version=version, source=source, **fields)  # type: ignore[arg-type]


def fill(store: Store, count: int = 2_000) -> None:
    docs = [document(id, delivery_address="x" * 600) for id in range(1, count + 1)]
    store.write([row(doc, codec.encode_document(doc)) for doc in docs], count)
    store.db.run("PRAGMA wal_checkpoint(TRUNCATE)")


def overwrite(path: Path, first: float, last: float) -> None:
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        file.seek(int(pages * first) * PAGE)
        file.write(os.urandom((int(pages * last) - int(pages * first)) * PAGE))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "partition-0.sqlite"


@pytest.mark.parametrize(("first", "last"), [(0.3, 0.45), (0.0, 0.1), (0.9, 1.0), (0.0, 1.0)])
def test_a_file_damaged_while_nobody_looked_is_begun_anew(path: Path, first: float, last: float) -> None:
    store = Store(path, "cluster/topic")
    fill(store)
    store.close()
    overwrite(path, first, last)
    store = Store(path, "cluster/topic")
    assert (store.next_offset, store.published([1])) == (0, {})
    fill(store)
    assert len(store.published(range(1, 2_001))) == 2_000


def read_all(store: Store) -> object:
    return [store.published(list(range(start, start + 500))) for start in range(1, 2_001, 500)]


@pytest.mark.parametrize(
    "use",
    [
        read_all,
        lambda store: list(store.unshown("snapshot", "another-topic", 10**9)),
        lambda store: [store.write([row(document(id), b"{}")], 1) for id in range(1, 2_001)],
    ],
    ids=["get", "sweep", "save"],
)
def test_damage_that_comes_while_the_file_is_in_use_is_told(path: Path, use: Callable[[Store], object]) -> None:
    store = Store(path, "cluster/topic")
    fill(store)
    store.db.run("PRAGMA cache_size = 0")
    overwrite(path, 0.1, 0.9)
    with pytest.raises(DamagedError):
        use(store)
    store.discard()
    assert not path.exists()


def test_a_changed_byte_in_a_document_is_told(path: Path) -> None:
    store = Store(path, "cluster/topic")
    fill(store, 10)
    store.db.run("UPDATE published SET value = replace(CAST(value AS TEXT), 'paid', 'lost') WHERE id = 3")
    with pytest.raises(DamagedError, match="not what was written"):
        store.published([3])
    assert store.published([4])


def test_a_full_disk_is_no_damage(path: Path) -> None:
    store = Store(path, "cluster/topic")
    fill(store)
    ((pages,),) = store.db.rows("PRAGMA page_count")
    store.db.run(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.wait(Waiting(document(id, delivery_address="y" * 4_000), 1, 1, 1) for id in range(1, 500))
    store.db.run("PRAGMA max_page_count = 1000000")
    assert len(store.published([1, 2_000])) == 2


def test_a_file_of_an_older_version_or_another_topic_is_begun_anew(path: Path) -> None:
    with sqlite3.connect(path) as old:
        old.executescript(
            "CREATE TABLE published (id INTEGER PRIMARY KEY, value BLOB); INSERT INTO published VALUES (1, 'x')"
        )
    store = Store(path, "cluster/topic")
    fill(store, 10)
    store.close()
    assert Store(path, "cluster/topic").next_offset == 10
    assert Store(path, "cluster/other").next_offset == 0


def test_markers_are_forgotten_when_their_tombstones_are_gone_from_the_topic(path: Path) -> None:
    store = Store(path, "cluster/topic")
    now_us, week_us = time.time_ns() // 1000, 7 * 24 * 3600 * 1_000_000
    for id, version in ((1, now_us - week_us - 10**9), (2, now_us)):
        gone = OrderDocument(id, version=version)
        store.write([row(gone, codec.encode_document(gone))], id)
    store.close()
    rows = Store(path, "cluster/topic").db.rows("SELECT id, state FROM published")
    assert rows == [(2, GONE)]


def test_what_orders_lack_is_noted_once_and_forgotten_with_them() -> None:
    store = Store(":memory:", "cluster/topic")
    store.lack({1: [("customer", 2**70), ("product", 1)], 2: [("product", 1)]})
    assert store.lacking(("product", 1), 0) == [1, 2]
    assert store.lacking(("product", 1), 1) == [2]
    store.wait([Waiting(document(1), 3, 1, 1)])
    assert store.due_lacks(3)
    assert not store.due_lacks(2)
    store.lack({1: [("customer", 2**70)], 2: []})
    assert store.lacking(("product", 1), 0) == []
    store.lack({1: []})
    assert store.db.rows("SELECT * FROM lacking") == []


def test_flagged_documents_are_found_as_they_are_now() -> None:
    store = Store(":memory:", "cluster/topic")
    docs = [document(id) for id in (1, 2, 3)]
    for doc in docs:
        doc.complete = False
    store.write([row(doc, codec.encode_document(doc)) for doc in docs], 3)
    mended = document(1)
    store.publish([Emit(mended, codec.encode_document(mended), b"", [])])
    store.wait([Waiting(document(2), 1, 1, 1)])
    assert [doc.order_id for docs in store.incomplete() for doc in docs] == [3]
