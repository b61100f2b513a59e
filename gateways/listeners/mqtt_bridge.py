"""OwnTracks over MQTT: phones publish to a broker, ours or the force's own, and this listens there.

It decides which topics and when a message is acknowledged: once the gateway has it safe. A retained message is old, but
its own time says so.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateways.decoders.owntracks import OwnTracks, source_of
from gateways.listeners.listener import ListenerError
from gateways.mqtt import BrokerAddress, BrokerError, Inbound, Link
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from gateways.listeners.listener import Ear

# The object's own topic, and the one below it where phones report borders crossed.
_TOPICS = ("owntracks/+/+", "owntracks/+/+/event")
_DIALECT = "owntracks"


class OwnTracksBridge:
    """Listens at the broker of `address` under a client id of its own."""

    def __init__(self, address: BrokerAddress, *, client_id: str, patient: bool = False) -> None:
        self._patient = patient
        self._ear: Ear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link = Link(
            address,
            client_id=client_id,
            on_message=self._arrived,
            subscriptions=_TOPICS,
            manual_ack=True,
            receive_maximum=500,
        )

    @property
    def line(self) -> LineStatus:
        """Which broker it listens at, and whether that answers."""
        where = f"mqtt {self._link.address.host}:{self._link.address.port}"
        state = "connected" if self._link.is_up else "down"
        return LineStatus(
            name=where,
            over="mqtt",
            dialect=_DIALECT,
            state=state,
            detail="" if self._link.is_up else self._link.fault or "",
        )

    async def start(self, ear: Ear) -> None:
        """Connects. Raises ListenerError when no broker is there, unless patient."""
        self._ear = ear
        self._loop = asyncio.get_running_loop()
        try:
            await asyncio.to_thread(self._link.start, patient=self._patient)
        except BrokerError as error:
            raise ListenerError(str(error)) from error

    async def stop(self) -> None:
        """Leaves; the broker keeps what comes meanwhile for an hour."""
        await asyncio.to_thread(self._link.stop)

    def _arrived(self, message: Inbound) -> None:
        """In paho's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Inbound) -> None:
        if self._ear is None:
            return
        decoder = OwnTracks(source_of(message.topic))
        outcomes = decoder.feed(message.payload, received_at=message.received_at)
        kept = self._ear.hear(outcomes, dialect=_DIALECT, received_at=message.received_at)
        kept.add_done_callback(lambda kept: self._acknowledge(message, kept))

    def _acknowledge(self, message: Inbound, kept: asyncio.Future[bool]) -> None:
        """What could not be kept comes again with the next connection."""
        if not kept.cancelled() and kept.result():
            self._link.ack(message)
