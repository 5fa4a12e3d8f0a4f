"""What connectors' states mean for `status`: each with its cause, and the command that its state needs."""

from collections.abc import Sequence

from orderflow.connect import ConnectorState
from orderflow.stack.finding import Finding

HALTED = {"PAUSED": "somebody paused it", "STOPPED": "somebody stopped it"}


def findings(states: Sequence[ConnectorState], url: str) -> list[Finding]:
    """Return a finding a connector; `url` is the address of Connect's REST API."""
    if not states:
        return [Finding("connectors", False, "none is declared in connectors/", "restore connectors/*.json")]
    return [_finding(seen, f"{url}/connectors/{seen.name}") for seen in states]


def _finding(seen: ConnectorState, url: str) -> Finding:
    part, tasks = f"connector {seen.name}", ", ".join(task.state for task in seen.tasks) or "none"
    if seen.running:
        return Finding(part, True, f"RUNNING, tasks {tasks}")
    if seen.state in HALTED:
        says = f"{seen.state}: {HALTED[seen.state]}, nothing is captured"
        return Finding(part, False, says, f"curl -X PUT {url}/resume")
    if seen.state == "MISSING":
        return Finding(part, False, "MISSING: Connect does not know it", f"`orderflow up` applies {seen.name}.json")
    restart = f"curl -X POST '{url}/restart?includeTasks=true'"
    if seen.failed:
        return Finding(part, False, f"FAILED, tasks {tasks}: {seen.cause}", f"mend the cause, then: {restart}")
    return Finding(part, False, f"{seen.state}, tasks {tasks}", f"look again in some seconds; if it stays: {restart}")
