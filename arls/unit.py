"""Someone or something that can be sent: callsign, crew, vehicle, devices; and what its radio says it is doing.

It decides what a unit may be. What its radio's codes mean is `state_codes`' to say, and which incident it goes to
`ranking`'s and `rules`'.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

import msgspec

from arls.crew import (
    DRIVEN,
    RESPONDS,
    Booked,
    Driver,
    Member,
    Shift,
    Vehicle,
    capabilities_of,
    find_best_driver,
    profile_of,
)

Callsign = NewType("Callsign", str)


class UnitKind(StrEnum):
    """What arrives: the letter and the shape on the screen."""

    CAR = "car"
    VAN = "van"
    MOTORCYCLE = "motorcycle"
    CYCLE = "cycle"
    FOOT = "foot"
    DOG = "dog"
    ARMED = "armed"
    TRAFFIC = "traffic"
    SPECIAL = "special"


class Availability(StrEnum):
    """Whether a unit may be sent, whatever words its force uses."""

    AVAILABLE = "available"
    STANDBY = "standby"  # at a station: available after it has got going
    RESTING = "resting"  # refreshments: only for what may interrupt them
    DIVERTIBLE = "divertible"  # committed but deployable
    COMMITTED = "committed"
    AT_SCENE = "at_scene"
    UNAVAILABLE = "unavailable"
    EMERGENCY = "emergency"  # the officer needs help
    OFF_DUTY = "off_duty"  # not tracked, never drawn
    UNKNOWN = "unknown"


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A callsign with what is on board now.

    `profile` names how it moves (`arls.roads.profile`), `expected_interval_s` how often its radio usually reports:
    silence is judged by that and not by one global number. A radio that also reports whenever it has moved by
    `reports_every_m` says by its silence that it has not.

    Where people or a vehicle are named, `capabilities`, `profile`, `crew` and `driver` are what `boarded` makes of
    those on board now, and `booked` keeps what was said of the unit itself.
    """

    callsign: Callsign
    kind: UnitKind = UnitKind.CAR
    profile: str = "car-response"
    capabilities: tuple[str, ...] = ()  # sorted
    crew: int = 1
    station: str = ""
    expected_interval_s: float = 60.0
    reports_every_m: float | None = None  # None: it has no such trigger
    role: str = ""  # a word of the catalogue: pcso, special ...
    organisation: str = ""  # empty: ours; else whose: a neighbour's
    operation: str = ""  # that rings it off from everyday work; empty: none
    talk_group: str = ""
    members: tuple[Member, ...] = ()  # all who are booked, whether or not aboard now
    vehicle: Vehicle | None = None
    shift: Shift | None = None
    driver: Driver | None = None  # the best grade aboard now; None: nobody said
    booked: Booked | None = None  # None: neither people nor a vehicle are named

    def __post_init__(self) -> None:
        if not self.callsign or len(self.callsign) > 16 or not self.callsign.isprintable():
            raise ValueError("a callsign has 1 to 16 printable characters")
        if not 0 < self.expected_interval_s <= 86_400:
            raise ValueError("expected_interval_s lies between 0 and a day")
        if self.reports_every_m is not None and not 0 < self.reports_every_m <= 100_000:
            raise ValueError("reports_every_m lies between 0 and 100 km")


def boarded(unit: Unit, at: datetime) -> Unit:
    """The unit with what is on board at the UTC instant `at`; as it is where neither people nor a vehicle are named."""
    said = unit.booked or Booked(capabilities=unit.capabilities, profile=unit.profile, crew=unit.crew)
    aboard = [member for member in unit.members if member.aboard_at(at)]
    driver = find_best_driver(aboard) if unit.members else None
    named = bool(unit.members) or unit.vehicle is not None
    return msgspec.structs.replace(
        unit,
        capabilities=capabilities_of(said, unit.vehicle, aboard),
        profile=profile_of(said.profile, unit.vehicle.mobility if unit.vehicle else None, driver),
        crew=len(aboard) if unit.members else said.crew,
        driver=driver,
        booked=said if named else None,
    )


def find_stranded(unit: Unit) -> str | None:
    """Why a unit can go nowhere, whatever it is doing; None when it can."""
    if unit.members and unit.crew == 0:
        return "nobody is on board now"
    if unit.driver is Driver.NONE and unit.vehicle is not None and unit.vehicle.mobility in DRIVEN:
        return f"nobody on board may drive the {unit.vehicle.mobility}"
    return None


def find_held_back(unit: Unit) -> str | None:
    """Why a unit drives as everybody does, though it goes by road; None where it may respond, or nobody said."""
    driven = unit.vehicle is None or unit.vehicle.mobility in DRIVEN
    if unit.driver is None or unit.driver in RESPONDS or not driven:
        return None
    return f"{unit.driver} driver: no response drive"


class Pairing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A device carried by a unit from `since` until `until` (None: until further notice), both UTC."""

    source: str
    callsign: Callsign
    since: datetime
    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """True from `since` on and before `until`."""
        return self.since <= at and (self.until is None or at < self.until)


class PairingDoubt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that speaks against a pairing, for somebody to look at: nothing is moved by itself."""

    kind: Literal["far_apart", "nobody_carries", "never_heard"]
    text: str
    source: str = ""  # the device it is about; empty: all of the unit's
    callsign: Callsign | None = None  # None: nobody's

    @property
    def key(self) -> str:
        """What it is about: one doubt of a kind about a device of a unit."""
        return f"{self.kind} {self.callsign or ''} {self.source}"


class UnitState(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit's radio, or someone for it, last said it is doing, and since when (UTC)."""

    code: int | None
    label: str
    availability: Availability
    since: datetime
    mobilise_s: int = 0
    divertible_for: tuple[str, ...] = ()  # grades for which it may be taken from what it does; `*`: any
    track: bool = True

    @property
    def tracked(self) -> bool:
        """Whether it may be tracked and shown: nobody off duty is."""
        return self.track and self.availability is not Availability.OFF_DUTY
