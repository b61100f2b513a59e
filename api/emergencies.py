"""Officers who need help: who, since when, and where they are believed to be, with what is not sure about it.

It decides what is told of an officer's place. Who can help is a ranking like any other, of the most urgent grade.
"""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING

import msgspec

from arls.geo import Position
from arls.ranking import Question, Ranking
from arls.track import Freshness, freshness_of
from arls.unit import Callsign

if TYPE_CHECKING:
    from arls.state import Known

# How fast an officer may be away from the last fix who was not moving then: a brisk walk.
_WALK_MPS = 1.5


class Believed(msgspec.Struct, frozen=True, kw_only=True):
    """Where an officer is believed to be, and how far from there the officer may be by now."""

    lat: float
    lon: float
    fix_age_s: float
    freshness: Freshness
    accuracy_m: float | None
    within_m: float  # accuracy, and how far the officer can have gone since at the last speed, or on foot


class EmergencyView(msgspec.Struct, frozen=True, kw_only=True):
    """An officer who needs help, until a named operator cancels it."""

    callsign: Callsign
    since: datetime
    age_s: float
    source: str  # the device, or by what way somebody said so
    before: str | None  # what the unit was doing, in its force's words
    overrides: str  # the state in which it was not tracked; empty: it was
    believed: Believed | None  # None: no believable position


class EmergencyList(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, the longest first."""

    emergencies: tuple[EmergencyView, ...]


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """Who can help an officer: a ranking for where the officer is believed to be; None where nobody knows where."""

    emergency: EmergencyView
    ranking: Ranking | None
    said: str


def emergencies_of(known: Known, at: datetime) -> tuple[EmergencyView, ...]:
    """Every officer who needs help at the UTC instant `at`, the longest first."""
    in_order = sorted(known.emergencies, key=lambda callsign: (known.emergencies[callsign].at, callsign))
    return tuple(emergency_of(callsign, known, at) for callsign in in_order)


def emergency_of(callsign: Callsign, known: Known, at: datetime) -> EmergencyView:
    """One of them. Raises KeyError where that officer needs none."""
    held = known.emergencies[callsign]
    return EmergencyView(
        callsign=callsign,
        since=held.at,
        age_s=max(0.0, (at - held.at).total_seconds()),
        source=held.source,
        before=held.before.label if held.before else None,
        overrides=held.overrides,
        believed=find_believed(callsign, known, at),
    )


def find_believed(callsign: Callsign, known: Known, at: datetime) -> Believed | None:
    """Where a unit is believed to be; None where nothing believable was heard."""
    picture, number = known.picture, known.picture.numbers[callsign]
    if not picture.located[number]:
        return None
    place = {name: float(column[number]) for name, column in picture.columns.items()}
    age_s = float(picture.age_s(at)[number])
    speed_mps = _WALK_MPS if isnan(place["speed_mps"]) else max(_WALK_MPS, place["speed_mps"])
    accuracy_m = None if isnan(place["accuracy_m"]) else place["accuracy_m"]
    return Believed(
        lat=place["lat"],
        lon=place["lon"],
        fix_age_s=round(age_s, 3),
        freshness=freshness_of(age_s, known.units[callsign].expected_interval_s),
        accuracy_m=accuracy_m,
        within_m=round((accuracy_m or 0.0) + max(0.0, age_s) * speed_mps, 1),
    )


def question_of(believed: Believed, known: Known, at: datetime, k: int | None) -> Question:
    """Who can be with the officer first, as for the most urgent grade of the policy in force."""
    most_urgent = known.packs.policy_at(at).grades[0].code
    return Question(position=Position(lat=believed.lat, lon=believed.lon), at=at, grade=most_urgent, k=k)


def said_of(view: EmergencyView) -> str:
    """What a dispatcher must know of the place, in a sentence."""
    if view.believed is None:
        return f"nobody knows where {view.callsign} is: no believable position; ask by voice"
    return (
        f"{view.callsign} is within {view.believed.within_m:,.0f} m of the place, {view.believed.fix_age_s:.0f} s ago"
    )
