"""What a machine lacks, how it is asked for, and that it is there afterwards."""

from pathlib import Path

import pytest

from tests.component.scripts.shell import Machine

NONE = "exit 1"
JAVA = "printf 'openjdk version \"17.0.15\" 2025-04-15\\n' >&2"
PYTHONS = ("python3", "python3.11", "python3.12")


@pytest.fixture
def whole(machine: Machine) -> Machine:
    """A machine that lacks nothing: each test takes something away."""
    machine.release("debian", "bookworm")
    machine.file("usr/lib/postgresql/15/bin/initdb", "")
    machine.program("java", JAVA)
    for name in ("mvn", "setpriv", "python3.11"):
        machine.program(name, "exit 0")
    return machine


def without_python(machine: Machine) -> None:
    for name in PYTHONS:
        machine.program(name, "case $1 in -V) echo Python 3.13.5 ;; *) exit 1 ;; esac")


def test_nothing_is_missing(whole: Machine) -> None:
    assert whole.says("missing_packages; install_native_packages") == []


@pytest.mark.parametrize(
    ("codename", "asked"), [("noble", "python3 python3-venv"), ("jammy", "python3.11 python3.11-venv")]
)
def test_no_python_is_new_enough(whole: Machine, codename: str, asked: str) -> None:
    whole.release("ubuntu", codename)
    without_python(whole)
    assert whole.says("missing_packages | xargs") == [asked]


@pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3"])
def test_the_venv_is_that_of_the_python_found(whole: Machine, name: str) -> None:
    without_python(whole)
    whole.program(name, 'case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')
    assert whole.says("missing_packages | xargs") == [f"{name}-venv"]


@pytest.mark.parametrize(
    ("said", "enough"),
    [
        ('openjdk version "17.0.15" 2025-04-15', True),
        ('Picked up JAVA_TOOL_OPTIONS: -Dhttps.proxyHost=proxy.test\nopenjdk version "17.0.15"', True),
        (
            'NOTE: Picked up JDK_JAVA_OPTIONS: -Da=b\nPicked up _JAVA_OPTIONS: -Dversion "99"\njava version "21" 2023',
            True,
        ),
        ('Picked up JAVA_TOOL_OPTIONS: -Dc.version "21"\nopenjdk version "11.0.2" 2019-01-15', False),
        ('java version "1.8.0_292"', False),
        ("bash: java: command not found", False),
    ],
)
def test_java_is_asked_for_its_version_whatever_it_says_first(whole: Machine, said: str, enough: bool) -> None:
    whole.program("java", f"cat >&2 << 'X'\n{said}\nX")
    assert whole.says("missing_packages | xargs") == ([""] if enough else ["openjdk-17-jre-headless"])


def install(machine: Machine, tmp_path: Path, **environment: str) -> tuple[int, str, str]:
    """Run the installation as another user would, with a sudo that drops the environment as the real one does."""
    machine.program("id", "echo 1000")
    machine.program("sudo", f'exec env -i PATH="$PATH" HERE="{tmp_path}" "$@"')
    done = machine.run(f"NO_CLUSTER={tmp_path}/etc/no-cluster.conf; install_native_packages", **environment)
    log = tmp_path / "apt.log"
    return done.returncode, done.stdout + done.stderr, log.read_text() if log.exists() else ""


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_sudo_keeps_the_proxies(whole: Machine, tmp_path: Path, name: str) -> None:
    whole.program(
        "apt-get",
        f'echo "$* {name}=${name}" >> $HERE/apt.log; echo "exit 0" > {whole.bin}/mvn; chmod +x {whole.bin}/mvn',
    )
    whole.lacks("mvn")
    code, said, log = install(whole, tmp_path, **{name: "http://user:pass@proxy.test:3128"})
    assert code == 0, said
    assert [line.split(" ")[-1] for line in log.splitlines()] == [f"{name}=http://user:pass@proxy.test:3128"] * 2


def test_what_apt_installed_in_vain_is_named_with_the_reason(whole: Machine, tmp_path: Path) -> None:
    """Debian 13: python3 installs, and is 3.13."""
    without_python(whole)
    code, said, _ = install(whole, tmp_path)
    assert code == 1
    assert "installed, and still not here: python3 (" in said
    assert "this system's python3 is Python 3.13.5" in said
    assert "put a python3.11 or python3.12 on PATH" in said
    assert "command not found" not in said


def test_a_third_partys_dead_list_does_not_stop_it(whole: Machine, tmp_path: Path) -> None:
    whole.lacks("mvn")
    whole.program(
        "apt-get",
        f'case "$*" in *update*) exit 100 ;; esac; printf "#!/bin/sh\\n" > {whole.bin}/mvn; chmod +x {whole.bin}/mvn',
    )
    code, said, _ = install(whole, tmp_path)
    assert code == 0, said
    assert "not every package list could be read" in said


def test_a_failed_installation_is_said_and_leaves_no_trace(whole: Machine, tmp_path: Path) -> None:
    (whole.root / "usr/lib/postgresql/15/bin/initdb").unlink()
    whole.lacks("initdb")
    whole.program("apt-get", 'case "$*" in *install*) test -e $HERE/etc/no-cluster.conf && exit 100 ;; esac; exit 0')
    code, said, _ = install(whole, tmp_path)
    assert code == 1
    assert "apt-get ended with exit code 100 and did not install: postgresql" in said
    assert not (tmp_path / "etc/no-cluster.conf").exists()


def test_a_machine_that_pyflink_has_no_package_for_is_told_so_first(whole: Machine) -> None:
    whole.program("uname", "echo aarch64")
    done = whole.run("install_native_packages")
    assert done.returncode == 1
    assert "no package for Linux on aarch64" in done.stderr
