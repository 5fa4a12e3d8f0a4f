"""Which Kafka cluster and topics this is: stores and offsets are worth nothing in another."""

from pathlib import Path
from typing import NamedTuple

from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import MYSQL_CUSTOMERS, MYSQL_ORDERS, MYSQL_PRODUCTS, PROCESSED_ORDERS

TIMEOUT_SECONDS = 30.0
TOPICS = (MYSQL_ORDERS, MYSQL_CUSTOMERS, MYSQL_PRODUCTS, PROCESSED_ORDERS)


class Cluster(NamedTuple):
    """Addresses; `topics` gives this very topic's id by name, `identity` names cluster, output topic and boot."""

    bootstrap_servers: str
    topics: dict[str, str]
    identity: str

    @property
    def input_id(self) -> str:
        """The id of this very `mysql-orders`."""
        return self.topics[MYSQL_ORDERS.name]

    @property
    def output_id(self) -> str:
        """The id of this very `processed-orders`."""
        return self.topics[PROCESSED_ORDERS.name]


def identify(bootstrap_servers: str) -> Cluster:
    """Ask the broker; raises KafkaException when it does not answer or a topic is missing."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    cluster = admin.describe_cluster(request_timeout=TIMEOUT_SECONDS).result()
    topics = topic_ids(admin)
    # Stores are written without fsync: after a restart of the machine they are not to be trusted.
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return Cluster(bootstrap_servers, topics, f"{cluster.cluster_id}/{topics[PROCESSED_ORDERS.name]}/{boot}")


def topic_ids(admin: AdminClient) -> dict[str, str]:
    """Return the ids of the topics that a worker reads and writes; raises KafkaException, as above."""
    found = admin.describe_topics(TopicCollection([topic.name for topic in TOPICS]), request_timeout=TIMEOUT_SECONDS)
    return {name: str(future.result().topic_id) for name, future in found.items()}
