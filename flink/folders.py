"""Flink's folders under STATE_DIR/flink, and its home: the PyPI package is a whole Flink distribution."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from orderflow.core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: relative folders of the settings start here."""


@dataclass(frozen=True)
class Folders:
    """`state` is STATE_DIR/flink; `jars` holds the connectors; `role` is jobmanager or taskmanager."""

    state: Path
    jars: Path
    role: str

    @property
    def conf(self) -> Path:
        """FLINK_CONF_DIR: one a role, because Flink's scripts write into it."""
        return self.state / self.role / "conf"

    @property
    def lib(self) -> Path:
        """FLINK_LIB_DIR: links to Flink's own jars and to the connectors."""
        return self.state / self.role / "lib"

    @property
    def temporary(self) -> Path:
        """What a running process spills or unpacks; of no use to the next one."""
        return self.state / self.role / "tmp"

    @property
    def app(self) -> Path:
        """What the job's Python process imports: links to our packages."""
        return self.state / self.role / "app"

    @property
    def logs(self) -> Path:
        """Log files of this role."""
        return self.state / "logs"

    @property
    def checkpoints(self) -> Path:
        """One folder a job id, in it `chk-<n>`."""
        return self.state / "checkpoints"

    @property
    def savepoints(self) -> Path:
        """One folder a planned stop."""
        return self.state / "savepoints"


def folders(settings: Settings, role: str) -> Folders:
    """Return the folders of `role`; nothing is created."""
    return Folders(
        state=ROOT / settings.state_dir / "flink", jars=ROOT / settings.cache_dir / "jars" / "flink", role=role
    )


def flink_home() -> Path:
    """Return the folder of the installed apache-flink package; raises FileNotFoundError when there is none."""
    spec = find_spec("pyflink")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("apache-flink is not installed in this Python: run ./scripts/start.sh")
    return Path(spec.origin).parent
