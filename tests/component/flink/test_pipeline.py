import random
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from psycopg2.extensions import connection

from orderflow.core.messages import OrderDocument
from orderflow.core.settings import Settings
from tests.component.flink import bounded, documents, fold, stored
from tests.component.flink.bounded import History
from tests.component.flink.conftest import connect
from tests.component.flink.fold import Rows


@pytest.fixture(scope="module", autouse=True)
def _flink(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    bounded.prepare_process(server, tmp_path_factory.mktemp("flink"))


@pytest.fixture
def owner(migrated: Settings) -> Iterator[connection]:
    session = connect(migrated, "owner")
    yield session
    session.close()


def assert_tables_follow(
    settings: Settings, owner: connection, changes: History, folder: Path, zone: str = "Asia/Seoul"
) -> Rows:
    newest = bounded.run(settings, owner, changes, folder / "changes.json", zone)
    found, expected = stored.tables(owner), fold.tables(newest.values(), zone)
    for table, rows in expected.items():
        assert found[table] == rows, table
    assert _stats(owner) == {row[:-1] for row in expected["order_windows"]}
    return found


def _stats(owner: connection) -> set[fold.Row]:
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT window_start, currency, orders, revenue, customers FROM order_stats")
        return {
            (datetime.fromisoformat(start), currency, orders, Decimal(revenue), customers)
            for start, currency, orders, revenue, customers in cursor.fetchall()
        }


@pytest.mark.parametrize(("seed", "zone"), [(1, "Asia/Seoul"), (2, "America/New_York"), (3, "UTC")])
def test_every_table_equals_a_recount_after_any_history(
    migrated: Settings, owner: connection, tmp_path: Path, seed: int, zone: str
) -> None:
    found = assert_tables_follow(migrated, owner, documents.history(seed, length=4000, orders=600), tmp_path, zone)
    assert min(len(rows) for rows in found.values()) > 5


def whole(order_id: int, version: int, seed: int = 7) -> OrderDocument:
    chance = random.Random(seed)
    document = documents.document(chance, order_id, version)
    while not document.complete:
        document = documents.document(chance, order_id, version)
    return msgspec.structs.replace(document, status="paid")


def test_groups_without_orders_disappear(migrated: Settings, owner: connection, tmp_path: Path) -> None:
    first = whole(1, 1)
    flagged = msgspec.structs.replace(whole(2, 2), complete=False, incomplete_reason="rejected")
    found = assert_tables_follow(migrated, owner, [(1, first), (2, whole(2, 1)), (1, None), (2, flagged)], tmp_path)
    totals = [rows for table, rows in found.items() if table not in ("orders", "order_items")]
    assert totals == [set()] * 4
    assert len(found["orders"]) == 1


def test_cancelled_and_refunded_orders_stand_apart(migrated: Settings, owner: connection, tmp_path: Path) -> None:
    statuses = ("paid", "cancelled", "refunded")
    same = [msgspec.structs.replace(whole(1, 1), order_id=i, status=status) for i, status in enumerate(statuses, 1)]
    found = assert_tables_follow(migrated, owner, [(order.order_id, order) for order in same], tmp_path)
    ((city, currency, *cells),) = found["order_totals_by_city"]
    amount = Decimal(same[0].total_amount or "")
    assert (city, currency) == (same[0].delivery_city, same[0].currency)
    assert cells == [1, amount, 1, amount, 1, amount, 3]
    assert [row[2] for row in found["order_windows"]] == [1]


def test_money_is_exact_to_the_cent(migrated: Settings, owner: connection, tmp_path: Path) -> None:
    amounts = ("0.10", "0.20", "1000000000000.00", "9999999999999999.99")
    orders = [
        msgspec.structs.replace(whole(1, 1), order_id=number, total_amount=amount)
        for number, amount in enumerate(amounts, 1)
    ]
    found = assert_tables_follow(migrated, owner, [(order.order_id, order) for order in orders], tmp_path)
    assert {row[3] for row in found["order_totals_by_city"]} == {Decimal("10001000000000000.29")}


def test_an_order_of_twenty_thousand_lines(migrated: Settings, owner: connection, tmp_path: Path) -> None:
    order = whole(1, 1)
    lines = [msgspec.structs.replace(order.lines[0], line_no=number) for number in range(1, 20_001)]
    found = assert_tables_follow(
        migrated, owner, [(1, order), (1, msgspec.structs.replace(order, version=2, lines=lines))], tmp_path
    )
    assert len(found["order_items"]) == 20_000
