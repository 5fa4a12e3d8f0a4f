from orderflow.core.messages import Tick
from orderflow.core.topics import PARTITIONS
from orderflow.reconcile.cut import Cut

AT = 1_000_000_000


def tick(partition: int, committed_us: int, offset: int = 10, waiting: int = 0) -> Tick:
    return Tick(0, partition, committed_us, 0, 0, None, offset, waiting, waiting * 4_000_000)


def cut(*ticks: Tick) -> Cut:
    made = Cut(AT)
    for one in ticks:
        made.see(one)
    return made


STORED = dict.fromkeys(range(PARTITIONS), 10)


def test_the_cut_has_arrived_when_every_partition_is_processed_and_stored_behind_it() -> None:
    assert cut(*(tick(partition, AT + 1) for partition in range(PARTITIONS))).lagging(STORED) == []


def test_a_tick_at_the_cut_itself_is_not_behind_it() -> None:
    lagging = cut(*(tick(partition, AT) for partition in range(PARTITIONS))).lagging(STORED)
    assert len(lagging) == PARTITIONS


def test_what_lags_is_named_with_its_partition_and_its_stage() -> None:
    made = cut(tick(0, AT + 1), tick(1, AT - 2_500_000), tick(2, AT + 1, waiting=3))
    stale, waiting, silent = made.lagging(STORED)
    assert stale == "partition 1: the newest processed tick is 2.5 s older than the cut (Connect or Faust)"
    assert waiting == "partition 2: 3 orders wait, the oldest for 12 s"
    assert silent.startswith("partition 3: no tick in processed-ticks")


def test_flink_lags_until_its_offset_has_passed_the_first_tick_behind_the_cut() -> None:
    made = cut(*(tick(partition, AT + 1) for partition in range(PARTITIONS)), tick(2, AT + 2, offset=500))
    assert made.lagging(STORED | {2: 9}) == ["partition 2: Flink has stored 9 of 10 in processed-orders"]
    assert made.lagging(STORED | {2: 10}) == []


def test_a_partition_without_documents_needs_no_offset() -> None:
    ticks = [tick(partition, AT + 1, offset=0) for partition in range(PARTITIONS)]
    assert cut(*ticks).lagging({}) == []


def test_a_tick_with_waiting_orders_does_not_settle_the_cut_but_a_later_one_does() -> None:
    made = cut(*(tick(partition, AT + 1) for partition in range(1, PARTITIONS)), tick(0, AT + 1, waiting=1))
    assert len(made.lagging(STORED)) == 1
    made.see(tick(0, AT + 2))
    assert made.lagging(STORED) == []
