"""`python -m tests.bench.line --orders 200000`: a backlog through the whole line, and what each process spends on it.

The stack must run and be equal. Prints seconds until `MySQL = PostgreSQL`, and CPU microseconds an event of
mysql-orders for every process; nothing is printed unless both sides are equal at the end.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from time import monotonic

from orderflow import connections
from orderflow.core.topics import MYSQL_ORDERS
from orderflow.reconcile import compare
from orderflow.stack.place import Place, place
from tests.bench import cpu, offsets

TIMEOUT_SECONDS = 900.0


def main() -> int:
    """Exit code 0 when measured, 1 when the two sides are not equal."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.line", description=__doc__)
    parser.add_argument("--orders", type=int, default=200_000)
    arguments = parser.parse_args()
    stack = place()
    began, spent, events = monotonic(), cpu.by_service(stack), _captured(stack)
    _load(arguments.orders)
    written = monotonic() - began
    report = compare(stack.settings, TIMEOUT_SECONDS)
    seconds, spent_then = monotonic() - began, cpu.by_service(stack) | cpu.own()
    if not report.equal:
        print(report.verdict(), file=sys.stderr)
        return 1
    _show(arguments.orders, _captured(stack) - events, written, seconds, spent, spent_then)
    return 0


def _load(orders: int) -> None:
    command = [str(Path(sys.executable).with_name("orderflow")), "load", "--backlog", str(orders), "--seed", "1"]
    subprocess.run(command, check=True, capture_output=True)


def _captured(stack: Place) -> int:
    reader = connections.kafka_reader(stack.settings)
    try:
        return sum(offsets.ends(reader, MYSQL_ORDERS).values())
    finally:
        reader.close()


def _show(
    orders: int, events: int, written: float, seconds: float, before: dict[str, float], after: dict[str, float]
) -> None:
    print(f"{orders:,} orders, {events:,} events: written in {written:.1f} s, equal after {seconds:.1f} s")
    print(f"{events / seconds:,.0f} events/s from the first insert to the verdict\n")
    print(f"{'process':<20}{'CPU s':>8}{'us/event':>10}")
    used = {name: after[name] - before.get(name, 0.0) for name in after}
    for name, seconds_used in sorted(used.items(), key=lambda item: -item[1]):
        print(f"{name:<20}{seconds_used:>8.1f}{1e6 * seconds_used / events:>10.1f}")
    print(f"{'all':<20}{sum(used.values()):>8.1f}{1e6 * sum(used.values()) / events:>10.1f}")


if __name__ == "__main__":
    sys.exit(main())
