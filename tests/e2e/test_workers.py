"""Two Faust workers share the partitions; one that leaves or joins moves them, and nothing is lost or doubled."""

from contextlib import closing

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import MYSQL_ORDERS, PARTITIONS
from orderflow.stack import control
from orderflow.stack.place import Place
from tests.line import Line, wait_for


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
    assert committed(line, partition) <= offset
    wait_for("the flagged document", lambda: line.document(id))
    wait_for("the commit past it", lambda: committed(line, partition) > offset)
    line.sql(f"DELETE FROM orders WHERE id = {id}")
    line.assert_equal()
