"""What Flink's planner makes of the statements: the size of the state and the guard of `orders` depend on it."""

import re

import pytest

from flink import connectors, job
from tests.component.flink import bounded
from tests.unit.flink.settings import settings

BUILD = "3f2b8f0e-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the optimized plan over the real connectors; nothing is reached for it."""
    own = settings(cache_dir=".orderflow-cache", business_time_zone="Asia/Seoul")
    bounded.prepare_process(own, tmp_path_factory.mktemp("flink"))
    statements = job.statement_set(
        job.environment(), own.business_time_zone, connectors.sources(own, BUILD), connectors.sinks(own)
    )
    text: str = statements.explain()
    return text.split("== Optimized Execution Plan ==")[1]


def test_the_totals_share_one_memory_of_each_order(plan: str) -> None:
    assert len(re.findall("ChangelogNormalize", plan)) == 1


def test_orders_go_to_postgresql_without_a_memory_of_them(plan: str) -> None:
    sink = "Sink(table=[default_catalog.default_database.orders]"
    (orders,) = [block for block in plan.split("\n\n") if sink in block]
    assert "TableSourceScan" in orders
    for memory in ("ChangelogNormalize", "Reused", "UpsertMaterialize"):
        assert memory not in orders
