"""A control room under test: a real engine over a journal in memory, real roads, and a real server on a free port."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import httpx
import uvicorn
from websockets.sync.client import connect

from api.app import create_app
from api.auth import Keyring
from api.live import Hub
from api.settings import Settings
from api.survey import Survey
from api.wiring import Labels, System
from arls import messages as m
from arls.engine import Engine
from arls.fix import Fix
from arls.roads.live import Roads
from arls.unit import Callsign, Unit
from gateways.mqtt import BrokerAddress
from maps.areas import NO_AREAS
from maps.placebook import PlaceBook
from tests.drawing import draw
from tests.fakes import Clock, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from websockets.sync.client import ClientConnection

    from api.captions import Stage
    from arls.engine import Outcome
    from arls.geo import Position
    from arls.journal.sqlite import SqliteJournal
    from arls.responsibility import Responsibility
    from maps.areas import AreaBook
    from maps.tileset import Tileset

# A heart that beats fast, so that tests of the live feed need not wait for it.
TICK_S = 0.1

TOKEN = "a-token-of-the-demo-operator"  # noqa: S105 - of a server that lives for one test

DRAWN = draw(
    """
    A-----B-----C
    |     |     |
    D-----E-----F
    """,
    ways={
        "ABC": {"highway": "residential", "name": "North Street"},
        "DEF": {"highway": "residential", "name": "South Street"},
        "AD": {"highway": "residential", "name": "West Lane"},
        "BE": {"highway": "residential", "name": "Mid Lane"},
        "CF": {"highway": "residential", "name": "East Lane"},
    },
)


@dataclass
class Room:
    """What a test works with: `client` has a token, `stranger` has none."""

    system: System
    journal: MemoryJournal
    clock: Clock
    url: str
    client: httpx.Client
    stranger: httpx.Client

    def ask(self, command: m.Command) -> Outcome:
        """Ask the engine itself."""
        return self.system.engine.ask(command).result(timeout=5)

    def said(self) -> dict[str, Any]:
        return {"at": self.clock(), "operator": "op1", "desk": "desk 1"}

    def book(self, callsign: str, at: Position | None = None, code: int | None = 2, **unit: Any) -> None:
        """A unit on duty, and its first fix."""
        made = Unit(callsign=Callsign(callsign), **unit)
        self.ask(m.PutUnit(**self.said(), unit=made, sources=(f"issi:{callsign}",)))
        if code is not None:
            self.ask(m.SetState(**self.said(), callsign=made.callsign, code=code))
        if at is not None:
            self.fix(callsign, at)

    def fix(self, callsign: str, at: Position, **fields: Any) -> None:
        """A position report of the unit's radio, now."""
        now = self.clock()
        fix = Fix(
            id=f"{callsign}/{now.timestamp()}",
            source=f"issi:{callsign}",
            received_at=now,
            fix_time=now,
            protocol="tetra-lip",
            lat=at.lat,
            lon=at.lon,
            **fields,
        )
        self.ask(m.RecordFixes(**self.said(), fixes=(fix,)))

    def incident(self, at: Position | None = None, **fields: Any) -> dict[str, Any]:
        """A new incident, made over HTTP."""
        place = at or DRAWN.node("E")
        body = {"lat": place.lat, "lon": place.lon, "grade": "1", "type": "robbery", "text": "shop"} | fields
        response = self.client.post("/v1/incidents", json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def assign(self, incident: str, callsign: str, **headers: str) -> httpx.Response:
        return self.client.post(f"/v1/incidents/{incident}/assignments", json={"callsign": callsign}, headers=headers)

    def listen(self, **headers: str) -> ClientConnection:
        """The live feed, with the operator's token unless the headers say otherwise."""
        url = self.url.replace("http", "ws") + "/v1/live"
        return connect(url, additional_headers=headers or {"Authorization": f"Bearer {TOKEN}"})


@contextmanager
def open_room(
    web: Path,
    *,
    tileset: Tileset | None = None,
    journal: MemoryJournal | SqliteJournal | None = None,
    areas: AreaBook = NO_AREAS,
    responsibilities: Sequence[Responsibility] = (),
    stage: Stage | None = None,
    tick_s: float = TICK_S,
    settings: Settings | None = None,
    keyring: Keyring | None = None,
) -> Iterator[Room]:
    """A room that is served until the block ends, over a journal of its own or the one that is given."""
    clock, hub, roads = Clock(), Hub(tick_s=tick_s), Roads(DRAWN.network)
    journal = journal if journal is not None else MemoryJournal()
    engine = Engine(journal, hub, journal)
    system = System(
        settings=settings or Settings(),
        labels=Labels(network="a drawing", made_up=True, simulated=True, broker_kind="mosquitto", broker="mosquitto"),
        engine=engine,
        journal=cast("Any", journal),
        roads=roads,
        keyring=keyring or Keyring({"demo": TOKEN}),
        hub=hub,
        broker=BrokerAddress(host="127.0.0.1", port=1883),
        survey=Survey(roads, areas, responsibilities),
        tileset=tileset,
        places=PlaceBook(DRAWN.network),
        stage=stage,
        now=clock,
    )
    engine.start()
    try:
        with (
            served(system, web) as url,
            httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client,
            httpx.Client(base_url=url) as stranger,
        ):
            yield Room(
                system=system,
                journal=cast("MemoryJournal", journal),
                clock=clock,
                url=url,
                client=client,
                stranger=stranger,
            )
    finally:
        engine.stop()


@contextmanager
def served(system: System, web: Path) -> Iterator[str]:
    """The faces of a system on a free port: their URL."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(
            create_app(system, web=web), log_config=None, timeout_graceful_shutdown=1, ws="websockets-sansio"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                time.sleep(0.005)
            host, port = door.getsockname()
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join()
