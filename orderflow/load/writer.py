"""A writer: one plan, one session, one tally. Several of them share a load, and none touches another's orders."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import monotonic

from pymysql.cursors import Cursor

from orderflow.load.living import MOST
from orderflow.load.operations import ChangeCustomer, ChangeProduct, Delete, Operation, Place
from orderflow.load.session import Outcome, Session
from orderflow.load.tally import Tally
from orderflow.load.transaction import execute

KEPT_IDS = 2 * MOST

Dues = Mapping[int, float]
"""Number of a placed order -> when it was due on the monotonic clock."""


class Writer:
    """Runs operations as whole transactions; an order whose transaction failed is forgotten, never guessed at."""

    def __init__(self, session: Session, tally: Tally, forget: Callable[[int], None]) -> None:
        self._session = session
        self._tally = tally
        self._forget = forget
        self._ids: dict[int, int] = {}

    def write(self, operations: Sequence[Operation], dues: Dues) -> Outcome:
        """Run them in one transaction; one by one if MySQL refuses the group."""
        operations = self._known(operations)
        if not operations:
            return Outcome.COMMITTED
        new: dict[int, int] = {}
        outcome = self._session.run(partial(self._execute, operations, new))
        self._tally.reconnects = self._session.reconnects
        if outcome is Outcome.REFUSED and len(operations) > 1:
            return self._one_by_one(operations, dues)
        self._settle(outcome, operations, new, dues)
        return outcome

    def _execute(self, operations: Sequence[Operation], new: dict[int, int], cursor: Cursor) -> None:
        new.clear()  # a transaction that runs again gets other ids
        new.update(execute(cursor, operations, self._ids))

    def _known(self, operations: Sequence[Operation]) -> list[Operation]:
        # what was planned for an order before its transaction failed is dropped
        placed = {operation.number for operation in operations if isinstance(operation, Place)}
        return [
            operation
            for operation in operations
            if isinstance(operation, ChangeCustomer | ChangeProduct)
            or operation.number in placed
            or operation.number in self._ids
        ]

    def _one_by_one(self, operations: Sequence[Operation], dues: Dues) -> Outcome:
        outcomes = [self.write([operation], dues) for operation in operations]
        return outcomes[-1]

    def _settle(self, outcome: Outcome, operations: Sequence[Operation], new: dict[int, int], dues: Dues) -> None:
        if outcome is Outcome.COMMITTED:
            self._remember(new)
            self._tally.committed(operations)
            now = monotonic()
            self._tally.late_seconds.extend(now - dues[one.number] for one in operations if isinstance(one, Place))
        elif outcome is Outcome.UNKNOWN:
            self._tally.unknown += len(operations)
        elif outcome is Outcome.REFUSED:
            self._tally.refuse(operations, self._session.refusal)
        self._drop(operations, all_of_them=outcome is not Outcome.COMMITTED)

    def _remember(self, new: dict[int, int]) -> None:
        self._ids.update(new)
        while len(self._ids) > KEPT_IDS:  # the plan has forgotten the oldest long ago
            del self._ids[next(iter(self._ids))]

    def _drop(self, operations: Sequence[Operation], all_of_them: bool) -> None:
        for operation in operations:
            if isinstance(operation, ChangeCustomer | ChangeProduct):
                continue
            if all_of_them or isinstance(operation, Delete):
                self._ids.pop(operation.number, None)
                self._forget(operation.number)
