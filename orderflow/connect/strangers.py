"""Connectors that Kafka Connect has and connectors/ does not, or has otherwise. Pure but for `look`."""

from collections.abc import Iterator, Mapping

from orderflow.connect.definitions import Definition
from orderflow.connect.plan import plan
from orderflow.connect.source_settings import Verdict
from orderflow.connect.treatment import other_parser
from orderflow.core.topics import CAPTURED_TABLES


def verdicts(
    configs: Mapping[str, Mapping[str, str]], definitions: Mapping[str, Definition], url: str
) -> Iterator[Verdict]:
    """Yield a verdict for each connector that is not as its file says, or has none; `url` is Connect's address."""
    for name, config in configs.items():
        definition = definitions.get(name)
        if definition is None:
            yield _stranger(name, config, f"{url}/connectors/{name}")
        elif found := _drifted(definition, config):
            yield found


def _stranger(name: str, config: Mapping[str, str], address: str) -> Verdict:
    part, shared = f"connector {name}", _shares(config)
    if not shared:
        return Verdict(part, True, "has no file in connectors/, and touches nothing of ours")
    says = f"has no file in connectors/ and {shared}: its old states can overwrite new ones in our topics"
    return Verdict(part, False, says, f"curl -X DELETE {address}; then `orderflow snapshot`")


def _shares(config: Mapping[str, str]) -> str:
    """Say what of ours a Debezium connector uses, empty when nothing."""
    if not config.get("connector.class", "").startswith("io.debezium."):
        return ""
    written = {topic.name for topic in CAPTURED_TABLES.values()}
    routed = " ".join(value for key, value in config.items() if key.startswith("transforms."))
    if any(topic.rstrip("s") in routed for topic in written) or "mysql-$1" in routed:
        return "writes into our topics"
    return "has our topic prefix" if config.get("topic.prefix") == "mysql" else ""


def _drifted(definition: Definition, config: Mapping[str, str]) -> Verdict | None:
    change = plan(definition, config)
    if not change.diff:
        return None
    part = f"connector {definition.name} settings"
    if dict(config) | {"name": ""} == other_parser(definition.config) | {"name": ""}:
        return Verdict(part, True, "Debezium's other DDL grammar for a moment: the healer goes back by itself")
    says = f"not as connectors/{definition.name}.json says: {'; '.join(change.diff)[:300]}"
    return Verdict(part, False, says, "`orderflow up` puts it back; a wanted change belongs into the file")
