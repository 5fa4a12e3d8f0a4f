"""Bad input ends in a dead letter or a flagged document, mends itself when the data is mended, and stops nobody."""

import pymysql
import pytest

from orderflow.core.messages import OrderDocument
from orderflow.core.topics import MYSQL_ORDERS, ORDERS_DLQ
from tests.e2e.odd_rows import (
    ARRIVE,
    CHECK_VIOLATED,
    INVALID_DATES,
    MYSQL_TIME,
    POSTGRES_TIME,
    REFUSED,
    Odd,
    facts,
    letters,
    place,
    verdicts,
)
from tests.line import Line, wait_for


def insert(line: Line, lines: int = 1, **other: str) -> int:
    """Insert a good order of `lines` lines at 0.10, with other column values as given; returns its id."""
    values = {
        "customer_id": "1", "status": "'created'", "currency": "'KRW'", "items_total": f"{lines / 10:.2f}",
        "shipping_fee": "0", "discount": "0", "total_amount": f"{lines / 10:.2f}", "delivery_address": "'서울시 1'",
        "delivery_city": "'서울'", "ordered_at": "NOW(6)",
    } | other  # fmt: skip
    rows = ",".join(f"(@id, {number}, 1, 1, 0.10)" for number in range(1, lines + 1))
    statements = [
        "SET FOREIGN_KEY_CHECKS = 0",
        f"INSERT INTO orders ({','.join(values)}) VALUES ({','.join(values.values())})",
        "SET @id = LAST_INSERT_ID()",
    ]
    if lines:
        statements.append(
            f"INSERT INTO order_items (order_id, line_no, product_id, quantity, unit_price) VALUES {rows}"
        )
    return int(line.sql(*statements, "SELECT @id")[0][0])


def becomes(line: Line, id: int, complete: bool, reason: str = "", seconds: float = 60) -> OrderDocument:
    """Return the order's document once it is as wanted."""

    def probe() -> OrderDocument | None:
        doc = line.document(id)
        is_so = doc is not None and doc.complete is complete and (doc.incomplete_reason or "").startswith(reason)
        return doc if is_so else None

    return wait_for(f"order {id} with complete {complete}: {reason}", probe, seconds)


def test_an_unknown_status_is_refused_and_mended(line: Line) -> None:
    id = insert(line)
    becomes(line, id, complete=True)
    line.sql(f"UPDATE orders SET status = 'teleported' WHERE id = {id}")
    doc = becomes(line, id, complete=False, reason="rejected: order")
    assert doc.status == "created"
    assert "teleported" in line.dead_letters("unknown_status")[-1]["orderflow.error"]
    line.sql(f"UPDATE orders SET status = 'paid' WHERE id = {id}")
    assert becomes(line, id, complete=True).status == "paid"


def test_a_negative_quantity_is_refused_and_mended(line: Line) -> None:
    id = insert(line)
    line.sql(f"UPDATE order_items SET quantity = -1 WHERE order_id = {id}")
    becomes(line, id, complete=False, reason="rejected: line 1")
    assert line.dead_letters("negative_quantity")
    line.sql(f"UPDATE order_items SET quantity = 1 WHERE order_id = {id}")
    becomes(line, id, complete=True)


def test_a_nul_in_a_text_is_refused_and_mended(line: Line) -> None:
    id = insert(line, delivery_address="CONCAT('a', CHAR(0), 'b')")
    becomes(line, id, complete=False, reason="rejected: order")
    assert line.dead_letters("nul_in_text")
    line.sql(f"UPDATE orders SET delivery_address = 'ab' WHERE id = {id}")
    becomes(line, id, complete=True)


def test_money_that_does_not_add_up_is_flagged_and_mended(line: Line) -> None:
    id = insert(line, total_amount="9.99")
    becomes(line, id, complete=False, reason="unbalanced")
    line.sql(f"UPDATE orders SET total_amount = 0.10 WHERE id = {id}")
    becomes(line, id, complete=True)


def test_an_order_without_lines_is_flagged_and_mended(line: Line) -> None:
    id = insert(line, lines=0, items_total="0.10", total_amount="0.10")
    becomes(line, id, complete=False, reason="no lines")
    line.sql(f"INSERT INTO order_items VALUES ({id}, 1, 1, 1, 0.10)")
    becomes(line, id, complete=True)


@pytest.mark.timeout(300)
def test_an_order_of_20000_lines_arrives_whole(line: Line) -> None:
    id = insert(line, lines=20_000)
    doc = becomes(line, id, complete=True, seconds=120)
    assert (len(doc.lines), doc.items_total) == (20_000, "2000.00")
    query = f"SELECT COUNT(*) FROM order_items WHERE order_id = {id}"
    wait_for("20,000 rows in PostgreSQL", lambda: line.tables(query) == [(20_000,)], 120)


def test_an_order_whose_customer_comes_later_is_flagged_and_mended(line: Line) -> None:
    id = insert(line, customer_id="900001")
    becomes(line, id, complete=False, reason="customer 900001 unknown")
    line.sql(
        "INSERT INTO customers (id, name, email, city, country, tier)"
        " VALUES (900001, '늦은 손님', 'late@example.com', '제주', 'KR', 'silver')"
    )
    doc = becomes(line, id, complete=True)
    assert doc.customer is not None
    assert doc.customer.name == "늦은 손님"


def test_a_record_that_cannot_be_decoded_is_a_dead_letter_and_mended(line: Line) -> None:
    id = insert(line)
    doc = becomes(line, id, complete=True)
    partition = next(
        int(message.partition() or 0) for message in line.read(MYSQL_ORDERS.name) if message.key() == b'{"id":%d}' % id
    )
    line.produce(MYSQL_ORDERS.name, partition, b'{"id":%d}' % id, b"\xff not json")
    becomes(line, id, complete=False, reason="rejected: order")
    letter = line.dead_letters("undecodable")[-1]
    assert letter["orderflow.topic"] == MYSQL_ORDERS.name
    line.sql(f"UPDATE orders SET status = 'paid' WHERE id = {id}")
    assert becomes(line, id, complete=True).version > doc.version


def test_exact_money_in_three_currencies(line: Line) -> None:
    for currency in ("KRW", "USD", "EUR"):
        id = insert(line, lines=3, currency=f"'{currency}'")
        line.sql(
            f"INSERT INTO order_items VALUES ({id}, 4, 1, 1, 999999999999.99)",
            f"UPDATE orders SET items_total = 1000000000000.29, total_amount = 1000000000000.29 WHERE id = {id}",
        )
        becomes(line, id, complete=True)
        query = f"SELECT total_amount::text FROM orders WHERE order_id = {id}"
        wait_for("the exact sum", lambda query=query: line.tables(query) == [("1000000000000.29",)])  # type: ignore[misc]
        doc = becomes(line, id, complete=True)
        assert doc.total_amount == "1000000000000.29"
    line.assert_equal()


@pytest.mark.timeout(300)
def test_every_odd_row_arrives_right_or_is_a_dead_letter_and_stops_nobody(line: Line) -> None:
    before = line.ends(ORDERS_DLQ.name)
    with line.load("--rate", "20", "--seconds", "20"):
        arrive = [place(line, odd) for odd in ARRIVE]
        refused = {place(line, odd): code for code, odds in REFUSED.items() for odd in odds}
        with pytest.raises(pymysql.MySQLError, match=str(CHECK_VIOLATED)):
            place(line, Odd({"ordered_at": "2026-02-31"}, INVALID_DATES))  # its event would end the capture
        foreign = foreign_records(line)
    expected = dict.fromkeys(arrive, True) | dict.fromkeys([*refused, foreign], False)

    def settled() -> bool:
        found = verdicts(line, list(expected))
        return {id: complete for id, (complete, _) in found.items()} == expected

    wait_for("every odd order in PostgreSQL", settled, 60)
    assert line.tables(facts(POSTGRES_TIME, "order_id", arrive)) == [
        tuple(row) for row in line.sql("SET time_zone = '+00:00'", facts(MYSQL_TIME, "id", arrive))
    ]
    assert all(reason.startswith("rejected") for _, reason in verdicts(line, list(refused)).values())
    wanted: dict[int | None, set[str]] = {id: {code} for id, code in refused.items()}
    wanted |= {foreign: {"undecodable", "key_is_not_the_row"}}
    wanted |= {None: {"undecodable_key", "unknown_key", "id_out_of_range"}}
    wait_for("a dead letter of each refused record, and no other", lambda: letters(line, before) == wanted)
    ids = ", ".join(map(str, expected))
    line.sql(f"DELETE FROM orders WHERE id IN ({ids})")
    becomes(line, insert(line), complete=True)
    line.assert_equal()


def foreign_records(line: Line) -> int:
    """Write what no Debezium would into the topic, under the key of a good order; returns its id."""
    id = insert(line)
    wait_for("the order whose key is used", lambda: verdicts(line, [id]) == {id: (True, "")})
    key = b'{"id":%d}' % id
    partition = next(int(message.partition() or 0) for message in line.read(MYSQL_ORDERS.name) if message.key() == key)
    value = next(message.value() or b"" for message in line.read(MYSQL_ORDERS.name) if message.key() == key)
    other = value.replace(b'"id":%d' % id, b'"id":%d' % (id + 1))
    for bad in (b'{"before":' + b"[" * 5000, b'{"op":' + b"1" * 5000 + b"}", b"\xff", b"", other):
        line.produce(MYSQL_ORDERS.name, partition, key, bad)
    for name in (b"", b"[" * 5000, b"null", b"{}", b'{"id":18446744073709551616}', b'{"id":1e3}'):
        line.produce(MYSQL_ORDERS.name, partition, name, value)
    return id
