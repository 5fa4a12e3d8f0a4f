"""What bounds each topic."""

import pytest

from orderflow.core.topics import HOUR_MS, ORDERS_DLQ, PROCESSED_TICKS, SCHEMA_HISTORY, TOPICS, Cleanup, Topic

NEVER_BOUNDED = {SCHEMA_HISTORY.name: "a few DDL statements, and Debezium needs them all"}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_no_topic_grows_for_ever(topic: Topic) -> None:
    config = topic.config()
    if topic.name in NEVER_BOUNDED:
        return
    if topic.cleanup is Cleanup.COMPACT:
        # what is not compacted yet: the newest segment, and what is younger than the lag
        assert int(config["segment.bytes"]) >= topic.max_message_bytes
        assert int(config["segment.ms"]) <= 6 * HOUR_MS
    else:
        assert int(config["retention.bytes"]) > 0
        assert int(config["retention.ms"]) > 0


def test_the_bounds_that_the_readme_states() -> None:
    assert ORDERS_DLQ.retention_bytes * ORDERS_DLQ.partitions == 1024**3
    assert PROCESSED_TICKS.segment_ms + PROCESSED_TICKS.compaction_lag_ms == 2 * HOUR_MS
