"""What the worker counts, for Prometheus: each name, its meaning, declared once."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, start_http_server

EVENTS = Counter("orderflow_events_total", "Records of mysql-orders taken, by partition", ["partition"])
OUTCOMES = Counter(
    "orderflow_outcomes_total",
    "What became of them: documents, incomplete, duplicates, tombstones, illegal_transitions, ghosts",
    ["outcome"],
)
DEAD_LETTERS = Counter("orderflow_dead_letters_total", "Records refused, by code", ["code"])
DAMAGED = Counter("orderflow_damaged_stores_total", "Files of orders that were found damaged and thrown away")
WAITING = Gauge("orderflow_waiting_orders", "Orders that are not whole yet", ["partition"])
COMMITTED = Gauge("orderflow_committed_offset", "Input offset below which every order is settled", ["partition"])


def serve(address: str, port: int) -> None:
    """Serve the metrics over HTTP; raises OSError when the port is taken."""
    start_http_server(port, address)


def forget(partition: int) -> None:
    """Show a partition no longer: another worker has it."""
    for gauge in (WAITING, COMMITTED):
        gauge.remove(partition)


def count(outcomes: Mapping[str, int]) -> None:
    """Add what a step of the fold counted."""
    for outcome, number in outcomes.items():
        OUTCOMES.labels(outcome).inc(number)
