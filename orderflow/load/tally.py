"""What a load has done so far, and its summary."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from orderflow.load.operations import Operation, Place

KEPT_LATENCIES = 50_000


@dataclass
class Tally:
    """One writer's counts; only that writer changes it, anybody may read it."""

    operations: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    transactions: int = 0
    reconnects: int = 0
    unknown: int = 0
    refused: int = 0
    refused_orders: int = 0
    refusal: str = ""
    late_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_LATENCIES))

    def committed(self, operations: Iterable[Operation]) -> None:
        """Count a transaction that MySQL has confirmed."""
        self.transactions += 1
        for operation in operations:
            self.operations[type(operation).__name__] += 1
            if isinstance(operation, Place):
                self.lines += len(operation.order.lines)

    def refuse(self, operations: Iterable[Operation], why: str) -> None:
        """Count operations that MySQL did not take."""
        for operation in operations:
            self.refused += 1
            self.refused_orders += isinstance(operation, Place)
        self.refusal = self.refusal or why


@dataclass(frozen=True)
class Summary:
    """A load's result. `late` is from when an order was due to its commit, in milliseconds, of each order.

    `unknown` are operations whose commit was cut, `refused` those that MySQL did not take, `refused_orders` among them
    are new orders, and `refusal` is the first reason.
    """

    orders: int
    lines: int
    changes: dict[str, int]
    transactions: int
    reconnects: int
    unknown: int
    refused: int
    refused_orders: int
    refusal: str
    seconds: float
    late_p50_ms: float
    late_p99_ms: float
    seed: int
    stopped: bool

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return asdict(self)


def summarize(tallies: Iterable[Tally], seconds: float, seed: int, stopped: bool) -> Summary:
    """Add the writers' counts up."""
    tallies = list(tallies)
    operations = sum((tally.operations for tally in tallies), Counter[str]())
    late = sorted(second for tally in tallies for second in tuple(tally.late_seconds))
    return Summary(
        orders=operations.pop("Place", 0),
        lines=sum(tally.lines for tally in tallies),
        changes=dict(sorted(operations.items())),
        transactions=sum(tally.transactions for tally in tallies),
        reconnects=sum(tally.reconnects for tally in tallies),
        unknown=sum(tally.unknown for tally in tallies),
        refused=sum(tally.refused for tally in tallies),
        refused_orders=sum(tally.refused_orders for tally in tallies),
        refusal=next((tally.refusal for tally in tallies if tally.refusal), ""),
        seconds=round(seconds, 3),
        late_p50_ms=_percentile_ms(late, 50),
        late_p99_ms=_percentile_ms(late, 99),
        seed=seed,
        stopped=stopped,
    )


def _percentile_ms(ordered: list[float], percent: int) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000, 1)
