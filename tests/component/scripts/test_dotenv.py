"""`.env` is written once, and later gets what is new."""

import pytest
from dotenv import dotenv_values

from tests.component.scripts.shell import Machine


def test_each_checkout_gets_secrets_and_a_compose_project_of_its_own(machine: Machine) -> None:
    written = []
    for _ in range(2):
        (machine.checkout / ".env").unlink(missing_ok=True)
        assert machine.says("write_dotenv") == []
        written.append(dotenv_values(machine.checkout / ".env"))
    assert (machine.checkout / ".env").stat().st_mode & 0o777 == 0o600
    assert set(written[0]) == set(dotenv_values(machine.checkout / ".env.example"))
    secrets = {name for name in written[0] if name.endswith("PASSWORD")} | {"COMPOSE_PROJECT_NAME"}
    assert len(secrets) == 7
    assert len({found[name] for found in written for name in secrets}) == 14


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_older_one_keeps_what_it_says_and_gets_what_is_new(machine: Machine, end: str) -> None:
    """Compose takes a variable that is not there for an empty one."""
    before = "# mine\nAPP_PASSWORD=mine\n export KAFKA_PORT=1\nMYSQL_PORT = 2\nCDC_PASSWORD=" + end
    (machine.checkout / ".env").write_text(before)
    machine.says("write_dotenv")
    after = (machine.checkout / ".env").read_text()
    assert after.startswith(before.rstrip("\n"))
    found = dotenv_values(machine.checkout / ".env")
    assert set(found) == set(dotenv_values(machine.checkout / ".env.example"))
    assert (found["APP_PASSWORD"], found["KAFKA_PORT"], found["MYSQL_PORT"]) == ("mine", "1", "2")
    assert all(found[name] for name in ("CDC_PASSWORD", "CDC_USER", "COMPOSE_PROJECT_NAME"))


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    machine.says("write_dotenv")
    before = (machine.checkout / ".env").stat()
    machine.says("write_dotenv")
    assert (machine.checkout / ".env").stat().st_mtime_ns == before.st_mtime_ns
    assert not (machine.checkout / ".env.new").exists()


@pytest.mark.parametrize("path", ["a checkout", "a:checkout", "it's", "a$b", "a\\b", "a\tb"])
def test_a_path_that_flink_cannot_have_is_refused_with_the_reason(machine: Machine, path: str) -> None:
    machine.checkout = machine.checkout.rename(machine.checkout.with_name(path))
    done = machine.run("plain_paths")
    assert done.returncode == 1
    assert f'the path "{machine.checkout}" has a space, a colon' in done.stderr


def test_other_folders_are_looked_at_too(machine: Machine) -> None:
    assert machine.says("plain_paths") == []
    assert machine.run("plain_paths", CACHE_DIR="/big disk/cache").returncode == 1
    assert machine.run("plain_paths", STATE_DIR="my state").returncode == 1
