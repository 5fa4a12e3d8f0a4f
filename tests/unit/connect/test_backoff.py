import itertools

import pytest

from orderflow.connect.backoff import (
    AWAY_SECONDS,
    FIRST_SECONDS,
    FORGIVEN_SECONDS,
    LONGEST_SECONDS,
    PASSED_SECONDS,
    Backoff,
)

DENIED = "java.sql.SQLException: Access denied"
HALF_A_ROW = "io.debezium.DebeziumException: Error processing row in orders, internal schema size 12, but row size 2"
AWAY = "com.mysql.cj.exceptions.CJCommunicationsException: Communications link failure"


def starts(backoff: Backoff, begin: int, end: int, cause: str = DENIED) -> list[int]:
    return [second for second in range(begin, end) if backoff.due("orders", cause, second)]


def test_the_first_start_is_at_once_and_the_next_ones_wait_longer() -> None:
    assert starts(Backoff(), 0, 200) == [0, 5, 15, 35, 75, 155]


@pytest.mark.parametrize(
    ("cause", "longest"), [(DENIED, LONGEST_SECONDS), (AWAY, AWAY_SECONDS), (HALF_A_ROW, PASSED_SECONDS)]
)
def test_the_wait_never_exceeds_its_bound_and_never_ends(cause: str, longest: float) -> None:
    found = starts(Backoff(), 0, 10_000, cause)
    assert max(b - a for a, b in itertools.pairwise(found)) == longest
    assert found[-1] > 10_000 - longest


def test_a_permanent_cause_is_not_tried_thousands_of_times_a_day() -> None:
    assert len(starts(Backoff(), 0, 24 * 60 * 60)) < 300


def test_another_cause_begins_anew() -> None:
    backoff = Backoff()
    starts(backoff, 0, 1000)
    assert backoff.due("orders", AWAY, 1000)


def test_running_long_enough_wipes_the_slate() -> None:
    backoff = Backoff()
    starts(backoff, 0, 100)
    backoff.runs("orders", 100)
    backoff.runs("orders", 100 + FORGIVEN_SECONDS)
    assert starts(backoff, 500, 510) == [500, 500 + int(FIRST_SECONDS)]


def test_a_short_run_does_not() -> None:
    backoff = Backoff()
    starts(backoff, 0, 100)
    backoff.runs("orders", 101)
    assert not backoff.due("orders", DENIED, 102)
    backoff.runs("orders", 101 + FORGIVEN_SECONDS)
    assert starts(backoff, 500, 700) == [500, 660]


def test_each_connector_has_its_own() -> None:
    backoff = Backoff()
    assert backoff.due("orders", DENIED, 0)
    assert backoff.due("feeds", DENIED, 0)
