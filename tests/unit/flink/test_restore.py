from collections.abc import Iterator

import pytest
import requests

from flink import restore
from flink.rest import FlinkRest
from flink.restore import PATIENCE, UNREADABLE, RestoreError

UNREAD = f"java.lang.Exception: {UNREADABLE}.\nCaused by: java.io.EOFException"


class Answers(FlinkRest):
    """Each round is the count of completed checkpoints, or an error of the call, with the failures known then."""

    def __init__(self, *rounds: tuple[int | Exception, list[str]]) -> None:
        super().__init__("nowhere", 0)
        self._rounds: Iterator[tuple[int | Exception, list[str]]] = iter(rounds)
        self._failures: list[str] = []

    def completed_checkpoints(self, job: str) -> int:
        found, self._failures = next(self._rounds)
        if isinstance(found, Exception):
            raise found
        return found

    def failures(self, job: str) -> list[str]:
        return self._failures


def see_through(*rounds: tuple[int | Exception, list[str]]) -> list[float]:
    """Return the pauses made."""
    pauses: list[float] = []
    restore.see_through(Answers(*rounds), "job", pauses.append)
    return pauses


def test_the_first_checkpoint_ends_the_watch() -> None:
    assert len(see_through((0, []), (0, []), (1, []))) == 2


def test_an_unreadable_state_ends_the_job() -> None:
    with pytest.raises(RestoreError, match="EOFException"):
        see_through((0, [UNREAD]), (0, [UNREAD] * PATIENCE))


def test_an_outage_of_another_server_is_waited_out() -> None:
    refused = "org.postgresql.util.PSQLException: Connection refused"
    assert len(see_through((0, [refused] * 50), (1, []))) == 1


def test_a_slow_answer_is_asked_for_again() -> None:
    assert len(see_through((requests.Timeout(), []), (1, []))) == 1


@pytest.mark.parametrize("gone", [requests.ConnectionError(), requests.HTTPError("404")])
def test_the_watch_ends_with_its_jobmanager(gone: Exception) -> None:
    assert see_through((gone, [])) == []
