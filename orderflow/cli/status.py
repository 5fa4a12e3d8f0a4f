"""`orderflow status`: does every part run, and do orders flow?"""

import json
from dataclasses import asdict
from functools import partial

import click

from orderflow.cli import connectors
from orderflow.stack import compose, status
from orderflow.stack import connect as connect_service
from orderflow.stack.finding import Finding
from orderflow.stack.place import Place, place


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: {processes: [..], findings: [..], well: bool}.")
def command(as_json: bool) -> None:
    """Say of every service whether it runs, and whether orders flow; exit code 0 only when all is well."""
    stack = place()
    if elsewhere := compose.instead("status", compose.STATUS):
        click.echo(elsewhere, err=True)
    processes = status.processes(stack)
    findings = list(status.findings(stack, processes, _of_capture(stack)))
    well = all(finding.well for finding in findings)
    if as_json:
        rows = {"processes": [asdict(row) for row in processes], "findings": [asdict(row) for row in findings]}
        click.echo(json.dumps(rows | {"well": well}, indent=2))
    else:
        _show(stack, processes, findings)
    raise SystemExit(0 if well else 1)


def _of_capture(stack: Place) -> status.More:
    return {
        "connectors": partial(_connectors, stack),
        "connectors' files": partial(_verdicts, stack, "drift"),
        "source settings": partial(_verdicts, stack, "source"),
    }


def _connectors(stack: Place) -> list[Finding]:
    from orderflow import connect

    return connectors.findings(connect.state(stack.settings), connect_service.url(stack))


def _verdicts(stack: Place, look: str) -> list[Finding]:
    from orderflow import connect

    return [Finding(*verdict) for verdict in getattr(connect, look)(stack.settings)]


def _show(stack: Place, processes: list[status.Process], findings: list[Finding]) -> None:
    click.echo(f"  {'service':<20}{'state':<10}{'pid':>8}{'up':>10}{'MB':>7}{'restarts':>10}")
    for row in processes:
        _show_process(row)
    click.echo(f"  {sum(row.resident_mb for row in processes)} MB in all; state in {stack.state}\n")
    names = {row.name for row in processes}
    for finding in findings:
        if finding.part not in names or not finding.well:
            _show_finding(finding)


def _show_process(row: status.Process) -> None:
    state = click.style(f"{row.state:<10}", fg="green" if row.state == "RUNNING" else "red")
    up = f"{row.seconds // 3600}:{row.seconds // 60 % 60:02}:{row.seconds % 60:02}"
    click.echo(f"  {row.name:<20}{state}{row.pid or '-':>8}{up:>10}{row.resident_mb:>7}{row.restarts:>10}")


def _show_finding(finding: Finding) -> None:
    mark = _mark(finding)
    click.echo(f"  {mark} {finding.part:<32} {finding.says}")
    if finding.remedy:
        click.echo(f"      -> {finding.remedy}")


def _mark(finding: Finding) -> str:
    if not finding.well:
        return click.style("RED", fg="red")
    return click.style("see", fg="yellow") if finding.remedy else click.style("ok ", fg="green")
