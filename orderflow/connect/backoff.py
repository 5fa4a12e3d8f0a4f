"""When a connector that failed may be started again: at once, then later and later. Pure: the caller has the clock."""

from dataclasses import dataclass, field

from orderflow.connect.states import is_unreadable

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 300.0
AWAY_SECONDS = 15.0
"""The longest pause while a server cannot be reached: asking costs little, and it may be back any moment."""

PASSED_SECONDS = 30.0
"""The longest pause where a snapshot passes what cannot be read: the next such event is another one."""

FORGIVEN_SECONDS = 300.0
"""Running this long wipes the slate."""

AWAY = ("Communications link failure", "Failed to establish connection", "Connection refused", "Timed out")


@dataclass
class _Record:
    cause: str
    pause: float
    due: float
    running_since: float | None = None


@dataclass
class Backoff:
    """Remembers each connector's failures; times are seconds of one monotonic clock."""

    _records: dict[str, _Record] = field(default_factory=dict)

    def due(self, name: str, cause: str, now: float) -> bool:
        """Say whether the failed connector is to be started again now, and count that start.

        Another cause than the last one is another failure: its pauses begin anew.
        """
        record = self._records.get(name)
        if record is None or record.cause != cause:
            record = self._records[name] = _Record(cause, FIRST_SECONDS, now)
        record.running_since = None
        if now < record.due:
            return False
        record.due = now + record.pause
        record.pause = min(record.pause * 2, _longest(cause))
        return True

    def runs(self, name: str, now: float) -> None:
        """Note that the connector runs; after a while its past is forgotten."""
        record = self._records.get(name)
        if record is None:
            return
        record.running_since = record.running_since if record.running_since is not None else now
        if now - record.running_since >= FORGIVEN_SECONDS:
            del self._records[name]


def _longest(cause: str) -> float:
    if is_unreadable(cause):
        return PASSED_SECONDS
    return AWAY_SECONDS if any(part in cause for part in AWAY) else LONGEST_SECONDS
