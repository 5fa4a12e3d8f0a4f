"""`python -m streams --worker N`: run one Faust worker in the foreground."""

import argparse
import gc
import logging
import os
import sys

import uvloop
from faust import Worker

from orderflow.core.settings import SettingsError, load
from streams import metrics
from streams.app import build


def main() -> None:
    """Run until told to stop; exit code 1 after a failure, 75 when the lease was lost."""
    parser = argparse.ArgumentParser(
        prog="python -m streams", description="Run one Faust worker of the order pipeline."
    )
    parser.add_argument("--worker", type=int, default=1, help="its number, from 1: state folder and metrics port")
    arguments = parser.parse_args()
    try:
        settings = load(os.environ)
    except SettingsError as error:
        sys.exit(f"streams: {error}")
    # Faust formats a line per message below this level.
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    logging.getLogger("kafka").setLevel(logging.WARNING)  # it tells each connection it makes
    metrics.serve(settings.bind_address, settings.streams_metrics_port + arguments.worker - 1)
    # By default Python looks for cycles after every 700 new objects, a fifth of the CPU an event; ours form few.
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    loop = uvloop.new_event_loop()
    Worker(
        build(settings, arguments.worker), loop=loop, loglevel="INFO", redirect_stdouts=False
    ).execute_from_commandline()


if __name__ == "__main__":
    main()
