"""A control room whose crews have terminals: the API as it is served, a real broker, and devices that answer."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from api.ticker import Ticker
from api.wiring import Fanout
from gateways.broker import start_broker
from gateways.intake import Intake
from gateways.mqtt import Link
from gateways.terminals import Terminals, dispatch_topic
from tests.api.room import DRAWN, TICK_S, open_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from gateways.broker import Broker
    from gateways.mqtt import Inbound
    from tests.api.room import Room

FORCE = "test"
WITHIN_S = 20.0  # a machine may be busy


def until(condition: Callable[[], Any]) -> Any:
    """What the condition gives once it gives something."""
    end = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found


@dataclass
class Terminal:
    """A unit's device: what it was sent, and what it says."""

    callsign: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    link: Link = field(init=False)

    def take(self, message: Inbound) -> None:
        self.heard.append(msgspec.json.decode(message.payload))

    def told(self, count: int) -> dict[str, Any]:
        """The message of that number, counted from 1, once it is there."""
        until(lambda: len(self.heard) >= count)
        return self.heard[count - 1]

    def answer(self, assignment: str, *answers: str) -> None:
        for answer in answers:
            payload = msgspec.json.encode({"assignment_id": assignment, "answer": answer})
            assert self.link.publish(f"arls/v1/{FORCE}/unit/{self.callsign}/ack", payload)


class ControlRoom:
    """What a journey works with."""

    def __init__(self, room: Room, broker: Broker) -> None:
        self.room = room
        self._broker = broker
        self.intake = Intake(room.system.engine, broker.address, force=FORCE)
        self.terminals = Terminals(self.intake.link, room.system.engine, room.system.roads, force=FORCE)
        fanout = Fanout()
        fanout.to = (room.system.hub, self.terminals)
        room.system.engine._outbox = fanout
        self.ticker = Ticker(room.system.engine, room.system.roads, now=room.clock)
        self._links: list[Link] = []

    def start(self) -> None:
        self.intake.start()
        self.terminals.start()

    def stop(self) -> None:
        for link in self._links:
            link.stop()
        self.intake.stop()
        self.terminals.stop()

    def crew(self, callsign: str, node: str, **unit: Any) -> Terminal:
        """A unit on duty at a node of the drawing, with a terminal that listens."""
        self.room.book(callsign, at=DRAWN.node(node), **unit)
        terminal = Terminal(callsign)
        terminal.link = Link(
            self._broker.address,
            client_id=f"terminal-{callsign}",
            on_message=terminal.take,
            subscriptions=(dispatch_topic(FORCE, callsign),),
        )
        terminal.link.start()
        until(lambda: terminal.link.is_up)
        self._links.append(terminal.link)
        return terminal

    def post(self, path: str, at: str = "north", **body: Any) -> httpx.Response:
        return self.room.client.post(f"/v1/{path}", json=body, headers={"X-Desk": at})

    def incident(self, node: str = "F", **fields: Any) -> str:
        place = DRAWN.node(node)
        body = {"lat": place.lat, "lon": place.lon, "grade": "1", "type": "robbery", "text": "knife seen"} | fields
        return str(self.post("incidents", **body).json()["id"])

    def send(self, incident: str, callsign: str, **body: Any) -> dict[str, Any]:
        answer = self.post(f"incidents/{incident}/assignments", callsign=callsign, **body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def shown(self, incident: str) -> dict[str, Any]:
        return dict(self.room.client.get(f"/v1/incidents/{incident}").json())

    def reaches(self, assignment: str, state: str) -> None:
        """Returns once the assignment is in that state, as the API shows it."""
        until(lambda: self.room.client.get(f"/v1/assignments/{assignment}").json()["state"] == state)


@contextmanager
def control_room(folder: Path, web: Path | None = None) -> Iterator[ControlRoom]:
    """A room that is open until the block ends; with `web` it serves the screen that lies there, at its own pace."""
    broker = start_broker(folder / "broker")
    try:
        with open_room(web or folder, tick_s=1.0 if web else TICK_S) as room:
            made = ControlRoom(room, broker)
            made.start()
            try:
                yield made
            finally:
                made.stop()
    finally:
        broker.stop()
