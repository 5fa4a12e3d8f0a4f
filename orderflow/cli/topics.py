"""`orderflow topics`: what can be done about a topic."""

import click

from orderflow.stack import folders, remake, supervisor
from orderflow.stack.lock import only_one
from orderflow.stack.place import Place, place
from orderflow.stack.service import StackError


@click.group()
def command() -> None:
    """What can be done about a topic."""


@command.command("remake")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask before what does not come again is lost.")
def remake_one(name: str, yes: bool) -> None:
    """Delete the topic NAME and make it anew as the registry says; what it held comes again from the stage before it.

    The way out when a topic has another number of partitions. Captured topics are filled by a new snapshot, processed
    ones by the workers, and the tables follow. Dead letters do not come again, windows of order-stats as they change.
    """
    stack, topic = place(), remake.known(name)
    folders.make(stack)
    if topic in remake.LOST and not yes:
        click.confirm(f"what {name} holds does not come again: go on?", abort=True)
    with only_one(stack):
        if not supervisor.running(stack):
            raise StackError("nothing of the stack runs: `orderflow up --only kafka` is enough for it")
        remake.remake(stack, topic, click.echo)
        if topic in remake.CAPTURED:
            _capture_anew(stack)
    click.echo("done; `orderflow up` waits until it has come through")


def _capture_anew(stack: Place) -> None:
    from orderflow.connect import new_snapshot

    name = new_snapshot(stack.settings, click.echo)
    click.echo(f"{name} reads every captured table anew")
