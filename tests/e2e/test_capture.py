"""No statement switches the capture off: what it cannot read is passed by itself, what MySQL undoes is undone."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pymysql
import pytest
import requests

from orderflow import connections
from orderflow.connect import state
from orderflow.stack.mysql import socket
from orderflow.stack.place import Place
from tests.line import Line, wait_for
from tests.stack_fixture import orderflow

HEAL_SECONDS = 120.0
REPORT_SECONDS = 30
HELD_UP_SECONDS = 10.0
"""A snapshot that locks makes the shop wait for the report's end; a busy machine alone does not take that long."""

UNREADABLE = (
    # passed by the other grammar
    "ALTER TABLE shop.products ADD COLUMN url VARCHAR(50)",
    # read by no grammar, and by nobody: they cannot change a captured table
    "CREATE LIBRARY IF NOT EXISTS strange.lib LANGUAGE JAVASCRIPT AS $$ export function f(n) { return n } $$",
    "CREATE TABLE strange.orders (id INT PRIMARY KEY, url TEXT, online INT, vector INT)",
    "FLUSH TABLES shop.orders",
    "ALTER INSTANCE RELOAD TLS",
    "ALTER TABLE shop.products DROP COLUMN url",
)


@contextmanager
def as_root(stack: Place) -> Iterator[Any]:
    """Yield a cursor of root's over the socket."""
    password = stack.settings.mysql_root_password
    db = pymysql.connect(unix_socket=str(socket(stack)), user="root", password=password, database="shop")
    with closing(db), db.cursor() as cursor:
        db.autocommit(True)
        yield cursor


def place_order(line: Line) -> int:
    """Insert a whole order and return its id."""
    with closing(connections.mysql(line.settings)) as db, db.cursor() as cursor:
        id = insert_order(cursor)
        db.commit()
        return id


def insert_order(cursor: Any) -> int:
    cursor.execute(
        "INSERT INTO orders (customer_id, currency, items_total, total_amount, delivery_address, delivery_city)"
        " VALUES (1, 'KRW', 100, 100, '1 Sejong-daero', '서울')"
    )
    id = int(cursor.lastrowid)
    cursor.execute("INSERT INTO order_items VALUES (%s, 1, 1, 1, 100)", (id,))
    return id


def stored(line: Line, id: int) -> str | None:
    rows = line.tables(f"SELECT status FROM orders WHERE order_id = {id}")
    return str(rows[0][0]) if rows else None


def arrives(line: Line) -> None:
    """Place an order now and see it in PostgreSQL."""
    id = place_order(line)
    wait_for(f"order {id} stored", lambda: stored(line, id), HEAL_SECONDS)


def test_statements_that_debezium_cannot_parse_stop_nobody(stack: Place, line: Line) -> None:
    with as_root(stack) as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS strange")
        for statement in UNREADABLE:
            cursor.execute(statement)
    arrives(line)
    with as_root(stack) as cursor:
        cursor.execute("DROP DATABASE strange")
    line.assert_equal()


def test_half_a_row_image_arrives_whole(stack: Place, line: Line) -> None:
    id = place_order(line)
    wait_for("the order stored", lambda: stored(line, id))
    with as_root(stack) as cursor:
        cursor.execute("SET SESSION binlog_row_image = MINIMAL")
        cursor.execute(f"UPDATE orders SET status = 'paid' WHERE id = {id}")
    arrives(line)
    wait_for("the change stored", lambda: stored(line, id) == "paid", HEAL_SECONDS)
    line.assert_equal()


def test_an_xa_transaction_that_is_rolled_back_leaves_no_order(stack: Place, line: Line) -> None:
    with closing(connections.mysql(line.settings)) as db, db.cursor() as cursor:
        ids = {}
        for verb in ("ROLLBACK", "COMMIT"):
            cursor.execute(f"XA START '{verb}'")
            ids[verb] = insert_order(cursor)
            cursor.execute(f"XA END '{verb}'")
            cursor.execute(f"XA PREPARE '{verb}'")
        wait_for("the rows of both sent", lambda: all(stored(line, id) for id in ids.values()))
        cursor.execute("XA ROLLBACK 'ROLLBACK'")
        wait_for("the ghost gone", lambda: stored(line, ids["ROLLBACK"]) is None, HEAL_SECONDS)
        cursor.execute("XA COMMIT 'COMMIT'")
    wait_for("the committed one there", lambda: stored(line, ids["COMMIT"]), HEAL_SECONDS)
    line.assert_equal()


class Shop(threading.Thread):
    """Inserts and changes orders until `over`, and notes how long each took."""

    def __init__(self, line: Line) -> None:
        super().__init__(daemon=True)
        self.line, self.over, self.took = line, threading.Event(), [0.0]

    def run(self) -> None:
        while not self.over.wait(0.02):
            began = time.monotonic()
            id = place_order(self.line)
            self.line.sql(f"UPDATE orders SET status = 'paid' WHERE id = {id - 3}")
            self.line.sql(f"DELETE FROM orders WHERE id = {id - 7}")
            self.took.append(time.monotonic() - began)


@pytest.mark.timeout(600)
def test_a_snapshot_holds_nobody_up_and_misses_nothing(stack: Place, line: Line) -> None:
    report = threading.Thread(
        target=lambda: line.sql(f"SELECT SLEEP({REPORT_SECONDS}) FROM orders LIMIT 1"), daemon=True
    )
    shop = Shop(line)
    report.start()
    shop.start()
    try:
        for _ in range(3):
            assert "ticks flow behind it" in orderflow("snapshot", seconds=180)
    finally:
        shop.over.set()
        shop.join(60)
        report.join(60)
    assert len(shop.took) > 5
    assert max(shop.took) < HELD_UP_SECONDS
    line.assert_equal()


def test_up_resumes_what_somebody_paused(stack: Place, line: Line) -> None:
    (connector,) = state(stack.settings)
    url = f"http://{stack.settings.connect_host}:{stack.settings.connect_port}/connectors/{connector.name}"
    for verb in ("pause", "stop"):
        requests.put(f"{url}/{verb}", timeout=30).raise_for_status()
        wait_for("it stands", lambda: state(stack.settings)[0].held)
        orderflow("up", seconds=300)
        assert state(stack.settings)[0].running
    arrives(line)
