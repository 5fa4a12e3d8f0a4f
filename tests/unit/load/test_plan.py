from collections import Counter
from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from orderflow.core.statuses import TRANSITIONS
from orderflow.load.backlog import DAYS_US, draw
from orderflow.load.living import Living
from orderflow.load.operations import ChangeCustomer, ChangeProduct, ChangeStatus, Operation, Place
from orderflow.load.plan import STILL_OPEN, Plan
from tests.unit.load.shop import CATALOGUE, Shop

SEEDS = st.integers(0, 2**64)


def operations(seed: int, steps: int) -> list[Operation]:
    plan = Plan(Random(seed), CATALOGUE)
    return [operation for _ in range(steps) for operation in plan.step()]


@given(SEEDS, st.integers(1, 60))
def test_every_operation_leaves_its_order_whole(seed: int, steps: int) -> None:
    shop = Shop()
    for operation in operations(seed, steps):
        _, row = shop.apply(operation)
        assert row is None or row.whole
        assert row is None or row.total >= 0


@given(SEEDS, st.integers(1, 60))
def test_statuses_follow_the_legal_transitions_and_lines_change_only_while_an_order_is_open(
    seed: int, steps: int
) -> None:
    shop = Shop()
    for operation in operations(seed, steps):
        before, row = shop.apply(operation)
        if isinstance(operation, Place):
            assert operation.order.status == "created"
        elif isinstance(operation, ChangeStatus):
            assert before is not None
            assert operation.status in TRANSITIONS[before]
        elif row is not None:
            assert before in STILL_OPEN


@given(SEEDS)
def test_a_seed_gives_the_same_plan_and_another_seed_another(seed: int) -> None:
    assert operations(seed, 10) == operations(seed, 10)
    assert operations(seed, 10) != operations(seed + 1, 10)


@given(SEEDS, st.integers(1, 30))
def test_a_forgotten_order_is_left_alone(seed: int, steps: int) -> None:
    plan = Plan(Random(seed), CATALOGUE)
    forgotten = {number for _ in range(steps) for operation in plan.step() for number in numbers(operation)}
    for number in forgotten:
        plan.forget(number)
    later = [operation for _ in range(30) for operation in plan.step()]
    assert not forgotten & {number for operation in later for number in numbers(operation)}


def numbers(operation: Operation) -> list[int]:
    return [] if isinstance(operation, ChangeCustomer | ChangeProduct) else [operation.number]


def test_a_plan_has_every_kind_of_change_and_every_currency() -> None:
    planned = operations(1, 2000)
    kinds = Counter(type(operation).__name__ for operation in planned)
    orders = {"Place", "ChangeStatus", "CorrectQuantity", "AddLine", "RemoveLine", "Delete"}
    assert set(kinds) == orders | {"ChangeProduct", "ChangeCustomer"}
    assert kinds["Place"] == 2000
    assert {operation.status for operation in planned if isinstance(operation, ChangeStatus)} == set(TRANSITIONS) - {
        "created"
    }
    assert {operation.order.currency for operation in planned if isinstance(operation, Place)} == {"KRW", "EUR", "USD"}


@given(SEEDS)
def test_a_backlog_is_whole_orders_in_every_state(seed: int) -> None:
    placements = list(islice(draw(Random(seed), CATALOGUE), 200))
    shop = Shop()
    assert all((row := shop.apply(placement)[1]) and row.whole for placement in placements)
    assert {placement.order.status for placement in placements} == set(TRANSITIONS)
    assert all(0 <= placement.age_us <= DAYS_US for placement in placements)


@given(st.lists(st.tuples(st.sampled_from(["put", "forget"]), st.integers(0, 8)), max_size=60))
def test_living_keeps_the_newest_orders_and_draws_only_living_ones(actions: list[tuple[str, int]]) -> None:
    order = next(draw(Random(0), CATALOGUE)).order
    living, model = Living(Random(0), most=4), dict[int, None]()
    for action, number in actions:
        if action == "put":
            living.put(number, order)
            if number not in model and len(model) == 4:
                del model[next(iter(model))]
            model[number] = None
        else:
            living.forget(number)
            model.pop(number, None)
        assert len(living) == len(model)
        assert not model or living.draw()[0] in model
