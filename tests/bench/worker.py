"""`python -m tests.bench.worker --orders 25000`: how much CPU one Faust worker spends on an event of mysql-orders.

Stops the worker, prepares a backlog of the load's own mix, starts the worker again and reads the process's own CPU
time until it has committed all of it. The stack must run with one worker; it is compared before a figure is printed.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from orderflow import connections
from orderflow.core.topics import MYSQL_ORDERS
from orderflow.reconcile import compare
from orderflow.stack import control
from orderflow.stack.place import Place, place
from orderflow.stack.waiting import wait_until
from tests.bench import cpu, offsets

WORKER = "streams-1"
CAPTURE_SECONDS = 300.0
DRAIN_SECONDS = 300.0
QUIET_SECONDS = 3.0


def main() -> int:
    """Exit code 0 when measured, 1 when the two sides are not equal."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.worker", description=__doc__)
    parser.add_argument("--orders", type=int, default=25_000)
    arguments = parser.parse_args()
    stack = place()
    reader, admin = connections.kafka_reader(stack.settings), connections.kafka_admin(stack.settings)
    control.stop(stack, WORKER)
    began_at = offsets.committed(admin, stack.settings.streams_group, MYSQL_ORDERS)
    _prepare(reader, arguments.orders)
    end = offsets.ends(reader, MYSQL_ORDERS)
    seconds, spent = _drain(stack, admin, end)
    report = compare(stack.settings, DRAIN_SECONDS)
    if not report.equal:
        print(report.verdict(), file=sys.stderr)
        return 1
    events = sum(end.values()) - sum(began_at.values())
    print(f"{events:,} events in {seconds:.1f} s from process start to last commit: {events / seconds:,.0f} events/s")
    print(f"{spent:.2f} s of CPU: {1e6 * spent / events:.1f} us an event, start of the process included")
    return 0


def _prepare(reader: Any, orders: int) -> None:
    """Write the backlog and wait until Debezium has brought all of it: then only ticks arrive."""
    command = [str(Path(sys.executable).with_name("orderflow")), "load", "--backlog", str(orders), "--seed", "1"]
    subprocess.run(command, check=True, capture_output=True)
    deadline = time.monotonic() + CAPTURE_SECONDS
    while True:
        before = sum(offsets.ends(reader, MYSQL_ORDERS).values())
        time.sleep(QUIET_SECONDS)
        if sum(offsets.ends(reader, MYSQL_ORDERS).values()) - before < 10 * QUIET_SECONDS:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"the backlog was not captured within {CAPTURE_SECONDS:.0f} s")


def _drain(stack: Place, admin: Any, end: dict[int, int]) -> tuple[float, float]:
    began = time.monotonic()
    control.launch(stack, control.service(stack, WORKER))

    def behind() -> str | None:
        done = offsets.committed(admin, stack.settings.streams_group, MYSQL_ORDERS)
        left = sum(max(0, offset - done.get(number, 0)) for number, offset in end.items())
        return f"{left} events not committed" if left else None

    wait_until(behind, DRAIN_SECONDS)
    return time.monotonic() - began, cpu.by_service(stack)[WORKER]


if __name__ == "__main__":
    sys.exit(main())
