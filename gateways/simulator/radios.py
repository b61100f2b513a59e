"""The made-up force on the air: what it says goes over real wires to real gateways, and deployments come back.

It decides by which wire each device speaks, and at which pace the force lives. What is said is `crew`'s to decide,
how it is written `writers`'.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import msgspec

from arls.fix import fix_id_of
from arls.geo import Position
from gateways.mqtt import BrokerAddress, Inbound, Link
from gateways.payloads import EVENT_EXPIRY_S, Event, Mark, write_event
from gateways.simulator.line import Line
from gateways.simulator.roster import Dialect
from gateways.simulator.sayings import EMERGENCY, Answer, Report, Saying, StateSaid
from gateways.simulator.writers import nmea_report, owntracks_report, pei_report, pei_status
from gateways.terminals import DISPATCH_EXPIRY_S
from gateways.topics import event_topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateways.simulator.force import Force
    from gateways.simulator.roster import Member

_STEP_S = 0.2
# A socket of Linux's usual size holds some 270 small datagrams; the listener is given time to take them out.
_DATAGRAMS_AT_ONCE, _BREATH_S = 50, 0.002


class _Meet(msgspec.Struct, frozen=True, kw_only=True):
    """Where units meet first."""

    lat: float
    lon: float


class _Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal reads of a deployment, or of a release, which has no place."""

    assignment_id: str
    released: bool = False
    lat: float | None = None
    lon: float | None = None
    rvp: _Meet | None = None


def _goal_of(order: _Order) -> Position | None:
    """Where a crew is to go first; None: it is told nothing of a place. Raises ValueError for no place on earth."""
    if order.rvp is not None:
        return Position(lat=order.rvp.lat, lon=order.rvp.lon)
    return None if order.lat is None or order.lon is None else Position(lat=order.lat, lon=order.lon)


_ORDERS = msgspec.json.Decoder(_Order)


class Radios:
    """Carries a force's sayings, in a thread of its own; `pei` and `nmea` are where a gateway listens.

    TETRA goes over one line into the PEI listener, NMEA as datagrams, phones and terminals speak to the broker.
    `counters` tells what went out, by kind; `overheard` is told each TETRA report, as it goes out.
    """

    def __init__(
        self,
        force: Force,
        *,
        broker: BrokerAddress,
        force_name: str,
        pei: tuple[str, int],
        nmea: tuple[str, int],
        now: Callable[[], datetime],
        overheard: Callable[[Member, bytes], None] | None = None,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self.line = Line(pei)
        self._force = force
        self._nmea = nmea
        self._now = now
        self._overheard = overheard
        self._units = f"arls/v1/{quote(force_name, safe='')}/unit"
        self._force_name = force_name
        self._link = Link(
            broker,
            client_id=f"arls-radios-{force_name}",
            on_message=self._ordered,
            subscriptions=(f"{self._units}/+/dispatch",),
        )
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="made-up force", daemon=True)

    def start(self) -> None:
        """Connect and begin. Raises BrokerError when there is no broker."""
        self._link.start()
        self.line.start()
        self._thread.start()

    def stop(self) -> None:
        """Everybody goes home."""
        self._stopping.set()
        self._thread.join()
        self.line.stop()
        self._link.stop()
        self._datagrams.close()

    def _run(self) -> None:
        lived_s = monotonic()
        while not self._stopping.wait(max(0.0, lived_s + _STEP_S - monotonic())):
            # As much as has passed: on a busy machine the steps are longer, the force is not slower.
            seconds = monotonic() - lived_s
            lived_s += seconds
            for saying in self._force.step(seconds, self._now()):
                self._say(saying)

    def _say(self, saying: Saying) -> None:
        match saying:
            case Report():
                self._report(saying)
            case StateSaid(member=member, code=code) if member.dialect is Dialect.TETRA:
                self.counters["states"] += 1
                self.line.say(pei_status(member.device, code))
            case StateSaid():
                self.counters["states"] += 1
                self._publish_state(saying)
            case Answer(member=member, assignment=assignment, answer=answer):
                self.counters["answers"] += 1
                words = {"assignment_id": assignment, "answer": answer, "at": self._now()}
                topic = f"{self._units}/{quote(member.unit.callsign, safe='')}/ack"
                self._link.publish(topic, msgspec.json.encode(words), expiry_s=DISPATCH_EXPIRY_S)

    def _report(self, report: Report) -> None:
        member, sight = report.member, report.sight
        match member.dialect:
            case Dialect.TETRA:
                said = pei_report(member.device, sight)
                self.line.say(said)
                if self._overheard is not None:
                    self._overheard(member, said)
            case Dialect.NMEA:
                with suppress(OSError):  # a datagram may always be lost
                    self._datagrams.sendto(nmea_report(member.device, sight), self._nmea)
                if self.counters[member.dialect] % _DATAGRAMS_AT_ONCE == 0:
                    self._stopping.wait(_BREATH_S)
            case Dialect.OWNTRACKS:
                if sight.position is None:
                    return
                # Retained, as phones have it by default.
                payload = owntracks_report(sight.position, sight)
                self._link.publish(f"owntracks/{member.device}", payload, retain=True)
        self.counters[member.dialect] += 1

    def _publish_state(self, said: StateSaid) -> None:
        """A vehicle's terminal and a phone have no status message: theirs is an event of its own."""
        source, at = said.member.source, self._now()
        kind = "emergency" if said.code == EMERGENCY else "state"
        event = Event(
            id=fix_id_of(source, kind, str(said.code), at.isoformat()),
            source=source,
            received_at=at,
            type=kind,
            protocol="terminal",
            code=said.code,
        )
        topic = event_topic(self._force_name, source, kind)
        self._link.publish(topic, write_event(event, Mark()), expiry_s=EVENT_EXPIRY_S)

    def _ordered(self, message: Inbound) -> None:
        """In paho's thread."""
        callsign = unquote(message.topic.split("/")[4])
        try:
            order = _ORDERS.decode(message.payload)
            goal = _goal_of(order)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            self.counters["orders not understood"] += 1
            return
        if order.released:
            self._force.release(callsign, order.assignment_id)
        elif goal is not None:
            self._force.deploy(callsign, order.assignment_id, goal)
