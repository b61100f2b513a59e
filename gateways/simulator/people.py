"""Who is on board of the units of a made-up force: officers with skills and driving grades, and what they drive.

It decides by the callsign alone, so that a unit has the same crew in every force that it is in. Numbers are invented.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.crew import Driver, Member, Mobility, Vehicle
from arls.unit import UnitKind, boarded

if TYPE_CHECKING:
    from arls.unit import Unit

# Nobody of the crews boards or leaves: any instant finds them aboard.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
# Posts of a roster file that are roles.
ROLES = frozenset({"response", "pcso", "special"})
_WALKERS_PCSO_PCT = 40
# What is in the vehicle and not in somebody's head.
_ABOARD = frozenset({"cell", "dog"})
_MOBILITY = {UnitKind.VAN: Mobility.VAN, UnitKind.MOTORCYCLE: Mobility.MOTORCYCLE, UnitKind.CYCLE: Mobility.CYCLE}
_WALK = frozenset({UnitKind.FOOT})
# How many in a hundred drivers have which grade, by what they drive; ours. Who drives to shots fired is advanced.
_GRADES = {
    UnitKind.ARMED: ((Driver.ADVANCED, 100),),
    UnitKind.TRAFFIC: ((Driver.ADVANCED, 100),),
    UnitKind.DOG: ((Driver.RESPONSE, 100),),
    UnitKind.MOTORCYCLE: ((Driver.RESPONSE, 60), (Driver.ADVANCED, 40)),
    UnitKind.VAN: ((Driver.BASIC, 60), (Driver.RESPONSE, 40)),
}
_USUAL = ((Driver.BASIC, 15), (Driver.RESPONSE, 75), (Driver.ADVANCED, 10))
_MATES = ((Driver.NONE, 20), (Driver.BASIC, 50), (Driver.RESPONSE, 30))


def crewed(unit: Unit, *, organisation: str = "") -> Unit:
    """The unit with its people, its vehicle and its role."""
    chance = random.Random(unit.callsign)  # noqa: S311 - a made-up force needs no secrets
    walks = unit.kind in _WALK or unit.profile == "foot"
    drivers = _GRADES.get(unit.kind, _USUAL)
    grades = [_one_of(drivers, chance), *(_one_of(_MATES, chance) for _ in range(unit.crew - 1))]
    skills = tuple(skill for skill in unit.capabilities if skill not in _ABOARD)
    members = tuple(
        Member(
            id=f"collar {chance.randrange(1000, 9999)}-{place}",
            driver=None if walks else grade,
            capabilities=skills if place == 1 else (),
        )
        for place, grade in enumerate(grades, 1)
    )
    aboard = tuple(skill for skill in unit.capabilities if skill in _ABOARD)
    mobility = _MOBILITY.get(unit.kind, Mobility.CAR)
    vehicle = None if walks else Vehicle(id=f"V{unit.callsign}", mobility=mobility, capabilities=aboard)
    walker = "pcso" if chance.randrange(100) < _WALKERS_PCSO_PCT else "neighbourhood"
    told = replace(
        unit,
        capabilities=() if vehicle else aboard,
        role=unit.role or (walker if walks else "response" if unit.kind is UnitKind.CAR else ""),
        organisation=organisation,
        members=members,
        vehicle=vehicle,
    )
    return boarded(told, _ANY_TIME)


def _one_of(shares: tuple[tuple[Driver, int], ...], chance: random.Random) -> Driver:
    return chance.choices([grade for grade, _ in shares], [share for _, share in shares])[0]
