"""Builds the Faust app: settings in, one agent out. Wiring only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import cast

import faust
from faust.types import TP, StreamT

from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS, PROCESSED_ORDERS
from streams.cluster import Cluster, identify
from streams.delivery import Delivery
from streams.desk import Desk
from streams.lease import Lease
from streams.offsets import committed
from streams.opening import Opening
from streams.reference import ReferenceReader
from streams.thread import in_thread
from streams.transport import SliceConsumer, SliceTransport
from streams.watch import Watch

SESSION_SECONDS = 10.0
ADVANCE_SECONDS = 0.1
TEND_SECONDS = 0.25

log = logging.getLogger(__name__)


def build(settings: Settings, worker: int) -> faust.App:
    """Return the app of worker number `worker` (from 1), ready to run."""
    folder = Path(settings.state_dir).resolve() / "streams" / f"worker-{worker}"
    folder.mkdir(parents=True, exist_ok=True)
    app = _app(settings, folder)
    cluster = identify(settings.bootstrap_servers)
    desk = _desk(app, settings, folder, cluster)
    transport = SliceTransport(app.conf.broker_consumer, app)
    transport.note = cluster.output_id
    transport.confirm, transport.hand_over, transport.assigned = desk.confirm, desk.hand_over, desk.lease.renew
    transport.worthless = partial(_worthless, cluster, settings.streams_group)
    app.transport = transport
    _wire(app, desk)
    return app


def _desk(app: faust.App, settings: Settings, folder: Path, cluster: Cluster) -> Desk:
    group = f"{settings.streams_group}-refused"
    lease = Lease(SESSION_SECONDS)
    delivery = Delivery(cluster.bootstrap_servers, PROCESSED_ORDERS.max_message_bytes, lease)
    references = ReferenceReader(cluster.bootstrap_servers)
    return Desk(
        delivery,
        Opening(cluster, folder / "partitions", settings.wait_ticks, group, delivery, references),
        references,
        lease,
        Watch(cluster, group, delivery, references),
        lambda: app.consumer_generation_id,
        lambda: cast(SliceConsumer, app.consumer).rejoin(),
    )


async def _worthless(cluster: Cluster, group: str, partitions: set[TP]) -> set[TP]:
    """Return the partitions whose committed offsets were reached with another `processed-orders`.

    What was published there is gone: the input is read again from its beginning. Offsets without a note (set by an
    operator's tool) are taken as they are.
    """
    wanted = [(tp.topic, tp.partition) for tp in partitions]
    found = await in_thread(partial(committed, cluster.bootstrap_servers, group, wanted))
    gone = {TP(*output) for output, place in found.items() if place.note not in ("", cluster.output_id)}
    if gone:
        log.warning("processed-orders was made anew: %s are read from the beginning", sorted(gone))
    return gone


def _app(settings: Settings, folder: Path) -> faust.App:
    return faust.App(
        settings.streams_group,
        broker=f"kafka://{settings.bootstrap_servers}",
        datadir=str(folder / "faust"),
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=0.5,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=1.0,
        broker_max_poll_records=4000,
        stream_buffer_maxsize=16,  # slices, not messages
        stream_wait_empty=False,
    )


def _wire(app: faust.App, desk: Desk) -> None:
    topic = app.topic(MYSQL_ORDERS.name, key_serializer="raw", value_serializer="raw", acks=False)

    async def fail(error: Exception) -> None:
        """End the worker without a commit: the supervisor starts it again, from the last good offset."""
        desk.has_failed = True
        await app.crash(error)
        await asyncio.Event().wait()

    async def watched(work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # whatever it is, nothing may be committed past it
            await fail(error)

    @app.agent(topic, concurrency=1)
    async def assemble(stream: StreamT) -> None:  # type: ignore[type-arg]  # slices, not values
        async for event in stream.events():
            await watched(partial(desk.take, event.message))

    async def advance() -> None:
        try:
            desk.advance()
        except Exception as error:  # noqa: BLE001  # as below
            await fail(error)

    @app.task  # type: ignore[untyped-decorator]  # Faust leaves it untyped
    async def tend() -> None:
        while not app.should_stop:
            await watched(desk.tend)
            await asyncio.sleep(TEND_SECONDS)  # a pause between two looks

    async def leave(*_: object, **__: object) -> None:
        if desk.lanes:
            await app.consumer.commit()
        await desk.hand_over()
        desk.references.stop()

    app.timer(ADVANCE_SECONDS)(advance)
    app.on_before_shutdown.connect(leave)
