import pytest

from orderflow.connect.source_settings import DAY_SECONDS, WANTED, Seen, verdicts
from orderflow.core.settings import load
from orderflow.environment import ROOT

GOOD = {name: value for name, (value, _) in WANTED.items()} | {
    "binlog_expire_logs_seconds": str(7 * DAY_SECONDS),
    "time_zone": "+00:00",
    "system_time_zone": "KST",
}
CDC = (
    "GRANT RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `cdc`@`%`",
    "GRANT XA_RECOVER_ADMIN ON *.* TO `cdc`@`%`",
    "GRANT SELECT ON `shop`.* TO `cdc`@`%`",
)
APP = (
    "GRANT USAGE ON *.* TO `app`@`%`",
    "GRANT SELECT ON `shop`.* TO `app`@`%`",
    "GRANT INSERT, UPDATE, DELETE ON `shop`.`orders` TO `app`@`%`",
)


def said(variables: dict[str, str] | None = None, without: str = "", **more: tuple[str, ...]) -> list[tuple[str, str]]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    settings = load({name: value or "secret" for name, value in pairs.items()})
    given = {name: value for name, value in (GOOD | (variables or {})).items() if name != without}
    seen = Seen(given, **({"cdc_grants": CDC, "app_grants": APP} | more))
    return [(found.part, found.says + " " + found.remedy) for found in verdicts(seen, settings) if not found.well]


def test_a_server_as_mysql_init_leaves_it_is_well() -> None:
    assert said() == []


@pytest.mark.parametrize("name", WANTED)
def test_each_variable_is_named_with_its_value_and_what_it_must_be(name: str) -> None:
    ((part, text),) = said({name: "WRONG"})
    assert part == f"source {name}"
    assert "WRONG" in text
    assert WANTED[name][0] in text


def test_a_variable_that_the_server_does_not_know_is_no_fault() -> None:
    assert said(without="binlog_format") == []


@pytest.mark.parametrize(("kept", "fine"), [("0", True), ("86400", True), ("86399", False), ("60", False)])
def test_the_binlog_must_outlast_an_outage(kept: str, fine: bool) -> None:
    assert (said({"binlog_expire_logs_seconds": kept}) == []) is fine


@pytest.mark.parametrize(
    ("zone", "system", "fine"),
    [
        ("+00:00", "KST", True),
        ("UTC", "KST", True),
        ("SYSTEM", "UTC", True),
        ("SYSTEM", "KST", False),
        ("+09:00", "UTC", False),
    ],
)
def test_the_server_lives_in_utc(zone: str, system: str, fine: bool) -> None:
    assert (said({"time_zone": zone, "system_time_zone": system}) == []) is fine


def test_a_missing_grant_of_the_capturing_user_is_named() -> None:
    ((part, text),) = said(cdc_grants=(CDC[2],))
    assert part == "source cdc grants"
    assert "REPLICATION SLAVE, REPLICATION CLIENT" in text


@pytest.mark.parametrize(
    "line",
    [
        "GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`",
        "GRANT INSERT, DROP ON `shop`.* TO `app`@`%`",
        "GRANT SESSION_VARIABLES_ADMIN ON *.* TO `app`@`%`",
        "GRANT SELECT (`id`), TRIGGER ON `shop`.`orders` TO `app`@`%`",
    ],
)
def test_an_application_that_may_too_much_is_named(line: str) -> None:
    ((part, _),) = said(app_grants=(*APP, line))
    assert part == "source app grants"


def test_a_filter_of_the_binlog_and_an_undecided_transaction_are_named() -> None:
    assert [part for part, _ in said(not_logged=("shop",), undecided=("'one'",))] == [
        "source binlog filter",
        "source XA",
    ]
