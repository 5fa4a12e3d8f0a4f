"""Any history, with crashes at any step, ends right: over the real partition, lane, store, restore and mending.

HISTORIES sets how many are tried (a thousand take about half a minute), HISTORY the first one's seed.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from orderflow.core import codec
from orderflow.core.messages import OrderDocument
from tests.unit.core.shop import Shop, everyone
from tests.unit.core.worker import Worker, whole
from tests.unit.streams.strangers import forged, something
from tests.unit.streams.wire import ORDERS

HISTORIES = int(os.environ.get("HISTORIES", "300"))
FIRST = int(os.environ.get("HISTORY", "0"))
SERVERS = ("3e11fa47-71ca-11e1-9e33-c80aa9429562", "7c1d6f2e-71ca-11e1-9e33-c80aa9429563", "0aa9429563")


class DiedError(Exception):
    """The worker was killed: what it had not finished it begins anew."""


class Mortal(Worker):
    """A worker that commits, dies, loses its file or its last messages at any step."""

    def __init__(self, random: Random, path: Path, strangers: bool) -> None:
        self.random, self.strangers, self.alive = random, strangers, False
        super().__init__(everyone(), path=path, at_once=False)
        self.alive = True

    def between(self) -> None:
        chance = self.random.random() if self.alive else 1.0
        if chance < 0.15:
            self.commit()
        elif chance < 0.3:
            self.wire.deliver(self.random.randint(0, len(self.wire.queue)))
        elif chance < 0.37:
            raise DiedError
        elif chance < 0.42 and self.strangers:
            self.broker.write(ORDERS, *something(self.random, self.output))
        elif chance < 0.47:
            self.mend()
        elif chance < 0.49 and self.strangers:
            self.wire.deliver()
            self.broker.write(ORDERS, *forged(self.random, self.output))
            self.look()
            self.wire.deliver()  # one that is not seen until a restart is taken for ours

    def look(self) -> None:
        """Compare the topic's end with what was sent, as Watch does now and then."""
        if len(self.output) > (self.lane.account.end or 0):
            self.lane.account.found_end(len(self.output))
        self.mend()

    def take(self, records) -> None:  # type: ignore[no-untyped-def]  # as in Worker
        try:
            super().take(records)
        except DiedError:
            self.die()

    def arrived(self, kind: str, id: int) -> None:
        try:
            super().arrived(kind, id)
        except DiedError:
            self.die()

    def die(self) -> None:
        """Lose what the broker has not got, or have it land later; maybe the file too."""
        self.wire.deliver(self.random.randint(0, len(self.wire.queue)))
        if self.random.random() < 0.3:
            self.broker.late += [sent for sent in self.wire.queue if sent[0] == ORDERS]
        self.store.close()
        if self.random.random() < 0.5:
            self.lose_file()
        self.alive = False
        self.begin()
        self.alive = True

    def lose_file(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)

    def finish(self, shop: Shop) -> None:
        """Read all, let nothing wait, find what others wrote, commit: from here on nothing may change any more."""
        self.alive = False
        self.read(shop)
        self.settle(shop)
        self.commit()
        self.broker.land()
        self.look()
        self.commit()


class History:
    """One shop, one worker, one random course of both."""

    def __init__(self, seed: int, path: Path) -> None:
        self.random = Random(seed)
        self.shop = Shop()
        self.worker = Mortal(self.random, path, strangers=seed % 3 == 0)
        self.hidden: dict[tuple[str, int], object] = {}
        self.rebuilt = 0

    def run(self) -> None:
        for _ in range(self.random.randint(5, 40)):
            self.shop.begin(compressed=self.random.random() < 0.3)
            self._step()
            if self.random.random() < 0.5:
                self._read(10)
            if self.random.random() < 0.1:
                self.worker.broker.land()
        while self.worker.position < len(self.shop.records):
            self._read(12)
        for reference in list(self.hidden):
            self._show(reference)
        self.worker.finish(self.shop)

    def _read(self, most: int) -> None:
        start = self.worker.position
        if start < len(self.shop.records):
            self.worker.take(self.shop.records[start : start + self.random.randint(1, most)])

    def _step(self) -> None:
        random, shop, id = self.random, self.shop, self.random.randint(1, 5)
        kind = random.choices(
            ("create", "status", "line", "drop_line", "torn", "drop", "anew", "tick", "resend", "snapshot",
             "torn_snapshot", "hide", "show", "fail_over", "rebuild", "clock"),
            (20, 12, 10, 6, 4, 6, 4, 14, 7, 3, 3, 4, 4, 2, 3, 1),
        )[0]  # fmt: skip
        if kind == "create" and id not in shop.orders:
            prices = [random.choice([0, 1, 50, 300]) for _ in range(random.randint(1, 3))]
            shop.create(id, prices, customer=random.randint(1, 3))
            if random.random() < 0.3:
                self._set_status(id)
        elif kind in ("tick", "resend", "snapshot", "torn_snapshot", "fail_over", "rebuild", "clock"):
            getattr(self, f"_{kind}")()
        elif kind == "hide":
            self._hide(random.choice(["customer", "product"]), random.randint(1, 3))
        elif kind == "show" and self.hidden:
            self._show(random.choice(list(self.hidden)))
        elif id in shop.orders:
            self._change(kind, id)

    def _change(self, kind: str, id: int) -> None:
        random, shop = self.random, self.shop
        if kind == "status":
            self._set_status(id)
        elif kind == "line":
            shop.put_line(id, random.randint(1, 4), random.choice([0, 7, 100]), random.randint(1, 3))
            shop.rebalance(id)
        elif kind == "drop_line":
            shop.drop_line(id, random.randint(1, 4))
            shop.rebalance(id)
        elif kind == "torn":
            shop.put_line(id, random.randint(1, 4), random.randint(1, 500))
        elif kind == "drop":
            shop.drop(id)
        elif kind == "anew":
            shop.drop(id)
            shop.create(id, [10])

    def _set_status(self, id: int) -> None:
        items = sum(self.shop.amount(line) for (order, _), line in self.shop.lines.items() if order == id)
        self.shop.put_order(id, items, self.random.choice(["paid", "shipped"]), self.random.randint(1, 3))

    def _tick(self) -> None:
        self.shop.tick()

    def _resend(self) -> None:
        end = len(self.shop.records)
        self.shop.resend(max(self.rebuilt, end - self.random.randint(0, 30)), end)

    def _snapshot(self) -> None:
        self.shop.now_us += 1_000_000
        self.shop.snapshot()

    def _torn_snapshot(self) -> None:
        shop, begun = self.shop, len(self.shop.records)
        shop.snapshot()
        del shop.records[begun + self.random.randint(0, 6) :]
        if shop.orders:  # deleted while nobody watched
            unseen = len(shop.records)
            shop.drop(self.random.choice(list(shop.orders)))
            del shop.records[unseen:]
        shop.now_us += 5_000_000
        shop.snapshot()

    def _fail_over(self) -> None:
        self.shop.server = self.random.choice(SERVERS)

    def _rebuild(self) -> None:
        """Binlogs begin anew, at the same server or another; the snapshot that follows was read a minute later."""
        seconds = self.random.choice([-3600, -1, 0, 10])
        self.shop.move(self.random.choice(SERVERS), self.random.choice([1, 2, 3]), 4, seconds)
        begun = self.shop.now_us
        self.shop.now_us += self.random.choice([-begun % 1_000_000 - 1_000_000, 60_000_000])
        self.shop.snapshot()
        self.shop.now_us = begun
        self.rebuilt = len(self.shop.records)  # no connector can send what stood in the binlogs before

    def _clock(self) -> None:
        self.shop.now_us -= 3_600_000_000

    def _rows(self, kind: str) -> dict[int, object]:
        references = self.worker.references
        return references.customers if kind == "customer" else references.products  # type: ignore[return-value]

    def _hide(self, kind: str, id: int) -> None:
        rows = self._rows(kind)
        if id in rows:
            self.hidden[kind, id] = rows.pop(id)

    def _show(self, reference: tuple[str, int]) -> None:
        self._rows(reference[0])[reference[1]] = self.hidden.pop(reference)
        self.worker.arrived(*reference)


@pytest.fixture
def histories(tmp_path: Path) -> Iterator[tuple[int, History]]:
    def all_of_them() -> Iterator[tuple[int, History]]:
        for seed in range(FIRST, FIRST + HISTORIES):
            history = History(seed, tmp_path / f"{seed}.sqlite")
            history.run()
            yield seed, history
            history.worker.store.close()
            history.worker.lose_file()

    return all_of_them()


@pytest.mark.timeout(3600)
def test_any_history_ends_as_the_shop_is(histories: Iterator[tuple[int, History]]) -> None:
    for seed, history in histories:
        worker, shop = history.worker, history.shop
        assert worker.whole() == shop.whole(), f"HISTORY={seed}: for who heeds versions"
        assert set(worker.documents()) == set(shop.orders), f"HISTORY={seed}: for who heeds versions"
        last = {key: codec.decode_document(value) for key, value in worker.last().items()}
        complete = {doc.order_id: whole(doc) for doc in last.values() if doc.complete}
        assert complete == shop.whole(), f"HISTORY={seed}: for who takes the last record"
        assert set(last) == {b"%d" % id for id in shop.orders}, f"HISTORY={seed}: for who takes the last record"
        assert {letter.code for letter in worker.dead} <= {"foreign_record"}, f"HISTORY={seed}"
        assert worker.committed == len(shop.records), f"HISTORY={seed}"
        _begins_again_with_nothing_to_do(worker, f"HISTORY={seed}")


def _begins_again_with_nothing_to_do(worker: Mortal, seed: str) -> None:
    before, told = len(worker.output), len(worker.dead)
    worker.store.close()
    worker.lose_file()
    worker.begin()
    worker.wire.deliver()
    assert worker.lane.account.strange == [], seed
    assert (len(worker.output), len(worker.dead)) == (before, told), f"{seed}: told or sent again at a restart"
    assert isinstance(worker.store.published([1]).get(1), OrderDocument | None), seed
