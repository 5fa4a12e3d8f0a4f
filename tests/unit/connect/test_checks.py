import pytest

from orderflow.connect.checks import ROUTING, check_partitions, routed_partitions
from orderflow.connect.definitions import Definition
from orderflow.connect.errors import ConnectError
from orderflow.core.topics import CAPTURED_TABLES, PARTITIONS

REAL = {topic.name: PARTITIONS for topic in CAPTURED_TABLES.values()}


def routing(partitions: int) -> Definition:
    return Definition(
        "orders",
        {
            "transforms": "route,part",
            "transforms.route.type": "Other",
            "transforms.part.type": ROUTING,
            "transforms.part.partition.topic.num": str(partitions),
        },
    )


def test_matching_partitions_pass() -> None:
    assert routed_partitions(routing(PARTITIONS)) == PARTITIONS
    check_partitions(routing(PARTITIONS), REAL)


def test_a_connector_that_routes_nothing_needs_no_topics() -> None:
    check_partitions(Definition("other", {"connector.class": "Sink"}), {})


def test_another_number_than_the_registrys_is_refused() -> None:
    with pytest.raises(ConnectError, match=f"routes to {PARTITIONS + 1} partitions, the registry says {PARTITIONS}"):
        check_partitions(routing(PARTITIONS + 1), REAL)


def test_a_topic_with_fewer_partitions_is_refused_by_name() -> None:
    with pytest.raises(ConnectError, match="mysql-orders has 3 partitions"):
        check_partitions(routing(PARTITIONS), {**REAL, "mysql-orders": 3})


def test_a_missing_topic_is_refused_by_name() -> None:
    with pytest.raises(ConnectError, match="mysql-customers does not exist"):
        check_partitions(routing(PARTITIONS), {k: v for k, v in REAL.items() if k != "mysql-customers"})
