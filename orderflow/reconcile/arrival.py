"""Waits until a moment of MySQL has arrived in PostgreSQL."""

from collections.abc import Callable
from contextlib import closing
from time import monotonic

import psycopg2
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow.core.settings import Settings
from orderflow.reconcile.cut import Cut
from orderflow.reconcile.line import Line

POLL_SECONDS = 0.5
TELL_SECONDS = 5.0

Tell = Callable[[str], None]
"""Gets a line for people now and then."""


class NotComparableError(Exception):
    """The two sides cannot be compared; the text says why and what to do."""


def await_cut(settings: Settings, at_us: int, timeout_seconds: float, tell: Tell) -> str | None:
    """Wait until PostgreSQL holds MySQL's state of `at_us`; raises NotComparableError naming what lags.

    Returns the build of PostgreSQL's tables that holds it.
    """
    deadline, cut, progress, told = monotonic() + timeout_seconds, Cut(at_us), Line(settings), monotonic()
    with closing(progress):
        while lagging := _look(cut, progress):
            if monotonic() >= deadline:
                raise NotComparableError(f"not caught up after {timeout_seconds:.0f} s: " + "; ".join(lagging))
            if monotonic() - told >= TELL_SECONDS:
                told = monotonic()
                tell("waiting for " + lagging[0])
        return progress.build


def _look(cut: Cut, progress: Line) -> list[str]:
    try:
        for tick in progress.ticks(POLL_SECONDS):
            cut.see(tick)
        # a stranger's commits would be taken for Flink's, and Flink's are refused while one is in
        return progress.strangers() or cut.lagging(progress.stored())
    except KafkaError as error:
        progress.close()  # a broker that restarts, or a group whose coordinator is not there yet: asked again
        return [f"Kafka: {str(error).strip() or type(error).__name__}"]
    except psycopg2.Error as error:
        progress.close()  # asked again: it may be restarting
        return [f"PostgreSQL: {str(error).strip()}"]
