"""A gateway at work: listeners to decoders to fixes to the broker, and an account of itself.

It decides what becomes of each outcome, how long it waits for company, and how fast what is old is sent. What bytes
mean is the decoders', how a broker is reached is `mqtt`'s, what is kept until the engine has signed for it `spool`'s.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec.structs import replace

from gateways.calls import is_caller, report_of
from gateways.clock import received_now
from gateways.clockcheck import ClockCheck
from gateways.decoders import lrrp
from gateways.decoders.message import DecodeError, Header, Ignored, Message, Outcome, Unsupported
from gateways.fixes import Heard, event_of, fix_of, is_event, is_fix
from gateways.gathering import Gathering
from gateways.line import Line
from gateways.mqtt import BrokerAddress, Inbound, Link, Will
from gateways.payloads import GatewayStatus, read_receipt
from gateways.roll import Roll
from gateways.spool import Spool
from gateways.tally import Tally
from gateways.topics import device_path, receipt_topic, status_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from gateways.cargo import Publication
    from gateways.listeners.listener import Listener
    from gateways.payloads import Receipt
    from gateways.shelf import Shelf

    Connect = Callable[[Callable[[Inbound], None], Will], "Uplink"]

# Batching is the lever (operations.md), and a gateway adds less than 20 ms: what is gathered in so long shares a sync.
_GATHER_S = 0.003

_STATUS_S = 3.0
_TICK_S = 0.1
# What a status has room for: a broker takes 64 KiB.
_MOST_LINES = 100

# protocols.md 12.1: how a peer is named until it names itself.
_SCHEMES = {"nmea0183": "nmea", "tetra-pei": "pei", "raw-sds": "pei", "cot-xml": "cot", "cot-protobuf": "cot"}


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
        shelf: Shelf,
        listeners: Sequence[Listener],
        connect: Connect,
        replay_per_s: float = 200.0,
        expected_s: Mapping[str, float] | None = None,
    ) -> None:
        self.name = name
        self.tally = Tally()
        self.spool = Spool(shelf)
        self._force = force
        self._started_at = received_now()
        self._roll = Roll(expected_s)
        self._clock = ClockCheck()
        self._lines = [
            Line(listener, self, self._roll, started_at=self._started_at, number=number)
            for number, listener in enumerate(listeners, start=1)
        ]
        self._status_topic = status_topic(force, name)
        self._connect = connect
        self._uplink = self._connected()
        self._replay_per_s = replay_per_s
        self._gathering: Gathering | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, patient: bool = False) -> None:
        """Connects and listens, in a thread of its own. Raises BrokerError or ListenerError, each in a sentence.

        A patient gateway does not mind that there is no broker yet, nor one that has found its broker before.
        """
        patient = patient or self.spool.has_met_broker
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
        """`nmea:<gateway>/<peer>` and the like; the address of a DMR radio is its number (protocols.md 2)."""
        if dialect == "lrrp" and (radio := lrrp.source_of(peer.rpartition(":")[0], self.name)):
            return radio
        return f"{_SCHEMES.get(dialect, dialect)}:{self.name}/{peer}"

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        """Counts what came; publishes what the core must know, and says when it is safe."""
        if outcomes:
            self.tally.came(len(outcomes), received_at)
        gathering = self._gathering or Gathering(asyncio.get_running_loop().create_future())
        for outcome in outcomes:
            try:
                if isinstance(outcome, DecodeError):
                    raise outcome
                self._take(outcome, dialect, outcome.received_at or received_at, gathering)
            except DecodeError as error:
                self.tally.rejected(error, dialect=dialect, received_at=received_at)
        if not gathering:
            gathering.kept.set_result(True)
            return gathering.kept
        self._gathering = gathering
        if gathering.is_pressing:
            self._hand_over()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_S, self._hand_over)
        # Several wait for one future: whoever gives up waiting must not end it for all.
        return asyncio.shield(gathering.kept)

    def _take(self, message: Message, dialect: str, received_at: datetime, gathering: Gathering) -> None:
        """One message understood. Raises DecodeError for one whose sender has no usable name."""
        if is_caller(message):
            gathering.add(report_of(message, gateway=self.name, protocol=dialect, received_at=received_at))
            self.tally.decoded += 1
            return
        if not (is_fix(message) or is_event(message)):
            if not isinstance(message, Header):
                self.tally.passed_by(_kind_of(message))
            return
        heard = Heard(source=_nameable(message), gateway=self.name, protocol=dialect, received_at=received_at)
        fix = fix_of(message, heard) if is_fix(message) else None
        self.tally.decoded += 1
        if is_event(message):
            gathering.add(event_of(message, heard, fix))
        if fix is not None:
            self._clock.heard(fix)
            gathering.add(fix)

    def _hand_over(self) -> None:
        """What was gathered, onto the disk and out at once: neither waits for the other."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._gathering is not None:
            gathering, self._gathering = self._gathering, None
            up = self._uplink.is_up
            live = self.spool.add(gathering.cargo(), up=up, now_s=monotonic(), kept=gathering.kept)
            self._send(live)

    def _send(self, publications: Iterable[Publication]) -> None:
        """Out; what the uplink does not take has no receipt in time and waits its turn again."""
        for publication in publications:
            taken = self._uplink.publish(
                publication.topic(self._force), publication.payload(), expiry_s=publication.expiry_s
            )
            self.tally.published += taken
            if taken and publication.mark.gw_seq is not None:
                self._clock.sent(self.spool.session, publication.mark.gw_seq, received_now())

    def _message(self, message: Inbound) -> None:
        """In the uplink's thread."""
        receipt = read_receipt(message.payload)
        if receipt is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._receipted, receipt, message.received_at)

    def _receipted(self, receipt: Receipt, received_at: datetime) -> None:
        self._clock.receipted(receipt, received_at)
        self.spool.settle(receipt, now_s=monotonic())
        # Only the core knows which devices are carried by somebody.
        self.tally.unknown_devices = receipt.unknown_devices

    async def _run(self, ready: Future[None], *, patient: bool) -> None:
        self._loop = asyncio.get_running_loop()
        listening: list[Listener] = []
        try:
            await asyncio.to_thread(self._uplink.start, patient=patient)
            for line in self._lines:
                await line.listener.start(line)
                listening.append(line.listener)
        except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to whoever called `start`
            await self._leave(listening)
            ready.set_exception(error)
            return
        ready.set_result(None)
        await self._work()
        await self._leave(listening)

    async def _work(self) -> None:
        """Sends what waits, and says how it is, until it is stopped."""
        said_s, was_up, owed = 0.0, False, 0.0
        while not self._stopping.is_set():
            now_s, is_up = monotonic(), self._uplink.is_up
            if was_up and not is_up:
                self.spool.recall_all()
            if is_up and not was_up:
                await self.spool.note_broker()
            was_up = is_up
            if self.spool.is_outgrown:
                await self._begin_again()
            elif is_up:
                self.spool.recall_late(now_s=now_s)
                owed = min(owed, 1.0) + self._replay_per_s * _TICK_S
                late = await self.spool.replays(int(owed), now_s=now_s)
                owed -= len(late)
                self._send(late)
                if now_s >= said_s + _STATUS_S:
                    self._say("online")
                    said_s = now_s
            self.spool.tend(now_s=now_s)
            try:
                await asyncio.wait_for(self._stopping.wait(), _TICK_S)
            except TimeoutError:
                continue

    async def _begin_again(self) -> None:
        """Another session, since the engine and we no longer count alike; its number is in the will too."""
        if not await self.spool.renew():
            return
        await asyncio.to_thread(self._uplink.stop)
        self._uplink = self._connected()
        await asyncio.to_thread(self._uplink.start, patient=True)

    def _connected(self) -> Uplink:
        last_words = msgspec.json.encode(GatewayStatus(state="offline", session=self.spool.session))
        return self._connect(self._message, Will(topic=self._status_topic, payload=last_words))

    async def _leave(self, listening: Sequence[Listener]) -> None:
        for listener in listening:
            await listener.stop()
        self._hand_over()
        self._say("offline")
        await asyncio.to_thread(self._uplink.stop)
        await self.spool.close()

    def _say(self, state: str) -> None:
        now_s = monotonic()
        status = replace(
            self.tally.status(self.spool, state=state, at=received_now()),
            started_at=self._started_at,
            lines=tuple(line.status(now_s) for line in self._lines[:_MOST_LINES]),
            sources=self._roll.status(now_s),
            clock=self._clock.status(),
        )
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
