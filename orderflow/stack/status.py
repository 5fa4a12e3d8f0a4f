"""The verdict on a stack: a finding a part, each red one with its reason and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pymysql
import requests
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.topics import TOPICS
from orderflow.stack import connect, flink, lags, supervisor, topics, usage
from orderflow.stack.place import Place
from orderflow.stack.services import services

TICK_SECONDS = 5.0
"""A tick comes every second; five missed ones are no hiccup."""

PROCESSED_TICK_SECONDS = 10.0


@dataclass(frozen=True)
class Finding:
    """`part` is a service or a thing that flows; `remedy` is empty when all is well."""

    part: str
    well: bool
    says: str
    remedy: str = ""


@dataclass(frozen=True)
class Process:
    """A service's process; `seconds` it has been up, `restarts` after unplanned ends since the supervisor started."""

    name: str
    state: str
    pid: int | None
    seconds: int
    resident_mb: int
    restarts: int


def processes(stack: Place) -> list[Process]:
    """Return every declared service's process."""
    records, restarts = supervisor.processes(stack), usage.restarts(stack)
    return [_process(service.name, records.get(service.name), restarts[service.name]) for service in services(stack)]


def _process(name: str, record: dict[str, Any] | None, restarts: int) -> Process:
    if record is None or not record["pid"]:
        return Process(name, record["statename"] if record else "STOPPED", None, 0, 0, restarts)
    pid = int(record["pid"])
    return Process(name, record["statename"], pid, record["now"] - record["start"], usage.resident_mb(pid), restarts)


def findings(stack: Place) -> Iterator[Finding]:
    """Yield the findings, services first, then what flows between them."""
    for process in processes(stack):
        up = process.state == "RUNNING"
        remedy = "" if up else f"`orderflow up` starts it; `orderflow logs {process.name}` says why it ended"
        yield Finding(process.name, up, process.state, remedy)
    for look in (_topics, _source_ticks, _connectors, _processed_ticks, _job, _lags):
        yield from _looked(look, stack)


def _looked(look: Callable[[Place], Iterator[Finding]], stack: Place) -> Iterator[Finding]:
    part = look.__name__.strip("_").replace("_", " ")
    try:
        yield from look(stack)
    except (KafkaError, requests.RequestException, pymysql.MySQLError) as unreachable:
        reason = f"cannot be seen: {type(unreachable).__name__} {unreachable}"[:120]
        yield Finding(
            part, False, reason, "the service it asks does not answer: see the red lines above, or `orderflow up`"
        )


def _topics(stack: Place) -> Iterator[Finding]:
    admin = connections.kafka_admin(stack.settings)
    try:
        there = topics.partitions(admin)
    finally:
        admin.close()
    wrong = [topic.name for topic in TOPICS if there.get(topic.name) != topic.partitions]
    says = f"missing or with other partitions: {', '.join(wrong)}" if wrong else f"{len(TOPICS)} as registered"
    yield Finding("topics", not wrong, says, "`orderflow up` creates the missing ones" if wrong else "")


def _source_ticks(stack: Place) -> Iterator[Finding]:
    age = lags.source_tick_age(stack.settings)
    fine = age < TICK_SECONDS
    remedy = "the source's clock stands: SET GLOBAL event_scheduler = ON; ALTER EVENT shop.order_tick ENABLE"
    yield Finding("source ticks", fine, f"newest tick in MySQL {age:.1f} s old", "" if fine else remedy)


def _connectors(stack: Place) -> Iterator[Finding]:
    states = connect.task_states(stack)
    if not any("/" in name for name in states):
        yield Finding("connectors", False, "no connector has a task", "`orderflow up` applies connectors/*.json")
    for name, (state, cause) in states.items():
        fine = state == "RUNNING"
        address = f"{connect.url(stack)}/connectors/{name.partition('/')[0]}"
        remedy = f"mend the cause, then: curl -X POST '{address}/restart?includeTasks=true'"
        if state in ("PAUSED", "STOPPED"):
            remedy = f"somebody left it so: curl -X PUT '{address}/resume'"
        yield Finding(f"connector {name}", fine, f"{state} {cause}".strip(), "" if fine else remedy)


def _processed_ticks(stack: Place) -> Iterator[Finding]:
    age = lags.processed_tick_age(stack.settings)
    fine = age < PROCESSED_TICK_SECONDS
    remedy = "Faust is behind or stands: `orderflow logs streams-1`; red lines above name an earlier cause"
    yield Finding("processed ticks", fine, f"slowest partition's newest tick {age:.1f} s old", "" if fine else remedy)


def _job(stack: Place) -> Iterator[Finding]:
    states = flink.jobs(stack)
    fine = "RUNNING" in states.values()
    says = ", ".join(f"{name} {state}" for name, state in states.items()) or "no job"
    yield Finding("Flink job", fine, says, "" if fine else "`orderflow logs flink-jobmanager` says what ended it")


def _lags(stack: Place) -> Iterator[Finding]:
    for group, lag in lags.group_lags(stack.settings).items():
        says = "nothing committed yet" if lag is None else f"{lag} records not committed"
        yield Finding(f"group {group}", True, says)
