"""Settings for tests that start nothing."""

from dataclasses import fields
from typing import Any

from orderflow.core.settings import Settings


def settings(**changes: str) -> Settings:
    """Return settings in which every text is its own name and every number differs, but for `changes`."""
    own: dict[str, Any] = {f.name: 20_000 + i if f.type is int else f.name for i, f in enumerate(fields(Settings))}
    given = {name: int(value) if isinstance(own[name], int) else value for name, value in changes.items()}
    return Settings(**own | given)
