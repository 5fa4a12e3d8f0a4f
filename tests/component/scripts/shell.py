"""Runs functions of scripts/install as install.sh does, on a machine that a test made up."""

import os
import subprocess
from pathlib import Path

from orderflow.environment import ROOT

PARTS = ("say", "setting", "paths", "mirror", "system", "dotenv", "python", "jars", "mysql")
PROXIES = {f"{kind}_proxy" for kind in ("http", "https", "ftp", "all", "no")}
UNWANTED = {"APT_MIRROR", "ORDERFLOW_MACHINE_ROOT", "JAVA_TOOL_OPTIONS"} | PROXIES | {name.upper() for name in PROXIES}
SECONDS = 120


class Machine:
    """A folder that stands for a machine's root, and programs that come before the real ones."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.checkout = folder / "checkout"
        self.rest = folder / "rest"
        for made in (self.root, self.bin, self.checkout, self.rest):
            made.mkdir()
        for name, program in _real_programs().items():
            (self.rest / name).symlink_to(program)
        (self.checkout / ".env.example").write_text((ROOT / ".env.example").read_text())

    def file(self, path: str, text: str) -> None:
        """Write a file of the machine."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def release(self, identity: str, codename: str, **more: str) -> None:
        """Say which distribution the machine runs."""
        lines = {"ID": identity, "VERSION_CODENAME": codename} | more
        self.file("etc/os-release", "".join(f'{name}="{value}"\n' for name, value in lines.items()))

    def program(self, name: str, script: str) -> None:
        """Put a program before the real one of this name."""
        (self.bin / name).write_text(f"#!/bin/bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def lacks(self, name: str) -> None:
        """Take a program away."""
        for folder in (self.bin, self.rest):
            (folder / name).unlink(missing_ok=True)

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run shell functions in the made-up checkout and return what they said; the caller judges the exit code."""
        sourced = "".join(f". {ROOT}/scripts/install/{part}.sh\n" for part in PARTS)
        mine = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        mine |= {"PATH": f"{self.bin}:{self.rest}", "ORDERFLOW_MACHINE_ROOT": str(self.root)}
        return subprocess.run(
            ["bash", "-c", f"set -euo pipefail\n{sourced}{command}"],
            cwd=self.checkout,
            env=mine | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def says(self, command: str, **environment: str) -> list[str]:
        """Return the lines that shell functions print; a failure shows what they said."""
        done = self.run(command, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()


def _real_programs() -> dict[str, Path]:
    folders = [Path(folder) for folder in os.environ["PATH"].split(":") if Path(folder).is_dir()]
    return {program.name: program for folder in reversed(folders) for program in folder.iterdir()}
