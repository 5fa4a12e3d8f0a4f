"""`python -m tests.bench.growth --orders 3000000`: does anything grow with the number of orders that must not?

Writes the orders in steps through the whole line and prints, a row a step: drain rate, the largest memory of each
process while it worked, Flink's heap, and size and time of its checkpoints. At the end both Flink processes are killed
and the restore is timed, then MySQL and PostgreSQL are compared: exit code 0 only when they are equal.
"""

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections, stored
from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS
from orderflow.reconcile import compare
from orderflow.stack import control, lags, supervisor, usage
from orderflow.stack.flink import url
from orderflow.stack.place import Place, place
from orderflow.stack.waiting import wait_until
from tests.bench import offsets

STEP_SECONDS = 3_000.0
RESTORE_SECONDS = 180.0
COMPARE_SECONDS = 600.0
LOOK_SECONDS = 5.0
FRESH_SECONDS = 10.0
MB = 1024 * 1024
LOAD = (str(Path(sys.executable).with_name("orderflow")), "load")


class Peaks:
    """The largest memory of each process, MB, and of Flink's heap, seen while it looks in a thread of its own."""

    def __init__(self, stack: Place) -> None:
        self._stack, self._over = stack, Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.seen: dict[str, int] = {}

    def __enter__(self) -> "Peaks":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for name, record in supervisor.processes(self._stack).items():
                if record["pid"]:
                    self._note(name, usage.resident_mb(int(record["pid"])))
            self._note("heap", _heap_mb(self._stack))

    def _note(self, name: str, mb: int) -> None:
        self.seen[name] = max(mb, self.seen.get(name, 0))


def main() -> int:
    """Exit code 0 when all is equal at the end, 1 when not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--orders", type=int, default=3_000_000)
    parser.add_argument("--step", type=int, default=500_000)
    arguments = parser.parse_args()
    stack = place()
    for number in range(arguments.step, arguments.orders + 1, arguments.step):
        _step(stack, number, arguments.step)
    print(f"kill -9 of both Flink processes: a fresh tick stored again after {_restore(stack):.0f} s", flush=True)
    report = compare(stack.settings, COMPARE_SECONDS)
    print("\n".join(report.lines()))
    return report.exit_code


def _step(stack: Place, number: int, orders: int) -> None:
    began, events = time.monotonic(), _end(stack)
    with Peaks(stack) as peaks:
        subprocess.run([*LOAD, "--backlog", str(orders)], check=True, capture_output=True)
        wait_until(partial(_behind, stack), STEP_SECONDS)
    seconds = time.monotonic() - began
    memory = ", ".join(f"{name} {mb}" for name, mb in sorted(peaks.seen.items()))
    rate = (_end(stack) - events) / seconds
    print(f"{number:>9,} orders: {seconds:,.0f} s, {rate:,.0f} events/s; {_checkpoints(stack)}")
    print(f"          MB at most: {memory}", flush=True)


def _behind(stack: Place) -> str | None:
    """Return what is missing until a tick of just now is stored."""
    try:
        age = lags.stored_tick_age(stack.settings)
    except KafkaError as busy:
        return str(busy)
    return None if age < FRESH_SECONDS else f"the newest stored tick is {age:.0f} s old"


def _end(stack: Place) -> int:
    reader = connections.kafka_reader(stack.settings)
    try:
        return sum(offsets.ends(reader, MYSQL_ORDERS).values())
    finally:
        reader.close()


def _checkpoints(stack: Place) -> str:
    """Describe the checkpoints that the history still holds: time, increment, whole size."""
    job = next(job["id"] for job in _flink(stack, "/jobs")["jobs"] if job["status"] == "RUNNING")
    answer = _flink(stack, f"/jobs/{job}/checkpoints")
    done = [one for one in answer["history"] if one["status"] == "COMPLETED"]
    times = sorted(one["end_to_end_duration"] / 1000 for one in done)
    increments = sorted(one["checkpointed_size"] / MB for one in done)
    whole = max(one["state_size"] for one in done) / MB
    return (
        f"{len(done)} checkpoints of {times[len(times) // 2]:.1f} s (max {times[-1]:.1f}), increment"
        f" {increments[len(increments) // 2]:.0f} MB (max {increments[-1]:.0f}), whole {whole:.0f} MB,"
        f" {answer['counts']['failed']} failed"
    )


def _heap_mb(stack: Place) -> int:
    try:
        manager = _flink(stack, "/taskmanagers")["taskmanagers"][0]["id"]
        answer = _flink(stack, f"/taskmanagers/{manager}/metrics?get=Status.JVM.Memory.Heap.Used")
        return int(answer[0]["value"]) // MB
    except (OSError, LookupError, ValueError):
        return 0  # Flink is being started again: nothing to see


def _flink(stack: Place, path: str) -> Any:
    answer = connections.http_get(url(stack) + path, LOOK_SECONDS)
    answer.raise_for_status()
    return answer.json()


def _restore(stack: Place) -> float:
    """Kill both under load (ticks of a shop that stands still need nothing stored) and return the seconds it took."""
    before = stored.groups(stack.settings)
    load = subprocess.Popen([*LOAD, "--rate", "100", "--seconds", "60"], stdout=subprocess.DEVNULL)
    began, killed = time.monotonic(), time.time()
    for name in ("flink-jobmanager", "flink-taskmanager"):
        control.kill(stack, name)
    wait_until(partial(_stored_since, stack, killed + LOOK_SECONDS), RESTORE_SECONDS)
    seconds = time.monotonic() - began
    load.wait()
    assert stored.groups(stack.settings) == before, "the job was rebuilt, not restored"
    return seconds


def _stored_since(stack: Place, moment: float) -> str | None:
    try:
        age = lags.stored_tick_age(stack.settings)
    except KafkaError as busy:
        return str(busy)
    behind = moment - (time.time() - age)
    return None if behind < 0 else f"{PROCESSED_ORDERS.name}: stored ticks are {behind:.0f} s older than the kill"


if __name__ == "__main__":
    sys.exit(main())
