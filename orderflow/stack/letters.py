"""Dead letters of the last hour, by code."""

import time
from collections import Counter
from contextlib import closing
from typing import Any

from kafka import TopicPartition  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.settings import Settings
from orderflow.core.topics import ORDERS_DLQ
from orderflow.stack.finding import Finding

WINDOW_SECONDS = 3600
MOST = 2_000
"""Letters of a partition that are read; of more, the newest."""

READ_SECONDS = 4.0


def recent(settings: Settings) -> Counter[str]:
    """Return the number of dead letters of the last hour by code; raises KafkaError."""
    with closing(connections.kafka_reader(settings)) as reader:
        partitions = [TopicPartition(ORDERS_DLQ.name, number) for number in range(ORDERS_DLQ.partitions)]
        since = int((time.time() - WINDOW_SECONDS) * 1000)
        starts, ends = reader.offsets_for_times(dict.fromkeys(partitions, since)), reader.end_offsets(partitions)
        reader.assign(partitions)
        for partition in partitions:
            start = starts[partition].offset if starts.get(partition) else ends[partition]
            reader.seek(partition, max(start, ends[partition] - MOST))
        return _count(reader, ends)


def _count(reader: Any, ends: dict[Any, int]) -> Counter[str]:
    codes: Counter[str] = Counter()
    deadline = time.monotonic() + READ_SECONDS
    while time.monotonic() < deadline and any(reader.position(one) < end for one, end in ends.items()):
        for records in reader.poll(timeout_ms=500).values():
            codes.update(_code(record) for record in records)
    return codes


def _code(record: Any) -> str:
    return next((value.decode(errors="replace") for name, value in record.headers if name == "orderflow.code"), "?")


def finding(codes: Counter[str]) -> Finding:
    """Return what there is to tell: refused rows stop nobody, so it is well, and it has a remedy."""
    if not codes:
        return Finding("dead letters", True, "none in the last hour")
    by_code = ", ".join(f"{count} {code}" for code, count in codes.most_common())
    remedy = (
        "mending a refused row in MySQL mends its order: "
        "SELECT order_id, incomplete_reason FROM orders WHERE NOT complete names them in PostgreSQL"
    )
    return Finding("dead letters", True, f"{codes.total()} in the last hour: {by_code}", remedy)
