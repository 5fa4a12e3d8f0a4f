"""The README's consumer runs as printed."""

import re
import subprocess
import sys

from orderflow.environment import ROOT
from tests.line import Line


def test_the_readmes_consumer_prints_whole_orders(line: Line) -> None:
    with line.load("--rate", "20", "--orders", "40"):
        pass
    line.assert_equal()
    block = re.search(r"<!-- consumer -->\n```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block
    done = subprocess.run(
        [sys.executable, "-c", block[1], line.settings.bootstrap_servers],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    last = {text.split()[0]: text for text in done.stdout.splitlines()}
    orders = line.tables("SELECT order_id, status, total_amount::text, currency FROM orders WHERE complete")
    assert len(orders) > 20
    for order_id, status, total, currency in orders:
        assert last[str(order_id)] == f"{order_id} {status} {total} {currency}"
