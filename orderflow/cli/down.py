"""`orderflow down`: nothing is left running."""

import click

from orderflow.stack import compose, shutdown
from orderflow.stack.lock import only_one
from orderflow.stack.place import make_folders, place
from orderflow.stack.service import StackError


@click.command()
@click.option("--wipe", is_flag=True, help="Also forget all data (databases, topics, savepoints); downloads stay.")
def command(wipe: bool) -> None:
    """Stop everything that `up` started, in order, with a savepoint of the Flink job."""
    stack = place()
    make_folders(stack)
    try:
        with only_one(stack):
            shutdown.stop(stack, click.echo)
        if wipe:
            shutdown.wipe(stack)
    except StackError as problem:
        raise click.ClickException(str(problem)) from None
    if elsewhere := compose.instead("down", compose.DOWN):
        raise click.ClickException(elsewhere)
    click.echo("nothing of the stack runs" + (", and its data is gone" if wipe else ""))
