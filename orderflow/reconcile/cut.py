"""Has the line reached a cut of the source? Pure: what was read from Kafka goes in, what still lags comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderflow.core.messages import Tick
from orderflow.core.topics import PARTITIONS


@dataclass
class Cut:
    """A moment of MySQL's clock, in microseconds, followed through the stages of every partition."""

    at_us: int
    newest: dict[int, Tick] = field(default_factory=dict)
    behind: dict[int, Tick] = field(default_factory=dict)
    """Per partition the first tick behind the cut with no order still waiting: all before it has been processed."""

    def see(self, tick: Tick) -> None:
        """Take note of a processed tick."""
        self.newest[tick.partition] = tick
        if tick.committed_us > self.at_us and not tick.waiting:
            self.behind.setdefault(tick.partition, tick)

    @property
    def processed(self) -> bool:
        """Every partition has been processed up to the cut."""
        return len(self.behind) == PARTITIONS

    def lagging(self, committed: Mapping[int, int]) -> list[str]:
        """Return what keeps the cut from being in PostgreSQL; `committed` are Flink's offsets by partition."""
        return [lag for partition in range(PARTITIONS) if (lag := self._lag(partition, committed.get(partition, 0)))]

    def _lag(self, partition: int, committed: int) -> str | None:
        behind = self.behind.get(partition)
        if behind is None:
            return self._unprocessed(partition)
        if committed < behind.offset:
            return f"partition {partition}: Flink has stored {committed:,} of {behind.offset:,} in processed-orders"
        return None

    def _unprocessed(self, partition: int) -> str:
        tick = self.newest.get(partition)
        if tick is None:
            return f"partition {partition}: no tick in processed-ticks (do MySQL's events, Connect and Faust run?)"
        if tick.committed_us > self.at_us:
            return (
                f"partition {partition}: {tick.waiting} orders wait, the oldest for {tick.oldest_wait_us / 1e6:.0f} s"
            )
        late = (self.at_us - tick.committed_us) / 1e6
        return f"partition {partition}: the newest processed tick is {late:.1f} s older than the cut (Connect or Faust)"
