import pytest
from click.testing import CliRunner

from orderflow.cli import main
from orderflow.cli.load import text
from orderflow.load.tally import Tally, summarize


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "1", "--orders", "1"], ["--orders", "1", "--backlog", "1"], ["--rate", "0"], ["--orders", "0"]],
)
def test_misuse_ends_with_two_before_anything_is_written(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["load", *arguments]).exit_code == 2


def test_outages_are_part_of_the_summary() -> None:
    assert "reconnects" not in text(summarize([Tally()], 1.0, 1, stopped=False))
    summary = text(summarize([Tally(reconnects=2, unknown=3)], 1.0, 1, stopped=False))
    assert summary.endswith("seed 1; 2 reconnects, 3 operations with an unknown end")
