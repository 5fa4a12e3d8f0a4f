"""One verdict a stage, from where the source's clock stands at it. Pure: what was read goes in, findings come out.

A stage is measured against the one before it, by MySQL's clock alone: so the stage that holds the orders up is red, and
those behind it, which pass on all they get, are not. A stage before it that could not be seen is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from orderflow.core.messages import Tick
from orderflow.core.topics import PARTITIONS
from orderflow.stack.finding import Finding

MICROSECONDS = 1_000_000

SOURCE_SECONDS = 5.0
"""A tick comes every second; five missed ones are no hiccup."""

STAGE_SECONDS = 10.0

STORED_SECONDS = 20.0
"""Beside the checkpoint interval, after which Flink says what it has stored."""

Moments = Mapping[int, int]
"""Partition -> the newest moment of MySQL's clock that has come so far, microseconds since 1970."""


@dataclass(frozen=True)
class Source:
    """MySQL's own clock, microseconds since 1970; `ticked_us` is 0 when no tick row is there."""

    ticked_us: int
    now_us: int
    scheduler: str = "ON"


@dataclass(frozen=True)
class Remedies:
    """What to do, by the cause; whole sentences with commands that can be typed."""

    scheduler_off: str
    no_tick: str
    clock_back: str
    captured: str
    processed: str
    stored: str
    rebuilding: str


@dataclass(frozen=True)
class Seen:
    """What could be read; None where a server did not answer."""

    source: Source | None = None
    captured: Moments | None = None
    ticks: list[Tick] | None = None
    stored: Moments | None = None
    """Flink's offsets by partition; empty while it has committed nothing since the tables were emptied."""

    unseen: Mapping[str, str] = field(default_factory=dict)
    """Stage -> why it could not be seen."""


def verdicts(seen: Seen, remedies: Remedies, stored_seconds: float) -> Iterator[Finding]:
    """Yield the findings of the four stages, in the order in which an order passes them."""
    source, captured = seen.source, seen.captured
    processed = newest(seen.ticks) if seen.ticks is not None else None
    yield _unseen(seen, "source") if source is None else _source(source, remedies)
    ticked = _everywhere(min(source.ticked_us, source.now_us)) if source and source.ticked_us else None
    if captured is None:
        yield _unseen(seen, "captured")
    else:
        yield _lag("captured", "mysql-orders", captured, ticked, source.now_us if source else None, remedies.captured)
    if processed is None:
        yield _unseen(seen, "processed")
    else:
        yield _lag("processed", "processed-ticks", processed, _first(ticked, captured), None, remedies.processed)
    yield (
        _unseen(seen, "stored")
        if seen.stored is None or seen.ticks is None
        else _stored(seen.ticks, seen.stored, remedies, stored_seconds)
    )


def newest(ticks: list[Tick]) -> Moments:
    """Return the newest tick's moment by partition; `ticks` are in their order."""
    return {tick.partition: tick.committed_us for tick in ticks}


def passed(ticks: list[Tick], offsets: Moments) -> Moments:
    """Return by partition the newest tick before which everything is stored; `offsets` are Flink's."""
    return newest([tick for tick in ticks if tick.offset <= offsets.get(tick.partition, 0)])


def _unseen(seen: Seen, stage: str) -> Finding:
    reason = seen.unseen.get(stage, "nobody looked")
    return Finding(f"{stage} ticks", False, f"cannot be seen: {reason}", "see the red lines above, or `orderflow up`")


def _source(source: Source, remedies: Remedies) -> Finding:
    age = (source.now_us - source.ticked_us) / MICROSECONDS
    if not source.ticked_us:
        return Finding("source ticks", False, "order_ticks holds no row", remedies.no_tick)
    if source.scheduler != "ON":
        says = f"MySQL's event scheduler is {source.scheduler}, its newest tick is {age:.0f} s old"
        return Finding("source ticks", False, says, remedies.scheduler_off)
    if age < -SOURCE_SECONDS:
        says = f"MySQL's clock went back: its newest tick is {-age:.0f} s in the future"
        return Finding("source ticks", False, says, remedies.clock_back)
    fine = age < SOURCE_SECONDS
    return Finding("source ticks", fine, f"newest tick in MySQL {age:.1f} s old", "" if fine else remedies.no_tick)


def _everywhere(moment: int) -> Moments:
    return dict.fromkeys(range(PARTITIONS), moment)


def _first(ticked: Moments | None, captured: Moments | None) -> Moments | None:
    """Return how far ticks can have come: orders are captured while the clock stands, and no tick with them."""
    if ticked is None or captured is None:
        return captured or ticked
    return {number: min(moment, ticked[number]) for number, moment in captured.items()}


def _lag(stage: str, topic: str, moments: Moments, before: Moments | None, now_us: int | None, remedy: str) -> Finding:
    missing = [number for number in range(PARTITIONS) if number not in moments]
    if missing:
        says = f"nothing in {topic} of partition {', '.join(map(str, missing))}"
        return Finding(f"{stage} ticks", False, says, remedy)
    future = max(moments.values()) - now_us if now_us is not None else 0
    if future > STAGE_SECONDS * MICROSECONDS:
        says = f"{future / MICROSECONDS:.0f} s in MySQL's future: nothing has come since its clock went back"
        return Finding(f"{stage} ticks", False, says, remedy)
    lags = {number: (moment - moments[number]) / MICROSECONDS for number, moment in (before or {}).items()}
    if not lags:
        return Finding(f"{stage} ticks", True, "as far as the stage before it, which cannot be seen")
    worst = max(lags, key=lags.__getitem__)
    fine = lags[worst] < STAGE_SECONDS
    says = f"partition {worst}: {max(0.0, lags[worst]):.1f} s behind the stage before it"
    return Finding(f"{stage} ticks", fine, says, "" if fine else remedy)


def _stored(ticks: list[Tick], offsets: Moments, remedies: Remedies, limit: float) -> Finding:
    ends = {tick.partition: tick.offset for tick in ticks}
    left = sum(max(0, end - offsets.get(number, 0)) for number, end in ends.items())
    if not offsets and left:
        says = f"nothing stored since the tables were emptied, {left:,} records to read"
        return Finding("stored ticks", False, says, remedies.rebuilding)
    reached, first = passed(ticks, offsets), {tick.partition: tick.committed_us for tick in reversed(ticks)}
    known = newest(ticks)
    lags = {number: (known[number] - reached.get(number, first[number])) / MICROSECONDS for number in known}
    worst = max(lags, key=lags.__getitem__, default=None)
    if worst is None:
        return Finding("stored ticks", True, "no processed tick to follow")
    more = "" if worst in reached else "more than "
    fine = (lags[worst] < limit and worst in reached) or not left
    says = f"partition {worst}: {more}{lags[worst]:.1f} s behind processed, {left:,} records not stored yet"
    return Finding("stored ticks", fine, says, "" if fine else remedies.stored)
