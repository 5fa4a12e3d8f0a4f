"""Bad input ends in a dead letter or a flagged document, mends itself when the data is mended, and stops nobody."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pymysql
import pytest

from orderflow import connections
from orderflow.core import money
from orderflow.core.messages import OrderDocument
from orderflow.core.topics import MYSQL_ORDERS, ORDERS_DLQ
from tests.line import Line, texts, wait_for


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


CHECK_VIOLATED = 3819
NOT_STRICT = ""
INVALID_DATES = "ALLOW_INVALID_DATES,STRICT_TRANS_TABLES"


@dataclass(frozen=True)
class Odd:
    """An order as MySQL takes it in a session of this sql_mode: its columns that are not ordinary, and its line."""

    columns: Mapping[str, object] = field(default_factory=dict)
    mode: str = "TRADITIONAL"
    line: tuple[int, int, str] = (1, 1, "0.10")

    def row(self) -> dict[str, object]:
        """Return the whole row; it balances as long as the line does."""
        items = money.text(self.line[1] * int(self.line[2].replace(".", "")))
        return {
            "customer_id": 1, "currency": "KRW", "items_total": items, "total_amount": items,
            "delivery_address": "서울시 1", "delivery_city": "서울",
        } | dict(self.columns)  # fmt: skip


ARRIVE = [
    *(
        Odd({"ordered_at": time})
        for time in ("1900-01-01", "1969-12-31 23:59:59", "2024-02-29 12:00:00.1", "9999-12-30 23:59:59.999999")
    ),
    *(Odd({"updated_at": time}) for time in ("1970-01-01 00:00:01", "2038-01-19 03:14:07.999999")),
    *(
        Odd({"delivery_address": text, "delivery_city": text[:100]})
        for text in (
            "",
            " ",
            "😀" * 500,
            "\uffff\ufffe\U0010ffff",
            "\x01\x1f\x7f\r\n\t\u2028",
            "\u202e'\"\\\\",
            "e\u0301",
            "NULL",
        )
    ),
    *(Odd({"currency": currency}) for currency in ("", "A", "€€€", "😀😀😀")),
    Odd({"currency": "KRWX"}, NOT_STRICT),
    *(Odd(line=(number, 1, "0.10")) for number in (0, 2**31, 2**32 - 1)),
    *(
        Odd(line=(1, *line))
        for line in (
            (0, "0.10"),
            (2**31 - 1, "0.01"),
            (1, "999999999999.99"),
            (1, "-999999999999.99"),
            (10_000, "999999999999.99"),
        )
    ),
    Odd({"shipping_fee": "9999999999999999.99", "discount": "9999999999999999.99"}),
    Odd({"id": 0}, "NO_AUTO_VALUE_ON_ZERO"),
]
REFUSED = {
    "bad_time": [
        *(
            Odd({"ordered_at": time})
            for time in ("0001-01-01", "1582-10-10", "1970-01-01", "9999-12-31 23:59:59.999999")
        ),
        *(
            Odd({"ordered_at": time}, NOT_STRICT)
            for time in ("0000-00-00", "2026-00-15", "2026-02-31", "soon", "0000-12-31")
        ),
        Odd({"updated_at": "0000-00-00"}, NOT_STRICT),
        Odd({"ordered_at": "2026-02-00"}, INVALID_DATES),
    ],
    "nul_in_text": [Odd({"delivery_city": "\0"}), Odd({"currency": "\0\0\0"})],
    "unknown_status": [
        Odd({"status": ""}),
        Odd({"status": "PAID"}),
        Odd({"status": "teleported far away"}, NOT_STRICT),
    ],
    "negative_quantity": [Odd(line=(1, -(2**31), "0.01"))],
    "bad_money": [Odd({"items_total": "1.00", "total_amount": "1.00"}, line=(1, 2**31 - 1, "999999999999.99"))],
}


def place(line: Line, odd: Odd) -> int:
    """Insert the order and its line in one transaction of a session in UTC; returns its id."""
    row = odd.row()
    with closing(connections.mysql(line.settings)) as db, db.cursor() as cursor:
        cursor.execute("SET sql_mode = %s, time_zone = '+00:00'", (odd.mode,))
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO orders ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        id = int(str(row.get("id", cursor.lastrowid)))
        cursor.execute("INSERT INTO order_items VALUES (%s, %s, 1, %s, %s)", (id, *odd.line))
        db.commit()
    return id


FACTS = "currency, delivery_address, delivery_city, items_total, shipping_fee, discount, total_amount"
MYSQL_TIME = "DATE_FORMAT({}, '%Y-%m-%d %H:%i:%s.%f')"
POSTGRES_TIME = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
LINE = "line_no, quantity, unit_price"


def facts(time: str, id: str, ids: list[int]) -> str:
    """Return the query of what both databases must show of these orders."""
    times = ", ".join(time.format(f"o.{column}") for column in ("ordered_at", "updated_at"))
    return (
        f"SELECT o.{id}, {FACTS}, {times}, {LINE} FROM orders o JOIN order_items i ON i.order_id = o.{id}"
        f" WHERE o.{id} IN ({', '.join(map(str, ids))}) ORDER BY o.{id}"
    )


def verdicts(line: Line, ids: list[int]) -> dict[int, tuple[bool, str]]:
    """Return what PostgreSQL says of these orders: complete, and if not, why."""
    wanted = f"order_id IN ({', '.join(map(str, ids))})"
    rows = line.tables(f"SELECT order_id, complete, COALESCE(incomplete_reason, '') FROM orders WHERE {wanted}")
    return {id: (complete, reason) for id, complete, reason in rows}


def letters(line: Line, since: Mapping[int, int]) -> dict[int | None, set[str]]:
    """Return order id -> codes of its dead letters; None stands for keys that name no order."""
    found: dict[int | None, set[str]] = {}
    for message in line.read(ORDERS_DLQ.name, since):
        found.setdefault(order_of(message.key() or b""), set()).add(texts(message)["orderflow.code"])
    return found


def order_of(key: bytes) -> int | None:
    try:
        name = json.loads(key)
    except (ValueError, RecursionError):  # some of the test's own keys
        return None
    id = name.get("order_id", name.get("id")) if isinstance(name, dict) else None
    return id if isinstance(id, int) and id < 2**63 else None


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
