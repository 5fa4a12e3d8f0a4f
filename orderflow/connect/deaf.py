"""Notices a connector that says RUNNING while nothing comes from it. Pure: the caller has the clock."""

from dataclasses import dataclass

DEAF_SECONDS = 60.0
LONGEST_SECONDS = 960.0
"""A connector that is slow to start must not be started again for that for ever."""


@dataclass
class Deaf:
    """Compares what MySQL's clock wrote with what arrived; times are seconds of one monotonic clock."""

    _ticked: object = None
    _arrived: object = None
    _since: float | None = None
    _patience: float = DEAF_SECONDS

    def notices(self, ticked: object, arrived: object, now: float) -> bool:
        """Say whether the source has ticked and nothing has arrived for a minute; the next time for twice as long.

        `ticked` is the source's newest tick, `arrived` the ends of the topic: both only ever change when it flows.
        """
        if arrived != self._arrived:
            self._arrived, self._since, self._patience = arrived, None, DEAF_SECONDS
        if self._since is None:
            self._ticked, self._since = ticked, now
        if ticked == self._ticked or now - self._since < self._patience:
            return False
        self._since = None
        self._patience = min(self._patience * 2, LONGEST_SECONDS)
        return True

    def begin_anew(self) -> None:
        """Count from the next look on: the connector did not run."""
        self._since = None
