"""Money, times and rows: the fast looks say what the slow ones say, and each refusal names its column."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderflow.core import money, times
from orderflow.core.checks import refuse_line, refuse_order
from orderflow.core.envelope import LineRow, OrderRow


def order(**changes: object) -> OrderRow:
    good: dict[str, object] = {
        "id": 1,
        "customer_id": 1,
        "status": "created",
        "currency": "KRW",
        "items_total": "1.00",
        "shipping_fee": "0.00",
        "discount": "0.00",
        "total_amount": "1.00",
        "delivery_address": "서울시 1",
        "delivery_city": "서울",
        "ordered_at": "2026-11-24T01:02:03.5Z",
        "updated_at": "2026-11-24T01:02:03Z",
    }
    return OrderRow(**(good | changes))  # type: ignore[arg-type]  # some tests put odd values in


def line(**changes: object) -> LineRow:
    good: dict[str, object] = {"order_id": 1, "line_no": 1, "product_id": 1, "quantity": 2, "unit_price": "1.00"}
    return LineRow(**(good | changes))  # type: ignore[arg-type]  # the same


def slow_cents(text: str) -> int | None:
    """Cents by decimal arithmetic: what MySQL prints of a DECIMAL(18,2), and nothing else."""
    if not re.fullmatch(r"-?[0-9]+\.[0-9][0-9]", text, re.ASCII) or len(text.lstrip("-")) > 19:
        return None
    return int(Decimal(text) * 100)


amounts = st.integers(-(10**19), 10**19).map(money.text)
digits = st.text("0123456789.- \n1٣", max_size=24)


@given(amounts | digits)
@example("9999999999999999.99")
@example("10000000000000000.00")
@example("1" * 5000 + ".00")
@example("1.00\n")
@example("٣.00")
@example("007.00")
def test_cents_are_those_of_decimal_arithmetic(text: str) -> None:
    assert money.cents(text) == slow_cents(text)
    if (cents := money.cents(text)) is not None:
        assert money.checked_cents(text) == cents


@given(st.lists(amounts | digits, min_size=4, max_size=4))
@example(["1.00 1.00", "1.00", "1.00", ""])
@example(["1.00", "1.00", "1.00", "1.00\n"])
def test_four_amounts_are_what_each_is(four: list[str]) -> None:
    assert money.are_amounts(*four) is all(money.cents(text) is not None for text in four)


@given(st.integers(-money.LARGEST, money.LARGEST))
def test_money_is_its_text(amount: int) -> None:
    assert money.cents(money.text(amount)) == amount


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 6))
def test_a_time_with_trimmed_zeros_becomes_six_digits(time: datetime, kept: int) -> None:
    time = time.replace(microsecond=time.microsecond - time.microsecond % 10 ** (6 - kept))
    fraction = f"{time.microsecond:06d}"[:kept]
    text = time.strftime("%Y").zfill(4) + time.strftime("-%m-%dT%H:%M:%S") + (f".{fraction}" if kept else "") + "Z"
    assert times.normal(text) == f"{text[:19]}.{time.microsecond:06d}Z"


@given(st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"))
@example("2026-02-29T00:00:00Z")
@example("2024-02-29T00:00:00Z")
@example("0000-02-29T00:00:00Z")
@example("2026-04-31T00:00:00Z")
@example("2026-01-01T24:00:00Z")
@example("2026-01-01T23:59:60Z")
def test_only_times_of_the_calendar_are_normal(text: str) -> None:
    try:
        real = datetime.fromisoformat(text).year > 0
    except ValueError:
        real = False
    kept = (time := times.normal(text)) is not None and times.is_kept(time)
    assert kept <= real


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+00:00",
        "10000-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567Z",
        "2026-01-01T00:00:00Z\n",
        "٢٠٢٦-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2026-00-15T00:00:00Z",
    ],
)
def test_what_is_no_time_of_debeziums_is_none(text: str) -> None:
    assert times.normal(text) is None


def test_a_kept_time_has_a_business_day_in_every_zone() -> None:
    """The bounds, and a moment inside them, in every zone that Python knows."""
    last = datetime(9999, 12, 30, 23, 59, 59, 999999, UTC)
    assert times.is_kept(times.FIRST)
    assert times.is_kept(f"{last:%Y-%m-%dT%H:%M:%S.%f}Z")
    for zone in available_timezones():
        for moment in (datetime(1900, 1, 1, tzinfo=UTC), last):
            assert abs(moment.astimezone(ZoneInfo(zone)).date() - moment.date()) <= timedelta(days=1)
            assert moment.astimezone(ZoneInfo(zone)).date() <= date.max


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("status", "", "unknown_status"),
        ("status", "Paid", "unknown_status"),
        ("status", "x" * 100_000, "unknown_status"),
        ("customer_id", -1, "id_out_of_range"),
        ("customer_id", 2**63, "id_out_of_range"),
        ("items_total", "1.0", "bad_money"),
        ("shipping_fee", "1.0000", "bad_money"),
        ("discount", "1" * 5000 + ".00", "bad_money"),
        ("total_amount", "10000000000000000.00", "bad_money"),
        ("delivery_address", "a\0", "nul_in_text"),
        ("delivery_city", "\0", "nul_in_text"),
        ("currency", "\0\0\0", "nul_in_text"),
        ("delivery_city", "x" * 501, "text_too_long"),
        ("currency", "x" * 51, "text_too_long"),
        ("ordered_at", "1899-12-31T23:59:59.999999Z", "bad_time"),
        ("ordered_at", "9999-12-31T00:00:00Z", "bad_time"),
        ("ordered_at", "1970-01-01T00:00:00Z", "bad_time"),
        ("updated_at", "1970-01-01T00:00:00Z", "bad_time"),
        ("updated_at", "2026-02-30T00:00:00Z", "bad_time"),
    ],
)
def test_a_bad_order_row_is_refused_by_code_and_column(column: str, value: object, code: str) -> None:
    refused = refuse_order(order(**{column: value}))
    assert refused is not None
    assert refused[0] == code
    assert column in refused[1] or code == "nul_in_text"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("quantity", -1, "negative_quantity"),
        ("quantity", 2**31, "quantity_out_of_range"),
        ("line_no", -1, "id_out_of_range"),
        ("line_no", 2**63, "id_out_of_range"),
        ("product_id", 2**64, "id_out_of_range"),
        ("unit_price", "1000000000000.00", "bad_money"),
        ("unit_price", "-1000000000000.00", "bad_money"),
        ("unit_price", "NaN", "bad_money"),
    ],
)
def test_a_bad_line_is_refused_by_code_and_column(column: str, value: object, code: str) -> None:
    refused = refuse_line(line(**{column: value}))
    assert refused is not None
    assert refused[0] == code
    assert column in refused[1]


def test_a_line_total_stays_within_the_orders_money() -> None:
    assert refuse_line(line(quantity=10_000, unit_price="999999999999.99")) is None
    assert refuse_line(line(quantity=10_001, unit_price="999999999999.99")) is not None
    assert refuse_line(line(quantity=10_001, unit_price="-999999999999.99")) is not None
    assert refuse_line(line(quantity=2**31 - 1, unit_price="999999999999.99")) is not None


def test_a_good_row_keeps_its_times_in_their_normal_form() -> None:
    row = order()
    assert refuse_order(row) is None
    assert (row.ordered_at, row.updated_at) == ("2026-11-24T01:02:03.500000Z", "2026-11-24T01:02:03.000000Z")
    assert refuse_order(row) is None, "a second look finds the same"
