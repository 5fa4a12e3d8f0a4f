"""A package archive with a MySQL of two programs, laid out as a distribution lays out its own.

The programs are this machine's `echo` (mysqld: it says its options) and `ls` (mysql: it needs more libraries).
"""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

ARCHITECTURE = subprocess.run(
    ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
).stdout.strip()


class Archive:
    """`libc` is where the C library and its loader lie: `lib/..` before the merge of /usr, `usr/lib/..` after it.

    `far` is the component that holds one of the libraries.
    """

    def __init__(self, folder: Path, suite: str, libc: str, far: str) -> None:
        self.folder = folder
        self.suite = suite
        self.libc = libc
        self.far = far
        self.entries: dict[str, list[str]] = {"main": [], "universe": []}
        self.used: list[str] = []

    def publish(self) -> str:
        """Build all packages and return what a sources list says of the archive."""
        self._libc()
        server, client, library = self._programs()
        self._package("main", "mysql-server-core-8.0", server, "libc6, libfar")
        self._package("main", "mysql-client-core-8.0", client, "libc6, libfar")
        self._package(self.far, "libfar", library, "libc6", "Breaks: mysql-server-core-9.9\n")
        for component, entries in self.entries.items():
            index = self.folder / "dists" / self.suite / component / f"binary-{ARCHITECTURE}" / "Packages"
            index.parent.mkdir(parents=True)
            index.write_text("\n".join(entries))
        self._release()
        return f"[trusted=yes] copy:{self.folder}"

    def _libc(self) -> None:
        tree = self.folder / "trees" / "libc6"
        libraries = tree / self.libc
        libraries.mkdir(parents=True)
        loader, libc = needed("/bin/echo")["ld-linux"], needed("/bin/echo")["libc.so.6"]
        shutil.copy(libc.resolve(), libraries / "libc.so.6")
        shutil.copy(loader.resolve(), libraries / loader.name)
        merged = self.libc.startswith("usr/")
        link = tree / ("usr/lib64" if merged else "lib64") / loader.name
        link.parent.mkdir()
        # as jammy's libc6 has it: absolute, so it leads out of the unpacked tree
        link.symlink_to(f"../lib/{libraries.name}/{loader.name}" if merged else f"/{self.libc}/{loader.name}")
        self._package("main", "libc6", tree, "")

    def _programs(self) -> tuple[Path, Path, Path]:
        server, client, library = (self.folder / "trees" / name for name in ("server", "client", "library"))
        self._copy(Path("/bin/echo"), server / "usr/sbin/mysqld")
        self._copy(Path("/bin/ls"), client / "usr/bin/mysql")
        libraries = library / "usr/lib" / Path(self.libc).name
        for name, path in needed("/bin/ls").items():
            if name not in ("ld-linux", "libc.so.6"):
                self._copy(path.resolve(), libraries / name)
                self.used.append(f"usr/lib/{libraries.name}/{name}")
        return server, client, library

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def _package(self, component: str, name: str, tree: Path, depends: str, more: str = "") -> None:
        needs = f"Depends: {depends}\n" if depends else ""
        fields = f"Package: {name}\nVersion: 1-1\nArchitecture: {ARCHITECTURE}\nMaintainer: us\n{needs}{more}"
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN/control").write_text(f"{fields}Description: {name}\n")
        built = self.folder / "pool" / f"{name}.deb"
        built.parent.mkdir(exist_ok=True)
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree, built], check=True, capture_output=True)
        digest = hashlib.sha256(built.read_bytes()).hexdigest()
        size = built.stat().st_size
        place = f"Filename: pool/{name}.deb\nSize: {size}\nSHA256: {digest}\n"
        self.entries[component].append(f"{fields}{place}Description: {name}\n")

    def _release(self) -> None:
        top = self.folder / "dists" / self.suite
        head = f"Origin: Made-up\nSuite: {self.suite}\nCodename: {self.suite}\nComponents: main universe\nSHA256:\n"
        sums = [
            f" {hashlib.sha256(file.read_bytes()).hexdigest()} {file.stat().st_size} {file.relative_to(top)}\n"
            for file in sorted(top.rglob("Packages"))
        ]
        (top / "Release").write_text(head + "".join(sums))


def needed(program: str) -> dict[str, Path]:
    """Return the libraries of a program of this machine by name; the loader's name is cut to `ld-linux`."""
    shown = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    paths = [Path(path) for path in re.findall(r"(/\S+) \(0x", shown)]
    return {"ld-linux" if path.name.startswith("ld-linux") else path.name: path for path in paths}
