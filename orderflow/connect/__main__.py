"""`python -m orderflow.connect`: apply connectors/*.json, for containers. Exit code 1 with the reason when it fails."""

import sys

from orderflow import environment
from orderflow.connect import ConnectError, apply_all


def main() -> int:
    """Apply all connectors and wait until they run."""
    try:
        apply_all(environment.settings(), lambda line: print(line, flush=True))
    except ConnectError as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
