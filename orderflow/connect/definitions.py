"""The connectors that should exist: one JSON file each, the file's name is the connector's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orderflow.connect.errors import ConnectError


@dataclass(frozen=True)
class Definition:
    """A connector's name and its configuration as Connect takes it: every value a string."""

    name: str
    config: Mapping[str, str]


def read_all(folder: Path) -> tuple[Definition, ...]:
    """Return the connectors of `folder` by name; raises ConnectError naming the file that is wrong."""
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def _read(path: Path) -> Definition:
    try:
        config = json.loads(path.read_text())
    except ValueError as malformed:
        raise ConnectError(f"{path.name} is no JSON: {malformed}") from None
    if not isinstance(config, dict) or not all(isinstance(value, str) for value in config.values()):
        raise ConnectError(
            f"{path.name} must hold one object whose values are all strings, as Kafka Connect wants them"
        )
    if "connector.class" not in config:
        raise ConnectError(f"{path.name} names no connector.class")
    if config.get("name", path.stem) != path.stem:
        raise ConnectError(f"{path.name} gives the name {config['name']}: a connector is named by its file")
    return Definition(path.stem, {key: value for key, value in config.items() if key != "name"})
