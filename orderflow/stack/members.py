"""Strangers in the consumer groups of the workers and of Flink: they take partitions, or make commits impossible."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from orderflow import connections, stored
from orderflow.core.settings import Settings
from orderflow.stack.finding import Finding

WORKER_CLIENT = "faust-"
"""Every worker's client id begins so."""

Members = Sequence[tuple[str, str]]
"""(client id, host) of each."""


def findings(settings: Settings, flink_groups: tuple[str, ...]) -> list[Finding]:
    """Return a finding a group; raises KafkaError."""
    with closing(connections.kafka_admin(settings)) as admin:
        workers = stored.members(admin, settings.streams_group)
        of_flink = {group: stored.members(admin, group) for group in flink_groups}
    return [
        workers_finding(settings.streams_group, settings.streams_workers, workers),
        *(finding for group, members in of_flink.items() for finding in flink_finding(group, members)),
    ]


def workers_finding(group: str, workers: int, members: Members) -> Finding:
    """Return what the members of the workers' group tell."""
    strangers = [member for member in members if not member[0].startswith(WORKER_CLIENT)]
    if strangers:
        says = f"{_named(strangers)} takes partitions that no worker then reads"
        return Finding(f"group {group}", False, says, "end that consumer, or give it another group.id")
    says = f"{len(members)} of {workers} workers are in"
    joining = "" if members else "a worker that starts joins within some seconds; see `orderflow logs streams-1`"
    return Finding(f"group {group}", bool(members), says, joining)


def flink_finding(group: str, members: Members) -> Iterator[Finding]:
    """Yield a finding when somebody is in a group of Flink's, which joins none itself."""
    if members:
        says = f"{_named(members)} is in: Flink cannot commit, and how far it has stored is not known"
        yield Finding(f"group {group}", False, says, "end that consumer, or give it another group.id")


def _named(members: Members) -> str:
    return "a stranger, " + ", ".join(f"client {client} on {host}" for client, host in members)
