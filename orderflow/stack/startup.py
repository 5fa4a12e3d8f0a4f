"""How the stack starts: the steps from an empty folder to flowing orders."""

import subprocess
import time
from collections.abc import Callable, Iterable
from functools import partial
from operator import gt
from threading import Event

import psycopg2
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import stored
from orderflow.stack import control, lags, mysql_init, readers, topics
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError
from orderflow.stack.services import services
from orderflow.stack.task_graph import Step
from orderflow.stack.waiting import wait_until

SCHEMA_SECONDS = 60
LOG_LINES = 8

TICKS_SECONDS = 120
"""A line that comes back to a long queue passes its ticks first: waited for as long as workers or Flink get on."""

FRESH_SECONDS = 10

ApplyConnectors = Callable[[Callable[[str], None]], None]
"""Applies connectors/*.json and returns when every task runs; gets a function that takes a line of progress."""

CONNECTORS_NEED = ("connect", "mysql", "topics")
FLINK_NEEDS = ("topics", "schema")
STREAMS_NEED = ("topics",)


def steps(stack: Place, apply_connectors: ApplyConnectors, only: frozenset[str] = frozenset()) -> list[Step]:
    """Return the steps; with `only`, those of these names alone."""
    declared = {service.name: service for service in services(stack)}
    every = [
        Step("mysql-init", (), partial(_quietly, partial(mysql_init.initialize, stack))),
        *(_service_step(stack, service) for service in declared.values()),
        Step("topics", ("kafka",), partial(_quietly, partial(topics.ensure, stack.settings))),
        Step("schema", ("postgres",), partial(_quietly, partial(_apply_schema, stack))),
        Step("connectors", CONNECTORS_NEED, partial(_quietly, partial(apply_connectors, print))),
        Step("ticks", _ticks_need(declared), partial(_ticks_flow, stack)),
    ]
    unknown = only - {step.name for step in every}
    if unknown:
        raise StackError(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(s.name for s in every)}")
    return [step for step in every if not only or step.name in only or _belongs(step.name, only)]


def _belongs(step: str, only: frozenset[str]) -> bool:
    """MySQL is of no use without its init files, nor Kafka without its topics."""
    return (step == "mysql-init" and "mysql" in only) or (step == "topics" and "kafka" in only)


def _needs(service: Service) -> tuple[str, ...]:
    if service.name.startswith("streams-"):
        return STREAMS_NEED
    return {
        "mysql": ("mysql-init",),
        "connect": ("topics",),
        "healer": ("connect",),
        "flink-jobmanager": FLINK_NEEDS,
    }.get(service.name, ())


def _ticks_need(declared: Iterable[str]) -> tuple[str, ...]:
    return ("connectors", *(name for name in declared if name.startswith(("streams-", "flink-"))))


def _ticks_flow(stack: Place, cancelled: Event) -> None:
    """Wait until the source's clock has reached PostgreSQL: then every order before it has too."""
    gets_on = True
    while gets_on:
        before = _passed(stack)
        try:
            return wait_until(partial(_ticks_awaited, stack), TICKS_SECONDS, cancelled)
        except StackError as late:
            reason = late
        gets_on = not cancelled.is_set() and any(map(gt, _passed(stack), before))
    raise StackError(f"{reason}\n{log_end(stack, 'streams-1')}\n{log_end(stack, 'flink-jobmanager')}")


def _passed(stack: Place) -> tuple[int, int]:
    """Return how far the workers are in MySQL's time (seconds), and what Flink has stored; 0 when that is not seen."""
    try:
        age = lags.processed_tick_age(stack.settings)
        clock = int(time.time() - age) if age < float("inf") else 0
        return clock, sum(lags.stored_offsets(stack.settings, stored.groups(stack.settings)).values())
    except (KafkaError, psycopg2.Error):
        return 0, 0  # a server that is away: the wait itself says which


def _ticks_awaited(stack: Place) -> str | None:
    try:
        age = lags.stored_tick_age(stack.settings)
        passed = age if age < FRESH_SECONDS else lags.processed_tick_age(stack.settings)
    except (KafkaError, psycopg2.Error) as unreachable:
        return f"the ticks cannot be seen: {unreachable}"
    if age < FRESH_SECONDS:
        return None
    return f"the slowest partition's newest tick in PostgreSQL is {_old(age)}, in processed-ticks {_old(passed)}"


def _old(age: float) -> str:
    return f"{age:.0f} s old" if age < float("inf") else "not there yet"


def _service_step(stack: Place, service: Service) -> Step:
    return Step(service.name, _needs(service), partial(_start, stack, service))


def _quietly(action: Callable[[], None], _: Event) -> None:
    action()


def _start(stack: Place, service: Service, cancelled: Event) -> None:
    control.launch(stack, service)
    try:
        wait_until(service.awaited, service.ready_seconds, cancelled)
    except StackError as late:
        raise StackError(f"{late}\n{log_end(stack, service.name)}") from None


def log_end(stack: Place, name: str) -> str:
    """Return the last lines of the service's log, and where the rest is."""
    log = stack.log(name)
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:] if log.exists() else []
    return "\n".join([*(f"    | {line[:200]}" for line in lines), f"    all of it: orderflow logs {name}"])


def _apply_schema(stack: Place) -> None:
    done = subprocess.run(
        [stack.python, "-m", "flink.schema"],
        cwd=stack.root,
        env=stack.variables("schema", readers.SCHEMA),
        capture_output=True,
        text=True,
        timeout=SCHEMA_SECONDS,
        check=False,
    )
    if done.returncode:
        raise StackError(f"the PostgreSQL schema could not be applied: {(done.stdout + done.stderr).strip()[-800:]}")
