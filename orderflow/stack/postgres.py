"""PostgreSQL as a plain process: the distribution's binaries, as the OS user `postgres` when we are root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import psycopg2

from orderflow.stack import postgres_owner
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError

OS_USER = "postgres"
CONNECT_SECONDS = 2
INSTALLED = Path("/usr/lib/postgresql")
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


def service(stack: Place) -> Service:
    """Return the analytics database server."""
    return Service(
        name="postgres",
        argv=(*_server(stack), "-D", str(stack.data("postgres")), *_options(stack)),
        awaited=partial(_awaited, stack),
        prepare=partial(_prepare, stack),
        ports={"POSTGRES_PORT": stack.settings.postgres_port},
        # a fast shutdown; to the postmaster only, it tells its children itself
        stop_signal="INT",
        stop_seconds=30,
        stop_group=False,
    )


def _prepare(stack: Place) -> None:
    made_by = _made_by(stack)
    if made_by and INSTALLED.exists() and not (INSTALLED / made_by).exists():
        raise StackError(
            f"{stack.data('postgres')} was made by PostgreSQL {made_by}, which is not installed any more: install "
            f"postgresql-{made_by}; or drop that folder and its stamp beside it, and all tables are filled again"
        )
    initialize(stack)
    postgres_owner.ensure(stack, _server(stack))


def _server(stack: Place) -> tuple[str, ...]:
    return (*as_server_user(stack), str(binary("postgres", _made_by(stack))))


def _made_by(stack: Place) -> str:
    """Return the major version that made the data folder, empty before there is one."""
    file = stack.data("postgres") / "PG_VERSION"
    return file.read_text().strip() if file.exists() else ""


def binary(name: str, version: str = "") -> Path:
    """Return the server program of that version, or else the newest installed; raises StackError when there is none."""
    found = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4].split(".")[0]))
    on_path = shutil.which(name)
    if not found and on_path is None:
        raise StackError(f"PostgreSQL's server program {name} is not installed: run scripts/install.sh")
    fitting = [path for path in found if path.parts[4] == version]
    return (fitting or found or [Path(str(on_path))])[-1]


def as_server_user(stack: Place) -> tuple[str, ...]:
    """Return the command prefix that gives up root, which PostgreSQL refuses; empty when we are not root.

    The state folder may lie under one that only root may pass (a CI clone under /root or mktemp -d): then the server
    keeps the single capability to pass folders, and nothing else of root.
    """
    if os.geteuid() != 0:
        return ()
    drop = ("setpriv", f"--reuid={OS_USER}", f"--regid={OS_USER}", "--clear-groups")
    if subprocess.run([*drop, "test", "-x", stack.state / "data"], check=False).returncode == 0:
        return drop
    capability = _passing_capability(stack)
    return (*drop, f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")


def _passing_capability(stack: Place) -> str:
    status = Path("/proc/self/status").read_text()
    bounding = int(next(line for line in status.splitlines() if line.startswith("CapBnd")).split()[1], 16)
    for capability, bit in (("dac_read_search", DAC_READ_SEARCH), ("dac_override", DAC_OVERRIDE)):
        if bounding >> bit & 1:
            return capability
    raise StackError(f"the user {OS_USER} cannot reach {stack.state}: set STATE_DIR in .env to a folder it can pass")


def initialize(stack: Place) -> None:
    """Make the database cluster unless it was made; one left half made is begun anew."""
    stamp = stack.data("postgres-initialized")
    if stamp.exists():
        return
    shutil.rmtree(stack.data("postgres"), ignore_errors=True)
    _own_folder(stack.data("postgres"))
    _initdb(stack)
    postgres_owner.note(stack)
    stamp.write_text("initdb ran\n")


def _own_folder(folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    _own(folder)


def _own(path: Path) -> None:
    """Give the file or folder to the server's user."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(OS_USER)
        os.chown(path, account.pw_uid, account.pw_gid)


def _initdb(stack: Place) -> None:
    arguments = ("-D", str(stack.data("postgres")), "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256")
    with tempfile.NamedTemporaryFile("w", dir=stack.state / "data") as password:
        password.write(stack.settings.postgres_owner_password + "\n")
        password.flush()
        # A file, not a pipe: initdb runs as another user, who may not open root's standard input by name.
        _own(Path(password.name))
        owner = (f"--username={stack.settings.postgres_owner}", f"--pwfile={password.name}")
        command = [*as_server_user(stack), str(binary("initdb")), *arguments, *owner]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"PostgreSQL's initdb failed: {done.stderr.strip()[-800:]}")


def _options(stack: Place) -> tuple[str, ...]:
    settings = {
        "listen_addresses": stack.settings.bind_address,
        "port": stack.settings.postgres_port,
        "unix_socket_directories": "",
        "track_commit_timestamp": "on",
        "shared_buffers": stack.settings.postgres_shared_buffers,
        "log_line_prefix": "%m %u@%d ",
    }
    return tuple(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))


def _awaited(stack: Place) -> str | None:
    settings = stack.settings
    try:
        connection = psycopg2.connect(
            host=settings.bind_address,
            port=settings.postgres_port,
            user=settings.postgres_owner,
            password=settings.postgres_owner_password,
            dbname="postgres",
            connect_timeout=CONNECT_SECONDS,
        )
    except psycopg2.OperationalError as refused:
        return f"PostgreSQL does not let {settings.postgres_owner} in: {refused}".strip()
    _with_database(connection, settings.postgres_database)
    return None


def _with_database(connection: "psycopg2.extensions.connection", name: str) -> None:
    """Create the database when it is not there: PostgreSQL is ready only with it."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
