"""`orderflow up`: the whole stack, ready."""

from collections.abc import Callable
from functools import partial

import click

from orderflow.cli.progress import Startup
from orderflow.stack import capacity, orphans, shutdown, startup, supervisor
from orderflow.stack.lock import only_one
from orderflow.stack.place import Place, make_folders, place
from orderflow.stack.ports import refuse_taken
from orderflow.stack.service import StackError
from orderflow.stack.task_graph import Step, run_all


@click.command()
@click.option("--only", default="", metavar="A,B", help="Only these parts, for work on one of them.")
def command(only: str) -> None:
    """Start the stack and wait until every part is ready. Running parts are left alone."""
    stack = place()
    make_folders(stack)
    try:
        with only_one(stack):
            _up(stack, frozenset(filter(None, only.split(","))))
    except StackError as problem:
        raise click.ClickException(str(problem)) from None


def _up(stack: Place, only: frozenset[str]) -> None:
    began_empty = not supervisor.running(stack)
    if began_empty and (left := orphans.end(stack)):
        click.echo(f"the last supervisor died; ended what it left: {', '.join(left)}")
    for warning in capacity.check(stack, began_empty):
        click.echo(f"warning: {warning}")
    refuse_taken(stack, {step.name for step in _steps(stack, only)})
    try:
        changed = supervisor.ensure(stack)
        if changed:
            click.echo(f"settings changed, starting anew: {', '.join(sorted(changed))}")
        with Startup() as startup_progress:
            run_all(_steps(stack, only | changed if only else only), startup_progress.report)
    except KeyboardInterrupt:
        if began_empty:
            click.echo("interrupted: stopping what was started")
            shutdown.stop(stack, click.echo)
        raise


def _steps(stack: Place, only: frozenset[str]) -> list[Step]:
    return startup.steps(stack, partial(_apply_connectors, stack), only)


def _apply_connectors(stack: Place, progress: Callable[[str], None]) -> None:
    from orderflow.connect import apply_all

    apply_all(stack.settings, progress)
