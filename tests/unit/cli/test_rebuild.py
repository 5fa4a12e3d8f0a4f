import click
import pytest
from click.testing import CliRunner

from orderflow.cli import rebuild
from orderflow.cli.rebuild import Progress

FIRST, GOAL = {0: 10, 1: 0}, {0: 30, 1: 5}


@pytest.mark.parametrize(
    ("committed", "stored"),
    [
        ([{}, {}], 0),
        ([{0: 20, 1: 5}, {0: 12, 1: 5}], 7),
        ([{0: 30, 1: 5}, {0: 30}], 20),
        ([{0: 99, 1: 99}, {0: 99, 1: 99}], 25),
        ([{0: 3, 1: 0}, {0: 30, 1: 0}], 0),
    ],
)
def test_a_document_is_stored_when_both_readers_have_it(committed: list[dict[int, int]], stored: int) -> None:
    assert rebuild.progress(committed, FIRST, GOAL) == Progress(stored, 25)


def test_nothing_is_asked_for_without_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "ask", lambda _: pytest.fail("asked"))
    done = CliRunner().invoke(rebuild.command, input="n\n")
    assert done.exit_code == 1
    assert "empties orders" in done.output


def test_what_goes_wrong_is_exit_code_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered(*_: object) -> str:
        raise click.ClickException("no build")

    monkeypatch.setattr(rebuild, "load_settings", lambda: None)
    monkeypatch.setattr(rebuild, "ask", lambda _: "old")
    monkeypatch.setattr(rebuild, "awaited_build", unanswered)
    done = CliRunner().invoke(rebuild.command, ["--yes"])
    assert (done.exit_code, "no build" in done.output) == (1, True)
