"""MySQL from a distribution's packages, unpacked and run through its own loader: Ubuntu's two layouts and Debian's.

The archives are made up with the real layouts; apt, dpkg and the loader are this machine's own.
"""

import subprocess
from pathlib import Path

import pytest

from tests.component.scripts.archive import Archive, needed
from tests.component.scripts.shell import Machine

TRIPLET = needed("/bin/echo")["libc.so.6"].parent.name
LAYOUTS = {
    "jammy": ("ubuntu", "jammy", "jammy", f"lib/{TRIPLET}", "universe"),
    "noble": ("ubuntu", "noble", "noble", f"usr/lib/{TRIPLET}", "universe"),
    "bookworm": ("debian", "bookworm", "sid", f"usr/lib/{TRIPLET}", "main"),
}


class Fetched:
    """A machine of one layout, the archive of its distribution, and where MySQL is unpacked."""

    def __init__(self, folder: Path, layout: str) -> None:
        identity, codename, suite, libc, far = LAYOUTS[layout]
        self.machine = Machine(folder)
        self.machine.release(identity, codename)
        self.archive = Archive(folder / "archive", suite, libc, far)
        self.mirror = self.archive.publish()
        self.cache = self.machine.checkout / ".orderflow-cache"
        self.folder = self.cache / "mysql"

    def launch(self, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        program = [str(self.folder / "bin" / name), *arguments]
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=30)


@pytest.fixture(params=LAYOUTS)
def fetched(request: pytest.FixtureRequest, tmp_path: Path) -> Fetched:
    return Fetched(tmp_path, request.param)


@pytest.fixture
def noble(tmp_path: Path) -> Fetched:
    return Fetched(tmp_path, "noble")


def test_the_server_is_unpacked_and_starts(fetched: Fetched) -> None:
    fetched.machine.says("install_mysql", APT_MIRROR=fetched.mirror)
    said = fetched.launch("mysqld", "--version").stdout
    root = fetched.folder / "root"
    assert said.startswith(f"--no-defaults --basedir={root}/usr ")
    assert said.endswith(" --version\n")
    assert not (fetched.cache / "apt").exists()


def test_loader_and_every_library_are_the_fetched_ones(fetched: Fetched) -> None:
    fetched.machine.says("install_mysql", APT_MIRROR=fetched.mirror)
    root = fetched.folder / "root"
    said = fetched.launch("mysql", LD_DEBUG="libs").stderr
    for used in (*fetched.archive.used, f"{fetched.archive.libc}/libc.so.6"):
        assert f"calling init: {root}/{used}" in said, said
    (loader,) = fetched.machine.says(f"loader {root}")
    assert not (root / loader).is_symlink()
    assert f'exec "$root/{loader}" ' in (fetched.folder / "bin" / "mysqld").read_text()


def test_a_second_run_fetches_nothing(noble: Fetched) -> None:
    noble.machine.says("install_mysql", APT_MIRROR=noble.mirror)
    noble.machine.program("apt-get", "exit 9")
    assert noble.machine.says("install_mysql", APT_MIRROR=noble.mirror) == []


def test_what_an_interrupted_run_left_is_not_unpacked(noble: Fetched) -> None:
    left = noble.cache / "apt" / "archives" / "old_1_amd64.deb"
    left.parent.mkdir(parents=True)
    left.write_text("half a package of another day")
    noble.machine.says("install_mysql", APT_MIRROR=noble.mirror)


def test_a_package_that_cannot_be_unpacked_ends_the_step(noble: Fetched) -> None:
    noble.machine.program("dpkg", 'case $1 in -x) exit 2 ;; *) exec /usr/bin/dpkg "$@" ;; esac')
    done = noble.machine.run("install_mysql", APT_MIRROR=noble.mirror)
    assert done.returncode == 1
    assert "cannot be unpacked" in done.stderr
    assert not noble.folder.exists()


def test_the_next_mirror_is_tried(noble: Fetched) -> None:
    third_party = "[trusted=yes] copy:/nowhere/linux/ubuntu"
    mirrors = f"mirrors() {{ printf '%s\\n' '{third_party}' '{noble.mirror}'; }}"
    said = noble.machine.says(f"{mirrors}; install_mysql")
    assert "  no MySQL for noble from copy:/nowhere/linux/ubuntu" in said
    assert noble.launch("mysqld", "--version").returncode == 0


def test_an_archive_without_mysql_is_named(noble: Fetched) -> None:
    """A name that another package only mentions is no package."""
    noble.machine.release("ubuntu", "plucky")
    done = noble.machine.run("install_mysql", APT_MIRROR=noble.mirror)
    assert done.returncode == 1
    assert "no MySQL server for plucky in 1 mirror(s): set APT_MIRROR" in done.stderr
