"""Ports: a taken one is named before anything starts, with who holds it and what to change."""

import socket
from pathlib import Path

from orderflow.stack import supervisor
from orderflow.stack.place import Place
from orderflow.stack.service import Service, StackError
from orderflow.stack.services import services


def refuse_taken(stack: Place, names: set[str]) -> None:
    """Raise StackError naming every port that a process outside this stack holds, for the services in `names`."""
    wanted = [service for service in services(stack) if service.name in names - supervisor.alive(stack)]
    taken = [
        _complaint(stack, service, variable, port) for service in wanted for variable, port in service.ports.items()
    ]
    if any(taken):
        raise StackError("\n".join(filter(None, taken)))


def _complaint(stack: Place, service: Service, variable: str, port: int) -> str | None:
    if _free(stack.settings.bind_address, port):
        return None
    pid = _holder(port)
    holder = f"pid {pid} ({_command(pid)})" if pid else "a process of another user"
    return f"port {port} for {service.name} is taken by {holder}: end it, or set another {variable} in .env"


def _free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> int | None:
    inodes = _listening_inodes(port)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue  # it ended, or it is another user's
        if target.removeprefix("socket:[").removesuffix("]") in inodes:
            return int(link.parts[2])
    return None


def _listening_inodes(port: int) -> set[str]:
    rows = [line.split() for table in ("tcp", "tcp6") for line in _table(table)]
    return {row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}


def _table(name: str) -> list[str]:
    path = Path("/proc/net") / name
    return path.read_text().splitlines()[1:] if path.exists() else []


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()[:80]
