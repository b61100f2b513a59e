"""OSRM and Valhalla as contestants: their matrix of 5,000 (or 1,000) units by one incident, on models of their own.

They are embedded in the process, so that no HTTP and no URL of 100,000 characters is timed; parameters are made
beforehand, and what is read out of the answer afterwards is not timed either.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import osrm

from tests.bench.peers.contest import Contestant
from tests.bench.peers.engines import osrm_of, valhalla_of

if TYPE_CHECKING:
    import valhalla

    from tests.bench.peers.city import City

ROUNDS = {"CH": 10, "MLD": 3}
SNAPPED = "OSRM {}: the snapping of the 5,001 places alone"
TABLE = "OSRM {} /table 5,000 x 1"
MATRIX_UNITS = {"timedistancematrix": (1_000, 5_000), "costmatrix": (1_000,)}
MATRIX_ROUNDS = {"timedistancematrix": 5, "costmatrix": 1}
MATRIX = "Valhalla sources_to_targets ({}) {:,} x 1"


def of_osrm(city: City) -> list[Contestant]:
    """The table by both of its algorithms.

    A question of one unit among 5,001 places snaps as many as one of all: what it takes is the snapping. Hints, which
    are to save it, are empty in this version of the wheel: the same for every place, and no sooner.
    """
    entrants = []
    for algorithm, rounds in ROUNDS.items():
        engine, took_s = osrm_of(city.source, algorithm)
        everybody, one = ([_parameters(city, i, units) for i in range(rounds)] for units in (len(city.lats), 1))
        entrants += [
            Contestant(
                name=TABLE.format(algorithm),
                ask=partial(_table, engine, everybody),
                rounds=rounds,
                alike=_seconds_of_osrm,
                aside=f"ready in {took_s:.0f} s",
            ),
            Contestant(name=SNAPPED.format(algorithm), ask=partial(_table, engine, one), rounds=rounds),
        ]
    return entrants


def of_valhalla(city: City) -> list[Contestant]:
    """The matrix by the algorithm that it chooses itself, and by the one that suits one target."""
    entrants = []
    for algorithm, sizes in MATRIX_UNITS.items():
        actor, took_s = valhalla_of(city.source, thor={"source_to_target_algorithm": algorithm})
        for units in sizes:
            rounds = MATRIX_ROUNDS[algorithm]
            entrants.append(
                Contestant(
                    name=MATRIX.format(algorithm, units),
                    ask=partial(_matrix, actor, [_request(city, i, units) for i in range(rounds)]),
                    rounds=rounds,
                    alike=_seconds_of_valhalla,
                    aside=f"ready in {took_s:.0f} s",
                )
            )
    return entrants


def _parameters(city: City, incident: int, units: int) -> osrm.TableParameters:
    at = city.incidents[incident]
    places = np.column_stack((np.append(city.lons, at.lon), np.append(city.lats, at.lat)))
    parameters = osrm.TableParameters(
        coordinates=[tuple(place) for place in places.tolist()],
        sources=list(range(units)),
        destinations=[len(city.lats)],
        annotations=["duration"],
        generate_hints=False,
    )
    parameters.skip_waypoints = True
    return parameters


def _table(engine: osrm.OSRM, questions: list[osrm.TableParameters], incident: int) -> Any:
    return engine.Table(questions[incident])


def _seconds_of_osrm(answer: Any) -> np.ndarray:
    return np.array([np.nan if row[0] is None else row[0] for row in answer["durations"]])


def _request(city: City, incident: int, units: int) -> str:
    at = city.incidents[incident]
    sources = [{"lat": lat, "lon": lon} for lat, lon in zip(city.lats[:units], city.lons[:units], strict=True)]
    return json.dumps(
        {"sources": sources, "targets": [{"lat": at.lat, "lon": at.lon}], "costing": "auto", "verbose": False}
    )


def _matrix(actor: valhalla.Actor, questions: list[str], incident: int) -> str:
    return str(actor.matrix(questions[incident]))


def _seconds_of_valhalla(answer: str) -> np.ndarray:
    rows = json.loads(answer)["sources_to_targets"]["durations"]
    return np.array([np.nan if row[0] is None else row[0] for row in rows])
