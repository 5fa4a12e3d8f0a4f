"""Topics: every one of the registry exists with its settings before anything uses it."""

import sys
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, NewTopic  # type: ignore[import-untyped]  # no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from orderflow import connections, environment
from orderflow.core.settings import Settings
from orderflow.core.topics import TOPICS, Topic
from orderflow.stack.service import StackError


def ensure(settings: Settings) -> None:
    """Create what is missing and apply changed settings; raises StackError when a topic has other partitions."""
    admin = connections.kafka_admin(settings)
    try:
        there = partitions(admin)
        _refuse_other_partitions(there)
        missing = [topic for topic in TOPICS if topic.name not in there]
        if missing:
            admin.create_topics([_new(topic) for topic in missing], wait_for_metadata=True)
        admin.alter_configs([_settings(topic) for topic in TOPICS if topic not in missing], incremental=True)
    finally:
        admin.close()


def ensure_one(settings: Settings, topic: Topic) -> None:
    """Create one topic that is not there; raises kafka.errors.KafkaError."""
    admin = connections.kafka_admin(settings)
    try:
        admin.create_topics([_new(topic)], wait_for_metadata=True)
    finally:
        admin.close()


def partitions(admin: Any) -> dict[str, int]:
    """Return the number of partitions of every existing topic of the registry."""
    existing = set(admin.list_topics()) & {topic.name for topic in TOPICS}
    described = admin.describe_topics(sorted(existing)) if existing else []
    return {str(topic["name"]): len(topic["partitions"]) for topic in described}


def _refuse_other_partitions(there: dict[str, int]) -> None:
    for topic in TOPICS:
        found = there.get(topic.name, topic.partitions)
        if found != topic.partitions:
            raise StackError(
                f"topic {topic.name} has {found} partitions, the registry says {topic.partitions}, and "
                "records of one key would land in two places: restore the registry, or let the topic be made anew with "
                f"`orderflow topics remake {topic.name}`: what it held comes again from the stage before it"
            )


def _new(topic: Topic) -> Any:
    return NewTopic(topic.name, topic.partitions, 1, topic_configs=topic.config())


def _settings(topic: Topic) -> Any:
    return ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=topic.config())


def main() -> int:
    """`python -m orderflow.stack.topics`, for containers; exit code 1 with the reason when it fails."""
    try:
        ensure(environment.settings())
    except (StackError, KafkaError) as failed:
        print(f"topics: {failed}", file=sys.stderr)
        return 1
    print("topics: as the registry says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
