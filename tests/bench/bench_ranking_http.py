"""How long a dispatcher's screen waits for a ranking of everybody: `python -m tests.bench ranking_http`.

Porto, 5,000 units of which half drive and report, and a dozen open incidents, through the API as it is, over HTTP to a
client in another process. One in five may not be sent and the others say what speaks against them, as of an ordinary
day. Answers are asserted before a time is printed: every unit once, in the board's order, with the bytes' own hash.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
from os import getloadavg
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from api.keeper import Keeper
from arls import messages as m
from arls.board import board_of, question_of
from arls.ranking import bytes_of, rank
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from arls.unit import Callsign, Unit
from maps.osm import import_network
from tests.api.room import TOKEN, served
from tests.bench.bench_boards import UNITS, Force
from tests.bench.bench_closing import system_of
from tests.bench.bench_hierarchy import DATA, Times

if TYPE_CHECKING:
    from api.wiring import System

INCIDENTS, QUESTIONS, WARM = 12, 150, 24
# So many questions a second, as of a room of dispatchers, and so many fixes meanwhile.
EVERY_S, FIXES_EVERY_S, FIXES = 0.1, 0.5, 50
# Of ten units: on patrol, at station, at refreshments, committed but deployable, not deployable, off duty.
CODES = (2, 2, 2, 2, 2, 3, 4, 7, 8, 11)
CREWS = (2, 2, 1)
_ALONE = __name__ == "__main__" and len(sys.argv) > 1


def main() -> None:
    """Ask, compare, and print what it took."""
    network, _ = import_network(DATA / "porto.osm.pbf")
    roads = Roads(network, order=order_of(network))
    roads.prepare()
    force = Force(roads, incidents=INCIDENTS)
    _make_ordinary(force)
    system = system_of(force, roads)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text("<!doctype html>")
        with served(system, Path(folder)) as url:
            _assert_answers(url, force)
            _print("nobody moves", _asked(url, force))
            _print(f"{FIXES / FIXES_EVERY_S:.0f} fixes a second", _asked(url, force, system))
    _print_engine(force)
    force.engine.stop()


def _make_ordinary(force: Force) -> None:
    for number in range(UNITS):
        callsign = Callsign(f"U{number:04}")
        unit = Unit(callsign=callsign, crew=CREWS[number % len(CREWS)])
        force._ask(m.PutUnit(**force._said(), unit=unit, sources=(f"itsi:{number}",)))
        force._ask(m.SetState(**force._said(), callsign=callsign, code=CODES[number % len(CODES)]))


def _assert_answers(url: str, force: Force) -> None:
    known = force.known
    board = board_of(known, force.roads, force.at)
    for incident, order in board.orders.items():
        told = json.loads(_get(url, incident)[1])
        names = [one["callsign"] for one in told["candidates"]]
        assert names == [known.picture.callsigns[number] for number in order.numbers]
        assert [round(1000 * one["eta_s"]["mid"]) for one in told["candidates"]] == order.eta_ms.tolist()
        assert sorted(names + [one["callsign"] for one in told["exclusions"]]) == sorted(known.units)
        assert all(one["reason"] for one in told["exclusions"])


def _asked(url: str, force: Force, system: System | None = None) -> list[float]:
    """Milliseconds of each question of a client in another process; with a system, while its units report."""
    incidents = list(force.known.incidents)
    command = [sys.executable, "-m", "tests.bench.bench_ranking_http", url, *incidents]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        over = threading.Event()
        reporter = threading.Thread(target=_report, args=(force, system, over))
        if system is not None:
            reporter.start()
        told = client.communicate()[0]
        over.set()
        if system is not None:
            reporter.join()
    assert client.returncode == 0
    return [float(ms) for ms in json.loads(told)]


def _report(force: Force, system: System | None, over: threading.Event) -> None:
    """Units report, and the keeper of rankings works as it does in a control room."""
    assert system is not None
    keeper = Keeper(force.engine, force.roads, tell=lambda _firsts: None, now=lambda: force.at)
    keeper.start()
    drivers, first = len(force.lines), 0
    while not over.wait(FIXES_EVERY_S):
        force.report(range(first, first + FIXES))
        keeper.deliver(())
        first = (first + FIXES) % (drivers - FIXES)
    keeper.stop()


def _get(url: str, incident: str, line: http.client.HTTPConnection | None = None) -> tuple[float, bytes]:
    line = line or http.client.HTTPConnection(urlsplit(url).netloc)
    began_s = perf_counter()
    line.request("GET", f"/v1/incidents/{incident}/ranking", headers={"Authorization": f"Bearer {TOKEN}"})
    answer = line.getresponse()
    body = answer.read()
    took_ms = 1000 * (perf_counter() - began_s)
    assert answer.status == 200, body
    return took_ms, body


def ask(url: str, incidents: list[str]) -> list[float]:
    """Milliseconds from each question until the last byte of its answer, at a steady rate."""
    line, over = http.client.HTTPConnection(urlsplit(url).netloc), threading.Event()
    took_ms = []
    for number in range(WARM + QUESTIONS):
        took_ms.append(_get(url, incidents[number % len(incidents)], line)[0])
        over.wait(max(0.0, EVERY_S - took_ms[-1] / 1000))
    return took_ms[WARM:]


def _print(what: str, took_ms: list[float]) -> None:
    p50, p90, p99 = np.percentile(took_ms, (50, 90, 99))
    print(f"  {what}: p50 {p50:.1f} (aim 15), p90 {p90:.1f}, p99 {p99:.1f} ms (aim 60), load {getloadavg()[0]:.1f}")


def _print_engine(force: Force) -> None:
    """The engine's share, without HTTP."""
    times, known = Times(), force.known
    for incident in list(known.incidents.values()) * 3:
        question = question_of(incident, force.at)
        ranking = times.of("rank", lambda question=question: rank(question, known, force.roads))
        body = times.of("JSON", lambda ranking=ranking: bytes_of(ranking))
    for what in ("rank", "JSON"):
        times.print(what)
    print(f"  {len(body):,} bytes, {len(ranking.candidates)} candidates, {len(ranking.exclusions)} exclusions")


if __name__ == "__main__":
    if _ALONE:
        print(json.dumps(ask(sys.argv[1], sys.argv[2:])))
    else:
        main()
