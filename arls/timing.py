"""When units that go by one profile can be somewhere: by road, through the air, or straight where no road is known.

It decides what each unit's time rests on, for all of them at once, as arrays. Who is asked after was decided by
`eligibility`; what is told of a time, and the order, is `ranking`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eta import Doubtfulness, crow_interval, flight_interval, launches_s, road_interval
from arls.geo import distances_m
from arls.incident import GRADES
from arls.roads.live import UNREACHED_MS, Roads
from arls.unseen import stays_at_a_glance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.eligibility import Case, Question
    from arls.geo import Position
    from arls.picture import Picture
    from arls.roads.profile import Profile
    from arls.unit import Unit

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Party:
    """n units that go by one profile, at least one, and their numbers in the picture."""

    mobility: Profile
    cases: tuple[Case, ...]
    numbers: Longs  # [n]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """When each of n units can be there, in seconds from now, and how far it has to go; arrays of length n."""

    known: Bools  # False: there is no way for it, and the other numbers mean nothing
    guessed: Bools  # a straight line where no road is known
    low_s: Floats
    mid_s: Floats
    high_s: Floats
    distance_m: Floats  # NaN: by road, and not measured
    crow_m: Floats


def parties_of(cases: Sequence[Case], picture: Picture, roads: Roads) -> list[Party]:
    """The units by their profiles, in the order of the profiles' names."""
    by_profile: dict[str, list[Case]] = {}
    for case in cases:
        by_profile.setdefault(profile_of(case.unit, case.question), []).append(case)
    return [
        Party(
            mobility=roads.profile(name),
            cases=tuple(travelling),
            numbers=np.array([picture.numbers[case.unit.callsign] for case in travelling]),
        )
        for name, travelling in sorted(by_profile.items())
    ]


def times_of(
    party: Party, goal: Position, picture: Picture, roads: Roads, *, closures: Closures, measured: bool
) -> Times:
    """When they can be at the goal, under the closures in force; `measured`: with the metres by road as well."""
    if party.mobility.kind == "air":
        return _flown(party, goal, picture)
    if party.mobility.kind == "water":
        return _nowhere(len(party.cases))
    return _driven(party, goal, picture, roads, closures, measured=measured)


def profile_of(unit: Unit, question: Question) -> str:
    """The name of the profile by which a unit would go."""
    if question.profile is not None:
        return question.profile
    grade = GRADES.get(question.grade or "")
    responding = grade is None or grade.response
    return unit.profile if responding else unit.profile.replace("car-response", "car-normal")


def _driven(
    party: Party, goal: Position, picture: Picture, roads: Roads, closures: Closures, *, measured: bool
) -> Times:
    profile = party.mobility.name
    asked = picture.asked_of(party.numbers, profile)
    answer = roads.reach(goal, asked, measured=measured, closures=closures)
    doubt = _doubt_of(party, picture)
    by_road = road_interval(answer.cost_ms / 1000.0, doubt, profile)
    by_crow = crow_interval(answer.crow_m, doubt, profile)
    low_s, mid_s, high_s = (np.where(answer.off_map, *bounds) for bounds in zip(by_crow, by_road, strict=True))
    return Times(
        known=answer.off_map | (answer.cost_ms != UNREACHED_MS),
        guessed=answer.off_map,
        low_s=low_s,
        mid_s=mid_s,
        high_s=high_s,
        distance_m=np.where(answer.off_map, answer.crow_m, answer.length_m),
        crow_m=answer.crow_m,
    )


def _flown(party: Party, goal: Position, picture: Picture) -> Times:
    """Who flies needs no road: its straight line is no guess."""
    if party.mobility.straight is None:
        raise ValueError(f"the profile {party.mobility.name} flies at no speed")
    columns, numbers = picture.columns, party.numbers
    crow_m = distances_m(
        from_lats=columns["lat"][numbers],
        from_lons=columns["lon"][numbers],
        to_lats=np.full(len(numbers), goal.lat),
        to_lons=np.full(len(numbers), goal.lon),
    )
    doubt = _doubt_of(party, picture)
    low_s, mid_s, high_s = flight_interval(crow_m, doubt, party.mobility.straight, columns["speed_mps"][numbers])
    return Times(
        known=np.ones(len(numbers), np.bool_),
        guessed=np.zeros(len(numbers), np.bool_),
        low_s=low_s,
        mid_s=mid_s,
        high_s=high_s,
        distance_m=crow_m,
        crow_m=crow_m,
    )


def launch_s_of(party: Party, picture: Picture) -> Floats:
    """How long each of those who fly needs to be in the air. Raises ValueError for who does not fly."""
    if party.mobility.straight is None:
        raise ValueError(f"the profile {party.mobility.name} flies at no speed")
    return launches_s(party.mobility.straight, picture.columns["speed_mps"][party.numbers])


def _nowhere(units: int) -> Times:
    unknown = np.full(units, np.nan)
    never = np.zeros(units, np.bool_)
    return Times(
        known=never,
        guessed=never,
        low_s=unknown,
        mid_s=unknown,
        high_s=unknown,
        distance_m=unknown,
        crow_m=unknown,
    )


def _doubt_of(party: Party, picture: Picture) -> Doubtfulness:
    age_s = np.array([case.age_s for case in party.cases], np.float64)
    error_s, speed_mps = (picture.columns[name][party.numbers] for name in ("error_s", "speed_mps"))
    return Doubtfulness(
        age_s=age_s,
        error_s=error_s,
        accuracy_m=picture.columns["accuracy_m"][party.numbers],
        mobilise_s=np.array([case.state.mobilise_s if case.state else 0 for case in party.cases], np.float64),
        stayed=stays_at_a_glance(speed_mps, age_s, error_s),
    )
