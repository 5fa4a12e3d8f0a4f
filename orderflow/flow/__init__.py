"""The flow seen from outside: how many orders each hop holds, and how fresh the last ones are."""

from orderflow.flow.counts import Counts
from orderflow.flow.places import NEXT, NEXT_IN_CONTAINERS, places
from orderflow.flow.view import line, table
from orderflow.flow.watch import Watch

__all__ = ["NEXT", "NEXT_IN_CONTAINERS", "Counts", "Watch", "line", "places", "table"]
