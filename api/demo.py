"""The whole system on one machine: a made-up force on made-up or real roads, through real gateways and a real broker.

It decides what the demo starts and says. Every part of it is the one that a force would run, but the officers.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from api.demo_desk import DemoDesk
from api.edge import gateway_running
from api.made_tokens import made_tokens
from api.networks import find_ground
from api.settings import settings_of
from api.wiring import serve, system_running, utc_now, write_ready_file
from arls import messages as m
from arls.ranking import Question, rank
from gateways.simulator.force import Force
from gateways.simulator.radios import Radios
from gateways.simulator.roster import made_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from api.edge import Edge
    from api.networks import Ground
    from api.wiring import System
    from arls.ports import Recorded
    from arls.roads.network import Network
    from gateways.simulator.roster import Member

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
_SEED = 1
DISPATCHER, DESK = "dispatcher", "demo desk"
# Who has lost GPS or broken down does not hold up the others for longer.
_FIRST_REPORTS_S = 3.0
# On patrol, available: how everybody begins.
_ON_PATROL = 2
# What its gateway listens to.
LISTEN = (
    {"over": "udp", "dialect": "nmea0183", "port": 0},
    {"over": "tcp", "dialect": "tetra-pei", "port": 0},
    {"over": "http", "port": 0},
    {"over": "mqtt"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for on the command line."""

    data: Path
    roads: str | None = None
    units: int = 250
    seconds: float | None = None
    port: int = 8080
    calls: bool = True
    ready_file: Path | None = None
    seed: int = _SEED
    pace: float = 1.0  # of a tour's captions: 1 is for readers, less is quicker


def run_demo(wanted: Wanted, *, say: Callable[[str], None], progress: Callable[[str, float], None]) -> None:
    """Start everything, serve until the time is over or somebody stops it, stop everything.

    Raises the rooms' own errors, each a sentence, where something outside does not let it start.
    """
    ground = find_ground(wanted.roads, progress=progress)
    tokens = made_tokens(wanted.data, (DISPATCHER, DESK))
    settings = settings_of(
        {
            "http": {"port": wanted.port},
            "journal": {"data": wanted.data},
            "gateway": {"listen": LISTEN},
            "areas": {"files": areas_of(ground)},
            "tokens": tokens,
        },
        where="the demo",
    )
    with ExitStack() as stack:
        system = stack.enter_context(system_running(settings, ground, simulated=True))
        edge = stack.enter_context(
            gateway_running(settings.gateway, system.broker, force=settings.force, data=wanted.data)
        )
        roster = roster_of(ground, wanted)
        book_on(system, roster)
        force = Force(system.roads, roster, seed=wanted.seed)
        system.outbox.to = (*system.outbox.to, _Voice(force))
        stack.enter_context(_radios(system, edge, force))

        def ready(url: str) -> None:
            _wait_for_everybody(system)
            if wanted.calls:
                stack.enter_context(desk_working(system.roads.network, url, tokens[DESK], force, ground, wanted.seed))
            _tell(system, url, tokens[DISPATCHER], wanted, say)

        serve(system, on_ready=ready, seconds=wanted.seconds)


class _Voice:
    """An outbox that tells a crew by voice that its emergency was cancelled: no terminal carries that."""

    def __init__(self, force: Force) -> None:
        self._force = force

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was committed: `ports.Outbox`."""
        for record in recorded:
            if isinstance(record.entry.event, m.EmergencyCancelled):
                self._force.calm_down(record.entry.event.callsign)


def _wait_for_everybody(system: System) -> None:
    """Until every unit has reported once, so that the first look at the screen shows the whole force."""
    until_s = monotonic() + _FIRST_REPORTS_S
    while monotonic() < until_s and not system.engine.known.picture.located.all():
        sleep(0.05)
    # As a first question: it finds where everybody stands on the road, and the next ones only who has moved.
    rank(Question(position=system.roads.network.bounds.centre, at=system.now(), k=1), system.engine.known, system.roads)


def book_on(system: System, roster: Sequence[Member]) -> None:
    """Every member that is not booked on yet, with its device, on patrol."""
    futures = []
    for member in roster:
        if member.unit.callsign in system.engine.known.units:
            continue
        at, operator, callsign = system.now(), "roster", member.unit.callsign
        put = m.PutUnit(at=at, operator=operator, desk=DESK, unit=member.unit, sources=(member.source,))
        free = m.SetState(at=at, operator=operator, desk=DESK, callsign=callsign, code=_ON_PATROL)
        futures += [system.engine.ask(command, wait_s=10) for command in (put, free)]
    for future in futures:
        future.result()


def areas_of(ground: Ground) -> list[dict[str, str]]:
    """The files of areas that belong to a ground."""
    file = FIXTURES / "areas.geojson"
    return [{"path": str(file)}] if ground.made_up and file.is_file() else []


def roster_of(ground: Ground, wanted: Wanted) -> list[Member]:
    """Who is on duty."""
    file = FIXTURES / "roster.csv"
    if ground.made_up and file.is_file():
        return read_roster(file, wanted.units, seed=wanted.seed)
    return made_roster(wanted.units, seed=wanted.seed)


@contextmanager
def _radios(system: System, edge: Edge, force: Force) -> Iterator[None]:
    pei_port, nmea_port = edge.port_of("tcp", "tetra-pei"), edge.port_of("udp", "nmea0183")
    if pei_port is None or nmea_port is None:
        raise RuntimeError("the demo's gateway listens to neither PEI nor NMEA")
    radios = Radios(
        force,
        broker=system.broker,
        force_name=system.settings.force,
        pei=(edge.host, pei_port),
        nmea=(edge.host, nmea_port),
        now=utc_now,
    )
    radios.start()
    try:
        yield
    finally:
        radios.stop()


@contextmanager
def desk_working(network: Network, url: str, token: str, force: Force, ground: Ground, seed: int) -> Iterator[None]:
    """The simulated desk, at work."""
    calls = FIXTURES / "incidents.csv"
    desk = DemoDesk(
        url,
        token,
        network=network,
        calls=calls if ground.made_up and calls.is_file() else None,
        on_calm=force.calm_down,
        seed=seed,
    )
    desk.start()
    try:
        yield
    finally:
        desk.stop()


def _tell(system: System, url: str, token: str, wanted: Wanted, say: Callable[[str], None]) -> None:
    screen_url = f"{url}/?ticket={system.keyring.mint_ticket(DISPATCHER)}"
    if wanted.ready_file is not None:
        broker = {"host": system.broker.host, "port": system.broker.port}
        facts = {"url": url, "token": token, "screen_url": screen_url, "broker": broker, "data": str(wanted.data)}
        write_ready_file(wanted.ready_file, facts)
    say(f"[bold]ARLS is up.[/] Open the screen (this link works once): {screen_url}")
    say(
        f"{len(system.engine.known.units)} simulated units on {system.labels.network}"
        f"{', a made-up county' if system.labels.made_up else ''}; broker: {system.labels.broker}"
    )
    say(f"API: {url}/docs with the bearer token {token}")
    say(f"Journal: {wanted.data} (arls journal verify {wanted.data})")
