"""Opens a partition: its file brought level with the topic, its fold, how far its refused references are told."""

import logging
from pathlib import Path

from orderflow.core.partition import Partition
from orderflow.core.topics import MYSQL_CUSTOMERS, MYSQL_PRODUCTS, PROCESSED_ORDERS
from streams import metrics
from streams.account import Output, Strange
from streams.cluster import Cluster
from streams.database import DamagedError
from streams.delivery import Delivery
from streams.lane import Lane
from streams.offsets import committed
from streams.reference import ReferenceReader
from streams.restore import restore
from streams.store import Store

HEADROOM = 64 * 1024
"""Bytes of a message beside its value: key, headers, the record's and the batch's own."""

log = logging.getLogger(__name__)


class Opening:
    """What all lanes of a worker have in common."""

    def __init__(
        self,
        cluster: Cluster,
        folder: Path,
        wait_ticks: int,
        group: str,
        delivery: Delivery,
        references: ReferenceReader,
    ) -> None:
        """`folder` takes a file for each partition; `group` keeps how far refused references are told."""
        self.cluster, self.folder, self.wait_ticks, self.group = cluster, folder, wait_ticks, group
        self.delivery, self.references = delivery, references

    def open(self, number: int) -> Lane:
        """Return the lane of a partition; blocks. Raises RestoreError or KafkaException."""
        store, end, strange = self._restored(number)
        self.delivery.begin((PROCESSED_ORDERS.name, number), end, strange)
        most = PROCESSED_ORDERS.max_message_bytes - HEADROOM
        partition = Partition(number, self.cluster.input_id, store, self.references, self.wait_ticks, most)
        lane = Lane(partition, store, self.delivery)
        lane.told = self._told(number)
        return lane

    def _told(self, number: int) -> dict[Output, int]:
        outputs = [(topic.name, number) for topic in (MYSQL_CUSTOMERS, MYSQL_PRODUCTS)]
        found = committed(self.cluster.bootstrap_servers, self.group, outputs)
        return {o: place.offset if place.note == self.cluster.topics[o[0]] else 0 for o, place in found.items()}

    def _restored(self, number: int) -> tuple[Store, int, list[Strange]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"partition-{number}.sqlite"
        store = Store(path, self.cluster.identity)
        try:
            return store, *restore(store, self.cluster.bootstrap_servers, number)
        except DamagedError as error:
            log.error("partition %s is restored from its topic: %s", number, error)
            metrics.DAMAGED.inc()
            store.discard()
            store = Store(path, self.cluster.identity)
            return store, *restore(store, self.cluster.bootstrap_servers, number)
