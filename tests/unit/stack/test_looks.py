import socket
import threading
import time

import pytest

from orderflow.stack import looks


def test_a_look_that_hangs_holds_up_no_other_and_is_named() -> None:
    never = threading.Event()
    began = time.monotonic()
    found = looks.all_at_once({"hangs": never.wait, "answers": lambda: 7, "fails": lambda: 1 // 0}, 0.5)
    assert time.monotonic() - began < 5
    assert found["answers"] == 7
    assert isinstance(found["fails"], ZeroDivisionError)
    assert isinstance(found["hangs"], TimeoutError)
    never.set()


def test_looks_run_beside_each_other() -> None:
    both = threading.Barrier(2, timeout=10)
    assert set(looks.all_at_once({"one": both.wait, "other": both.wait}, 10).values()) == {0, 1}


def test_nobody_who_listens_is_said_at_once() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        with pytest.raises(ConnectionError, match=f"nobody listens on 127.0.0.1:{port}"):
            looks.listens("127.0.0.1", port)
