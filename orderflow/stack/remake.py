"""One topic anew, keeping the data: what it held comes again from the stage before it.

It is the way out of a topic with another number of partitions, or with contents that nobody can use any more.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from orderflow import connections
from orderflow.core.settings import Settings
from orderflow.core.topics import (
    CONNECT_CONFIGS,
    CONNECT_OFFSETS,
    CONNECT_STATUS,
    MYSQL_CUSTOMERS,
    MYSQL_ORDERS,
    MYSQL_PRODUCTS,
    ORDER_STATS,
    ORDERS_DLQ,
    PROCESSED_ORDERS,
    PROCESSED_TICKS,
    SCHEMA_HISTORY,
    Topic,
)
from orderflow.stack import control, shutdown, supervisor, topics
from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.waiting import wait_until

GONE_SECONDS = 60
GROUP_GONE = ("OK", "GroupIdNotFoundError")
"""kafka-python's words."""


CONNECT_S = frozenset({SCHEMA_HISTORY, CONNECT_CONFIGS, CONNECT_OFFSETS, CONNECT_STATUS})
CAPTURED = frozenset({MYSQL_ORDERS, MYSQL_CUSTOMERS, MYSQL_PRODUCTS}) | CONNECT_S
"""Filled again by a new snapshot."""

DERIVED = frozenset({PROCESSED_ORDERS, PROCESSED_TICKS})
"""Filled again by workers that read mysql-orders from its beginning."""

LOST = frozenset({ORDERS_DLQ, ORDER_STATS})
"""What these held does not come again by itself: dead letters never, windows as they change or with a rebuild."""

Progress = Callable[[str], None]


def known(name: str) -> Topic:
    """Return the topic of that name that can be made anew; raises StackError listing them."""
    one = {topic.name: topic for topic in CAPTURED | DERIVED | LOST}
    if name not in one:
        raise StackError(f"{name} cannot be made anew here: choose from {', '.join(sorted(one))}")
    return one[name]


def remake(stack: Place, topic: Topic, progress: Progress) -> None:
    """Delete the topic and make it as the registry says, with those that write or read it stopped meanwhile."""
    stopped = {name for name in supervisor.alive(stack) if _uses(name, topic)}
    shutdown.stop_services(stack, stopped, progress)
    try:
        _replace(stack.settings, topic, progress)
    finally:
        for name in sorted(stopped):
            control.launch(stack, control.service(stack, name))
    for name in sorted(stopped):
        control.start(stack, name)


def _uses(service: str, topic: Topic) -> bool:
    if service.startswith("streams-"):
        return topic not in CONNECT_S | {ORDER_STATS}
    if service.startswith("flink-"):
        return topic in (PROCESSED_ORDERS, ORDER_STATS)
    return service == "connect" and topic in CAPTURED


def _replace(settings: Settings, topic: Topic, progress: Progress) -> None:
    admin = connections.kafka_admin(settings)
    try:
        # first: whatever interrupts this, the topic is there or `up` makes it, and the workers begin at the beginning
        if topic in DERIVED | {MYSQL_ORDERS}:
            _forget_place(admin, settings.streams_group)
            progress("the workers will read mysql-orders from its beginning")
        if topic.name in topics.partitions(admin):
            admin.delete_topics([topic.name])
            wait_until(partial(_still_there, admin, topic), GONE_SECONDS)
            progress(f"deleted {topic.name}")
    finally:
        admin.close()
    topics.ensure_one(settings, topic)
    progress(f"made {topic.name} with {topic.partitions} partitions")


def _still_there(admin: Any, topic: Topic) -> str | None:
    return f"{topic.name} is still there" if topic.name in topics.partitions(admin) else None


def _forget_place(admin: Any, group: str) -> None:
    """Delete the group's offsets, as soon as Kafka has noticed that its members are gone."""
    wait_until(partial(_group_left, admin, group), GONE_SECONDS)


def _group_left(admin: Any, group: str) -> str | None:
    said = admin.delete_groups([group])[group]
    return None if said in GROUP_GONE else f"the consumer group {group} cannot be deleted: {said}"
