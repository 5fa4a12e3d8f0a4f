"""A real PostgreSQL of its own for these tests, and Flink's libraries for a job inside the test's process."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection

from flink import schema
from orderflow.core.settings import Settings, load
from orderflow.environment import environment

PASSWORDS = {
    f"{name}_PASSWORD": f"test-{name.lower()}"
    for name in ("MYSQL_ROOT", "CDC", "APP", "POSTGRES_OWNER", "POSTGRES_WRITER", "POSTGRES_READER")
}


@pytest.fixture(scope="session")
def server() -> Iterator[Settings]:
    """Settings of a fresh, empty PostgreSQL; it is gone after the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = load(environment() | PASSWORDS | {"POSTGRES_PORT": str(port), "POSTGRES_HOST": "127.0.0.1"})
    # directly under /tmp: the server's own user cannot enter pytest's private folders
    folder = Path(tempfile.mkdtemp(prefix="orderflow-test-postgres-", dir="/tmp"))
    try:
        _initialise(folder, settings)
        _control(folder, "start", f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off")
        yield settings
    finally:
        _control(folder, "stop")
        shutil.rmtree(folder)


@pytest.fixture
def database(server: Settings) -> Settings:
    """Settings of an empty database that this test alone uses."""
    owner = connect(server, "owner", "postgres")
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {server.postgres_database} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {server.postgres_database}")
    owner.close()
    return server


@pytest.fixture
def migrated(database: Settings) -> Settings:
    """Settings of a database with the newest schema."""
    owner = connect(database, "owner")
    schema.apply(owner, database, schema.migrations())
    owner.close()
    return database


@pytest.fixture
def writer(migrated: Settings) -> Iterator[connection]:
    """A session as Flink has it, in autocommit."""
    session = connect(migrated, "writer")
    session.autocommit = True
    yield session
    session.close()


def connect(settings: Settings, role: str, database: str | None = None) -> connection:
    """Connect as owner, writer or reader, in UTC."""
    return psycopg2.connect(
        host=settings.postgres_host,
        port=settings.postgres_port,
        dbname=database or settings.postgres_database,
        user=getattr(settings, f"postgres_{role}"),
        password=getattr(settings, f"postgres_{role}_password"),
        options="-c timezone=UTC",
    )


def _initialise(folder: Path, settings: Settings) -> None:
    password = folder / "password"
    password.write_text(settings.postgres_owner_password)
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        for path in (folder, password):
            os.chown(path, account.pw_uid, account.pw_gid)
    owner = ("-U", settings.postgres_owner, f"--pwfile={password}", "-A", "scram-sha-256")
    _run(["initdb", "-D", str(folder / "data"), *owner, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])


def _control(folder: Path, action: str, options: str = "") -> None:
    log = ("-l", str(folder / "log"), "-o", options) if options else ("-m", "immediate")
    _run(["pg_ctl", "-D", str(folder / "data"), "-w", *log, action])


def _run(command: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs, which refuse to run as root, as the user `postgres` then."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command[0]}"))
    program = str(found[-1]) if found else shutil.which(command[0])
    assert program, f"PostgreSQL's {command[0]} is not installed: run ./scripts/start.sh"
    step_down = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*step_down, program, *command[1:]], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
