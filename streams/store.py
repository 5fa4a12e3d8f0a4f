"""The orders of one partition on disk: a cache of `processed-orders`, and tables for what waits. One sqlite file.

The file never runs ahead of the topic: what is published stays in memory until its delivery is confirmed (`save`).
So losing the file, or the last seconds of it, costs only time.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from orderflow.core import codec, document
from orderflow.core.envelope import LARGEST_ID
from orderflow.core.messages import OrderDocument
from orderflow.core.orders import Reference, Wait, Waiting
from orderflow.core.outcome import Emit
from orderflow.core.topics import PROCESSED_ORDERS
from streams.database import DamagedError, Database

WHOLE, INCOMPLETE, GONE = 0, 1, 2
Row = tuple[int, bytes, int, str | None, int]
"""Order id, document, state, snapshot, checksum of the document."""
CHUNK = 500
"""Ids per statement: below sqlite's smallest limit of 999 variables."""

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value);
CREATE TABLE IF NOT EXISTS published
    (id INTEGER PRIMARY KEY, value BLOB NOT NULL, state INTEGER, snapshot TEXT, checksum INTEGER);
CREATE INDEX IF NOT EXISTS incomplete ON published (id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS gone ON published (id) WHERE state = 2;
DROP TABLE IF EXISTS waiting;
CREATE TABLE waiting (id INTEGER PRIMARY KEY, value BLOB NOT NULL, tick INTEGER, since_us INTEGER, first INTEGER);
CREATE INDEX waiting_first ON waiting (first);
CREATE INDEX waiting_tick ON waiting (tick);
DROP TABLE IF EXISTS lacking;
CREATE TABLE lacking (reference TEXT, id INTEGER, PRIMARY KEY (reference, id)) WITHOUT ROWID;
CREATE INDEX lacking_id ON lacking (id);
"""


class Store:
    """The `Orders` of one partition (see orderflow.core.orders), kept in `path`; every method may raise
    DamagedError: then `discard` it, and restore another from the topic."""

    def __init__(self, path: str | Path, topic: str) -> None:
        """Open the file, or begin anew when it belongs to another cluster or topic (`topic` names both)."""
        self.db = Database(path, SCHEMA, SCHEMA_VERSION)
        self._any_waiting = self._any_lacking = False
        self.unsaved: dict[int, Row] = {}
        self._sealed: dict[int, Row] = {}
        if self._about("topic") != topic or self._is_outdated():
            self.db.script("DELETE FROM published; DELETE FROM about;")
            self._note("topic", topic)
        self._drop_old_markers()
        self.next_offset: int = self._about("next_offset") or 0

    def get(self, ids: Sequence[int]) -> dict[int, OrderDocument | Waiting]:
        """Return what is known, by id; what waits shadows what is published."""
        found: dict[int, OrderDocument | Waiting] = dict(self.published(ids))
        if self._any_waiting:
            for id, value, tick, since_us, first in self._select("SELECT * FROM waiting WHERE id IN ({})", ids):
                found[id] = Waiting(_decode(value), tick, since_us, first)
        return found

    def published(self, ids: Sequence[int]) -> dict[int, OrderDocument]:
        """Return the newest published documents, markers of deleted orders included."""
        new = self._sealed | self.unsaved if self._sealed else self.unsaved
        old = [id for id in ids if id not in new]
        query = "SELECT id, value, checksum FROM published WHERE id IN ({})"
        found = {id: _read(value, checksum) for id, value, checksum in self._select(query, old)}
        for id in ids:
            if id in new:
                found[id] = _decode(new[id][1])
        return found

    def wait(self, orders: Iterable[Waiting]) -> None:
        """Keep orders that are not whole, however many: they go to the file."""
        rows = [
            (w.doc.order_id, codec.encode_document(w.doc), w.tick, min(w.since_us, LARGEST_ID), w.offset)
            for w in orders
        ]
        if rows:
            with self.db.transaction():
                self.db.run_each("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?)", rows)
            self._any_waiting = True

    def publish(self, emits: Iterable[Emit]) -> None:
        """Take documents as the state; they wait no longer."""
        new = {emit.doc.order_id: row(emit.doc, emit.state) for emit in emits}
        self.unsaved.update(new)
        if self._any_waiting and new:
            with self.db.transaction():
                self.db.run_each("DELETE FROM waiting WHERE id = ?", [(id,) for id in new])
            self._any_waiting = bool(self.db.rows("SELECT 1 FROM waiting LIMIT 1"))

    def lack(self, needs: Mapping[int, Sequence[Reference]]) -> None:
        """Note which references these orders lack now, in place of what was noted before."""
        rows = [(_name(reference), id) for id, references in needs.items() for reference in references]
        if not rows and not self._any_lacking:
            return
        with self.db.transaction():
            if self._any_lacking:
                self.db.run_each("DELETE FROM lacking WHERE id = ?", [(id,) for id in needs])
            self.db.run_each("INSERT OR REPLACE INTO lacking VALUES (?, ?)", rows)
        self._any_lacking = bool(rows) or bool(self.db.rows("SELECT 1 FROM lacking LIMIT 1"))

    def lacking(self, reference: Reference, after: int) -> list[int]:
        """Return up to CHUNK orders beyond id `after` that lack the reference, in the order of their ids."""
        if not self._any_lacking:
            return []
        query = f"SELECT id FROM lacking WHERE reference = ? AND id > ? ORDER BY id LIMIT {CHUNK}"
        return [id for (id,) in self.db.rows(query, (_name(reference), after))]

    def due_lacks(self, tick: int) -> bool:
        """Say whether an order that has waited since `tick` or longer lacks a reference."""
        if not self._any_lacking or not self._any_waiting:
            return False
        query = "SELECT 1 FROM waiting w WHERE tick <= ? AND EXISTS (SELECT 1 FROM lacking WHERE id = w.id) LIMIT 1"
        return bool(self.db.rows(query, (tick,)))

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
        yield [doc for row in new.values() if is_ghost(doc := _decode(row[1]))]
        for ids in self._pages("state != ? AND snapshot IS NOT ?", (GONE, snapshot)):
            # As they are now: what is published between two pages may be in neither list otherwise.
            yield [doc for doc in self.published(ids).values() if is_ghost(doc)]

    def all_waiting(self) -> Wait:
        """Return how many orders wait, and since when."""
        if not self._any_waiting:
            return Wait(0, 0)
        ((count,),) = self.db.rows("SELECT COUNT(*) FROM waiting")
        ((since_us,),) = self.db.rows("SELECT since_us FROM waiting ORDER BY first LIMIT 1")
        return Wait(count, since_us)

    def first_waiting(self) -> int | None:
        """Return the input offset from which on a change is unsettled, or None."""
        if not self._any_waiting:
            return None
        ((first,),) = self.db.rows("SELECT MIN(first) FROM waiting")
        return first  # type: ignore[no-any-return]  # sqlite's rows are untyped

    def incomplete(self) -> Iterator[list[OrderDocument]]:
        """Yield, CHUNK at a time, the published documents that are flagged and do not wait."""
        for ids in self._pages("state = ?", (INCOMPLETE,)):
            docs = self.published(ids).values()
            yield [doc for doc in docs if not (doc.complete or document.is_gone(doc) or self._waits(doc.order_id))]

    def gone(self) -> Iterator[list[OrderDocument]]:
        """Yield, CHUNK at a time, what is remembered of deleted orders."""
        new = self._sealed | self.unsaved
        yield [_decode(row[1]) for row in new.values() if row[2] == GONE and not self._waits(row[0])]
        for ids in self._pages("state = ?", (GONE,)):
            yield [
                doc for doc in self.published(ids).values() if document.is_gone(doc) and not self._waits(doc.order_id)
            ]

    def seal(self) -> None:
        """Set apart what is published so far: when its delivery is confirmed, `save` writes just that."""
        self._sealed |= self.unsaved
        self.unsaved = {}

    def save(self, next_offset: int) -> None:
        """Write what was sealed; the file then equals the topic below next_offset."""
        self.write(self._sealed.values(), next_offset)
        self._sealed = {}

    def write(self, rows: Iterable[Row], next_offset: int) -> None:
        """Write rows and the offset below which the file holds the topic, in one transaction."""
        with self.db.transaction():
            self.db.run_each("INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?, ?)", rows)
            self._note("next_offset", next_offset)
            self._note("saved_at", int(time.time()))
        self.next_offset = next_offset

    def close(self) -> None:
        """Close the file; what is not saved is in the topic, or will be sent again."""
        self.db.close()

    def discard(self) -> None:
        """Throw the file away: the next one is restored from the topic."""
        self.db.discard()

    def _pages(self, where: str, values: Sequence[object]) -> Iterator[list[int]]:
        query = f"SELECT id FROM published WHERE id > ? AND {where} ORDER BY id LIMIT {CHUNK}"
        after = 0
        while ids := [id for (id,) in self.db.rows(query, (after, *values))]:
            after = ids[-1]
            yield ids

    def _waiting_ids(self, where: str, value: int) -> list[int]:
        if not self._any_waiting:
            return []
        return [id for (id,) in self.db.rows(f"SELECT id FROM waiting WHERE {where} LIMIT {CHUNK}", (value,))]

    def _select(self, statement: str, ids: Sequence[int]) -> Iterable[tuple[Any, ...]]:
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            yield from self.db.rows(statement.format(",".join("?" * len(part))), part)

    def _is_outdated(self) -> bool:
        # Tombstones that were written since may be compacted away: orders deleted elsewhere would come back.
        saved_at: int | None = self._about("saved_at")
        return saved_at is not None and time.time() - saved_at > PROCESSED_ORDERS.tombstone_ms / 1000 / 2

    def _drop_old_markers(self) -> None:
        """Forget orders deleted so long ago that their tombstones are gone from the topic as well."""
        oldest_us = (time.time() - PROCESSED_ORDERS.tombstone_ms / 1000) * 1_000_000
        with self.db.transaction():
            self.db.run(
                "DELETE FROM published WHERE state = 2 AND CASE WHEN json_valid(CAST(value AS TEXT))"
                " THEN json_extract(CAST(value AS TEXT), '$.version') < ? END",
                (int(oldest_us),),
            )

    def _waits(self, id: int) -> bool:
        return self._any_waiting and bool(self.db.rows("SELECT 1 FROM waiting WHERE id = ?", (id,)))

    def _about(self, name: str) -> Any:
        rows = self.db.rows("SELECT value FROM about WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def _note(self, name: str, value: object) -> None:
        self.db.run("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def row(doc: OrderDocument, value: bytes) -> Row:
    """Return what the file keeps of a published document; `value` is its JSON."""
    state = GONE if document.is_gone(doc) else WHOLE if doc.complete else INCOMPLETE
    return doc.order_id, value, state, doc.snapshot, crc32(value)


def _read(value: bytes, checksum: int) -> OrderDocument:
    if not isinstance(value, bytes) or crc32(value) != checksum:
        raise DamagedError("a document on file is not what was written")
    return _decode(value)


def _decode(value: bytes) -> OrderDocument:
    try:
        return codec.decode_document(value)
    except (ValueError, RecursionError) as error:  # what stands there was written by us
        raise DamagedError(f"a document on file cannot be read: {error}") from error


def _name(reference: Reference) -> str:
    return f"{reference[0]} {reference[1]}"
