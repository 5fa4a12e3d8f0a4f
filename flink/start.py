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

from flink import attempts, build, installation, intent, plan, postgres_connection, schema, states, topics
from flink.folders import Folders, flink_home, folders
from flink.intent import Intent
from flink.say import say
from flink.states import State
from orderflow.core.settings import Settings, SettingsError, load
from orderflow.core.topics import PROCESSED_ORDERS

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
        become(own, ["taskmanager.sh", "start-foreground"], {})
    decided = decide(settings, own)
    become(own, jobmanager_command(own, decided), intent.to_environment(decided))


def decide(settings: Settings, own: Folders) -> Intent:
    """Return what the job shall do. Nothing is changed here: a JobManager that cannot start must cost nothing."""
    wanted = plan.fingerprint(settings, schema.migrations())
    source = topics.topic_id(settings.bootstrap_servers, PROCESSED_ORDERS.name)
    writer = postgres_connection.as_writer(settings)
    try:
        found = build.recorded(writer)
    finally:
        writer.close()
    reason = build.mismatch(own, found, wanted, source)
    state = choose_state(own) if found and not reason else None
    if found and state:
        return Intent(found, state.folder)
    return Intent(build.new(wanted, source), reason=reason or "no saved state can be used")


def choose_state(own: Folders) -> State | None:
    """Return the newest usable state."""
    found = [state for state in states.complete_states(own) if young(state)][: states.KEPT]
    failures = own.state / "attempts.json"
    for broken in attempts.spent(found, failures):
        say(f"leaving {broken.folder}: {attempts.LIMIT} jobs failed with it before their first checkpoint")
    chosen = attempts.choose(found, failures)
    if chosen:
        say(f"restoring {chosen.folder}")
    return chosen


def young(state: State) -> bool:
    """Return False for a state so old that the compacted topic may lack what came after it."""
    return time.time() - state.completed < PROCESSED_ORDERS.compaction_lag_ms / 1000


def jobmanager_command(own: Folders, decided: Intent) -> list[str]:
    """Return Flink's script and arguments, with a new job id: a surviving TaskManager holds the old id's jars."""
    restore = [f"-Dexecution.state-recovery.path={decided.state.as_uri()}"] if decided.state else []
    return [
        *("standalone-job.sh", "start-foreground"),
        *("--job-classname", "org.apache.flink.client.python.PythonDriver"),
        *("--job-id", secrets.token_hex(16)),
        *restore,
        *("-pym", "flink.job", "-pyfs", str(own.app)),
    ]


def become(own: Folders, command: list[str], told: dict[str, str]) -> NoReturn:
    """Replace this process by the Flink script `command[0]`, with the variables `told` in its environment."""
    script = str(flink_home() / "bin" / command[0])
    sys.stdout.flush()
    os.execve(script, [script, *command[1:]], dict(os.environ) | installation.process_environment(own) | told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
