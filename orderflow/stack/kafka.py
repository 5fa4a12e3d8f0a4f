"""Kafka as a plain process: one node that is broker and controller (KRaft)."""

import base64
import subprocess
import uuid
from functools import partial

from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from orderflow import connections
from orderflow.core.topics import TOPICS
from orderflow.stack import jvm
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError

RECORD_OVERHEAD = 1024 * 1024
"""Room in a request for what stands around the largest message."""

LARGEST_REQUEST = max(topic.max_message_bytes for topic in TOPICS) + RECORD_OVERHEAD


def service(stack: Place) -> Service:
    """Return the broker."""
    return Service(
        name="kafka",
        argv=jvm.command(stack, stack.settings.kafka_heap, "kafka.Kafka", str(stack.conf("kafka.properties"))),
        awaited=partial(_awaited, stack),
        prepare=partial(_prepare, stack),
        ports={
            "KAFKA_PORT": stack.settings.kafka_port,
            "KAFKA_CONTROLLER_PORT": stack.settings.kafka_controller_port,
        },
        stop_seconds=40,
    )


def _prepare(stack: Place) -> None:
    jvm.write_log_settings(stack)
    stack.conf("kafka.properties").write_text(jvm.properties(_node(stack) | _behaviour(stack)))
    if not (stack.data("kafka") / "meta.properties").exists():
        _format(stack)


def _node(stack: Place) -> dict[str, object]:
    settings = stack.settings
    controller = f"{settings.bind_address}:{settings.kafka_controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{settings.bootstrap_servers},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{settings.bootstrap_servers}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": stack.data("kafka"),
    }


def _behaviour(stack: Place) -> dict[str, object]:
    single = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    return {f"{topic}.replication.factor": 1 for topic in single} | {
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "offsets.topic.num.partitions": 4,
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        "message.max.bytes": LARGEST_REQUEST,
        "replica.fetch.max.bytes": LARGEST_REQUEST,
        "log.segment.bytes": 256 * 1024 * 1024,
        "offsets.retention.minutes": 7 * 24 * 60,
    }


def _format(stack: Place) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(stack.conf("kafka.properties")))
    done = subprocess.run(jvm.command(stack, "256m", *tool), capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"Kafka could not format its folder: {(done.stdout + done.stderr).strip()[-800:]}")


def _awaited(stack: Place) -> str | None:
    try:
        connections.kafka_admin(stack.settings).close()
    except KafkaError as unreachable:
        return f"no broker answers at {stack.settings.bootstrap_servers}: {unreachable}"
    return None
