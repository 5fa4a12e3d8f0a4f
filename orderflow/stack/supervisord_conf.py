"""The supervisor's configuration file, made from the declared services."""

from collections.abc import Iterable, Mapping

from orderflow.stack.place import Place
from orderflow.stack.service import Service

ENDLESS = 1_000_000_000
"""Restarts without end; supervisor waits one second longer after each failed one."""

HEADER = """\
[supervisord]
logfile={log}
logfile_maxbytes=10MB
logfile_backups=2
pidfile={pid}
directory={root}
identifier=orderflow
umask=022

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command={command}
environment={environment}
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
    """Return the file's text. It holds the passwords of `.env`: write it where only its owner reads."""
    header = HEADER.format(
        log=stack.log("supervisord"),
        pid=stack.state / "supervisord.pid",
        root=stack.root,
        socket=stack.socket("supervisor.sock"),
    )
    return header + "".join(_program(stack, service) for service in declared)


def _program(stack: Place, service: Service) -> str:
    return PROGRAM.format(
        name=service.name,
        command=" ".join(_quoted(word) for word in service.argv),
        environment=_variables(stack.marked(service.name) | dict(service.environment)),
        root=_literal(str(stack.root)),
        endless=ENDLESS,
        signal=service.stop_signal,
        seconds=service.stop_seconds,
        group=str(service.stop_group).lower(),
        log=_literal(str(stack.log(service.name))),
    )


def _variables(values: Mapping[str, str]) -> str:
    return ",".join(f"{name}={_quoted(value)}" for name, value in sorted(values.items()))


def _quoted(text: str) -> str:
    """Quote for supervisor, which reads words as a shell does and expands %(..)s."""
    return '"' + _literal(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(text: str) -> str:
    return text.replace("%", "%%")
