"""Whether this checkout's services run in containers, where supervisor knows nothing of them."""

import shutil
import subprocess

from orderflow.environment import ROOT, environment

SECONDS = 10.0

STATUS = "docker compose ps"
DOWN = "docker compose down"
"""What stands for `orderflow status` and `orderflow down` there."""


def running() -> list[str]:
    """Return the names of this checkout's Compose services that run; empty where Docker is not, or does not answer."""
    project = environment().get("COMPOSE_PROJECT_NAME")
    if not project or not shutil.which("docker"):
        return []
    label = f"label=com.docker.compose.project={project}"
    command = ["docker", "ps", "--filter", label, "--format", '{{.Label "com.docker.compose.service"}}']
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):  # a Docker that does not answer runs nothing that we could name
        return []
    return sorted(done.stdout.split()) if done.returncode == 0 else []


def instead(verb: str, command: str) -> str | None:
    """Return which command stands for `orderflow VERB` while the services run in containers; None when they do not."""
    found = running()
    if not found:
        return None
    return f"{len(found)} services of this checkout run in containers: `{command}` stands for `orderflow {verb}` there"
