"""What the platform publishes: order documents and ticks. Money is text with two decimals, never a float."""

from msgspec import UNSET, Struct, UnsetType, field

Position = tuple[int, int, int]
"""(binlog file number, position in the file, row in the event)."""


class Customer(Struct):
    """The customer as known when the order was placed; only `id` while the reference is missing."""

    id: int
    name: str | None = None
    city: str | None = None
    country: str | None = None
    tier: str | None = None


class Product(Struct):
    """The product as known when the line appeared; only `id` while the reference is missing."""

    id: int
    sku: str | None = None
    name: str | None = None
    category: str | None = None


class Line(Struct):
    """One order item. `line_total` = quantity * unit_price, exact."""

    line_no: int
    product: Product
    quantity: int
    unit_price: str
    line_total: str


class Source(Struct):
    """Where in the binlog the newest change inside stands, and which input record brought it."""

    gtid: str | None
    file: str
    pos: int
    row: int
    topic_id: str
    offset: int


class Stages(Struct):
    """When the newest change passed each hop, microseconds since 1970 UTC."""

    committed_us: int
    captured_us: int
    processed_us: int


class OrderDocument(Struct):
    """One whole order, a value of `processed-orders`.

    `complete` is False only when waiting did not help; `incomplete_reason` then says why, and order fields are null
    if no good `orders` row was ever seen. `version` is the commit time (microseconds) of the newest change inside:
    it never goes back, and of equal versions the later offset wins.
    `position` remembers the last change of each MySQL server, `snapshot` the snapshot that last showed the order,
    `rejected` the rows whose newest change was refused.
    """

    order_id: int
    complete: bool = False
    incomplete_reason: str | None = None
    version: int = 0
    status: str | None = None
    currency: str | None = None
    items_total: str | None = None
    shipping_fee: str | None = None
    discount: str | None = None
    total_amount: str | None = None
    customer: Customer | None = None
    delivery_address: str | None = None
    delivery_city: str | None = None
    ordered_at: str | None = None
    updated_at: str | None = None
    lines: list[Line] = field(default_factory=list)
    source: Source | None = None
    stages: Stages | None = None
    position: dict[str, Position] = field(default_factory=dict)
    snapshot: str | None = None
    rejected: list[str] = field(default_factory=list)
    # Only while the order waits, never published: its row was deleted, and lines the newest snapshot has not shown.
    deleted: bool | UnsetType = UNSET
    unshown: set[int] | UnsetType = UNSET


class Tick(Struct):
    """The source's clock after a partition's earlier outputs were acknowledged, a value of `processed-ticks`.

    `offset` is the end of that partition of `processed-orders` at that moment; `waiting` orders are unsettled,
    the oldest for `oldest_wait_us` of the source's time.
    """

    slot: int
    partition: int
    committed_us: int
    captured_us: int
    processed_us: int
    gtid: str | None
    offset: int
    waiting: int
    oldest_wait_us: int
