"""A rebuild, and what else is deleted at a start. Runs in the JobManager, once the job is known to run."""

from psycopg2.extensions import connection

from flink import build, emptying, postgres_connection, states, topics
from flink.folders import Folders
from flink.intent import Intent
from flink.say import say
from orderflow.core.groups import flink_groups
from orderflow.core.settings import Settings
from orderflow.core.topics import ORDER_STATS


def prepare(settings: Settings, own: Folders, intent: Intent) -> None:
    """Make room for a restored job, or empty everything for a rebuild; raises psycopg2.Error and TopicError."""
    if intent.state is not None:
        states.forget(own, states.complete_states(own)[: states.KEPT])
        return
    say(f"rebuilding from the earliest offset: {intent.reason}")
    writer = postgres_connection.as_writer(settings)
    try:
        rebuild(settings, own, writer, intent.build)
    finally:
        writer.close()


def rebuild(settings: Settings, own: Folders, writer: connection, fresh: build.Build) -> None:
    """Empty state, tables and `order-stats`. Each step may be repeated: only the last one makes the build count."""
    old = build.noted(own)
    build.discard_state(own)
    emptying.empty(writer, fresh, say)
    buried = topics.bury_all(settings.bootstrap_servers, ORDER_STATS.name)
    say(f"tables emptied, {buried} windows buried in {ORDER_STATS.name}")
    left = old and topics.forget_groups(settings.bootstrap_servers, flink_groups(settings.flink_group, old))
    if left:
        say(f"consumer groups of older builds are still in use and stay: {', '.join(left)}")
    build.note(own, fresh)
