"""What was sent to one partition of one topic, what the broker has of it, and what others have written in between."""

import threading
from collections.abc import Iterable
from typing import NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message

Output = tuple[str, int]
"""Topic and partition."""


class Strange(NamedTuple):
    """Offsets that are not ours, `stop` not included; `mended_at` is the count of sent messages that made it good."""

    start: int
    stop: int
    mended_at: int | None = None


class Account:
    """Counts messages in the order in which they were sent, which is the order in which the broker reports them."""

    def __init__(self, name: str, end: int | None = None, strange: Iterable[Strange] = ()) -> None:
        """Begin where the topic ends; without an `end` offsets are only noted, not watched."""
        self.name, self.end = name, end
        self.sent = self.acked = self.failed = 0
        self.error: str | None = None
        self.strange = list(strange)
        self._base = end or 0
        self._shifts: list[tuple[int, int]] = []
        self._lock = threading.Lock()  # reports may come from another thread while the event loop asks

    def report(self, error: KafkaError | None, message: Message) -> None:
        """Take librdkafka's report on the next message."""
        if error is not None:
            self.failed += 1
            self.error = self.error or f"{self.name}: {KafkaException(error)}"
            return
        offset, end = message.offset(), self.end
        if offset is None or offset < 0:  # one that was sent twice and that the broker had: it follows the last
            offset = end or 0
        if offset != end and end is not None:
            if offset > end:
                self.found_end(offset)
            else:
                self.error = self.error or f"{self.name}: offset {offset} after {end}: the topic was made anew"
        self.end = offset + 1
        self.acked += 1

    def found_end(self, end: int) -> None:
        """Note that the topic goes on to `end` with messages that are not ours."""
        start = self.end or 0
        with self._lock:
            self.strange.append(Strange(start, end))
            self._shifts.append((self.acked, end - start))
            self.end = end

    def is_quiet(self) -> bool:
        """Say whether nothing is on its way: all that was sent is acknowledged or has failed."""
        return self.acked + self.failed >= self.sent

    def unmended(self) -> list[Strange]:
        """Return the offsets that nobody has looked at yet."""
        with self._lock:
            return [strange for strange in self.strange if strange.mended_at is None]

    def mended(self, ranges: list[Strange]) -> None:
        """Note that what was sent so far makes these good."""
        with self._lock:
            self.strange = [s._replace(mended_at=self.sent) if s in ranges else s for s in self.strange]

    def known_to(self, sent: int) -> int:
        """Return the offset below which all is known when the first `sent` messages are: after the last of them, or
        the first that is not ours and not made good by them. Ask with counts that never go back."""
        with self._lock:
            self._base += sum(shift for at, shift in self._shifts if at < sent)
            self._shifts = [(at, shift) for at, shift in self._shifts if at >= sent]
            self.strange = [s for s in self.strange if s.mended_at is None or s.mended_at > sent]
            return min([self._base + sent, *(s.start for s in self.strange)])
