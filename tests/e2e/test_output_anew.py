"""`processed-orders` is deleted: the workers read `mysql-orders` again, which still holds everything. Runs last: it
takes from the consumer's test what the session has published."""

import pytest
from confluent_kafka.admin import AdminClient

from orderflow.core.topics import PROCESSED_ORDERS
from orderflow.stack.place import Place
from tests.line import Line, wait_for
from tests.stack_fixture import orderflow


@pytest.mark.timeout(600)
def test_all_orders_are_published_again_in_a_topic_made_anew(stack: Place, line: Line) -> None:
    line.assert_equal()
    ((id,),) = line.sql("SELECT MIN(id) FROM orders WHERE status <> 'refunded'")
    admin = AdminClient({"bootstrap.servers": line.settings.bootstrap_servers})
    admin.delete_topics([PROCESSED_ORDERS.name], operation_timeout=30)[PROCESSED_ORDERS.name].result(60)
    orderflow("up", seconds=300)
    line.sql(f"UPDATE orders SET updated_at = NOW(6) WHERE id = {id}")

    def is_whole() -> bool:
        doc = line.document(id)
        return doc is not None and doc.complete and bool(doc.lines)

    wait_for("the changed order, whole", is_whole, 120)
    line.assert_equal()
