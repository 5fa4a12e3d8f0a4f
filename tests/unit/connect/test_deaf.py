from orderflow.connect.deaf import DEAF_SECONDS, Deaf


def test_a_minute_of_ticks_without_an_arrival_is_noticed_once_a_minute() -> None:
    deaf = Deaf()
    noticed = [second for second in range(200) if deaf.notices(second, "same", second)]
    assert noticed == [DEAF_SECONDS, 2 * DEAF_SECONDS + 1, 3 * DEAF_SECONDS + 2]


def test_what_flows_is_not_deaf() -> None:
    deaf = Deaf()
    assert not any(deaf.notices(second, second, second) for second in range(200))


def test_a_source_that_does_not_tick_has_nothing_to_send() -> None:
    deaf = Deaf()
    assert not any(deaf.notices("same", "same", second) for second in range(200))


def test_one_arrival_begins_the_minute_anew() -> None:
    deaf = Deaf()
    assert not any(deaf.notices(second, second // 50, second) for second in range(200))
