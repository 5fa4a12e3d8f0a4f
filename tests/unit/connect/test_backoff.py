import itertools

from orderflow.connect.backoff import FIRST_SECONDS, FORGIVEN_SECONDS, LONGEST_SECONDS, Backoff


def starts(backoff: Backoff, begin: int, end: int) -> list[int]:
    return [second for second in range(begin, end) if backoff.due("orders", second)]


def test_the_first_start_is_at_once_and_the_next_ones_wait_longer() -> None:
    assert starts(Backoff(), 0, 100) == [0, 5, 15, 30, 45, 60, 75, 90]


def test_the_wait_never_exceeds_its_bound_and_never_ends() -> None:
    found = starts(Backoff(), 0, 10_000)
    assert max(b - a for a, b in itertools.pairwise(found)) == LONGEST_SECONDS
    assert found[-1] > 10_000 - LONGEST_SECONDS


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
    assert not backoff.due("orders", 102)
    backoff.runs("orders", 101 + FORGIVEN_SECONDS)
    assert starts(backoff, 500, 540) == [500, 515, 530]


def test_each_connector_has_its_own() -> None:
    backoff = Backoff()
    assert backoff.due("orders", 0)
    assert backoff.due("feeds", 0)
