"""What the start wrapper decided and the job carries out once it is known to run: restore a state, or rebuild."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flink.build import Build

PREFIX = "ORDERFLOW_FLINK_"


@dataclass(frozen=True)
class Intent:
    """`build` is the one to go on with, or a new one for a rebuild; `state` is None then and `reason` says why."""

    build: Build
    state: Path | None = None
    reason: str = ""


def to_environment(intent: Intent) -> dict[str, str]:
    """Return the variables by which the wrapper tells the job."""
    values = {
        "BUILD_ID": intent.build.build_id,
        "PLAN": intent.build.plan,
        "TOPIC_ID": intent.build.topic_id,
        "STATE": str(intent.state or ""),
        "REASON": intent.reason,
    }
    return {PREFIX + name: value for name, value in values.items()}


def from_environment(environment: Mapping[str, str]) -> Intent:
    """Return what the wrapper told; raises KeyError outside of a JobManager that it started."""
    build_id, plan, topic_id, state, reason = (
        environment[PREFIX + name] for name in ("BUILD_ID", "PLAN", "TOPIC_ID", "STATE", "REASON")
    )
    return Intent(Build(build_id, plan, topic_id), Path(state) if state else None, reason)
