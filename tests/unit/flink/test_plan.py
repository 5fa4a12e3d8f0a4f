import pytest

from flink import pipeline, plan, schema
from flink.schema import Migration
from tests.unit.flink.settings import settings

FILES = schema.migrations()


@pytest.mark.parametrize(
    "setting", ["flink_version", "flink_kafka_version", "flink_jdbc_version", "business_time_zone"]
)
def test_state_does_not_outlive_what_planned_it(setting: str) -> None:
    assert plan.fingerprint(settings(), FILES) != plan.fingerprint(settings(**{setting: "other"}), FILES)


@pytest.mark.parametrize(
    ("setting", "other"),
    [("kafka_port", "1"), ("postgres_host", "elsewhere"), ("postgres_writer_password", "new"), ("state_dir", "moved")],
)
def test_state_outlives_a_move_and_a_new_password(setting: str, other: str) -> None:
    assert plan.fingerprint(settings(), FILES) == plan.fingerprint(settings(**{setting: other}), FILES)


def test_a_new_migration_means_new_tables() -> None:
    assert plan.fingerprint(settings(), FILES) != plan.fingerprint(settings(), [*FILES, Migration("900-more", "")])


def test_a_changed_statement_is_a_changed_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    before = plan.fingerprint(settings(), FILES)
    monkeypatch.setattr(pipeline, "WINDOW_STATS", pipeline.WINDOW_STATS + " HAVING COUNT(*) > 1")
    assert plan.fingerprint(settings(), FILES) != before
