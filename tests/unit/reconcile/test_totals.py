from decimal import Decimal

import pytest

from orderflow.reconcile import totals
from orderflow.reconcile.totals import WindowRow, business_day, days, windows


def window(start: str, currency: str, counted: int, revenue: str, cancelled: int = 0, lost: str = "0") -> WindowRow:
    return start, currency, counted, counted, Decimal(revenue), cancelled, Decimal(lost), 0, Decimal(0)


ROWS = [
    window("2026-11-24 14:55:00.000000", "KRW", 2, "0.10"),
    window("2026-11-24 15:00:00.000000", "KRW", 1, "0.20"),
    window("2026-11-24 23:55:00.000000", "KRW", 1, "999999999999.99", 1, "0.30"),
    window("2026-11-24 15:00:00.000000", "EUR", 0, "0", 1, "5.00"),
]


def test_days_are_those_of_the_business_time_zone_and_keep_currencies_apart() -> None:
    assert sorted(map(tuple, days(ROWS, "Asia/Seoul"))) == [
        ("2026-11-24", "KRW", "2", "0.10", "0", "0.00", "0", "0.00"),
        ("2026-11-25", "EUR", "0", "0.00", "1", "5.00", "0", "0.00"),
        ("2026-11-25", "KRW", "2", "1000000000000.19", "1", "0.30", "0", "0.00"),
    ]


def test_a_window_of_cancelled_orders_only_is_no_window() -> None:
    found = [tuple(row) for row in windows(ROWS)]
    assert ("2026-11-24 14:55:00.000000", "KRW", "2", "0.10", "2") in found
    assert len(found) == 3


@pytest.mark.parametrize(
    ("start", "zone", "day"),
    [
        ("2026-03-08 04:55:00.000000", "America/New_York", "2026-03-07"),
        ("2026-03-09 04:00:00.000000", "America/New_York", "2026-03-09"),  # an hour earlier since the clocks changed
        ("2026-11-24 18:30:00.000000", "Asia/Kolkata", "2026-11-25"),
    ],
)
def test_a_business_day_follows_its_zone(start: str, zone: str, day: str) -> None:
    assert business_day(start, zone) == day


def test_each_totals_table_has_as_many_cells_as_its_query_selects() -> None:
    for table, query in ((totals.BY_CITY, totals.COUNTED_BY_CITY), (totals.BY_CATEGORY, totals.COUNTED_BY_CATEGORY)):
        cells = query.partition("o.currency, ")[2].partition(" FROM ")[0]
        assert cells.count("sum(") + cells.count("count(") == len(table.columns) - table.key


@pytest.mark.parametrize("start", [None, "12000-01-01 00:00:00.000000", "9999-12-31 23:55:00.000000"])
def test_a_damaged_time_has_no_day_and_ends_nothing(start: str) -> None:
    assert business_day(start, "Asia/Seoul") is None
