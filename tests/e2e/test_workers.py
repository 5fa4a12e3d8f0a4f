"""Two Faust workers share the partitions; one that leaves or joins moves them, and nothing is lost or doubled."""

import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from orderflow.core import codec
from orderflow.core.topics import MYSQL_ORDERS, PARTITIONS, PROCESSED_ORDERS
from orderflow.stack import control
from orderflow.stack.place import Place
from tests.line import Line, wait_for

LEASE_LOST = "exit 75"
DAMAGED = "is restored from its topic"


def owners(line: Line) -> list[int]:
    """Return how many partitions each member of the workers' group owns."""
    admin = AdminClient({"bootstrap.servers": line.settings.bootstrap_servers})
    group = line.settings.streams_group
    found = admin.describe_consumer_groups([group])[group].result()
    return sorted(len(member.assignment.topic_partitions) for member in found.members if member.assignment)


@pytest.mark.timeout(600)
def test_two_workers_share_and_one_takes_over(stack: Place, line: Line) -> None:
    wait_for("two workers with half the partitions each", lambda: owners(line) == [2, 2])
    with line.load("--rate", "50", "--seconds", "40"):
        control.stop(stack, "streams-2")
        wait_for("one worker with all partitions", lambda: owners(line) == [PARTITIONS])
        control.start(stack, "streams-2")
        wait_for("two workers again", lambda: owners(line) == [2, 2])
    line.assert_equal()


def touch(line: Line) -> list[object]:
    """Change 300 orders again: hot ones, whose documents come one after the other. Returns no rows."""
    return line.sql("UPDATE orders SET delivery_address = CONCAT('서울시 ', NOW(6)) ORDER BY id DESC LIMIT 300")


@pytest.mark.timeout(600)
def test_a_worker_frozen_for_longer_than_its_lease_ends_when_it_wakes(stack: Place, line: Line) -> None:
    wait_for("two workers with half the partitions each", lambda: owners(line) == [2, 2])
    before, victim = line.ends(PROCESSED_ORDERS.name), control.pid(stack, "streams-2")
    assert victim is not None
    told = stack.log("streams-2").read_text(errors="replace").count(LEASE_LOST)
    for _ in range(20):  # it is frozen at work
        touch(line)
    os.kill(victim, signal.SIGSTOP)
    try:
        wait_for("the other worker with all partitions", lambda: touch(line) or owners(line) == [PARTITIONS])
        touch(line)
    finally:
        os.kill(victim, signal.SIGCONT)
    wait_for(
        "its end by its lease", lambda: stack.log("streams-2").read_text(errors="replace").count(LEASE_LOST) > told
    )
    wait_for("two workers again", lambda: owners(line) == [2, 2])
    line.assert_equal()
    newest: dict[bytes | None, int] = {}
    last: dict[bytes | None, int] = {}
    for message in line.read(PROCESSED_ORDERS.name, before):
        if value := message.value():
            last[message.key()] = codec.decode_document(value).version
            newest[message.key()] = max(newest.get(message.key(), 0), last[message.key()])
    assert last == newest, "an older document stands last in the topic"


def committed(line: Line, partition: int) -> int:
    """Return the workers' committed offset of one partition of mysql-orders."""
    reader = Consumer({"bootstrap.servers": line.settings.bootstrap_servers, "group.id": line.settings.streams_group})
    with closing(reader):
        (found,) = reader.committed([TopicPartition(MYSQL_ORDERS.name, partition)], timeout=20)
    return int(found.offset)


def test_commits_hold_back_behind_an_order_that_waits(line: Line) -> None:
    before = line.ends(MYSQL_ORDERS.name)
    (row,) = line.sql(
        "INSERT INTO orders (customer_id, status, currency, items_total, shipping_fee, discount, total_amount,"
        " delivery_address, delivery_city, ordered_at)"
        " VALUES (1, 'created', 'KRW', 1, 0, 0, 1, '서울시 1', '서울', NOW(6))",
        "SELECT LAST_INSERT_ID()",
    )
    id = row[0]
    record = wait_for(
        "the order's event",
        lambda: next((m for m in line.read(MYSQL_ORDERS.name, before) if m.key() == b'{"id":%d}' % id), None),
    )
    partition, offset = int(record.partition() or 0), int(record.offset() or 0)
    deadline = time.monotonic() + 60
    while True:  # the worker commits every half second: it has many chances to go too far
        place = committed(line, partition)
        if line.document(id):  # asked after the place: a commit behind the document is right
            break
        assert place <= offset, "committed past an order that waits"
        assert time.monotonic() < deadline, "the flagged document did not come"
    wait_for("the commit past it", lambda: committed(line, partition) > offset)
    line.sql(f"DELETE FROM orders WHERE id = {id}")
    line.assert_equal()


@pytest.mark.timeout(300)
def test_a_damaged_file_is_replaced_without_ending_the_worker(stack: Place, line: Line) -> None:
    wait_for("two workers with half the partitions each", lambda: owners(line) == [2, 2])
    before = [control.pid(stack, worker) for worker in ("streams-1", "streams-2")]
    files = [*stack.state.glob("streams/worker-*/partitions/partition-*.sqlite")]
    for file in files:
        with closing(sqlite3.connect(file, timeout=30)) as store:
            store.execute("UPDATE published SET checksum = 0")
            store.commit()
    touch(line)
    logs = [stack.log(worker) for worker in ("streams-1", "streams-2")]
    wait_for("the damage found", lambda: all(DAMAGED in log.read_text(errors="replace") for log in logs))
    line.assert_equal()
    assert [control.pid(stack, worker) for worker in ("streams-1", "streams-2")] == before


def documents(line: Line, since: dict[int, int]) -> dict[bytes | None, bytes | None]:
    """Return the last value of each key of processed-orders from these offsets on."""
    return {message.key(): message.value() for message in line.read(PROCESSED_ORDERS.name, since)}


@pytest.mark.timeout(300)
def test_what_others_write_into_its_output_is_told_and_made_good(stack: Place, line: Line) -> None:
    line.assert_equal()
    ((id,),) = line.sql("SELECT MAX(id) FROM orders")
    record = next(m for m in line.read(PROCESSED_ORDERS.name) if m.key() == str(id).encode() and m.value())
    partition, key = int(record.partition() or 0), record.key() or b""
    before, letters = line.ends(PROCESSED_ORDERS.name), len(line.dead_letters("foreign_record"))
    strangers = ((b"test", b"hello"), (key, b"garbage"), (b"007", b"{}"), (b"18446744073709551615", b"{}"))
    for foreign_key, value in strangers:
        line.produce(PROCESSED_ORDERS.name, partition, foreign_key, value)
    wait_for("a dead letter for each", lambda: len(line.dead_letters("foreign_record")) >= letters + len(strangers))

    def is_good() -> bool:
        last = documents(line, before)
        gone = [foreign for foreign, _ in strangers if foreign != key and last[foreign] is None]
        return len(gone) == len(strangers) - 1 and last[key] != b"garbage"

    wait_for("tombstones and our own document after them", is_good)
    told = len(line.dead_letters("foreign_record"))
    for worker in ("streams-1", "streams-2"):
        control.kill(stack, worker)
    wait_for("two workers again", lambda: owners(line) == [2, 2])
    line.assert_equal()
    assert len(line.dead_letters("foreign_record")) == told, "told again at a restart"
