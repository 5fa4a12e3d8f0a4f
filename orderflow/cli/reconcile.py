"""`orderflow reconcile`: compare MySQL with PostgreSQL and name every difference."""

import json
import sys

import click

from orderflow.environment import settings
from orderflow.reconcile import compare


@click.command()
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=60.0, show_default=True,
    help="Seconds to wait until PostgreSQL has caught up with MySQL.",
)  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="Print the report as JSON, the first 1,000 differences of each table."
)
def command(timeout: float, as_json: bool) -> None:
    """Compare MySQL with PostgreSQL and name every difference.

    Waits until the line has caught up with MySQL's present state, then compares orders, lines, totals and windows by
    count and checksum, and names the keys that differ. Exit code 0 when all is equal (rows that had to be refused are
    named), 1 when not, 2 when it could not be compared.
    """
    report = compare(settings(), timeout, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        click.echo("\n".join(report.lines()))
    sys.exit(report.exit_code)
