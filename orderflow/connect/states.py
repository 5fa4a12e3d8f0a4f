"""What Connect says about a connector, and what its stack traces mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NEW_SNAPSHOT = "`orderflow snapshot` reads all tables anew and goes on behind it"

UNREADABLE = (
    "couldn't be parsed",
    "internal schema size",
    "schema isn't known to this connector",
    "no viable alternative at input",
    "mismatched input",
    "extraneous input",
    "schema history topic is missing",
    "history topic or its content is fully or partially missing",
    "Error recovering schema history",
    "Failed to deserialize data of EventHeader",
)
"""Parts of traces of what stays as it is however often the task starts: an event, or a history, it cannot read."""

UNPARSED = ("couldn't be parsed", "no viable alternative at input", "mismatched input", "extraneous input")
"""Those of them that another grammar may take."""

HINTS = {
    "couldn't be parsed": f"a DDL statement that Debezium's grammar does not take: {NEW_SNAPSHOT}",
    "internal schema size": f"a row image that is not FULL, or a DDL that was missed: {NEW_SNAPSHOT}",
    "schema isn't known to this connector": f"its schema history lacks that table: {NEW_SNAPSHOT}",
    "schema history topic is missing": f"the topic mysql-schema-history was emptied: {NEW_SNAPSHOT}",
    "fully or partially missing": f"the topic mysql-schema-history was emptied: {NEW_SNAPSHOT}",
    "server_id/server_uuid": "another reader of the binlog has the same database.server.id: end it",
    "binlog_format": "the server must log rows: SET GLOBAL binlog_format = 'ROW'",
    "binlog_row_image": "the server must log whole rows: SET GLOBAL binlog_row_image = 'FULL'",
    "Unknown database": "the database is gone: mysql-init/01-schema.sql makes it",
    "OutOfMemoryError": "raise CONNECT_HEAP in .env, then `orderflow up`",
    "Access denied": "compare CDC_USER and CDC_PASSWORD in .env with the user in MySQL (mysql-init/05-users.sh)",
    "Communications link failure": "is MySQL up? see `orderflow status` and `orderflow logs mysql`",
    "Failed to establish connection": "is MySQL up? see `orderflow status` and `orderflow logs mysql`",
    "Connection refused": "a server does not listen: see `orderflow status`",
    "no longer available on the server": "MySQL dropped that binlog: a restart takes a new snapshot",
    "Compacted topic cannot accept message without key": "a TRUNCATE was captured: keep skipped.operations=t",
    "RecordTooLargeException": "raise max_message_bytes of that topic in orderflow/core/topics.py, then `orderflow up`",
    "UNKNOWN_TOPIC_OR_PARTITION": "the topic is missing: `orderflow up` creates the topics of the registry",
    "not present in metadata": "the topic is missing or has too few partitions: `orderflow up` creates the topics",
    "REPLICATION SLAVE": "the cdc user lacks a grant: run mysql-init/05-users.sh again",
    "Could not read environment variable": "the Connect worker lacks a variable that the connector names as ${env:..}",
}
"""Part of a root cause -> what to do about it."""

LONGEST_CAUSE = 600
"""A statement in it may be long."""


@dataclass(frozen=True)
class Task:
    """One task: `state` is Connect's word (RUNNING, FAILED, PAUSED, ..), `trace` a Java stack trace or empty."""

    id: int
    state: str
    trace: str = ""


@dataclass(frozen=True)
class ConnectorState:
    """A connector and its tasks; `state` is MISSING when Connect does not know it.

    `at` is the place in the binlog that it has reached, `file:pos`, empty when nobody asked.
    """

    name: str
    state: str
    trace: str = ""
    tasks: tuple[Task, ...] = ()
    at: str = ""

    @property
    def running(self) -> bool:
        """Whether it and every one of its tasks run; a connector without tasks does nothing."""
        return self.state == "RUNNING" and bool(self.tasks) and all(task.state == "RUNNING" for task in self.tasks)

    @property
    def failed(self) -> bool:
        """Whether it or one of its tasks has failed; Connect never starts those again by itself."""
        return self.state == "FAILED" or any(task.state == "FAILED" for task in self.tasks)

    @property
    def held(self) -> bool:
        """Whether somebody paused or stopped it; Connect keeps that over every restart, and does not say who it was."""
        return self.state in ("PAUSED", "STOPPED") or any(task.state == "PAUSED" for task in self.tasks)

    @property
    def summary(self) -> str:
        """One line: its state and its tasks' states."""
        return f"{self.name} is {self.state}, tasks: {', '.join(task.state for task in self.tasks) or 'none'}"

    @property
    def why(self) -> str:
        """The stack trace of the first failure, empty when nothing failed."""
        return next(filter(None, (self.trace, *(task.trace for task in self.tasks))), "")

    @property
    def cause(self) -> str:
        """The first failure's root cause, a hint if we know one, and where it stands; empty when nothing failed."""
        stands = f"; it stands behind {self.at}, nothing written after that arrives" if self.at else ""
        return explain(self.why) + stands if self.why else ""


def missing(name: str) -> ConnectorState:
    """Return the state of a connector that Connect does not know."""
    return ConnectorState(name, "MISSING")


def parse(answer: Mapping[str, Any]) -> ConnectorState:
    """Return the typed state of a `/connectors/<name>/status` answer."""
    tasks = tuple(Task(task["id"], task["state"], task.get("trace", "")) for task in answer["tasks"])
    connector = answer["connector"]
    return ConnectorState(answer["name"], _state(answer), connector.get("trace", ""), tasks)


def _state(answer: Mapping[str, Any]) -> str:
    """A worker that has just started repeats the last states it finds in its topic; the type it does not know yet."""
    state = str(answer["connector"]["state"])
    return "UNASSIGNED" if state == "RUNNING" and answer.get("type") == "unknown" else state


def is_unreadable(trace: str) -> bool:
    """Say whether starting again cannot help: the connector stands at something it cannot read."""
    return any(part in trace for part in UNREADABLE)


def is_unparsed(trace: str) -> bool:
    """Say whether that is a DDL statement."""
    return any(part in trace for part in UNPARSED)


def root_cause(trace: str) -> str:
    """Return the line of a Java stack trace that names what went wrong first: its last `Caused by`."""
    lines = [line.strip() for line in trace.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    telling = [line for line in causes if _tells(line)]
    chosen = (telling or causes)[-1] if causes else next(iter(lines), "")
    return chosen.removeprefix("Caused by: ")[:LONGEST_CAUSE]


def _tells(line: str) -> bool:
    """A cause that is the name of a class alone (ANTLR's) says less than the one before it."""
    return ": " in line.removeprefix("Caused by: ")


def explain(trace: str) -> str:
    """Return the root cause of a stack trace, with what to do about it where that is known."""
    cause = root_cause(trace)
    return cause + (hint(cause) or hint(trace))


def hint(text: str) -> str:
    """Return what to do about what an error's text says, in brackets; empty where we do not know."""
    return next((f" ({what})" for part, what in HINTS.items() if part in text), "")
