"""Rankings without a running system: units and incidents from CSV files, ETAs by road, no policy.

It decides how the files are read and what stands in a line of the answer. Who is nearest is the roads' to say.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from arls.eta import certain, flight_interval
from arls.geo import Position, distances_m
from arls.roads.live import UNREACHED_MS, Asked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.roads.live import Roads
    from arls.roads.profile import Profile

# A course in the file means that the unit moves: fast enough that the course counts.
MOVING_MPS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Force:
    """The units of a file, and their columns as a picture has them."""

    callsigns: tuple[str, ...]
    columns: dict[str, NDArray[np.float64]]


def read_units(file: Path) -> Force:
    """The units of `callsign,lat,lon[,course_deg]`. Raises ValueError or KeyError naming the row or column."""
    rows = _rows(file)
    places = [_place(row, number) for number, row in enumerate(rows, 2)]
    courses = np.array([float(row.get("course_deg") or "nan") for row in rows])
    columns = {
        "lat": np.array([place.lat for place in places]),
        "lon": np.array([place.lon for place in places]),
        "course_deg": courses,
        "speed_mps": np.where(np.isnan(courses), np.nan, MOVING_MPS),
        "accuracy_m": np.full(len(rows), np.nan),
    }
    return Force(callsigns=tuple(row["callsign"] for row in rows), columns=columns)


def read_incidents(file: Path) -> list[tuple[str, Position]]:
    """Names and places of `incident,lat,lon`. Raises ValueError or KeyError naming the row or column."""
    return [(row["incident"], _place(row, number)) for number, row in enumerate(_rows(file), 2)]


def rank_offline(
    roads: Roads,
    force: Force,
    incident: str,
    place: Position,
    profile: str,
    k: int | None,
    engine: str,
    *,
    closures: Closures = (),
) -> dict[str, Any]:
    """One incident's line: candidates by ETA, then callsign; everybody else with the reason why not."""
    mobility = roads.profile(profile)
    by_road = mobility.kind == "road"
    if by_road:
        found = _driven(roads, force, place, profile, closures, everybody=k is None)
    else:
        found = _off_road(mobility, force, place)
    ranked = sorted(found.cost_ms, key=lambda i: (found.cost_ms[i], force.callsigns[i]))
    answer: dict[str, Any] = {
        "incident": incident,
        "candidates": [
            {
                "callsign": force.callsigns[i],
                "eta_s": found.cost_ms[i] / 1000,
                "distance_m": found.distance_m(i),
            }
            for i in ranked[:k]
        ],
        "exclusions": [{"callsign": force.callsigns[i], "reason": reason} for i, reason in found.reasons.items()],
        "profile": profile,
        "basis": "road" if by_road else "straight_line",
        "engine": engine if by_road else None,
    }
    if closures:
        answer["closures"] = [closure.name or closure.id for closure in closures]
    return answer if k is None else answer | {"omitted": max(0, len(ranked) - k)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """By number of the unit: what it takes to get there, how many metres that is, and why it never does."""

    cost_ms: dict[int, int]
    distance_m: Callable[[int], float | None]
    reasons: dict[int, str]


def _driven(
    roads: Roads, force: Force, place: Position, profile: str, closures: Closures, *, everybody: bool
) -> _Found:
    numbers = np.arange(len(force.callsigns))
    asked = Asked(profile=profile, numbers=numbers, columns=force.columns)
    found = roads.reach(place, asked, measured=everybody, closures=closures)
    reached = np.flatnonzero((found.cost_ms != UNREACHED_MS) & ~found.off_map)
    return _Found(
        cost_ms={i: int(found.cost_ms[i]) for i in reached.tolist()},
        distance_m=lambda i: _distance_m(roads, place, asked, i, float(found.length_m[i]), closures),
        reasons={
            i: "no road of its kind is near" if found.off_map[i] else "no road leads there for it"
            for i in np.setdiff1d(numbers, reached).tolist()
        },
    )


def _off_road(mobility: Profile, force: Force, place: Position) -> _Found:
    """Who flies goes straight; of who sails nothing is known."""
    numbers = range(len(force.callsigns))
    if mobility.straight is None:
        return _Found(
            cost_ms={}, distance_m=lambda _: None, reasons=dict.fromkeys(numbers, "goes by water: no ETA is known")
        )
    crow_m = distances_m(
        from_lats=force.columns["lat"],
        from_lons=force.columns["lon"],
        to_lats=np.full(len(numbers), place.lat),
        to_lons=np.full(len(numbers), place.lon),
    )
    _, mid_s, _ = flight_interval(crow_m, certain(len(numbers)), mobility.straight, force.columns["speed_mps"])
    return _Found(
        cost_ms={i: round(float(mid_s[i]) * 1000) for i in numbers},
        distance_m=lambda i: round(float(crow_m[i]), 1),
        reasons={},
    )


def _distance_m(
    roads: Roads, place: Position, asked: Asked, number: int, length_m: float, closures: Closures
) -> float | None:
    """Metres by road: of a few they are those of their ways, of all they are known already."""
    if not isnan(length_m):
        return round(length_m, 1)
    one = Asked(profile=asked.profile, numbers=np.array([number]), columns=asked.columns)
    path = roads.find_path(place, one, closures=closures)
    return round(path.length_m, 1) if path else None


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def _place(row: dict[str, str], number: int) -> Position:
    try:
        return Position(lat=float(row["lat"]), lon=float(row["lon"]))
    except (TypeError, ValueError) as error:
        raise ValueError(f"line {number}: {error}") from error
