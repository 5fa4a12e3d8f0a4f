"""Where to look, and what to type next."""

from collections.abc import Iterator

from orderflow.core.settings import Settings
from orderflow.core.topics import PROCESSED_ORDERS


def places(settings: Settings, in_containers: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (what, where or how) for everything a person may want to see; no secret is among them."""
    yield "MySQL", f"{settings.mysql_server_host}:{settings.mysql_port} database {settings.mysql_database}"
    yield "Kafka", settings.bootstrap_servers
    yield "Kafka Connect", f"http://{settings.connect_host}:{settings.connect_port}/connectors"
    yield "Flink", f"http://{settings.flink_jobmanager_host}:{settings.flink_rest_port}"
    yield "PostgreSQL", f"{settings.postgres_host}:{settings.postgres_port} database {settings.postgres_database}"
    yield "query", _psql(settings, "SELECT * FROM order_totals_by_city ORDER BY revenue DESC LIMIT 10")
    yield "consume", f"{PYTHON} -m kafka.consumer -b {settings.bootstrap_servers} -t {PROCESSED_ORDERS.name}"
    yield "logs", "docker compose logs SERVICE" if in_containers else _native_logs(settings)


NEXT = (
    (".venv/bin/orderflow status", "does everything run, do orders flow?"),
    (".venv/bin/orderflow load --rate 200", "more orders"),
    (".venv/bin/orderflow reconcile", "compare again"),
    (".venv/bin/orderflow down", "stop everything; --wipe also forgets it"),
)
"""(command, what for)"""

NEXT_IN_CONTAINERS = (
    ("docker compose ps", "does everything run?"),
    *(step for step in NEXT if not step[0].endswith(("status", "down"))),
    ("docker compose down", "stop everything; --volumes also forgets it"),
)
"""The same where Docker Compose runs the services: our command starts and stops none of them."""

PYTHON = ".venv/bin/python"


def _native_logs(settings: Settings) -> str:
    return f".venv/bin/orderflow logs SERVICE, or {settings.state_dir}/logs"


def _psql(settings: Settings, sql: str) -> str:
    password = "$(sed -n s/^POSTGRES_READER_PASSWORD=//p .env)"
    where = f"-h {settings.postgres_host} -p {settings.postgres_port} -U {settings.postgres_reader}"
    return f'PGPASSWORD={password} psql {where} -d {settings.postgres_database} -c "{sql}"'
