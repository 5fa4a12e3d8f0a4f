from orderflow.connect.definitions import Definition
from orderflow.connect.plan import Action, plan

WANTED = Definition("orders", {"connector.class": "Source", "poll.interval.ms": "10"})


def test_a_connector_that_is_not_there_is_created() -> None:
    change = plan(WANTED, None)
    assert change.action is Action.CREATE
    assert change.diff == ("+ connector.class = Source", "+ poll.interval.ms = 10")


def test_the_name_that_connect_adds_is_no_difference() -> None:
    assert plan(WANTED, {**WANTED.config, "name": "orders"}).action is Action.NONE


def test_a_diff_names_what_is_added_changed_and_removed() -> None:
    change = plan(WANTED, {"poll.interval.ms": "500", "snapshot.mode": "never", "name": "orders"})
    assert change.action is Action.UPDATE
    assert change.diff == (
        "+ connector.class = Source",
        "~ poll.interval.ms: 500 -> 10",
        "- snapshot.mode = never",
    )


def test_a_secret_somebody_wrote_out_is_not_repeated() -> None:
    wanted = Definition("orders", {"database.password": "${env:CDC_PASSWORD}"})
    change = plan(wanted, {"database.password": "hunter2"})
    assert change.diff == ("~ database.password: (hidden) -> ${env:CDC_PASSWORD}",)
