"""Kafka Connect as a plain process, with Debezium as its plugin. It only captures."""

from functools import partial
from pathlib import Path

import requests

from orderflow import connections
from orderflow.core.topics import CONNECT_CONFIGS, CONNECT_OFFSETS, CONNECT_STATUS
from orderflow.stack import jvm
from orderflow.stack.kafka import LARGEST_REQUEST
from orderflow.stack.place import Place
from orderflow.stack.service import Service

READABLE = "CDC_USER|CDC_PASSWORD|MYSQL_SERVER_HOST|MYSQL_PORT|KAFKA_HOST|KAFKA_PORT"
"""Variables that a connector's JSON may name as ${env:..}; no other secret of the stack can be read through Connect."""

OVERRIDABLE = ("compression.type",)
"""Settings of its own producer that a connector may choose; with all of them it could have secrets read out to it."""

REST_SECONDS = 5


def service(stack: Place) -> Service:
    """Return the Connect worker."""
    main = "org.apache.kafka.connect.cli.ConnectDistributed"
    return Service(
        name="connect",
        argv=jvm.command(stack, stack.settings.connect_heap, main, str(stack.conf("connect.properties"))),
        awaited=partial(_awaited, stack),
        prepare=partial(_prepare, stack),
        ports={"CONNECT_PORT": stack.settings.connect_port},
        stop_seconds=30,
    )


def url(stack: Place) -> str:
    """Return the address of Connect's REST API."""
    return f"http://{stack.settings.bind_address}:{stack.settings.connect_port}"


def _prepare(stack: Place) -> None:
    jvm.write_log_settings(stack)
    _link_debezium(stack)
    stack.conf("connect.properties").write_text(jvm.properties(_worker(stack) | _records() | _secrets()))


def _plugins(stack: Place) -> Path:
    """Return the folder whose only folder is Debezium: Connect takes each folder in its plugin path for a plugin."""
    return stack.state / "plugins"


def _link_debezium(stack: Place) -> None:
    link = _plugins(stack) / "debezium"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(stack.jars("debezium"))


def _worker(stack: Place) -> dict[str, object]:
    return {
        "bootstrap.servers": stack.settings.bootstrap_servers,
        "group.id": stack.settings.connect_group,
        "config.storage.topic": CONNECT_CONFIGS.name,
        "offset.storage.topic": CONNECT_OFFSETS.name,
        "status.storage.topic": CONNECT_STATUS.name,
        "config.storage.replication.factor": 1,
        "offset.storage.replication.factor": 1,
        "status.storage.replication.factor": 1,
        "topic.creation.enable": "false",
        "listeners": url(stack),
        "plugin.path": _plugins(stack),
        "plugin.discovery": "service_load",
        "connector.client.config.override.policy": "Allowlist",
        "connector.client.config.override.allowlist": ",".join(OVERRIDABLE),
        "offset.flush.interval.ms": 1000,
        "scheduled.rebalance.max.delay.ms": 0,
    }


def _records() -> dict[str, object]:
    json = "org.apache.kafka.connect.json.JsonConverter"
    return {
        "key.converter": json,
        "key.converter.schemas.enable": "false",
        "value.converter": json,
        "value.converter.schemas.enable": "false",
        "producer.acks": "all",
        "producer.compression.type": "lz4",
        "producer.max.request.size": LARGEST_REQUEST,
    }


def _secrets() -> dict[str, object]:
    return {
        "config.providers": "env",
        "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
        "config.providers.env.param.allowlist.pattern": READABLE,
    }


def _awaited(stack: Place) -> str | None:
    try:
        answer = connections.http_get(url(stack) + "/connectors", REST_SECONDS)
    except requests.RequestException:
        return f"Kafka Connect does not answer at {url(stack)}"
    return None if answer.ok else f"Kafka Connect answers {answer.status_code}: {answer.text[:300]}"
