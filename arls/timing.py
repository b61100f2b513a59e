"""When units that go by one profile can be somewhere: by road, through the air, or straight where no road is known.

It decides what each unit's time rests on, for all of them at once, as arrays. Who is asked after was decided by
`eligibility`; what is told of a time, and the order, is `ranking`'s to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eta import Doubtfulness, crow_interval, flight_interval, road_interval
from arls.lists import STANDS, stand_of
from arls.roads.live import UNREACHED_MS, Roads
from arls.unseen import stays_at_a_glance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.eligibility import Everybody, Question
    from arls.geo import Position
    from arls.picture import Picture
    from arls.policy import Grade
    from arls.roads.profile import Profile
    from arls.unit import Unit

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Party:
    """n units that go by one profile, at least one."""

    mobility: Profile
    numbers: Longs  # [n] in the picture
    age_s: Floats  # [n] of their fixes
    mobilise_s: Floats  # [n] what they need to get going
    stand: Longs  # [n] where they stand, as places in STANDS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """When each of n units can be there, in seconds from now, and how far it has to go; arrays of length n."""

    known: Bools  # False: there is no way for it, and the other numbers mean nothing
    guessed: Bools  # a straight line where no road is known
    low_s: Floats
    mid_s: Floats
    high_s: Floats
    distance_m: Floats  # NaN: by road, and not measured


def parties_of(
    question: Question, everybody: Everybody, roads: Roads, *, offered: Bools, going_s: Floats
) -> list[Party]:
    """The units that are `offered` [N] by their profiles, by name; `going_s` [N] is what each needs to get going."""
    grade, examples, parties = everybody.find_grade(question), everybody.examples, []
    names = np.array([profile_of(doing.unit, question, grade) for doing in examples], np.str_)
    for name in np.unique(names).tolist():
        numbers = np.flatnonzero((names == name)[everybody.kind] & offered)
        if not len(numbers):
            continue
        mobility = roads.profile(name)
        stands = np.array([STANDS.index(stand_of(doing, mobility.kind)) for doing in examples])
        parties.append(
            Party(
                mobility=mobility,
                numbers=numbers,
                age_s=everybody.age_s[numbers],
                mobilise_s=going_s[numbers],
                stand=stands[everybody.kind[numbers]],
            )
        )
    return parties


def times_of(
    party: Party, goal: Position, picture: Picture, roads: Roads, *, closures: Closures, measured: bool
) -> Times:
    """When they can be at the goal, under the closures in force; `measured`: with the metres by road as well."""
    if party.mobility.kind == "air":
        return _flown(party, goal, picture)
    if party.mobility.kind == "water":
        return _nowhere(len(party.numbers))
    return _driven(party, goal, picture, roads, closures, measured=measured)


def profile_of(unit: Unit, question: Question, grade: Grade | None) -> str:
    """The name of the profile by which a unit would go to a question of this grade."""
    if question.profile is not None:
        return question.profile
    responding = grade is None or grade.response
    return unit.profile if responding else unit.profile.replace("car-response", "car-normal")


def _driven(
    party: Party, goal: Position, picture: Picture, roads: Roads, closures: Closures, *, measured: bool
) -> Times:
    profile = party.mobility.name
    asked = picture.asked_of(party.numbers, profile)
    answer = roads.reach(goal, asked, measured=measured, closures=closures)
    doubt, off = _doubt_of(party, picture), np.flatnonzero(answer.off_map)
    crow_m = np.zeros(len(party.numbers))
    crow_m[off] = picture.crow_m(party.numbers[off], goal)
    by_road, by_crow = road_interval(answer.cost_ms / 1000.0, doubt, profile), crow_interval(crow_m, doubt, profile)
    low_s, mid_s, high_s = (np.where(answer.off_map, *bounds) for bounds in zip(by_crow, by_road, strict=True))
    return Times(
        known=answer.off_map | (answer.cost_ms != UNREACHED_MS),
        guessed=answer.off_map,
        low_s=low_s,
        mid_s=mid_s,
        high_s=high_s,
        distance_m=np.where(answer.off_map, crow_m, answer.length_m),
    )


def _flown(party: Party, goal: Position, picture: Picture) -> Times:
    """Who flies needs no road: its straight line is no guess."""
    if party.mobility.straight is None:
        raise ValueError(f"the profile {party.mobility.name} flies at no speed")
    numbers, doubt = party.numbers, _doubt_of(party, picture)
    crow_m = picture.crow_m(numbers, goal)
    speed_mps = picture.columns["speed_mps"][numbers]
    low_s, mid_s, high_s = flight_interval(crow_m, doubt, party.mobility.straight, speed_mps)
    return Times(
        known=np.ones(len(numbers), np.bool_),
        guessed=np.zeros(len(numbers), np.bool_),
        low_s=low_s,
        mid_s=mid_s,
        high_s=high_s,
        distance_m=crow_m,
    )


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
    )


def _doubt_of(party: Party, picture: Picture) -> Doubtfulness:
    error_s, speed_mps = (picture.columns[name][party.numbers] for name in ("error_s", "speed_mps"))
    return Doubtfulness(
        age_s=party.age_s,
        error_s=error_s,
        accuracy_m=picture.columns["accuracy_m"][party.numbers],
        mobilise_s=party.mobilise_s,
        stayed=stays_at_a_glance(speed_mps, party.age_s, error_s),
    )
