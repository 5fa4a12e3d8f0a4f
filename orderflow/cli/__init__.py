"""The `orderflow` command: one module a verb, loaded when it is asked for, so that `--help` stays instant."""

from importlib import import_module

import click

VERBS = {
    "up": "Start the stack and wait until every part is ready.",
    "down": "Stop everything that `up` started.",
    "status": "Say of every service whether it runs, and whether orders flow.",
    "logs": "Show or follow the log of a service.",
    "load": "Insert and change orders in MySQL through plain SQL.",
    "reconcile": "Compare MySQL with PostgreSQL and name every difference.",
    "rebuild": "Make PostgreSQL's tables anew from the documents in Kafka.",
    "run": "The main job: load, watch the flow, compare.",
}
"""Verb -> its short help; the verb's module has its name and holds `command`."""


class Verbs(click.Group):
    """Loads `orderflow.cli.<verb>` only when that verb runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb's command, or None for an unknown word."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"orderflow.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Every order from MySQL, whole, exact and once.

    Exit codes: 0 all is well, 1 something is wrong (the text says what), 2 the command was misused.
    """
