"""Orders as odd as MySQL takes them, and what the line says of each."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

from orderflow import connections
from orderflow.core import money
from orderflow.core.topics import ORDERS_DLQ
from tests.line import Line, texts

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
