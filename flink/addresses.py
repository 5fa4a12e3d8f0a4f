"""Where the other servers are: everything on BIND_ADDRESS, unless containers give each server a name of its own."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """Host names; `listen` is the address this process binds to."""

    kafka: str
    postgres: str
    jobmanager: str
    taskmanager: str
    listen: str


def addresses(environ: Mapping[str, str]) -> Addresses:
    """Return KAFKA_HOST, POSTGRES_HOST, FLINK_JOBMANAGER_HOST, FLINK_TASKMANAGER_HOST and FLINK_LISTEN_ADDRESS.

    Each falls back to BIND_ADDRESS, which has to be set.
    """

    def host(name: str) -> str:
        return environ.get(name) or environ["BIND_ADDRESS"]

    return Addresses(
        kafka=host("KAFKA_HOST"),
        postgres=host("POSTGRES_HOST"),
        jobmanager=host("FLINK_JOBMANAGER_HOST"),
        taskmanager=host("FLINK_TASKMANAGER_HOST"),
        listen=host("FLINK_LISTEN_ADDRESS"),
    )
