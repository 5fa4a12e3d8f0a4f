"""`python -m orderflow.stack.supervisord`: supervisor, whose pause between two tries to start a service has a cap.

Supervisor itself waits k seconds after the k-th failure: after a night without disk that is four minutes, after three
days eleven.
"""

import time

from supervisor import process, supervisord  # type: ignore[import-untyped]  # supervisor ships no types
from supervisor.states import ProcessStates  # type: ignore[import-untyped]

LONGEST_PAUSE_SECONDS = 10


class CappedProcess(process.Subprocess):  # type: ignore[misc]  # untyped base
    """A supervised process that is tried again after LONGEST_PAUSE_SECONDS at the latest."""

    backoff: int
    delay: float

    def change_state(self, new_state: int, expected: bool = True) -> bool:
        """Enter the state; supervisor sets the pause as it enters BACKOFF."""
        changed: bool = super().change_state(new_state, expected)
        if new_state == ProcessStates.BACKOFF:
            self.backoff = min(self.backoff, LONGEST_PAUSE_SECONDS)
            self.delay = min(self.delay, time.time() + LONGEST_PAUSE_SECONDS)
        return changed


def main() -> None:
    """Run supervisor with its usual arguments."""
    process.Subprocess = CappedProcess  # its configuration looks the class up by this name, and offers no other way
    supervisord.main()


if __name__ == "__main__":
    main()
