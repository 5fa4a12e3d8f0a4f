from orderflow.connect.deaf import DEAF_SECONDS, Deaf


def test_a_minute_of_ticks_without_an_arrival_is_noticed_and_then_less_and_less_often() -> None:
    deaf = Deaf()
    noticed = [second for second in range(500) if deaf.notices(second, "same", second)]
    assert noticed == [60, 181, 422]


def test_what_flows_is_not_deaf() -> None:
    deaf = Deaf()
    assert not any(deaf.notices(second, second, second) for second in range(200))


def test_a_source_that_does_not_tick_has_nothing_to_send() -> None:
    deaf = Deaf()
    assert not any(deaf.notices("same", "same", second) for second in range(200))


def test_an_arrival_begins_the_minute_anew() -> None:
    deaf = Deaf()
    assert not any(deaf.notices(second, second // 50, second) for second in range(200))


def test_time_in_which_it_did_not_run_does_not_count() -> None:
    deaf = Deaf()
    for second in range(0, 200, 50):
        assert not deaf.notices(second, "same", second)
        deaf.begin_anew()
    assert not deaf.notices(200, "same", 200)
    assert deaf.notices(200 + DEAF_SECONDS, "same", 200 + DEAF_SECONDS)
