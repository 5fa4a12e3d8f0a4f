"""What the terminal shows while the stack starts: a line when a part is ready, and what is still awaited."""

import sys
import threading
import time
from types import TracebackType

import click

BEAT_SECONDS = 1.0


class Startup:
    """Prints each part with its time; on a terminal a last line says what is still on its way."""

    def __init__(self) -> None:
        self._under_way: dict[str, float] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._live = sys.stdout.isatty()
        self._beat = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> "Startup":
        self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._beat.join()
        self._clear()

    def report(self, name: str, event: str, seconds: float) -> None:
        """Take a step's news (see task_graph.Report)."""
        with self._lock:
            if event == "started":
                self._under_way[name] = time.monotonic()
                return
            self._under_way.pop(name, None)
            self._clear()
            mark = click.style("ready", fg="green") if event == "ready" else click.style("FAILED", fg="red")
            click.echo(f"  {name:<20} {mark} {seconds:6.1f} s")

    def _tell(self) -> None:
        while self._live and not self._over.wait(BEAT_SECONDS):
            with self._lock:
                awaited = ", ".join(f"{name} {time.monotonic() - t:.0f} s" for name, t in self._under_way.items())
                self._clear()
                click.echo(f"  waiting for {awaited}"[:100], nl=False)

    def _clear(self) -> None:
        if self._live:
            click.echo("\r\033[K", nl=False)
