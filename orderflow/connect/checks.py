"""What must hold before a connector is applied, because Connect would not say it: it would just hang or fail later."""

from collections.abc import Mapping

from orderflow.connect.definitions import Definition
from orderflow.connect.errors import ConnectError
from orderflow.core.topics import CAPTURED_TABLES, PARTITIONS

ROUTING = "io.debezium.transforms.partitions.PartitionRouting"


def routed_partitions(definition: Definition) -> int | None:
    """Return the partition number that the connector's routing assumes, None when it routes nothing."""
    config = definition.config
    for alias in filter(None, config.get("transforms", "").split(",")):
        if config.get(f"transforms.{alias}.type") == ROUTING:
            return int(config[f"transforms.{alias}.partition.topic.num"])
    return None


def check_partitions(definition: Definition, existing: Mapping[str, int]) -> None:
    """Compare the routing with the registry and with the real topics (name -> partitions); raises ConnectError.

    A routing to a partition that does not exist shows a RUNNING task that hangs.
    """
    routed = routed_partitions(definition)
    if routed is None:
        return
    if routed != PARTITIONS:
        raise ConnectError(f"{definition.name} routes to {routed} partitions, the registry says {PARTITIONS}")
    for topic in sorted({topic.name for topic in CAPTURED_TABLES.values()}):
        if existing.get(topic) != routed:
            found = f"has {existing[topic]} partitions" if topic in existing else "does not exist"
            raise ConnectError(f"{definition.name} routes to {routed} partitions, but {topic} {found}: `orderflow up`")
