"""Which Kafka cluster and topics this is: stores and offsets are worth nothing in another."""

from pathlib import Path
from typing import NamedTuple

from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS

TIMEOUT_SECONDS = 30.0


class Cluster(NamedTuple):
    """Addresses; `input_id` names this very `mysql-orders`, `identity` the cluster, output topic and boot."""

    bootstrap_servers: str
    input_id: str
    identity: str


def identify(bootstrap_servers: str) -> Cluster:
    """Ask the broker; raises KafkaException when it does not answer or a topic is missing."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    cluster = admin.describe_cluster(request_timeout=TIMEOUT_SECONDS).result()
    names = [MYSQL_ORDERS.name, PROCESSED_ORDERS.name]
    found = admin.describe_topics(TopicCollection(names), request_timeout=TIMEOUT_SECONDS)
    ids = {name: str(future.result().topic_id) for name, future in found.items()}
    # Stores are written without fsync: after a restart of the machine they are not to be trusted.
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    identity = f"{cluster.cluster_id}/{ids[PROCESSED_ORDERS.name]}/{boot}"
    return Cluster(bootstrap_servers, ids[MYSQL_ORDERS.name], identity)
