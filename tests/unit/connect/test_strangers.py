from orderflow.connect.definitions import Definition
from orderflow.connect.strangers import verdicts
from orderflow.connect.treatment import PARSER

URL = "http://127.0.0.1:1"
DEBEZIUM = "io.debezium.connector.mysql.MySqlConnector"
OURS = Definition("shop", {"connector.class": DEBEZIUM, "topic.prefix": "mysql", PARSER: "default"})
WANTED = {"shop": OURS}


def red(**configs: dict[str, str]) -> list[tuple[str, str]]:
    return [(found.part, found.says) for found in verdicts(configs, WANTED, URL) if not found.well]


def test_the_connector_of_the_file_is_well() -> None:
    assert list(verdicts({"shop": {**OURS.config, "name": "shop"}}, WANTED, URL)) == []


def test_a_changed_setting_is_told() -> None:
    ((part, says),) = red(shop={**OURS.config, "snapshot.mode": "never"})
    assert part == "connector shop settings"
    assert "snapshot.mode = never" in says


def test_the_healers_change_of_the_grammar_is_well() -> None:
    (found,) = verdicts({"shop": {**OURS.config, "name": "shop", PARSER: "legacy"}}, WANTED, URL)
    assert found.well


def test_a_second_one_into_the_same_topics_is_told_with_how_to_end_it() -> None:
    copy = {**OURS.config, "database.server.id": "5402"}
    other_prefix = {"connector.class": DEBEZIUM, "topic.prefix": "x", "transforms.r.replacement": "mysql-$1s"}
    found = list(verdicts({"copy": copy, "other": other_prefix}, WANTED, URL))
    assert [(one.part, one.well) for one in found] == [("connector copy", False), ("connector other", False)]
    assert f"curl -X DELETE {URL}/connectors/copy" in found[0].remedy


def test_one_that_writes_elsewhere_is_only_named() -> None:
    elsewhere = {"connector.class": DEBEZIUM, "topic.prefix": "billing"}
    sink = {"connector.class": "x.Sink", "topics": "processed-orders"}
    assert red(elsewhere=elsewhere, sink=sink) == []
