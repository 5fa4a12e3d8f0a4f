"""Lays out what a Flink process needs before it starts: folders, config, logging, links to jars and to our packages."""

import shutil
from pathlib import Path

from flink import config
from flink.folders import ROOT, Folders
from orderflow.core.settings import Settings

PACKAGES = ("flink", "orderflow")


def lay_out(settings: Settings, folders: Folders, home: Path) -> None:
    """Create everything anew; raises FileNotFoundError when the connectors' jars are missing."""
    jars = _jars(folders, home)
    for folder in (folders.conf, folders.lib, folders.app, folders.temporary):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (folders.conf, folders.temporary, folders.logs, folders.checkpoints, folders.savepoints):
        folder.mkdir(parents=True, exist_ok=True)
    _link(folders.lib, jars)
    _link(folders.app, [ROOT / name for name in PACKAGES])
    shutil.copy(Path(__file__).with_name("log4j.properties"), folders.conf / "log4j-console.properties")
    config.write(folders.conf, config.config(settings, folders, home))


def process_environment(folders: Folders) -> dict[str, str]:
    """Return the variables by which Flink's scripts find all this."""
    return {
        "FLINK_CONF_DIR": str(folders.conf),
        "FLINK_LIB_DIR": str(folders.lib),
        "FLINK_LOG_DIR": str(folders.logs),
        "FLINK_IDENT_STRING": "orderflow",
        "PYTHONPATH": str(folders.app),
        # RocksDB allocates outside the heap, from many threads: an arena each would keep what it once held
        "MALLOC_ARENA_MAX": "2",
    }


def _jars(folders: Folders, home: Path) -> list[Path]:
    connectors = sorted(folders.jars.glob("*.jar"))
    if not connectors:
        raise FileNotFoundError(f"no connector jars in {folders.jars}: run ./scripts/start.sh, which fetches them")
    return [*home.glob("lib/*.jar"), *home.glob("opt/flink-python-*.jar"), *connectors]


def _link(folder: Path, targets: list[Path]) -> None:
    folder.mkdir(parents=True)
    for target in targets:
        (folder / target.name).symlink_to(target)
