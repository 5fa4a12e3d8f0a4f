"""Names of Faust and aiokafka that streams/ overrides or calls: an upgrade that moves one fails here, not at night."""

import inspect

import faust
from faust.transport import consumer as base
from faust.transport.drivers import aiokafka as kafka
from faust.types import TP, Message

from orderflow.core.partition import Record
from streams.transport import Slice, SliceConsumer, SliceTransport


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]  # methods of untyped packages


def test_the_consumer_hands_out_messages_by_getmany_and_commits_by_commit() -> None:
    assert parameters(kafka.Consumer.getmany) == ["self", "timeout"]
    assert inspect.isasyncgenfunction(kafka.Consumer.getmany)
    assert parameters(kafka.Consumer._commit) == ["self", "offsets"]
    assert parameters(kafka.Consumer.force_commit)[:2] == ["self", "topics"]
    assert parameters(kafka.Consumer.on_partitions_revoked) == ["self", "revoked"]
    assert "force_commit" in inspect.getsource(base.Consumer.commit)


def test_the_fetch_loop_drains_getmany() -> None:
    assert "getmany = self.getmany" in inspect.getsource(base.Consumer._drain_messages)


def test_the_app_takes_our_transport() -> None:
    app = faust.App("contract", broker="kafka://127.0.0.1:1", web_enabled=False)
    transport = SliceTransport(app.conf.broker_consumer, app)
    app.transport = transport
    assert app.transport is transport
    assert transport.Consumer is SliceConsumer
    assert isinstance(app.consumer_generation_id, int)


def test_a_slice_stands_for_its_last_message_and_keeps_all() -> None:
    def message(offset: int) -> Message:
        return Message("t", 3, offset, 0.0, 0, [("h", b"1")], b"k", b"v", None, tp=TP("t", 3), generation_id=7)

    piece = Slice([message(5), message(6)])
    assert (piece.offset, piece.partition, piece.generation_id) == (6, 3, 7)
    assert piece.records == [Record(5, b"k", b"v", [("h", b"1")]), Record(6, b"k", b"v", [("h", b"1")])]
