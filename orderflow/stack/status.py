"""The verdict on a stack: a finding a part, each red one with its reason and what to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg2

from orderflow import connections, stored
from orderflow.core.topics import TOPICS
from orderflow.stack import (
    capacity,
    flink,
    frozen,
    lags,
    letters,
    looks,
    members,
    orphans,
    stages,
    supervisor,
    topics,
    usage,
)
from orderflow.stack.finding import Finding
from orderflow.stack.place import Place
from orderflow.stack.remedies import remedies
from orderflow.stack.services import services

__all__ = ["Finding", "Process", "findings", "processes"]

LOOK_SECONDS = 8.0
"""All looks together; a server that needs longer to answer hangs."""

SUPERVISOR = "supervisor"
UNWATCHED = "UNWATCHED"
"""A process that runs while the supervisor is gone or hangs."""

More = Mapping[str, Callable[[], Sequence[Finding]]]
"""Name of a look -> a look of another room."""


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
    """Return every declared service's process; without a supervisor that answers, those that are UNWATCHED."""
    records = looks.all_at_once({SUPERVISOR: partial(supervisor.processes, stack)}, LOOK_SECONDS)[SUPERVISOR]
    known = records if isinstance(records, dict) and records else _unwatched(stack)
    restarts = usage.restarts(stack)
    return [_process(service.name, known.get(service.name), restarts[service.name]) for service in services(stack)]


def _unwatched(stack: Place) -> dict[str, dict[str, Any]]:
    """Return records like supervisor's of the processes that live without it."""
    firsts = {name: pid for pid, name in sorted(orphans.marked(stack).items(), reverse=True)}
    return {name: {"pid": pid, "statename": UNWATCHED, "now": 0, "start": 0} for name, pid in firsts.items()}


def _process(name: str, record: dict[str, Any] | None, restarts: int) -> Process:
    if record is None or not record["pid"]:
        return Process(name, record["statename"] if record else "STOPPED", None, 0, 0, restarts)
    pid = int(record["pid"])
    return Process(name, record["statename"], pid, record["now"] - record["start"], usage.resident_mb(pid), restarts)


def findings(stack: Place, seen: Sequence[Process], more: More) -> Iterator[Finding]:
    """Yield the findings: supervisor and services first, the stages in the order of an order's way, then the rest."""
    yield from (_service(process) for process in seen)
    answers = looks.all_at_once({**_looks(stack), **more}, LOOK_SECONDS)
    yield _supervisor(answers.pop(SUPERVISOR))
    limit = stages.STORED_SECONDS + stack.settings.checkpoint_interval_seconds
    yield from stages.verdicts(_seen(answers), remedies(stack), limit)
    for name in (*more, "topics", "Flink job", "groups", "dead letters", "disk"):
        yield from _answered(name, answers[name])


def _service(process: Process) -> Finding:
    stopped = frozen.frozen(process.pid) if process.pid else []
    if stopped:
        pids = " ".join(map(str, stopped))
        return Finding(process.name, False, f"stopped by a signal (pid {pids})", f"kill -CONT {pids}")
    if process.state == UNWATCHED:
        return Finding(process.name, False, "runs, but the supervisor does not look after it", "`orderflow up`")
    up = process.state == "RUNNING"
    remedy = "" if up else f"`orderflow up` starts it; `orderflow logs {process.name}` says why it ended"
    return Finding(process.name, up, process.state, remedy)


def _supervisor(answer: Any) -> Finding:
    if answer is True:
        return Finding(SUPERVISOR, True, "answers")
    if isinstance(answer, TimeoutError):
        return Finding(SUPERVISOR, False, f"hangs: {answer}", "kill -CONT its pid, or kill -9 it, then `orderflow up`")
    says = "does not run: nothing starts again what ends"
    return Finding(SUPERVISOR, False, says, "`orderflow up` starts it, and what it looks after")


def _looks(stack: Place) -> dict[str, looks.Look]:
    """Return what is asked of whom; a client of Kafka tries for long, so it is first seen whether anybody listens."""
    settings = stack.settings

    def kafka(look: Callable[[], Any]) -> looks.Look:
        return partial(_listening, settings.kafka_host, settings.kafka_port, look)

    return {
        SUPERVISOR: partial(supervisor.running, stack),
        "source": partial(lags.source, settings),
        "captured": kafka(partial(lags.captured_moments, settings)),
        "processed": kafka(partial(lags.processed_ticks, settings)),
        "stored": kafka(lambda: lags.stored_offsets(settings, stored.groups(settings))),
        "groups": kafka(lambda: members.findings(settings, _flink_groups(stack))),
        "topics": kafka(partial(_topics, stack)),
        "dead letters": kafka(lambda: [letters.finding(letters.recent(settings))]),
        "Flink job": partial(_job, stack),
        "disk": partial(_disk, stack),
    }


def _listening(host: str, port: int, look: Callable[[], Any]) -> Any:
    looks.listens(host, port)
    return look()


def _flink_groups(stack: Place) -> tuple[str, ...]:
    try:
        return stored.groups(stack.settings)
    except psycopg2.Error:
        return ()  # PostgreSQL is red by itself; the workers' group can be seen all the same


def _seen(answers: Mapping[str, Any]) -> stages.Seen:
    names = {"source": "source", "captured": "captured", "processed": "ticks", "stored": "stored"}
    there = {field: answers[name] for name, field in names.items() if not isinstance(answers[name], Exception)}
    unseen = {name: _reason(answers[name]) for name in names if isinstance(answers[name], Exception)}
    return stages.Seen(**there, unseen=unseen)


def _answered(name: str, answer: Any) -> Sequence[Finding]:
    if isinstance(answer, Exception):
        remedy = "the service it asks does not answer: see the red lines above, or `orderflow up`"
        return [Finding(name, False, f"cannot be seen: {_reason(answer)}", remedy)]
    found: Sequence[Finding] = answer
    return found


def _reason(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0] or type(error).__name__
    return first[:160]


def _topics(stack: Place) -> list[Finding]:
    admin = connections.kafka_admin(stack.settings)
    try:
        there = topics.partitions(admin)
    finally:
        admin.close()
    wrong = [topic.name for topic in TOPICS if there.get(topic.name) != topic.partitions]
    says = f"missing or with other partitions: {', '.join(wrong)}" if wrong else f"{len(TOPICS)} as registered"
    return [Finding("topics", not wrong, says, "`orderflow up` creates the missing ones" if wrong else "")]


def _job(stack: Place) -> list[Finding]:
    states = flink.jobs(stack)
    fine = "RUNNING" in states.values()
    says = ", ".join(f"{name} {state}" for name, state in states.items()) or "no job"
    return [Finding("Flink job", fine, says, "" if fine else "`orderflow logs flink-jobmanager` says what ended it")]


def _disk(stack: Place) -> list[Finding]:
    disk = capacity.disk(stack)
    return [Finding("disk", not disk.low, disk.says, disk.remedy)]
