"""The real topics, as the broker has them."""

from typing import Any

from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.connect.errors import ConnectError
from orderflow.core.settings import Settings
from orderflow.core.topics import CAPTURED_TABLES


def partitions(settings: Settings) -> dict[str, int]:
    """Return the partitions of each captured topic that exists; raises ConnectError when no broker answers."""
    try:
        return _described(connections.kafka_admin(settings))
    except KafkaError as unreachable:
        raise ConnectError(f"no broker answers at {settings.bootstrap_servers}: {unreachable}") from None


def _described(admin: Any) -> dict[str, int]:
    try:
        there = sorted({topic.name for topic in CAPTURED_TABLES.values()} & set(admin.list_topics()))
        described = admin.describe_topics(there) if there else []
        return {str(topic["name"]): len(topic["partitions"]) for topic in described}
    finally:
        admin.close()
