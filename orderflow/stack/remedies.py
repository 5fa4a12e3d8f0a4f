"""What to do about a stage that stands, as commands that can be typed into a shell in the checkout."""

from orderflow.stack import connect, mysql
from orderflow.stack.place import Place
from orderflow.stack.stages import Remedies

CONNECTOR = "mysql-source-connector"


def remedies(stack: Place) -> Remedies:
    """Return the remedies of this stack."""
    restart = f"curl -X POST '{connect.url(stack)}/connectors/{CONNECTOR}/restart?includeTasks=true'"
    return Remedies(
        scheduler_off=_root(stack, "SET GLOBAL event_scheduler = ON"),
        no_tick=_root(stack, "ALTER EVENT shop.order_tick ENABLE")
        + "; if it stays, a session holds a lock: SELECT * FROM sys.innodb_lock_waits",
        clock_back=_root(stack, "ALTER EVENT shop.order_tick DISABLE; ALTER EVENT shop.order_tick ENABLE"),
        captured=f"the connector lines below come first; if it says RUNNING: {restart}",
        processed="`orderflow logs streams-1`; a worker with a long queue reads it first, look again in a minute",
        stored="a lock or a full disk in PostgreSQL holds Flink up, or `orderflow logs flink-jobmanager` says what: "
        + _owner(
            stack,
            "SELECT pid, state, query FROM pg_stat_activity WHERE pid = ANY(ARRAY(SELECT unnest("
            "pg_blocking_pids(pid)) FROM pg_stat_activity))",
        )
        + "; SELECT pg_terminate_backend(PID) ends such a session",
        rebuilding="wait: Flink fills the tables anew; if it does not go on: `orderflow logs flink-jobmanager`",
    )


def _root(stack: Place, sql: str) -> str:
    client = mysql.launcher(stack, "mysql")
    return f"MYSQL_PWD={_secret('MYSQL_ROOT_PASSWORD')} {client} -u root -S {mysql.socket(stack)} -e '{sql}'"


def _owner(stack: Place, sql: str) -> str:
    settings = stack.settings
    where = f"-h {settings.postgres_host} -p {settings.postgres_port} -U {settings.postgres_owner}"
    return f'PGPASSWORD={_secret("POSTGRES_OWNER_PASSWORD")} psql {where} -d {settings.postgres_database} -c "{sql}"'


def _secret(name: str) -> str:
    return f"$(sed -n s/^{name}=//p .env)"
