"""`python -m flink.start jobmanager|taskmanager`: lay out, choose the state, then become the Flink process.

The JobManager starts the job itself (application mode), from the newest whole checkpoint or savepoint if that fits
the plan, the tables and the input topic. Where none fits it empties the tables and reads everything again.
"""

import os
import secrets
import sys
import time
from typing import NoReturn

import psycopg2

from flink import attempts, build, installation, plan, postgres_connection, schema, states, topics
from flink.folders import Folders, flink_home, folders
from flink.states import State
from orderflow.core.settings import Settings, SettingsError, load
from orderflow.core.topics import ORDER_STATS, PROCESSED_ORDERS

ROLES = ("jobmanager", "taskmanager")


def main(arguments: list[str]) -> int:
    """Never returns when all is well; exit code 1 with the reason on standard error, 2 for a wrong role."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        print(f"usage: python -m flink.start {'|'.join(ROLES)}", file=sys.stderr)
        return 2
    try:
        start(arguments[0])
    except (SettingsError, topics.TopicError, psycopg2.Error, OSError) as problem:
        say(f"cannot start: {problem}".strip())
        return 1


def start(role: str) -> NoReturn:
    """Become the process of `role`; raises what keeps it from starting."""
    settings = load(os.environ)
    own = folders(settings, role)
    installation.lay_out(settings, own, flink_home())
    if role == "taskmanager":
        become(own, ["taskmanager.sh", "start-foreground"])
    become(own, jobmanager_command(own, state_to_start_from(settings, own)))


def state_to_start_from(settings: Settings, own: Folders) -> State | None:
    """Return the state to restore, or None after a rebuild was prepared."""
    wanted = plan.fingerprint(settings, schema.migrations())
    source = topics.topic_id(settings.bootstrap_servers, PROCESSED_ORDERS.name)
    writer = postgres_connection.as_writer(settings)
    try:
        reason = build.mismatch(own, build.recorded(writer), wanted, source)
        state = None if reason else choose_state(own)
        if state is None:
            say(f"rebuilding from the earliest offset: {reason or 'no saved state can be used'}")
            rebuild(settings, own, writer, wanted, source)
    finally:
        writer.close()
    return state


def choose_state(own: Folders) -> State | None:
    """Return the newest usable state; older ones beyond a few are deleted."""
    found = [state for state in states.complete_states(own) if young(state)]
    counts = own.state / "attempts.json"
    for broken in attempts.spent(found, counts):
        say(f"leaving {broken.folder}: {attempts.LIMIT} starts from it led to no newer checkpoint")
    states.forget(own, found[: states.KEPT])
    chosen = attempts.choose(found[: states.KEPT], counts)
    if chosen:
        say(f"restoring {chosen.folder}")
    return chosen


def young(state: State) -> bool:
    """Return False for a state so old that deletions after it may be gone from the compacted topic."""
    return time.time() - state.completed < PROCESSED_ORDERS.tombstone_ms / 1000


def rebuild(settings: Settings, own: Folders, writer: psycopg2.extensions.connection, wanted: str, source: str) -> None:
    """Empty state, tables and `order-stats`. Each step may be repeated: only the last one makes the build count."""
    build.discard_state(own)
    fresh = build.empty_tables(writer, wanted, source)
    buried = topics.bury_all(settings.bootstrap_servers, ORDER_STATS.name)
    say(f"tables emptied, {buried} windows buried in {ORDER_STATS.name}")
    build.note(own, fresh)


def jobmanager_command(own: Folders, state: State | None) -> list[str]:
    """Return Flink's script and arguments, with a new job id: a surviving TaskManager holds the old id's jars."""
    restore = [f"-Dexecution.state-recovery.path={state.folder.as_uri()}"] if state else []
    return [
        *("standalone-job.sh", "start-foreground"),
        *("--job-classname", "org.apache.flink.client.python.PythonDriver"),
        *("--job-id", secrets.token_hex(16)),
        *restore,
        *("-pym", "flink.job", "-pyfs", str(own.app)),
    ]


def become(own: Folders, command: list[str]) -> NoReturn:
    """Replace this process by the Flink script `command[0]`."""
    script = str(flink_home() / "bin" / command[0])
    sys.stdout.flush()
    os.execve(script, [script, *command[1:]], dict(os.environ) | installation.process_environment(own))


def say(text: str) -> None:
    """Print one line that stands out among Flink's own."""
    print(f"flink.start: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
