"""`orderflow logs`: what a service printed."""

import subprocess

import click

from orderflow.stack import control
from orderflow.stack.place import place
from orderflow.stack.service import StackError

OTHERS = ("supervisord", "mysql-init")
"""Logs that are no service's."""


@click.command()
@click.argument("service")
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is added.")
@click.option("-n", "--lines", default=50, show_default=True, help="How many lines from the end.")
def command(service: str, follow: bool, lines: int) -> None:
    """Show or follow the log of SERVICE (also: supervisord, mysql-init)."""
    stack = place()
    try:
        log = stack.log(service if service in OTHERS else control.service(stack, service).name)
    except StackError as problem:
        raise click.ClickException(str(problem)) from None
    if not log.exists():
        raise click.ClickException(f"{service} has not run yet: {log} does not exist")
    # -F goes on with the new file when the supervisor rotates the log
    raise SystemExit(
        subprocess.run(["tail", *(["-F"] if follow else []), "-n", str(lines), log], check=False).returncode
    )
