"""Builds the Faust app: settings in, one agent out. Wiring only."""

import asyncio
from pathlib import Path

import faust
from faust.types import StreamT

from orderflow.core.settings import Settings
from orderflow.core.topics import MYSQL_ORDERS
from streams.cluster import identify
from streams.desk import Desk
from streams.lease import Lease
from streams.transport import SliceTransport

SESSION_SECONDS = 10.0
ADVANCE_SECONDS = 0.1


def build(settings: Settings, worker: int) -> faust.App:
    """Return the app of worker number `worker` (from 1), ready to run."""
    folder = Path(settings.state_dir).resolve() / "streams" / f"worker-{worker}"
    folder.mkdir(parents=True, exist_ok=True)
    app = _app(settings, folder)
    desk = Desk(
        identify(settings.bootstrap_servers),
        folder / "partitions",
        settings.wait_ticks,
        Lease(SESSION_SECONDS),
        lambda: app.consumer_generation_id,
    )
    transport = SliceTransport(app.conf.broker_consumer, app)
    transport.settle, transport.forget, transport.assigned = desk.settle, desk.forget, desk.lease.renew
    app.transport = transport
    _wire(app, desk)
    return app


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
        await app.crash(error)
        await asyncio.Event().wait()

    @app.agent(topic, concurrency=1)
    async def assemble(stream: StreamT) -> None:  # type: ignore[type-arg]  # slices, not values
        async for event in stream.events():
            try:
                await desk.take(event.message)
            except Exception as error:  # noqa: BLE001  # whatever it is, nothing may be committed past it
                await fail(error)

    async def advance() -> None:
        try:
            desk.advance()
        except Exception as error:  # noqa: BLE001  # as above
            await fail(error)

    async def leave(*_: object, **__: object) -> None:
        if desk.lanes:
            await app.consumer.commit()
        desk.forget()
        desk.references.stop()

    app.timer(ADVANCE_SECONDS)(advance)
    app.on_before_shutdown.connect(leave)
