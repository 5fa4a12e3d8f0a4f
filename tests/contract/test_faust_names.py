"""Names of Faust and aiokafka that streams/ overrides or calls: an upgrade that moves one fails here, not at night."""

import inspect

import faust
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]  # it has no stubs
from aiokafka.consumer.group_coordinator import GroupCoordinator  # type: ignore[import-untyped]  # it has no stubs
from aiokafka.errors import CommitFailedError  # type: ignore[import-untyped]  # as above
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata  # type: ignore[import-untyped]  # as above
from faust.transport import consumer as base
from faust.transport.drivers import aiokafka as kafka
from faust.types import TP

from orderflow.core.outcome import Record
from streams.transport import Slice, SliceConsumer, SliceThread, SliceTransport


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]  # methods of untyped packages


def test_the_consumer_hands_out_messages_by_getmany_and_commits_by_commit() -> None:
    assert parameters(kafka.Consumer.getmany) == ["self", "timeout"]
    assert inspect.isasyncgenfunction(kafka.Consumer.getmany)
    assert parameters(kafka.Consumer._commit) == ["self", "offsets"]
    assert parameters(kafka.Consumer.force_commit)[:2] == ["self", "topics"]
    assert "force_commit" in inspect.getsource(base.Consumer.commit)


def test_the_fetch_loop_drains_getmany() -> None:
    assert "getmany = self.getmany" in inspect.getsource(base.Consumer._drain_messages)


def test_slices_are_taken_as_faust_takes_messages() -> None:
    assert parameters(kafka.Consumer._wait_next_records) == ["self", "timeout"]
    source = inspect.getsource(base.Consumer.getmany)
    for name in (
        "records, active_partitions = await self._wait_next_records(timeout)",
        "self.app.consumer_generation_id",
        "self.should_stop",
        "self.flow_active",
        "self._buffered_partitions",
        "self.perform_seek()",
    ):
        assert name in source, name
    assert callable(base.ensure_TP)


def test_aiokafkas_records_have_the_fields_of_a_slice() -> None:
    names = {"topic", "partition", "offset", "timestamp", "timestamp_type", "key", "value", "headers"}
    assert names <= set(ConsumerRecord.__dataclass_fields__)


def test_rebalances_call_these() -> None:
    assert parameters(kafka.Consumer.on_partitions_revoked) == ["self", "revoked"]
    assert parameters(kafka.Consumer.on_partitions_assigned) == ["self", "assigned", "generation_id"]
    assert parameters(kafka.Consumer.seek_to_committed) == ["self"]
    assert "self.seek_to_committed()" in inspect.getsource(base.Consumer.perform_seek)
    assert parameters(kafka.Consumer.assignment) == ["self"]
    assert parameters(kafka.AIOKafkaConsumerThread.seek_to_beginning) == ["self", "partitions"]


def test_the_thread_can_be_replaced_and_told() -> None:
    assert "AIOKafkaConsumerThread(self, loop=self.loop, beacon=self.beacon)" in inspect.getsource(
        kafka.Consumer._new_consumer_thread
    )
    assert "self._new_consumer_thread()" in inspect.getsource(base.ThreadDelegateConsumer.__init__)
    assert parameters(kafka.AIOKafkaConsumerThread._commit) == ["self", "offsets"]
    assert "self._commit, offsets" in inspect.getsource(kafka.AIOKafkaConsumerThread.commit)
    assert parameters(kafka.AIOKafkaConsumerThread.call_thread)[:2] == ["self", "fun"]
    assert parameters(kafka.AIOKafkaConsumerThread._ensure_consumer) == ["self"]
    assert "_coordinator" in inspect.getsource(AIOKafkaConsumer)
    assert parameters(GroupCoordinator.request_rejoin) == ["self"]
    assert OffsetAndMetadata._fields == ("offset", "metadata")
    assert issubclass(CommitFailedError, Exception)
    assert callable(kafka.ensure_aiokafka_TP)


def test_the_app_takes_our_transport() -> None:
    app = faust.App("contract", broker="kafka://127.0.0.1:1", web_enabled=False)
    transport = SliceTransport(app.conf.broker_consumer, app)
    app.transport = transport
    assert app.transport is transport
    assert transport.Consumer is SliceConsumer
    assert isinstance(app.consumer_generation_id, int)
    assert issubclass(SliceThread, kafka.AIOKafkaConsumerThread)
    for name in ("agent", "timer", "crash", "on_before_shutdown", "consumer", "topic"):
        assert hasattr(app, name), name


def test_a_slice_stands_for_its_last_record_and_keeps_all() -> None:
    def record(offset: int) -> ConsumerRecord:
        return ConsumerRecord("t", 3, offset, 1500, 0, b"k", b"v", None, 1, 1, (("h", b"1"),))

    piece = Slice(TP("t", 3), [record(5), record(6)], 7)
    assert (piece.offset, piece.partition, piece.generation_id, piece.timestamp) == (6, 3, 7, 1.5)
    assert [one[:3] for one in piece.records] == [Record(5, b"k", b"v", [])[:3], Record(6, b"k", b"v", [])[:3]]
    assert list(piece.records[0].headers) == [("h", b"1")]
