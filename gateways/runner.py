"""A gateway at work: listeners to decoders to fixes to the broker, and an account of itself.

It decides what becomes of each outcome, how fixes are gathered into publications, and when one is sent again. What
bytes mean is the decoders', how a broker is reached is `mqtt`'s, what is owed a receipt is `spool`'s.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import msgspec

from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Header, Ignored, Message, Outcome, Unsupported
from gateways.fixes import Heard, event_of, fix_of, is_event, is_fix
from gateways.mqtt import BrokerAddress, Inbound, Link, Will
from gateways.payloads import EVENT_EXPIRY_S, FIX_EXPIRY_S, Event, GatewayStatus, read_receipt
from gateways.spool import Publication, Spool
from gateways.tally import Tally
from gateways.topics import device_path, receipt_topic, status_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from arls.fix import Fix
    from gateways.listeners.listener import Listener
    from gateways.payloads import Receipt

    Connect = Callable[[Callable[[Inbound], None], Will], "Uplink"]

# operations.md: batching is the lever; 20 to 100 ms or 50 fixes.
_BATCH_S = 0.05
_BATCH_FIXES = 50

_STATUS_S = 3.0
_TICK_S = 0.5

# protocols.md 12.1: how a peer is named until it names itself.
_SCHEMES = {"nmea0183": "nmea", "tetra-pei": "pei"}


class Uplink(Protocol):
    """The way to the broker, as a gateway needs it; `mqtt.Link` is one."""

    @property
    def is_up(self) -> bool:
        """True while the broker takes messages."""
        ...

    def start(self, *, patient: bool = False) -> None:
        """Connects."""
        ...

    def stop(self) -> None:
        """Leaves, when what is waiting has gone out."""
        ...

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        """Hands one message over; False when it was not taken."""
        ...


def mqtt_uplink(address: BrokerAddress, *, force: str, name: str) -> Connect:
    """What connects the gateway of this name to a broker, with its will and its receipts."""

    def connect(on_message: Callable[[Inbound], None], will: Will) -> Link:
        return Link(
            address,
            client_id=f"arls-gw-{name}",
            on_message=on_message,
            subscriptions=(receipt_topic(force, name),),
            will=will,
        )

    return connect


class Gateway:
    """One gateway process's work. `start` and `stop` may be called from any thread; all else is its own thread's."""

    def __init__(
        self,
        name: str,
        *,
        force: str,
        session: int,
        listeners: Sequence[Listener],
        connect: Connect,
    ) -> None:
        self.name = name
        self.tally = Tally()
        self.spool = Spool(session=session)
        self._force = force
        self._listeners = listeners
        self._status_topic = status_topic(force, name)
        last_words = msgspec.json.encode(GatewayStatus(state="offline", session=session))
        self._uplink = connect(self._message, Will(topic=self._status_topic, payload=last_words))
        self._batches: dict[str, list[Fix]] = {}
        self._batch_timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, patient: bool = False) -> None:
        """Connects and listens, in a thread of its own. Raises BrokerError or ListenerError, each in a sentence.

        A patient gateway does not mind that there is no broker yet.
        """
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready, patient=patient)), name=f"gateway {self.name}", daemon=True
        )
        self._thread.start()
        ready.result()

    def stop(self) -> None:
        """Stops listening, sends what it has, says that it is going and leaves."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def source_for(self, dialect: str, peer: str) -> str:
        """`nmea:<gateway>/<peer>` and the like."""
        return f"{_SCHEMES.get(dialect, dialect)}:{self.name}/{peer}"

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        """Counts what came; publishes what the core must know, and says when it is safe."""
        if outcomes:
            self.tally.came(len(outcomes), received_at)
        for outcome in outcomes:
            try:
                if isinstance(outcome, DecodeError):
                    raise outcome
                self._take(outcome, dialect, outcome.received_at or received_at)
            except DecodeError as error:
                self.tally.rejected(error, dialect=dialect, received_at=received_at)
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept.set_result(True)
        return kept

    def _take(self, message: Message, dialect: str, received_at: datetime) -> None:
        """One message understood. Raises DecodeError for one whose sender has no usable name."""
        if not (is_fix(message) or is_event(message)):
            if not isinstance(message, Header):
                self.tally.passed_by(_kind_of(message))
            return
        heard = Heard(source=_nameable(message), gateway=self.name, protocol=dialect, received_at=received_at)
        fix = fix_of(message, heard) if is_fix(message) else None
        self.tally.decoded += 1
        if is_event(message):
            self._send(self.spool.add(event_of(message, heard, fix), now_s=monotonic()))
        if fix is not None:
            self._gather(fix)

    def _gather(self, fix: Fix) -> None:
        """Into the batch of its device; an emergency does not wait for company."""
        batch = self._batches.setdefault(fix.source, [])
        batch.append(fix)
        if fix.emergency or len(batch) >= _BATCH_FIXES:
            self._send_batch(fix.source)
        elif self._batch_timer is None:
            self._batch_timer = asyncio.get_running_loop().call_later(_BATCH_S, self._send_batches)

    def _send_batches(self) -> None:
        self._batch_timer = None
        for source in list(self._batches):
            self._send_batch(source)

    def _send_batch(self, source: str) -> None:
        self._send(self.spool.add(tuple(self._batches.pop(source)), now_s=monotonic()))

    def _send(self, publication: Publication) -> None:
        """Out, if the uplink takes it; otherwise it stays in the spool and is overdue when the broker is back."""
        if not self._uplink.is_up:
            return
        is_event = isinstance(publication.cargo, Event)
        topic, payload = publication.topic(self._force), publication.payload(self.spool.session)
        if self._uplink.publish(topic, payload, expiry_s=EVENT_EXPIRY_S if is_event else FIX_EXPIRY_S):
            self.tally.published += 1

    def _message(self, message: Inbound) -> None:
        """In the uplink's thread."""
        receipt = read_receipt(message.payload)
        if receipt is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._receipted, receipt)

    def _receipted(self, receipt: Receipt) -> None:
        self.spool.settle(receipt)
        # Only the core knows which devices are carried by somebody.
        self.tally.unknown_devices = receipt.unknown_devices

    async def _run(self, ready: Future[None], *, patient: bool) -> None:
        self._loop = asyncio.get_running_loop()
        listening: list[Listener] = []
        try:
            await asyncio.to_thread(self._uplink.start, patient=patient)
            for listener in self._listeners:
                await listener.start(self)
                listening.append(listener)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to whoever called `start`
            await self._leave(listening)
            ready.set_exception(error)
            return
        ready.set_result(None)
        await self._work()
        await self._leave(listening)

    async def _work(self) -> None:
        """Says how it is, and sends again what nobody has signed for, until it is stopped."""
        status_due_s = 0.0
        while not self._stopping.is_set():
            now_s = monotonic()
            if self._uplink.is_up:
                for publication in self.spool.overdue(now_s=now_s):
                    self._send(publication)
            if now_s >= status_due_s and self._uplink.is_up:
                self._say("online")
                status_due_s = now_s + _STATUS_S
            try:
                await asyncio.wait_for(self._stopping.wait(), _TICK_S)
            except TimeoutError:
                continue

    async def _leave(self, listening: Sequence[Listener]) -> None:
        for listener in listening:
            await listener.stop()
        self._send_batches()
        self._say("offline")
        await asyncio.to_thread(self._uplink.stop)

    def _say(self, state: str) -> None:
        status = self.tally.status(self.spool, state=state, at=received_now(), now_s=monotonic())
        self._uplink.publish(self._status_topic, msgspec.json.encode(status), retain=True)


def _nameable(message: Message) -> str:
    """The device of a message, where it can be the name of a topic. Raises DecodeError."""
    if message.device_id is None:
        raise DecodeError("device_unnamed")
    try:
        device_path(message.device_id)
    except ValueError as error:
        raise DecodeError("device_unnameable", message.device_id) from error
    return message.device_id


def _kind_of(message: Message) -> str:
    """A word to count a message by that the core does not see."""
    if isinstance(message, Ignored | Unsupported):
        return message.why
    return str(message.__struct_config__.tag)
