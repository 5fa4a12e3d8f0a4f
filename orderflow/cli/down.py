"""`orderflow down`: nothing is left running."""

import click

from orderflow.stack import compose, folders, shutdown
from orderflow.stack.lock import only_one
from orderflow.stack.place import place


@click.command()
@click.option("--wipe", is_flag=True, help="Also forget all data (databases, topics, savepoints); downloads stay.")
def command(wipe: bool) -> None:
    """Stop everything that `up` started, in order, with a savepoint of the Flink job."""
    stack = place()
    folders.make(stack)
    with only_one(stack):
        shutdown.stop(stack, click.echo)
        if wipe:
            folders.wipe(stack)
    if elsewhere := compose.instead("down", compose.DOWN):
        raise click.ClickException(elsewhere)
    click.echo("nothing of the stack runs" + (", and its data is gone" if wipe else ""))
