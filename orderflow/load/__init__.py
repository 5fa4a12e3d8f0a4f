"""The load generator: orders written to MySQL through plain SQL, the way a shop's backend writes them."""

from orderflow.load.generator import Load
from orderflow.load.options import Backlog, Paced
from orderflow.load.session import LoadError
from orderflow.load.tally import Summary

__all__ = ["Backlog", "Load", "LoadError", "Paced", "Summary"]
