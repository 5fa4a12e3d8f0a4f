"""The topic registry: every topic of the platform, declared once. Topics are created from here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum

PARTITIONS = 4
"""Partitions of every pipeline topic. Tick slots and placement by order id depend on it: never change it in place."""

TICK_SLOTS = (2, 1, 4, 16)
"""`order_ticks.slot` of partition 0, 1, 2, 3: the keys whose hash (Debezium's murmur of the id) lands there."""

DAY_MS = 24 * 60 * 60 * 1000
HOUR_MS = 60 * 60 * 1000
MIB = 1024 * 1024


class Cleanup(StrEnum):
    """Kafka's `cleanup.policy`."""

    COMPACT = "compact"
    DELETE = "delete"


@dataclass(frozen=True)
class Topic:
    """One topic: `key` and `writer` are for readers, the rest are Kafka's own settings."""

    name: str
    key: str
    writer: str
    partitions: int = PARTITIONS
    cleanup: Cleanup = Cleanup.COMPACT
    retention_bytes: int = -1
    segment_bytes: int = 64 * MIB
    segment_ms: int = 6 * HOUR_MS
    retention_ms: int = -1
    max_message_bytes: int = MIB
    tombstone_ms: int = 7 * DAY_MS
    compaction_lag_ms: int = 0

    def config(self) -> dict[str, str]:
        """Kafka's topic configuration."""
        shared = {
            "cleanup.policy": str(self.cleanup),
            "max.message.bytes": str(self.max_message_bytes),
            # the newest segment is never compacted: small and young ones keep a topic near what is alive in it
            "segment.bytes": str(self.segment_bytes),
            "segment.ms": str(self.segment_ms),
        }
        if self.cleanup is Cleanup.COMPACT:
            return shared | {
                "delete.retention.ms": str(self.tombstone_ms),
                "min.compaction.lag.ms": str(self.compaction_lag_ms),
            }
        kept = {"retention.ms": str(self.retention_ms), "retention.bytes": str(self.retention_bytes)}
        return shared | kept


MYSQL_ORDERS = Topic("mysql-orders", "primary key of the row", "Debezium")
MYSQL_CUSTOMERS = Topic("mysql-customers", "primary key of the row", "Debezium")
MYSQL_PRODUCTS = Topic("mysql-products", "primary key of the row", "Debezium")
PROCESSED_ORDERS = Topic(
    "processed-orders",
    "order id, plain text",
    "Faust",
    max_message_bytes=16 * MIB,
    # Flink goes on from a state as old as this, so every record behind it must still be there
    compaction_lag_ms=DAY_MS,
)
PROCESSED_TICKS = Topic(
    "processed-ticks",
    "slot, plain text",
    "Faust",
    segment_ms=HOUR_MS,
    # whoever looks for the newest tick that is stored looks minutes back
    compaction_lag_ms=HOUR_MS,
)
ORDERS_DLQ = Topic(
    "orders-dlq",
    "key of the rejected record",
    "Faust",
    cleanup=Cleanup.DELETE,
    retention_ms=14 * DAY_MS,
    # of each partition: a flood of bad records loses the oldest letters, and does not fill the disk
    retention_bytes=256 * MIB,
    max_message_bytes=2 * MIB,
)
ORDER_STATS = Topic("order-stats", "window start and currency, JSON", "Flink")

SCHEMA_HISTORY = Topic(
    "mysql-schema-history", "none", "Debezium", partitions=1, cleanup=Cleanup.DELETE, retention_ms=-1
)
CONNECT_CONFIGS = Topic("connect-configs", "Connect's own", "Connect", partitions=1)
CONNECT_OFFSETS = Topic("connect-offsets", "Connect's own", "Connect", partitions=5)
CONNECT_STATUS = Topic("connect-status", "Connect's own", "Connect", partitions=1)

TOPICS = (
    MYSQL_ORDERS,
    MYSQL_CUSTOMERS,
    MYSQL_PRODUCTS,
    PROCESSED_ORDERS,
    PROCESSED_TICKS,
    ORDERS_DLQ,
    ORDER_STATS,
    SCHEMA_HISTORY,
    CONNECT_CONFIGS,
    CONNECT_OFFSETS,
    CONNECT_STATUS,
)

CAPTURED_TABLES = {
    "customers": MYSQL_CUSTOMERS,
    "products": MYSQL_PRODUCTS,
    "orders": MYSQL_ORDERS,
    "order_items": MYSQL_ORDERS,
    "order_ticks": MYSQL_ORDERS,
}
"""Tables of `shop` in capture order: references first, to be known in time; ticks last, to mark a snapshot's end."""
