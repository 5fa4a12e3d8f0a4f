"""How the stack stops: the order that loses nothing and is quickest to start again."""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from xmlrpc.client import Fault

from orderflow.stack import control, orphans, supervisor
from orderflow.stack.place import Place
from orderflow.stack.service import StackError
from orderflow.stack.supervisord_conf import with_variables
from orderflow.stack.waiting import wait_until

SAVEPOINT_SECONDS = 60
SHUTDOWN_SECONDS = 30

Progress = Callable[[str], None]


def stop(stack: Place, progress: Progress) -> None:
    """Stop everything of this stack, planned and in order; orphans of a crashed supervisor are ended too.

    Raises StackError naming the process that would not end.
    """
    if supervisor.running(stack):
        stop_services(stack, supervisor.alive(stack), progress)
        _stop_supervisor(stack)
    left = orphans.end(stack)
    if left:
        progress(f"ended what no supervisor looked after: {', '.join(left)}")


def stop_services(stack: Place, chosen: Iterable[str], progress: Progress) -> None:
    """Stop the chosen services in the order that loses nothing, with a savepoint of the Flink job if it is theirs."""
    names = sorted(chosen)
    streams = [name for name in names if name.startswith("streams-")]
    _stop_together(stack, streams, progress)
    if "flink-jobmanager" in names:
        _savepoint(stack, progress)
    _stop_together(stack, [name for name in names if name.startswith("flink-")], progress)
    _stop_together(stack, [name for name in names if name in ("healer", "connect")], progress)
    _stop_together(stack, [name for name in names if name in ("kafka", "mysql", "postgres")], progress)


def _stop_together(stack: Place, names: list[str], progress: Progress) -> None:
    if not names:
        return
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        list(pool.map(partial(control.stop, stack), names))
    progress(f"stopped {', '.join(names)}")


def _savepoint(stack: Place, progress: Progress) -> None:
    """Stop the job with a savepoint; without one the next start restores the newest checkpoint, so we only warn."""
    try:
        done = subprocess.run(
            # with the variables of the job that runs: those of .env may be new
            with_variables(stack, "flink-jobmanager", (stack.python, "-m", "flink.stop")),
            cwd=stack.root,
            env=stack.variables("flink-stop"),
            capture_output=True,
            text=True,
            timeout=SAVEPOINT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        progress(f"warning: no savepoint within {SAVEPOINT_SECONDS} s; the next start uses the newest checkpoint")
        return
    reason = (done.stdout + done.stderr).strip().partition("\n")[0]
    if done.returncode:
        progress(f"warning: no savepoint ({reason}); the next start uses the newest checkpoint")


def _stop_supervisor(stack: Place) -> None:
    pid = supervisor.calls(stack).getPID()
    try:
        supervisor.calls(stack).shutdown()
    except Fault as refused:
        raise StackError(f"the supervisor would not shut down: {refused.faultString}") from None
    wait_until(lambda: f"the supervisor (pid {pid}) still runs" if _alive(pid) else None, SHUTDOWN_SECONDS)


def _alive(pid: int) -> bool:
    """Say whether the process still does anything: one that has ended may stay listed where nobody asks for its end."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False  # it is gone
    return state not in ("Z", "X")
