from orderflow.connect.source_guards import declared, verdicts

DEFAULT = "utc_timestamp(6)"


def parts(triggers: set[str], event: str | None, default: str | None) -> list[str]:
    return [found.part for found in verdicts(declared(), triggers, event, default)]


def test_a_shop_as_mysql_init_leaves_it_is_well() -> None:
    assert len(declared()) > 5
    assert parts(declared() | {"one_of_their_own"}, "ENABLED", DEFAULT) == []


def test_each_lost_guard_is_named() -> None:
    (found,) = verdicts(declared(), declared() - {"orders_keep_key"}, "ENABLED", DEFAULT)
    assert found.part == "source triggers"
    assert "orders_keep_key" in found.says


def test_a_clock_that_stands_is_named() -> None:
    assert parts(declared(), "DISABLED", DEFAULT) == ["source tick event"]
    assert parts(declared(), None, DEFAULT) == ["source tick event"]


def test_a_date_of_the_sessions_zone_is_named() -> None:
    assert parts(declared(), "ENABLED", "CURRENT_TIMESTAMP(6)") == ["source ordered_at"]
