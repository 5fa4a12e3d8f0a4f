"""The orders of one partition on disk: a cache of `processed-orders`, and a table for what waits. One sqlite file.

The file never runs ahead of the topic: what is published stays in memory until its delivery is confirmed (`save`).
So losing the file, or the last seconds of it, costs only time.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from orderflow.core import codec, document
from orderflow.core.messages import OrderDocument
from orderflow.core.partition import Emit, Wait, Waiting
from orderflow.core.topics import PROCESSED_ORDERS

WHOLE, INCOMPLETE, GONE = 0, 1, 2
Row = tuple[int, bytes, int, str | None]
CHUNK = 500
"""Ids per statement: below sqlite's smallest limit of 999 variables."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY, value BLOB NOT NULL, state INTEGER, snapshot TEXT);
CREATE INDEX IF NOT EXISTS incomplete ON published (id) WHERE state = 1;
DROP TABLE IF EXISTS waiting;
CREATE TABLE waiting (id INTEGER PRIMARY KEY, value BLOB NOT NULL, tick INTEGER, since_us INTEGER, first INTEGER);
CREATE INDEX waiting_first ON waiting (first);
CREATE INDEX waiting_tick ON waiting (tick);
"""


class Store:
    """The `Orders` of one partition (see orderflow.core.partition), kept in `path`."""

    def __init__(self, path: str | Path, topic: str) -> None:
        """Open the file, or begin anew when it belongs to another cluster or topic (`topic` names both)."""
        self.db = _open_or_begin_anew(path)
        self._any_waiting = False
        self.unsaved: dict[int, Row] = {}
        self._sealed: dict[int, Row] = {}
        if self._about("topic") != topic or self._is_outdated():
            self.db.executescript("DELETE FROM published; DELETE FROM about;")
            self._note("topic", topic)
        self.next_offset: int = self._about("next_offset") or 0

    def get(self, ids: Sequence[int]) -> dict[int, OrderDocument | Waiting]:
        """Return what is known, by id; what waits shadows what is published."""
        found: dict[int, OrderDocument | Waiting] = dict(self.published(ids))
        if self._any_waiting:
            for id, value, tick, since_us, first in self._select("SELECT * FROM waiting WHERE id IN ({})", ids):
                found[id] = Waiting(codec.decode_document(value), tick, since_us, first)
        return found

    def published(self, ids: Sequence[int]) -> dict[int, OrderDocument]:
        """Return the newest published documents, markers of deleted orders included."""
        new = self._sealed | self.unsaved if self._sealed else self.unsaved
        old = [id for id in ids if id not in new]
        found = {
            id: _read(value) for id, value in self._select("SELECT id, value FROM published WHERE id IN ({})", old)
        }
        return found | {id: _read(new[id][1]) for id in ids if id in new}

    def wait(self, orders: Iterable[Waiting]) -> None:
        """Keep orders that are not whole, however many: they go to the file."""
        rows = [(w.doc.order_id, codec.encode_document(w.doc), w.tick, w.since_us, w.offset) for w in orders]
        if rows:
            with self.db:
                self.db.executemany("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?)", rows)
            self._any_waiting = True

    def publish(self, emits: Iterable[Emit]) -> None:
        """Take documents as the state; they wait no longer."""
        new = {emit.doc.order_id: row(emit.doc, emit.state) for emit in emits}
        self.unsaved.update(new)
        if self._any_waiting and new:
            with self.db:
                self.db.executemany("DELETE FROM waiting WHERE id = ?", [(id,) for id in new])
            self._any_waiting = self.db.execute("SELECT 1 FROM waiting LIMIT 1").fetchone() is not None

    def waited(self, tick: int) -> list[int]:
        """Return up to CHUNK orders that have waited since `tick` or longer, oldest first."""
        return self._waiting_ids("tick <= ? ORDER BY tick", tick)

    def began(self, offset: int) -> list[int]:
        """Return up to CHUNK orders that have waited since before `offset`."""
        return self._waiting_ids("first < ? ORDER BY first", offset)

    def unshown(self, snapshot: str, topic_id: str, offset: int) -> Iterator[list[OrderDocument]]:
        """Yield, CHUNK at a time, the documents last changed before `offset` that the snapshot did not show."""

        def is_ghost(doc: OrderDocument) -> bool:
            old = doc.source is None or doc.source.topic_id != topic_id or doc.source.offset < offset
            shown = doc.snapshot == snapshot or document.is_gone(doc)
            return old and not shown and not self._waits(doc.order_id)

        new = self._sealed | self.unsaved
        yield [doc for _, value, _, _ in new.values() if is_ghost(doc := _read(value))]
        after = -1
        while rows := self._page(after, snapshot):
            after = rows[-1][0]
            old = [value for id, value in rows if id not in self._sealed and id not in self.unsaved]
            yield [doc for value in old if is_ghost(doc := _read(value))]

    def _page(self, after: int, snapshot: str) -> list[tuple[int, bytes]]:
        query = "SELECT id, value FROM published WHERE id > ? AND state != ? AND snapshot IS NOT ? ORDER BY id LIMIT ?"
        return self.db.execute(query, (after, GONE, snapshot, CHUNK)).fetchall()

    def all_waiting(self) -> Wait:
        """Return how many orders wait, and since when."""
        if not self._any_waiting:
            return Wait(0, 0)
        (count,) = self.db.execute("SELECT COUNT(*) FROM waiting").fetchone()
        (since_us,) = self.db.execute("SELECT since_us FROM waiting ORDER BY first LIMIT 1").fetchone()
        return Wait(count, since_us)

    def first_waiting(self) -> int | None:
        """Return the input offset from which on a change is unsettled, or None."""
        row = self.db.execute("SELECT MIN(first) FROM waiting").fetchone()
        return int(row[0]) if row[0] is not None else None

    def incomplete(self) -> Iterable[OrderDocument]:
        """Return every published document that is flagged."""
        for (value,) in self.db.execute("SELECT value FROM published WHERE state = ?", (INCOMPLETE,)):
            yield _read(value)

    def seal(self) -> None:
        """Set apart what is published so far: when its delivery is confirmed, `save` writes just that."""
        self._sealed |= self.unsaved
        self.unsaved = {}

    def save(self, next_offset: int) -> None:
        """Write what was sealed; the file then equals the topic below next_offset."""
        self.write(self._sealed.values(), next_offset)
        self._sealed = {}

    def versions(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the versions of published documents on file."""
        rows = self._select("SELECT id, value FROM published WHERE id IN ({})", ids)
        return {id: _version.decode(value).version for id, value in rows}

    def write(self, rows: Iterable[Row], next_offset: int) -> None:
        """Write rows and the offset below which the file holds the topic, in one transaction."""
        with self.db:
            self.db.executemany("INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)", rows)
            self._note("next_offset", next_offset)
            self._note("saved_at", int(time.time()))
        self.next_offset = next_offset

    def close(self) -> None:
        """Close the file; what is not saved is in the topic, or will be sent again."""
        self.db.close()

    def _waiting_ids(self, where: str, value: int) -> list[int]:
        if not self._any_waiting:
            return []
        rows = self.db.execute(f"SELECT id FROM waiting WHERE {where} LIMIT {CHUNK}", (value,))
        return [id for (id,) in rows]

    def _select(self, statement: str, ids: Sequence[int]) -> Iterable[tuple]:  # type: ignore[type-arg]  # rows differ
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            yield from self.db.execute(statement.format(",".join("?" * len(part))), part)

    def _is_outdated(self) -> bool:
        # Tombstones that were written since may be compacted away: orders deleted elsewhere would come back.
        saved_at: int | None = self._about("saved_at")
        return saved_at is not None and time.time() - saved_at > PROCESSED_ORDERS.tombstone_ms / 1000 / 2

    def _waits(self, id: int) -> bool:
        return self.db.execute("SELECT 1 FROM waiting WHERE id = ?", (id,)).fetchone() is not None

    def _about(self, name: str) -> Any:
        row = self.db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _note(self, name: str, value: object) -> None:
        self.db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


class _Version(msgspec.Struct):
    version: int


_version = msgspec.json.Decoder(_Version)


def _open_or_begin_anew(path: str | Path) -> sqlite3.Connection:
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise  # locked, or the disk is full: the file may be good
    except sqlite3.DatabaseError:  # damaged: it is a cache, the topic has all of it
        for end in ("", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        return _open(path)


def _open(path: str | Path) -> sqlite3.Connection:
    # Opened by the thread that restores, used by the event loop: never by both at once.
    db = sqlite3.connect(path, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # kill -9 is safe; after a power cut the file is rebuilt from the topic
    db.executescript(SCHEMA)
    return db


def row(doc: OrderDocument, value: bytes) -> Row:
    """Return what the file keeps of a published document; `value` is its JSON."""
    state = GONE if document.is_gone(doc) else WHOLE if doc.complete else INCOMPLETE
    return doc.order_id, value, state, doc.snapshot


_read = codec.decode_document
