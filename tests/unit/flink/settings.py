"""Settings for tests that start nothing."""

from dataclasses import fields

from orderflow.core.settings import Settings, load


def settings(**changes: str) -> Settings:
    """Return settings in which every text is its own name and every number differs, but for `changes`."""
    values = {f.name.upper(): str(20_000 + i) if f.type is int else f.name for i, f in enumerate(fields(Settings))}
    return load(values | {name.upper(): value for name, value in changes.items()})
