from random import Random

import pytest
from click.testing import CliRunner

from orderflow.cli import main
from orderflow.cli.load import exit_code, text
from orderflow.load.backlog import draw
from orderflow.load.operations import Delete, Place
from orderflow.load.tally import Tally, summarize
from tests.unit.load.shop import CATALOGUE

ORDER = next(draw(Random(0), CATALOGUE)).order


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "1", "--orders", "1"], ["--orders", "1", "--backlog", "1"], ["--rate", "0"], ["--orders", "0"]],
)
def test_misuse_ends_with_two_before_anything_is_written(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["load", *arguments]).exit_code == 2


def test_outages_are_part_of_the_summary() -> None:
    assert text(summarize([Tally()], 1.0, 1, stopped=False)).endswith("seed 1")
    summary = text(summarize([Tally(reconnects=2, unknown=3)], 1.0, 1, stopped=False))
    assert summary.endswith("seed 1; 2 reconnects; 3 operations with an unknown end")


def test_what_mysql_refused_is_said_and_is_no_success() -> None:
    tally = Tally()
    tally.refuse([Delete(1)], "")
    assert exit_code(summarize([tally], 1.0, 1, stopped=False)) == 0
    tally.refuse([Place(2, ORDER, 0)], "(1452, 'Cannot add a child row')")
    summary = summarize([tally], 1.0, 1, stopped=False)
    assert text(summary).endswith(
        "MySQL refused 2 operations, 1 new orders among them: (1452, 'Cannot add a child row')"
    )
    assert exit_code(summary) == 1


def test_a_load_that_was_interrupted_says_so() -> None:
    assert exit_code(summarize([Tally()], 1.0, 1, stopped=True)) == 130
