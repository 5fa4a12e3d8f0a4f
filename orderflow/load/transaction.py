"""Operations run on a cursor: placements by one insert for all, then the changes in the plan's order."""

from collections.abc import Mapping, Sequence

from pymysql.cursors import Cursor

from orderflow.load import statements
from orderflow.load.operations import ChangeCustomer, ChangeProduct, Operation, Place


def execute(cursor: Cursor, operations: Sequence[Operation], ids: Mapping[int, int]) -> dict[int, int]:
    """Run operations without a commit; `ids` are the known order ids by number. Returns the ids of the new orders."""
    new = _place(cursor, [operation for operation in operations if isinstance(operation, Place)])
    for operation in operations:
        if isinstance(operation, ChangeCustomer | ChangeProduct):
            cursor.execute(*statements.change_reference(operation))
        elif not isinstance(operation, Place):
            order_id = new.get(operation.number) or ids[operation.number]
            for statement in statements.change(operation, order_id):
                cursor.execute(*statement)
    return new


def _place(cursor: Cursor, placements: Sequence[Place]) -> dict[int, int]:
    if not placements:
        return {}
    cursor.execute(*statements.insert_orders(placements))
    first = cursor.lastrowid  # of many rows, MySQL answers the first; a simple insert's ids are consecutive
    ids = {placement.number: first + nth for nth, placement in enumerate(placements)}
    lines = [(ids[placement.number], line) for placement in placements for line in placement.order.lines]
    cursor.execute(*statements.insert_lines(lines))
    return ids
