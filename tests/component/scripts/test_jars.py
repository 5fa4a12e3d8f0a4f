"""The jars, by a Maven that is made up."""

from tests.component.scripts.shell import Machine

CODES = "printf '\\e[0m\\e[1;31mcould not fetch\\e[m\\n\\e[0m'; printf '\\e[0m' >&2"
FETCH = "fetch_jars kafka -Dkafka.version=1"


def ready(machine: Machine, script: str) -> None:
    (machine.checkout / "scripts").mkdir()
    (machine.checkout / "scripts" / "pom.xml").touch()
    machine.program("mvn", script)


def test_mavens_escape_codes_do_not_reach_the_terminal(machine: Machine) -> None:
    """Debian's Maven resets the colours as it ends, whatever it was told."""
    ready(machine, CODES)
    done = machine.run(FETCH)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert "could not fetch\n" in done.stdout


def test_a_failed_fetch_fails_the_step_and_leaves_no_folder(machine: Machine) -> None:
    ready(machine, f"{CODES}; exit 1")
    done = machine.run(FETCH)
    assert done.returncode == 1
    assert "could not fetch" in done.stdout
    assert not (machine.checkout / ".orderflow-cache" / "jars" / "kafka").exists()
