"""Who and what is on board of a unit, and until when: people with their skills and driving grades, and the vehicle.

It decides by which profile such a unit goes, what it can do, and when that next changes. People are opaque ids: who
they are is no business of ours.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Mobility(StrEnum):
    """How something that can be sent gets about."""

    CAR = "car"
    VAN = "van"
    MOTORCYCLE = "motorcycle"
    CYCLE = "cycle"
    FOOT = "foot"
    HORSE = "horse"
    BOAT = "boat"
    AIR = "air"


class Driver(StrEnum):
    """What somebody may drive a police vehicle for, the least first (domain.md C4)."""

    NONE = "none"
    BASIC = "basic"  # obeys everything, as anybody does
    RESPONSE = "response"
    ADVANCED = "advanced"


GRADES = tuple(Driver)
RESPONDS = frozenset({Driver.RESPONSE, Driver.ADVANCED})
# What nobody may drive without a grade; what else carries people is not driven on the road.
DRIVEN = frozenset({Mobility.CAR, Mobility.VAN, Mobility.MOTORCYCLE})

# By mobility: the profile of everyday driving, and that of a response drive. A van has no quicker one, for none was
# measured; a horse goes at a walk.
PROFILES: dict[Mobility, tuple[str, str]] = {
    Mobility.CAR: ("car-normal", "car-response"),
    Mobility.VAN: ("van", "van"),
    Mobility.MOTORCYCLE: ("car-normal", "motorcycle-response"),
    Mobility.CYCLE: ("cycle", "cycle"),
    Mobility.FOOT: ("foot", "foot"),
    Mobility.HORSE: ("foot", "foot"),
    Mobility.BOAT: ("boat", "boat"),
    Mobility.AIR: ("air", "air"),
}
# A profile of a response drive, and what is left of it for who may not respond.
_EVERYDAY = {response: everyday for everyday, response in PROFILES.values()}


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody of a crew, aboard from `begins_at` (None: all along) until before `ends_at` (None: to the end), UTC."""

    id: str  # "collar 1234", or a pseudonym
    capabilities: tuple[str, ...] = ()
    driver: Driver | None = None  # None: nobody said
    devices: tuple[str, ...] = ()  # sources of the unit's that they carry
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.begins_at is not None and self.ends_at is not None and self.begins_at >= self.ends_at:
            raise ValueError(f"{self.id} ends before beginning")

    def aboard_at(self, at: datetime) -> bool:
        """True while on board."""
        return (self.begins_at is None or self.begins_at <= at) and (self.ends_at is None or at < self.ends_at)


class Vehicle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What carries them: a fleet or roof number, and what is in it."""

    id: str
    mobility: Mobility = Mobility.CAR
    capabilities: tuple[str, ...] = ()
    seats: int | None = None  # None: nobody said
    devices: tuple[str, ...] = ()  # sources of the unit's that are screwed into it


class Break(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A meal, from one instant (UTC) to another; None: it lasts."""

    began_at: datetime
    ended_at: datetime | None = None


class Shift(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A turn of duty (UTC), and the breaks that were taken in it so far."""

    begins_at: datetime
    ends_at: datetime
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        if self.begins_at >= self.ends_at:
            raise ValueError("a shift ends after it begins")


class Booked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was said of a unit itself, before its people and its vehicle were counted."""

    capabilities: tuple[str, ...] = ()
    profile: str = "car-response"
    crew: int = 1


def capabilities_of(booked: Booked, vehicle: Vehicle | None, aboard: Iterable[Member]) -> tuple[str, ...]:
    """What people, vehicle and unit can do together, sorted."""
    able = {*booked.capabilities, *(vehicle.capabilities if vehicle else ())}
    return tuple(sorted(able.union(*(member.capabilities for member in aboard))))


def find_best_driver(aboard: Iterable[Member]) -> Driver | None:
    """The highest grade aboard; None where nobody has more than none and somebody's was never said."""
    said = [member.driver for member in aboard]
    best = max((GRADES.index(grade) for grade in said if grade is not None), default=0)
    return None if best == 0 and (None in said) else GRADES[best]


def profile_of(booked: str, mobility: Mobility | None, driver: Driver | None) -> str:
    """By which profile a unit goes that was booked with one, in something, under the best driver aboard.

    Where neither vehicle nor grade is known the booked one stands.
    """
    responds = driver in RESPONDS if driver is not None else booked not in _EVERYDAY.values()
    if mobility is not None:
        return PROFILES[mobility][responds]
    return booked if responds else _EVERYDAY.get(booked, booked)


def turns_of(members: Iterable[Member]) -> Iterator[datetime]:
    """The instants at which somebody boards or leaves."""
    return (at for member in members for at in (member.begins_at, member.ends_at) if at is not None)
