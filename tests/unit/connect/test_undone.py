from orderflow.connect.undone import Event, Undone

XID = "X'6f6e65',X'',1"


def rows(table: str = "shop.orders", xid: str = XID) -> list[Event]:
    return [
        Event("Query", f"XA START {xid}"),
        Event("Table_map", f"table_id: 95 ({table})"),
        Event("Write_rows", "table_id: 95 flags: STMT_END_F"),
        Event("Query", f"XA END {xid}"),
    ]


def prepared(table: str = "shop.orders") -> list[Event]:
    return [*rows(table), Event("XA_prepare", f"XA PREPARE {XID}")]


ROLLBACK = Event("Query", f"XA ROLLBACK {XID}")
COMMIT = Event("Query", f"XA COMMIT {XID}")


def test_a_rollback_after_the_rows_were_sent_is_told_by_name() -> None:
    assert Undone().take([*prepared(), ROLLBACK]) == ["XA ROLLBACK of 'one', whose rows had been sent"]


def test_prepare_and_rollback_may_lie_in_two_slices() -> None:
    undone = Undone()
    assert undone.take(prepared()) == []
    assert len(undone.take([ROLLBACK])) == 1


def test_one_whose_prepare_nobody_saw_is_taken_for_the_shops() -> None:
    assert len(Undone().take([ROLLBACK])) == 1


def test_other_tables_do_not_matter() -> None:
    assert Undone().take([*prepared("other.orders"), ROLLBACK]) == []
    assert Undone().take([*prepared("shop.orders_old"), ROLLBACK]) == []


def test_a_compressed_transaction_may_hold_anything() -> None:
    events = [Event("Query", f"XA START {XID}"), Event("Transaction_payload", "compression='ZSTD'")]
    assert len(Undone().take([*events, Event("XA_prepare", f"XA PREPARE {XID}"), ROLLBACK])) == 1


def test_a_commit_is_as_it_was_sent() -> None:
    assert Undone().take([*prepared(), COMMIT]) == []
    assert Undone().take([*rows(), Event("XA_prepare", f"XA COMMIT {XID} ONE PHASE")]) == []


def test_a_commit_after_a_snapshot_that_could_not_show_it_is_told() -> None:
    undone = Undone()
    undone.take(prepared())
    undone.read_anew()
    assert undone.take([COMMIT]) == ["XA COMMIT of 'one', which a snapshot did not show"]
    assert undone.take([COMMIT]) == []


def test_a_truncated_table_is_told_when_it_is_captured() -> None:
    def told(info: str) -> list[str]:
        return Undone().take([Event("Query", info)])

    assert told("use `shop`; TRUNCATE TABLE orders /* xid=12 */") == ["TRUNCATE of orders"]
    assert told("use `other`; truncate `shop`.`order_items`") == ["TRUNCATE of order_items"]
    assert told("use `other`; TRUNCATE TABLE orders") == []
    assert told("use `shop`; TRUNCATE TABLE orders_old") == []
    assert told("use `shop`; CREATE EVENT e DO TRUNCATE TABLE orders") == []
