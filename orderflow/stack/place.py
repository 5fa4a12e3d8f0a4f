"""Where a stack lives: its folders and its settings."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from orderflow import environment
from orderflow.core.settings import GIVEN, Settings, SettingsError, load

MARK = "ORDERFLOW_STATE"
"""Every process of a stack carries this variable, its value is the stack's state folder: so orphans are found."""

SERVICE = "ORDERFLOW_SERVICE"
"""Beside it: which service the process belongs to."""

SOCKET_PATH_LIMIT = 100
"""Linux takes 107 bytes; supervisor adds a suffix of its own while it binds."""


TEMPORARY = Path("/tmp")
"""Not the environment's TMPDIR: a shell with another one must find the same sockets."""


@dataclass(frozen=True)
class Place:
    """Absolute folders of one stack, its settings, and the variables its processes see."""

    root: Path
    state: Path
    cache: Path
    settings: Settings
    environ: Mapping[str, str]

    def data(self, service: str) -> Path:
        """Return the folder that holds the service's data."""
        return self.state / "data" / service

    def conf(self, name: str) -> Path:
        """Return the path of a generated configuration file."""
        return self.state / "conf" / name

    def log(self, service: str) -> Path:
        """Return the service's log file; older ones stand beside it as `.1`, `.2`."""
        return self.state / "logs" / f"{service}.log"

    def socket(self, name: str) -> Path:
        """Return a socket's path, in a short folder elsewhere when the state folder's own path is too long for one."""
        path = self.state / "run" / name
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return TEMPORARY / f"orderflow-{os.getuid()}-{digest}" / name

    def jars(self, folder: str) -> Path:
        """Return the folder of downloaded jars: kafka, debezium or flink."""
        return self.cache / "jars" / folder

    def marked(self, service: str, given: Iterable[str]) -> dict[str, str]:
        """Return the variables of a process of this stack: the settings `given` to it, and the mark that finds it."""
        names = sorted(given)
        own = {name: self.environ[name] for name in names}
        return own | {GIVEN: " ".join(names), MARK: str(self.state), SERVICE: service}

    def variables(self, service: str, given: Iterable[str] = ()) -> dict[str, str]:
        """Return the whole environment of a process of this stack, with the settings that are `given` to it."""
        return environment.foreign(os.environ) | self.marked(service, given)

    @property
    def python(self) -> str:
        """The interpreter of the project's environment."""
        return str(self.root / ".venv" / "bin" / "python")


def place() -> Place:
    """Return the stack that `.env` and the environment describe; raises SettingsError naming what is wrong."""
    variables = environment.environment()
    settings = load(variables)
    state = (environment.ROOT / settings.state_dir).resolve()
    cache = (environment.ROOT / settings.cache_dir).resolve()
    if environment.ROOT.is_relative_to(state):
        raise SettingsError(f"STATE_DIR must be a folder of its own, not {state}: the checkout lies there")
    own = {f.name.upper(): str(getattr(settings, f.name)) for f in fields(Settings)}
    return Place(environment.ROOT, state, cache, settings, own | {"STATE_DIR": str(state), "CACHE_DIR": str(cache)})
