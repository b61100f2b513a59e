"""The one place where the rooms are joined: engine, journal, roads, gateways and faces.

It decides who is handed what, in which order things start and stop, and it is the only reader of the wall clock. It
holds no rule.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import uvicorn

from api.app import create_app
from api.asker import Asker
from api.auth import Keyring
from api.eraser import Eraser
from api.fix_ages import FixAges, sampling
from api.keeper import Keeper
from api.live import Hub
from api.location_links import LocationLinks
from api.networks import read_roads
from api.outgoing import outs_running
from api.outside import WiringError, address_of
from api.packs import adopt_packs, choose_packs
from api.sessions import SessionFile
from api.survey import read_area_book, survey_of
from api.ticker import Ticker
from arls.engine import Engine
from arls.geo import find_grid_reference
from arls.geofence import Fence
from arls.journal.sqlite import SqliteJournal
from arls.ranking import Question, rank
from arls.roads import drives, leaving, roam, search, streets
from arls.roads.hierarchy import warm
from gateways.beacon import Beacon
from gateways.broker import MOSQUITTO, start_broker
from gateways.intake import Intake
from gateways.mqtt import Link
from gateways.terminals import Terminals
from maps.placebook import PlaceBook
from maps.tileset import Tileset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from api.captions import Stage
    from api.networks import Ground
    from api.settings import BrokerSettings, GeofenceSettings, Settings
    from api.survey import Survey
    from arls.ports import Outbox, Past, Recorded
    from arls.roads.live import Roads
    from gateways.mqtt import BrokerAddress
    from gateways.out.out import Out

JOURNAL_FILE = "journal.sqlite"
SESSIONS_FILE = "sessions.json"
# How long open connections may hold up a shutdown.
_GRACE_S = 3
# The first answer builds what all others use; a busy machine takes longer than anybody would wait.
_FIRST_ANSWER_S = 60


def utc_now() -> datetime:
    """The instant with which every command is stamped at the door."""
    return datetime.now(UTC)  # noqa: TID251 - the wiring is where time comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the screen must say of itself, so that nobody takes a demo for the truth."""

    network: str  # `Arlshire`, `porto.osm.pbf`
    made_up: bool  # the roads are invented
    simulated: bool  # the units are invented
    broker_kind: str  # mosquitto, amqtt, external
    broker: str  # whose it is, or the warning that the demo broker may lose messages


class Fanout:
    """An outbox that hands on to several."""

    def __init__(self) -> None:
        self.to: tuple[Outbox, ...] = ()

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Tell each."""
        for outbox in self.to:
            outbox.deliver(recorded)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running ARLS as the faces see it."""

    settings: Settings
    labels: Labels
    engine: Engine
    journal: Past
    roads: Roads
    keyring: Keyring
    hub: Hub
    broker: BrokerAddress
    survey: Survey
    outbox: Fanout = field(default_factory=Fanout)
    tileset: Tileset | None = None
    places: PlaceBook | None = None
    links: LocationLinks = field(default_factory=LocationLinks)
    intake: Intake | None = None
    outs: tuple[Out, ...] = ()
    fix_ages: FixAges = field(default_factory=FixAges)
    stage: Stage | None = None  # of a scripted demonstration
    now: Callable[[], datetime] = field(default=utc_now)


class _Server(uvicorn.Server):
    """uvicorn, saying when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        if self.started:
            self.up.set()


@contextmanager
def system_running(
    settings: Settings, ground: Ground, *, simulated: bool = False, stage: Stage | None = None
) -> Iterator[System]:
    """Broker, journal, engine, intake and terminals, started in this order and stopped in the other."""
    data, packs = settings.journal.data, choose_packs(settings)
    areas = read_area_book(settings.areas)
    with ExitStack() as stack:
        address, kind, broker = stack.enter_context(_broker_of(settings.broker, data))
        roads = read_roads(ground.directory)
        survey = survey_of(roads, areas, settings.desks)
        warm_up(roads)
        journal = stack.enter_context(SqliteJournal(data / JOURNAL_FILE))
        outbox, hub = Fanout(), Hub()
        engine = Engine(journal, outbox, journal, index_kind=settings.picture.index)
        engine.start()
        stack.callback(engine.stop)
        adopt_packs(engine, packs, utc_now())
        first = Question(position=roads.network.bounds.centre, at=utc_now(), k=1)
        rank(
            first, engine.known, roads
        )  # it finds where everybody stands on the road, and the next ones only who moved
        intake = Intake(engine, address, force=settings.force)
        outward = Link(address, client_id=f"arls-out-{settings.force}", on_message=lambda _message: None)
        terminals = Terminals(outward, engine, roads, force=settings.force)
        eraser = Eraser(journal, engine)
        outbox.to = (hub, terminals, eraser)
        eraser.start()
        stack.callback(eraser.stop)
        outward.start()
        stack.callback(outward.stop)
        terminals.start()
        stack.callback(terminals.stop)
        beacon = Beacon(outward, engine, force=settings.force, now=utc_now)
        beacon.start()
        stack.callback(beacon.stop)
        outs = stack.enter_context(outs_running(settings.out, engine, force=settings.force, data=data, now=utc_now))
        intake.start()
        stack.callback(intake.stop)
        keeper = Keeper(engine, roads, tell=hub.tell_firsts, now=utc_now)
        outbox.to = (*outbox.to, keeper)
        keeper.start()
        stack.callback(keeper.stop)
        if settings.polling.enabled:
            asker = Asker(engine, roads, outward, settings.polling, force=settings.force, now=utc_now)
            outbox.to = (*outbox.to, asker)
            asker.start()
            stack.callback(asker.stop)
        kept = timedelta(minutes=settings.callers.forget_after_min)
        off = settings.units.end_of_shift == "off_duty"
        ticker = Ticker(
            engine, roads, now=utc_now, forget_callers_after=kept, put_off_duty=off, fence=_fence_of(settings.geofence)
        )
        ticker.start()
        stack.callback(ticker.stop)
        yield System(
            settings=settings,
            labels=Labels(
                network=ground.name, made_up=ground.made_up, simulated=simulated, broker_kind=kind, broker=broker
            ),
            engine=engine,
            journal=journal,
            roads=roads,
            keyring=Keyring(
                {name: token.get_secret_value() for name, token in settings.tokens.items()},
                kept=SessionFile(data / SESSIONS_FILE, utc_now),
            ),
            hub=hub,
            broker=address,
            survey=survey,
            outbox=outbox,
            tileset=Tileset(ground.base_map) if ground.base_map else None,
            places=PlaceBook(roads.network, ground.directory),
            intake=intake,
            outs=outs,
            fix_ages=stack.enter_context(sampling(engine, now=utc_now)),
            stage=stage,
        )


def serve(system: System, *, on_ready: Callable[[str], None], seconds: float | None = None) -> None:
    """Serve the faces until told to stop, or for `seconds` from when all is up; `on_ready` is told the URL.

    Raises WiringError when the port is taken.
    """
    listening = _bound(system.settings.http.host, system.settings.http.port)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        create_app(system),
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # a message is encoded once for all who listen
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
    )
    server = _Server(config)

    async def run() -> None:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        up = asyncio.create_task(server.up.wait())
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            url = f"http://{host}:{port}"
            # The first request builds what all others use: it is ours, so that nobody waits for it.
            await asyncio.to_thread(httpx.get, f"{url}/healthz", timeout=_FIRST_ANSWER_S)
            await asyncio.to_thread(on_ready, url)
            if system.places is not None:
                await asyncio.to_thread(system.places.prepare)
        up.cancel()
        await asyncio.wait({serving}, timeout=seconds)
        server.should_exit = True
        await serving

    with _stoppable(server), asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(run())


def write_ready_file(file: Path, facts: Mapping[str, object]) -> None:
    """Say that everything is up: whole or not at all, for whoever waits for the file."""
    beside = file.with_name(f"{file.name}.part")
    beside.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    beside.chmod(0o600)  # it holds a token
    beside.rename(file)


def warm_up(roads: Roads | None = None) -> None:
    """Load the compiled kernels, or compile them the first time; with roads, work out what a first question needs."""
    streets.warm_up()
    search.warm_up()
    warm.warm_up()
    roam.warm_up()
    drives.warm_up()
    leaving.warm_up()
    if roads is not None:
        roads.prepare()
        find_grid_reference(roads.network.bounds.centre)


def _fence_of(settings: GeofenceSettings) -> Fence | None:
    return Fence(urban_m=settings.urban_m, rural_m=settings.rural_m) if settings.enabled else None


@contextmanager
def _broker_of(settings: BrokerSettings, data: Path) -> Iterator[tuple[BrokerAddress, str, str]]:
    if settings.host is not None:
        yield address_of(settings), "external", f"{settings.host}:{settings.port}"
        return
    broker = start_broker(data / "broker")
    try:
        if broker.kind == MOSQUITTO:
            yield broker.address, "mosquitto", "Mosquitto, private"
        else:
            yield broker.address, "amqtt", broker.kind
    finally:
        broker.stop()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's delay off: it cost 40 ms an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WiringError(
            f"cannot listen on {host}:{port} ({error.strerror}): stop what does, or give another --port"
        ) from None
    return listening


@contextmanager
def _stoppable(server: uvicorn.Server) -> Iterator[None]:
    """SIGTERM and Ctrl-C end what is served, and what was started is then stopped in order.

    uvicorn raises the signal again once it has stopped serving; by default that would end the process on the spot.
    """

    def stop(*_: object) -> None:
        if not server.should_exit:
            sys.exit(0)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except SystemExit:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if number is signal.SIGTERM else handler)
