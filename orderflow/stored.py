"""What Flink has stored: the offsets of processed-orders that both of its consumer groups have committed.

The groups belong to one build of PostgreSQL's tables (see `core.groups`): right after a rebuild they do not exist, and
nothing counts as stored yet.
"""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from orderflow import connections
from orderflow.connections import Postgres
from orderflow.core.groups import flink_groups
from orderflow.core.settings import Settings
from orderflow.core.topics import PROCESSED_ORDERS


def groups(settings: Settings) -> tuple[str, ...]:
    """Return the names of Flink's groups, none before the first build; raises psycopg2.Error."""
    with closing(connections.postgres(settings)) as connection:
        return groups_of(settings, build_id(connection))


def build_id(connection: Postgres) -> str | None:
    """Return which rebuild PostgreSQL's tables come from, None before the first; raises psycopg2.Error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT build_id::text FROM builds")
        row = cursor.fetchone()
    return str(row[0]) if row else None


def groups_of(settings: Settings, build: str | None) -> tuple[str, ...]:
    """Return the names of the groups that belong to a build."""
    return flink_groups(settings.flink_group, build) if build else ()


def offsets(admin: Any, of: tuple[str, ...]) -> dict[int, int]:
    """Return by partition the offset below which all is stored; raises kafka.errors.KafkaError."""
    committed = admin.list_group_offsets(dict.fromkeys(of)) if of else {}
    return smallest([_by_partition(committed.get(group, {})) for group in of])


def smallest(committed: list[dict[int, int]]) -> dict[int, int]:
    """Return the partitions that every group knows, each with the smallest offset."""
    known = set.intersection(*(set(one) for one in committed)) if committed else set()
    return {partition: min(one[partition] for one in committed) for partition in known}


def _by_partition(committed: Mapping[Any, Any]) -> dict[int, int]:
    return {
        partition.partition: found.offset
        for partition, found in committed.items()
        if partition.topic == PROCESSED_ORDERS.name and found.offset >= 0
    }


def members(admin: Any, group: str) -> list[tuple[str, str]]:
    """Return (client id, host) of each member of a group, none for an unknown one; raises KafkaError.

    Flink assigns its partitions itself and joins none of its groups: there, every member is a stranger, and while one
    is in, the broker refuses Flink's commits.
    """
    found = admin.describe_groups([group])[group]
    named = [(str(one["client_id"]), str(one["client_host"]).lstrip("/")) for one in found["members"]]
    return named or _of_the_new_protocol(admin, group)


def _of_the_new_protocol(admin: Any, group: str) -> list[tuple[str, str]]:
    """A group of Kafka's newer protocol cannot be described by this client, but it is listed with its state."""
    states = {one["group_id"]: one["group_state"] for one in admin.list_groups()}
    return [] if states.get(group, "Empty") in ("Empty", "Dead") else [("?", "?")]
