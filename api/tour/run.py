"""`arls demo --tour`: broker, gateway and radios here, the engine in a process that can be killed, and the scene.

It decides what is started in which order, and what goes on when the tour is over.
"""

from __future__ import annotations

import secrets
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import httpx

from api.demo import DESK, DISPATCHER, FIXTURES, LISTEN, areas_of, desk_working, roster_of
from api.edge import gateway_running
from api.networks import find_ground, read_roads
from api.outside import WiringError
from api.settings import settings_of
from api.simulating import book_on
from api.tour.desk import TourDesk, TourError
from api.tour.director import Director, Over
from api.tour.engine_process import EngineProcess
from api.tour.killing import killed
from api.tour.places import find_scene
from api.tour.play import OPPOSITE, Play, cast_of
from api.tour.scenes import (
    a_radio_speaks,
    a_road_is_shut,
    a_robbery,
    by_voice,
    left_out,
    no_answer,
    on_the_air,
    the_button,
)
from api.wiring import utc_now, write_ready_file
from gateways.broker import MOSQUITTO, start_broker
from gateways.simulator.crew import Crew
from gateways.simulator.force import Force
from gateways.simulator.radios import Radios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from api.demo import Wanted
    from api.networks import Ground
    from api.tour.engine_process import Facts
    from gateways.broker import Broker

SCENES = (
    on_the_air,
    a_radio_speaks,
    a_robbery,
    left_out,
    a_road_is_shut,
    no_answer,
    by_voice,
    the_button,
    killed,
)
# Everybody reports within a second; a busy machine is given longer, and then begins without whoever is missing.
_FIRST_REPORTS_S, _LOOK_S = 10.0, 0.2


def run_tour(wanted: Wanted, *, say: Callable[[str], None], progress: Callable[[str, float], None]) -> None:
    """Start everything, play the tour, go on as a demo until stopped or the time is over, stop everything.

    Raises WiringError for roads that have no scene, and the rooms' own errors, each a sentence.
    """
    ground = find_ground(wanted.roads, progress=progress)
    cases = FIXTURES / "hard_cases.json"
    if not ground.made_up or not cases.is_file():
        raise WiringError("the tour plays in Arlshire, whose places it knows: leave --roads out")
    tokens = {DISPATCHER: secrets.token_urlsafe(32), DESK: secrets.token_urlsafe(32)}
    stopped = _stopped()
    wanted.data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        broker = stack.enter_context(_broker(wanted))
        table = _settings(wanted, ground, broker, tokens)
        engine = EngineProcess(table, ground, data=wanted.data, operator=DISPATCHER)
        stack.callback(engine.stop)
        with ThreadPoolExecutor(1) as beside:
            started = beside.submit(engine.start)
            roads = read_roads(ground.directory)
            scene = find_scene(roads, cases)
            facts = started.result()
        settings = settings_of(table, where="the tour")
        edge = stack.enter_context(
            gateway_running(settings.gateway, broker.address, force=settings.force, data=wanted.data)
        )
        cast, roster = cast_of(scene), roster_of(ground, wanted)
        book_on(facts.url, tokens[DISPATCHER], [*cast, *roster])
        # Nobody loses GPS, refuses or needs help but where the scene says so.
        force = Force(roads, [*cast, *roster], seed=wanted.seed, calm=True)
        desk = TourDesk(facts.url, tokens[DISPATCHER])
        stack.callback(desk.close)
        director = Director(desk, scenes=len(SCENES), pace=wanted.pace, stopped=stopped)
        play = Play(
            desk=desk,
            director=director,
            force=force,
            edge=edge,
            engine=engine,
            roads=roads,
            scene=scene,
            cast=cast,
            data=wanted.data,
        )
        stack.enter_context(_on_the_air(play, broker))
        _tell(wanted, facts, broker, tokens[DISPATCHER], say)
        ends = threading.Timer(wanted.seconds, stopped.set) if wanted.seconds is not None else None
        if ends is not None:
            ends.daemon = True
            ends.start()
        _play(play, say)
        if wanted.calls and not stopped.is_set():
            stack.enter_context(desk_working(roads.network, facts.url, tokens[DESK], force, ground, wanted.seed))
        stopped.wait()


def _play(play: Play, say: Callable[[str], None]) -> None:
    """All scenes, until those who watch leave. What cannot go on is said, and the demo stays."""
    director = play.director
    try:
        director.until_watched()
        for step, scene in enumerate(SCENES, start=1):
            director.begin(step)
            scene(play)
        say("The tour is over; the demo goes on until you stop it.")
    except Over:
        say("The tour was left.")
    except (TourError, httpx.TransportError) as error:
        say(f"The tour cannot go on: {error}")
    with suppress(TourError, httpx.TransportError):
        director.end()


def _stopped() -> threading.Event:
    """Set by SIGTERM and Ctrl-C."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


@contextmanager
def _on_the_air(play: Play, broker: Broker) -> Iterator[None]:
    """The radios, but one that is switched on later; returns once everybody who has one on was heard."""
    for member in play.cast:
        play.force.tell(member.unit.callsign, Crew.stand)
    play.force.tell(OPPOSITE, lambda crew: crew.switch(radio=False))
    pei_port, nmea_port = play.edge.port_of("tcp", "tetra-pei"), play.edge.port_of("udp", "nmea0183")
    if pei_port is None or nmea_port is None:
        raise WiringError("the tour's gateway listens to neither PEI nor NMEA")
    radios = Radios(
        play.force,
        broker=broker.address,
        force_name=settings_of({}, where="the tour").force,
        pei=(play.edge.host, pei_port),
        nmea=(play.edge.host, nmea_port),
        now=utc_now,
        overheard=play.hear,
    )
    radios.start()
    try:
        _wait_for_everybody(play)
        yield
    finally:
        radios.stop()


def _wait_for_everybody(play: Play) -> None:
    until_s = monotonic() + _FIRST_REPORTS_S
    while monotonic() < until_s:
        rows = play.desk.units()
        unheard = [name for name, row in rows.items() if row["geometry"] is None or row["properties"]["state"] is None]
        if unheard == [OPPOSITE]:
            return
        sleep(_LOOK_S)


def _tell(wanted: Wanted, facts: Facts, broker: Broker, token: str, say: Callable[[str], None]) -> None:
    if wanted.ready_file is not None:
        where = {"host": broker.address.host, "port": broker.address.port}
        told = {"url": facts.url, "token": token, "screen_url": facts.screen_url, "broker": where}
        write_ready_file(wanted.ready_file, told | {"data": str(wanted.data)})
    say(f"[bold]ARLS is up.[/] Open the screen (this link works once): {facts.screen_url}")
    say("The tour begins when the screen is open; Next, Pause and Leave stand on its captions.")
    say(f"Journal: {wanted.data} (arls journal verify {wanted.data})")


def _settings(wanted: Wanted, ground: Ground, broker: Broker, tokens: Mapping[str, str]) -> dict[str, Any]:
    address = {"host": broker.address.host, "port": broker.address.port}
    return {
        "http": {"port": wanted.port},
        "broker": address,
        "journal": {"data": str(wanted.data)},
        "gateway": {"listen": LISTEN},
        "areas": {"files": areas_of(ground)},
        "tokens": dict(tokens),
    }


@contextmanager
def _broker(wanted: Wanted) -> Iterator[Broker]:
    broker = start_broker(wanted.data / "broker")
    try:
        if broker.kind != MOSQUITTO:
            raise WiringError("the tour kills the engine and loses nothing, which needs Mosquitto: install it")
        yield broker
    finally:
        broker.stop()
