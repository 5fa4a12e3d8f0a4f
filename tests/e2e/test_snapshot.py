"""200,000 orders that exist before the connector: bounded memory, a kill midway, and unseen deletes are heeded."""

import threading
from pathlib import Path

import pytest
import requests

from orderflow.connect import apply_all
from orderflow.core.topics import PROCESSED_ORDERS
from orderflow.stack import control
from orderflow.stack.place import Place
from tests.line import Line, wait_for

ORDERS = 200_000
CONNECTOR = "mysql-source-connector"
LARGEST_MB = 600


class Memory:
    """The largest resident size of the workers, in MB, sampled beside the test."""

    def __init__(self, stack: Place) -> None:
        """Begin to sample."""
        self.stack, self.largest, self.ended = stack, 0, threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()

    def stop(self) -> int:
        """Return the largest size seen."""
        self.ended.set()
        self.thread.join()
        return self.largest

    def _sample(self) -> None:
        while not self.ended.wait(0.5):
            for worker in ("streams-1", "streams-2"):
                pid = control.pid(self.stack, worker)
                if pid is not None and (status := Path(f"/proc/{pid}/status")).exists():
                    line = next((line for line in status.read_text().splitlines() if line.startswith("VmRSS")), "0 0")
                    self.largest = max(self.largest, int(line.split()[1]) // 1024)


@pytest.mark.timeout(1200)
def test_a_snapshot_of_200000_orders_with_kills_and_unseen_deletes(stack: Place, line: Line) -> None:
    _forget_connector(line)
    with line.load("--backlog", str(ORDERS)):
        pass
    memory = Memory(stack)
    apply_all(line.settings, print)
    _wait_for_documents(line, ORDERS // 4)
    control.kill(stack, "streams-1")
    _wait_for_documents(line, ORDERS // 2)
    _forget_connector(line)
    ids = [row[0] for row in line.sql("SELECT id FROM orders ORDER BY id DESC LIMIT 300")]
    gone, thinner = ids[:200], ids[200:]
    line.sql(f"DELETE FROM orders WHERE id IN ({','.join(map(str, gone))})")
    for id in thinner:
        _drop_a_line(line, id)
    apply_all(line.settings, print)
    line.assert_equal(600)
    largest = memory.stop()
    print(f"largest worker: {largest} MB")
    assert largest < LARGEST_MB
    assert line.tables(f"SELECT COUNT(*) FROM orders WHERE order_id IN ({','.join(map(str, gone))})") == [(0,)]


def _forget_connector(line: Line) -> None:
    """Leave Connect as before the connector's first day: no connector, no offsets."""
    url = f"http://{line.settings.connect_host}:{line.settings.connect_port}/connectors/{CONNECTOR}"
    requests.put(f"{url}/stop", timeout=30).raise_for_status()
    wait_for(
        "the connector stopped",
        lambda: requests.get(f"{url}/status", timeout=30).json()["connector"]["state"] == "STOPPED",
    )
    wait_for("its offsets forgotten", lambda: requests.delete(f"{url}/offsets", timeout=60).ok)
    requests.delete(url, timeout=30).raise_for_status()


def _state(url: str) -> str:
    return str(requests.get(f"{url}/status", timeout=30).json()["connector"]["state"])


def _wait_for_documents(line: Line, count: int) -> None:
    def reached() -> bool:
        return sum(1 for _ in line.read(PROCESSED_ORDERS.name)) >= count

    wait_for(f"{count} documents", reached, 300)


def _drop_a_line(line: Line, id: int) -> None:
    line.sql(
        f"DELETE FROM order_items WHERE order_id = {id} AND line_no > 1",
        f"UPDATE orders SET items_total = (SELECT SUM(quantity * unit_price) FROM order_items WHERE order_id = {id})"
        f" WHERE id = {id}",
        f"UPDATE orders SET total_amount = items_total + shipping_fee - discount WHERE id = {id}",
    )
