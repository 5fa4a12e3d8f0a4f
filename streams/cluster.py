"""Which Kafka cluster and topics this is: stores and offsets are worth nothing in another."""

from typing import NamedTuple

from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS

TIMEOUT_SECONDS = 30.0


class Cluster(NamedTuple):
    """Addresses and identities; `input_id` names this very `mysql-orders`, `identity` cluster and output topic."""

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
    identity = f"{cluster.cluster_id}/{ids[PROCESSED_ORDERS.name]}"
    return Cluster(bootstrap_servers, ids[MYSQL_ORDERS.name], identity)
