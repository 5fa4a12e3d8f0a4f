"""How the start and the job speak among Flink's own log lines."""

import sys


def say(text: str) -> None:
    """Print one line that stands out."""
    print(f"flink.start: {text}", file=sys.stderr, flush=True)
