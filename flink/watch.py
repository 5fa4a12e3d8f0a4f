"""Watches, beside the running job, that its tables and its topic are still those it was built on."""

import time
from collections.abc import Callable

import psycopg2
import requests

from flink import build, postgres_connection, topics
from flink.build import Build
from flink.folders import Folders
from flink.rest import FlinkRest
from orderflow.core.settings import Settings
from orderflow.core.topics import PROCESSED_ORDERS

POLL_SECONDS = 10.0


class StaleError(Exception):
    """The job goes on from what is not there any more; ending it lets the start wrapper decide on a rebuild."""


def watch(
    rest: FlinkRest, job: str, changed: Callable[[], str | None], pause: Callable[[float], None] = time.sleep
) -> None:
    """Ask `changed` again and again; return once the JobManager is gone, raise StaleError with what it says."""
    while True:
        pause(POLL_SECONDS)
        try:
            rest.job_state(job)
        except requests.Timeout:
            continue  # a busy JobManager: ask again
        except requests.RequestException:
            return  # no JobManager, or another one's job: nothing is left to watch
        reason = changed()
        if reason:
            raise StaleError(reason)


def changed(settings: Settings, own: Folders, ours: Build) -> str | None:
    """Return what is not any more as `ours` says, None when all is or a server does not answer."""
    try:
        if topics.topic_id(settings.bootstrap_servers, PROCESSED_ORDERS.name) != ours.topic_id:
            return f"{PROCESSED_ORDERS.name} was made anew"
        writer = postgres_connection.as_writer(settings)
        try:
            return build.beat(writer, own, ours.build_id)
        finally:
            writer.close()
    except (topics.TopicError, psycopg2.OperationalError):
        return None  # an outage: the job itself waits for its end
