"""Notices a connector that says RUNNING while nothing comes from it. Pure: the caller has the clock."""

from dataclasses import dataclass

DEAF_SECONDS = 60.0


@dataclass
class Deaf:
    """Compares what MySQL's clock wrote with what arrived; times are seconds of one monotonic clock."""

    _ticked: object = None
    _arrived: object = None
    _since: float | None = None

    def notices(self, ticked: object, arrived: object, now: float) -> bool:
        """Say whether the source has ticked and nothing has arrived for a minute; then the minute begins anew.

        `ticked` is the source's newest tick, `arrived` the ends of the topic: both only ever change when it flows.
        """
        stands = arrived == self._arrived
        if not stands or self._since is None:
            self._ticked, self._arrived, self._since = ticked, arrived, now
            return False
        if ticked == self._ticked or now - self._since < DEAF_SECONDS:
            return False
        self._since = None
        return True
