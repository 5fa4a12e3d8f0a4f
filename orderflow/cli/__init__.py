"""The `orderflow` command: one module a verb, loaded when it is asked for, so that `--help` stays instant."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from orderflow import __version__
from orderflow.cli.failures import as_click

VERBS = {
    "up": "Start the stack and wait until every part is ready.",
    "down": "Stop everything that `up` started.",
    "restart": "Stop one service, start it again and wait until it is ready.",
    "status": "Say of every service whether it runs, and whether orders flow.",
    "logs": "Show or follow the log of a service.",
    "load": "Insert and change orders in MySQL through plain SQL.",
    "reconcile": "Compare MySQL with PostgreSQL and name every difference.",
    "snapshot": "Read every captured table anew: the way out when the capture stands at what it cannot read.",
    "topics": "Make a topic anew; what it held comes again from the stage before it.",
    "rebuild": "Make PostgreSQL's tables anew from the documents in Kafka.",
    "run": "The main job: load, watch the flow, compare.",
}
"""Verb -> its short help; the verb's module has its name and holds `command`."""

INTERRUPTED = 130


class Verbs(click.Group):
    """Loads `orderflow.cli.<verb>` only when that verb runs, and turns what went wrong into one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb's command, or None for an unknown word."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"orderflow.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error that says what is wrong is shown as its text, one of the program's as a traceback."""
        try:
            with _ended_like_ctrl_c():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None
        except Exception as error:
            told = as_click(error)
            if told is None:
                raise
            raise told from None


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and SIGHUP interrupt as Ctrl-C does, so that what was started is stopped; `nohup` still holds."""
    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"orderflow {__version__}")
        ctx.exit()


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Say which one.")
def main() -> None:
    """Every order from MySQL, whole, exact and once.

    Exit codes: 0 all is well, 1 something is wrong (the text says what), 2 the command or .env was misused.
    """
    # imported here: --help needs neither settings nor their packages
    from orderflow.environment import forget_steering

    forget_steering()
    os.umask(0o077)  # what a command writes, data of customers in it, is its owner's alone
