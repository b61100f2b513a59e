"""Phones and servers that publish to a broker, ours or the force's own: this listens there.

It decides which topics are whose and when a message is acknowledged: once the gateway has it safe. A retained message
is old, but its own time says so.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateways.decoders.owntracks import OwnTracks, source_of
from gateways.decoders.traccar import Traccar
from gateways.listeners.door import Door
from gateways.listeners.listener import ListenerError
from gateways.mqtt import BrokerAddress, BrokerError, Inbound, Link
from gateways.payloads import LineStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateways.decoders.message import Decoder
    from gateways.listeners.limits import Limits
    from gateways.listeners.listener import Ear

# OwnTracks' base topic, below it users and devices; Traccar's `forward.topic`, one for all or one for each.
TOPICS = {"owntracks": "owntracks", "traccar": "positions"}


class MqttBridge:
    """Listens at the broker of `address` under a client id of its own; `topics` are by dialect."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        topics: Mapping[str, str] | None = None,
        patient: bool = False,
        allowed: Collection[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._topics = dict(topics) if topics is not None else {"owntracks": TOPICS["owntracks"]}
        self._patient = patient
        self._door = Door(allowed, limits)
        self._ear: Ear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link = Link(
            address,
            client_id=client_id,
            on_message=self._arrived,
            subscriptions=tuple(one for dialect, topic in self._topics.items() for one in _filters(dialect, topic)),
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
            dialect=" ".join(self._topics),
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
        dialect, decoder = self._read_by(message.topic)
        outcomes = decoder.feed(message.payload, received_at=message.received_at)
        admitted = self._door.admit(outcomes).outcomes
        kept = self._ear.hear(admitted, dialect=dialect, received_at=message.received_at)
        kept.add_done_callback(lambda kept: self._acknowledge(message, kept))

    def _read_by(self, topic: str) -> tuple[str, Decoder]:
        """What a topic's payload is; who may publish under it is the broker's to guard."""
        base = self._topics.get("owntracks")
        if base is not None and topic.startswith(f"{base}/"):
            return "owntracks", OwnTracks(source_of(topic, base=base))
        return "traccar", Traccar()

    def _acknowledge(self, message: Inbound, kept: asyncio.Future[bool]) -> None:
        """What could not be kept comes again with the next connection."""
        if not kept.cancelled() and kept.result():
            self._link.ack(message)


def _filters(dialect: str, topic: str) -> tuple[str, ...]:
    """What to subscribe to. OwnTracks reports where it is on the device's own topic, and borders crossed below it."""
    return (f"{topic}/+/+", f"{topic}/+/+/event") if dialect == "owntracks" else (topic,)
