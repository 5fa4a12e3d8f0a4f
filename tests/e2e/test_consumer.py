"""What consumers of `processed-orders` and `order-stats` saw over the whole session, all faults included. Runs last."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from orderflow.core import codec, money
from orderflow.core.topics import ORDER_STATS, PROCESSED_ORDERS
from tests.line import Line, texts

ENOUGH = 1_000
"""Complete orders, below which a run proves nothing."""


@pytest.fixture(scope="module", autouse=True)
def session(line: Line) -> None:
    """Enough orders also when this file runs alone, and all of them arrived."""
    if line.tables("SELECT count(*) FROM orders WHERE complete")[0][0] < ENOUGH:
        with line.load("--rate", "100", "--orders", str(2 * ENOUGH)):
            pass
    line.assert_equal()


def test_no_half_order_no_version_back_and_money_to_the_cent(line: Line) -> None:
    versions: dict[bytes, int] = {}
    read = complete = 0
    for message in line.read(PROCESSED_ORDERS.name):
        key, value = message.key() or b"", message.value()
        found = codec.published(message.key(), value, message.headers() or [])  # type: ignore[arg-type]  # pairs when consumed
        if isinstance(found, str):
            continue  # what another test wrote there by hand: the worker has told it and made it good
        doc = found if value else None
        version = doc.version if doc else int(texts(message)["version"])
        assert version >= versions.get(key, 0), f"order {key.decode()} went back"
        versions[key] = version
        read += 1
        if doc and doc.complete:
            complete += 1
            lines = sum(money.cents(line.line_total) or 0 for line in doc.lines)
            assert doc.lines
            assert money.text(lines) == doc.items_total
            amounts = [money.cents(text or "") or 0 for text in (doc.items_total, doc.shipping_fee, doc.discount)]
            assert money.text(amounts[0] + amounts[1] - amounts[2]) == doc.total_amount
    assert complete > ENOUGH, f"only {complete} of {read} documents were complete: the run proves nothing"


def stats(line: Line) -> Iterator[tuple[tuple[str, str], dict[str, Any] | None]]:
    """Yield ((window start, currency), value) of every message of order-stats; None for a window that is gone."""
    for message in line.read(ORDER_STATS.name):
        key, value = json.loads(message.key() or b"{}"), message.value()
        yield (key["window_start"], key["currency"]), json.loads(value) if value else None


def test_the_topic_of_windows_is_the_table_of_windows(line: Line) -> None:
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for window, value in stats(line):
        if value is None:
            held.pop(window, None)
        else:
            held[window] = value
    rows = line.tables(
        "SELECT to_char(window_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), currency, orders,"
        " revenue::text, customers FROM order_windows"
    )
    assert {(start, currency): rest for start, currency, *rest in rows} == {
        window: [value["orders"], value["revenue"], value["customers"]] for window, value in held.items()
    }
    assert len(held) > 3
