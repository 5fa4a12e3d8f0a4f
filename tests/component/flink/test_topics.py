import time
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from flink import topics
from flink.topics import TopicError
from orderflow.core.settings import Settings
from tests.component.flink import broker


@pytest.fixture(scope="module")
def kafka(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with broker.running(server, tmp_path_factory.mktemp("kafka")) as address:
        yield address


def create(kafka: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic(topic, 4)])[topic].result()
    _id_once_known(kafka, topic)


def delete(kafka: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.delete_topics([topic])[topic].result()


def produce(kafka: str, topic: str, *records: tuple[str, str | None]) -> None:
    producer = Producer({"bootstrap.servers": kafka})
    for key, value in records:
        producer.produce(topic, key=key, value=value)
    assert producer.flush(10) == 0


def test_burying_leaves_no_key_with_a_value(kafka: str) -> None:
    create(kafka, "stats")
    produce(kafka, "stats", *((f"key-{number}", "old") for number in range(300)), ("key-7", None), ("key-8", "new"))
    assert topics.bury_all(kafka, "stats") == 299
    assert topics.bury_all(kafka, "stats") == 0


def test_an_empty_topic_has_nothing_to_bury(kafka: str) -> None:
    create(kafka, "empty")
    assert topics.bury_all(kafka, "empty") == 0


def test_a_topic_made_anew_has_another_id(kafka: str) -> None:
    create(kafka, "input")
    before = topics.topic_id(kafka, "input")
    assert topics.topic_id(kafka, "input") == before
    delete(kafka, "input")
    create(kafka, "input")
    assert topics.topic_id(kafka, "input") != before


def _id_once_known(kafka: str, topic: str) -> str:
    """A broker may answer for a moment as if the topic were not there yet."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return topics.topic_id(kafka, topic)
        except TopicError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize("ask", [topics.topic_id, topics.bury_all])
def test_a_missing_topic_is_named(kafka: str, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(TopicError, match="nowhere"):
        ask(kafka, "nowhere")


def test_a_missing_broker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "REQUEST_SECONDS", 1.0)
    with pytest.raises(TopicError, match=r"127\.0\.0\.1:9"):
        topics.topic_id("127.0.0.1:9", "input")
