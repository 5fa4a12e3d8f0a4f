"""`orderflow logs`: what a service printed."""

import subprocess

import click

from orderflow.stack import control
from orderflow.stack.place import Place, place
from orderflow.stack.service import StackError
from orderflow.stack.services import services

OTHERS = ("supervisord", "mysql-init")
"""Logs that are no service's."""

MB = 1024 * 1024


@click.command()
@click.argument("service", default="")
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is added.")
@click.option("-n", "--lines", default=50, show_default=True, help="How many lines from the end.")
def command(service: str, follow: bool, lines: int) -> None:
    """Show or follow the log of SERVICE; without one, say which logs there are."""
    stack = place()
    if not service:
        _list(stack)
        return
    log = stack.log(service if service in OTHERS else control.service(stack, service).name)
    if not log.exists():
        raise StackError(f"{service} has not run yet: {log} does not exist")
    # -F goes on with the new file when the supervisor rotates the log
    raise SystemExit(
        subprocess.run(["tail", *(["-F"] if follow else []), "-n", str(lines), log], check=False).returncode
    )


def _list(stack: Place) -> None:
    for name in (*(one.name for one in services(stack)), *OTHERS):
        log = stack.log(name)
        size = sum(file.stat().st_size for file in log.parent.glob(f"{log.name}*"))
        click.echo(f"  {name:<20}{size / MB:8.1f} MB  {log if size else '-'}")
