"""The proof is neither blind nor a false alarm: strangers, changed and refused references, restarts, a rebuild."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from confluent_kafka import Consumer

from orderflow import stored
from orderflow.core.topics import PROCESSED_ORDERS
from orderflow.environment import ROOT
from orderflow.reconcile import compare
from orderflow.stack import control
from orderflow.stack.place import Place
from tests.line import ORDERFLOW, Line, wait_for

PLACED = (
    "INSERT INTO orders (customer_id, status, currency, items_total, total_amount, delivery_address, delivery_city,"
    " ordered_at) VALUES ({customer}, 'paid', 'KRW', 0.10, 0.10, 'x', 'y', UTC_TIMESTAMP(6))"
)


@pytest.fixture(scope="module", autouse=True)
def orders(line: Line) -> None:
    """A shop that has sold."""
    with line.load("--rate", "50", "--orders", "200"):
        pass


def place(line: Line, customer: int = 1, product: int = 1) -> int:
    (row,) = line.sql(
        PLACED.format(customer=customer),
        "SET @id = LAST_INSERT_ID()",
        f"INSERT INTO order_items VALUES (@id, 1, {product}, 1, 0.10)",
        "SELECT @id",
    )
    return int(row[0])


@contextmanager
def stranger(line: Line, group: str) -> Iterator[None]:
    """Somebody who subscribes to processed-orders in this group, and commits nothing."""
    reader = Consumer(
        {"bootstrap.servers": line.settings.bootstrap_servers, "group.id": group, "client.id": "somebody",
         "enable.auto.commit": False}
    )  # fmt: skip
    over, joined = threading.Event(), threading.Event()

    def read() -> None:
        while not over.is_set():
            reader.poll(0.2)
        reader.close()

    reader.subscribe([PROCESSED_ORDERS.name], on_assign=lambda *_: joined.set())
    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        assert joined.wait(60), "the stranger got no partitions"
        yield
    finally:
        over.set()
        thread.join(20)


def test_a_stranger_with_the_group_of_the_settings_disturbs_nobody(line: Line) -> None:
    with stranger(line, line.settings.flink_group):
        place(line)
        line.assert_equal()


def test_a_stranger_in_a_group_of_flinks_is_named_and_nothing_is_compared(line: Line) -> None:
    group = stored.groups(line.settings)[0]
    with stranger(line, group):
        command = [str(ORDERFLOW), "reconcile", "--json", "--timeout", "5"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        verdict = json.loads(done.stdout)["verdict"]
        assert verdict.startswith("could not compare")
        assert f"{group} (client somebody on 127.0.0.1)" in verdict
        status = subprocess.run([ORDERFLOW, "status"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert f"group {group}" in status.stdout
        assert "client somebody on 127.0.0.1" in status.stdout
    line.assert_equal()


def test_references_that_change_leave_orders_as_they_were(line: Line) -> None:
    def category(id: int) -> str:
        line.assert_equal()
        ((text,),) = line.tables(f"SELECT category FROM order_items WHERE order_id = {id}")
        return str(text)

    first = place(line)
    old = category(first)
    line.sql(
        "UPDATE products SET category = CONCAT(category, ' II'), name = CONCAT(name, '!') WHERE id = 1",
        "UPDATE customers SET city = 'Łódź', tier = 'gold' WHERE id = 1",
    )
    # references travel in topics of their own: an order right behind a change may be read before it
    wait_for("an order of the new category", lambda: category(place(line)) == f"{old} II")
    assert category(first) == old


def test_a_refused_customer_is_named_and_mending_it_ends_that(line: Line) -> None:
    line.sql(
        "INSERT INTO customers (id, name, email, city, country)"
        " VALUES (900777, CONCAT('김', CHAR(0)), 'nul777@example.com', '서울', 'KR')"
    )
    id = place(line, customer=900_777)
    report = compare(line.settings, 120)
    assert report.verdict() == "MySQL = PostgreSQL, 1 rows refused (see orders-dlq)", list(report.lines())
    assert [found.key for table in report.tables for found in table.refused.first] == [(str(id),)]
    line.sql("UPDATE customers SET name = '김민준' WHERE id = 900777")
    wait_for("the mended order", lambda: compare(line.settings, 120).verdict() == "MySQL = PostgreSQL", 60)


@pytest.mark.parametrize("server", ["mysql", "postgres", "kafka"])
def test_a_server_that_restarts_meanwhile_is_waited_for(stack: Place, line: Line, server: str) -> None:
    place(line)
    reports: list[Any] = []
    control.stop(stack, server)
    asking = threading.Thread(target=lambda: reports.append(compare(line.settings, 120, print)))
    asking.start()
    control.start(stack, server)
    asking.join(300)
    (report,) = reports
    assert report.equal, "\n".join(report.lines())


@pytest.mark.timeout(400)
def test_a_rebuild_is_no_difference(stack: Place, line: Line) -> None:
    before = stored.groups(line.settings)
    settings = stack.settings
    owner = psycopg2.connect(
        host=settings.postgres_host, port=settings.postgres_port, dbname=settings.postgres_database,
        user=settings.postgres_owner, password=settings.postgres_owner_password,
    )  # fmt: skip
    with closing(owner), owner, owner.cursor() as cursor:
        cursor.execute("DELETE FROM builds")
    control.kill(stack, "flink-jobmanager")
    wait_for("another build", lambda: (found := stored.groups(settings)) and found != before, 180)
    line.assert_equal(240)
