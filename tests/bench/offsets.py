"""Where topics end and how far a group has come."""

from typing import Any

from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow.core.topics import Topic


def ends(reader: Any, topic: Topic) -> dict[int, int]:
    """Return the end offset of each partition."""
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    return {partition.partition: int(end) for partition, end in reader.end_offsets(partitions).items()}


def committed(admin: Any, group: str, topic: Topic) -> dict[int, int]:
    """Return the group's committed offset of each partition that has one."""
    offsets = admin.list_group_offsets({group: None}).get(group, {})
    return {tp.partition: int(found.offset) for tp, found in offsets.items() if tp.topic == topic.name}
