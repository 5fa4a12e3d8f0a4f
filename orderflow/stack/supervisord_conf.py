"""The supervisor's configuration file, made from the declared services."""

import hashlib
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from orderflow.stack.place import Place
from orderflow.stack.service import Service

ENDLESS = 1_000_000_000
"""Restarts without end; the pauses between them have a cap (see supervisord)."""

HEADER = """\
[supervisord]
logfile={log}
logfile_maxbytes=10MB
logfile_backups=2
pidfile={pid}
directory={root}
identifier=orderflow
umask=077

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command={command}
environment=ORDERFLOW_SETTINGS="{digest}"
directory={root}
autostart=false
autorestart=true
startsecs=3
startretries={endless}
stopsignal={signal}
stopwaitsecs={seconds}
stopasgroup={group}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def render(stack: Place, declared: Iterable[Service]) -> str:
    """Return the file's text. It holds no secret: each process reads its variables from `variables_file`."""
    header = HEADER.format(
        log=_literal(str(stack.log("supervisord"))),
        pid=_literal(str(stack.state / "supervisord.pid")),
        root=_literal(str(stack.root)),
        socket=_literal(str(stack.socket("supervisor.sock"))),
    )
    return header + "".join(_program(stack, service) for service in declared)


def variables_file(stack: Place, service: str) -> Path:
    """Return the file of shell exports that the service reads as it starts."""
    return stack.conf(f"{service}.env")


def variables(stack: Place, service: Service) -> str:
    """Return that file's text: of the settings, and so of the passwords, only those that the service reads."""
    given = stack.marked(service.name, service.given)
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(given.items()))


def with_variables(stack: Place, service: str, argv: Sequence[str]) -> tuple[str, ...]:
    """Return the command that runs `argv` with the variables of the service's file."""
    return ("/bin/sh", "-c", '. "$0"; exec "$@"', str(variables_file(stack, service)), *argv)


def _digest(stack: Place, service: Service) -> str:
    """Return a text that changes with every setting that the service depends on."""
    tied = [f"{name}={stack.environ[name]}\n" for name in sorted(service.tied)]
    return hashlib.sha256((variables(stack, service) + "".join(tied)).encode()).hexdigest()


def _program(stack: Place, service: Service) -> str:
    # supervisor's own `environment=` cannot hold every text: it knows no escape for quotes
    start = with_variables(stack, service.name, service.argv)
    return PROGRAM.format(
        name=service.name,
        command=_literal(shlex.join(start)),
        # by it the supervisor sees that settings have changed
        digest=_digest(stack, service),
        root=_literal(str(stack.root)),
        endless=ENDLESS,
        signal=service.stop_signal,
        seconds=service.stop_seconds,
        group=str(service.stop_group).lower(),
        log=_literal(str(stack.log(service.name))),
    )


def _literal(text: str) -> str:
    """Supervisor expands %(..)s everywhere."""
    return text.replace("%", "%%")
