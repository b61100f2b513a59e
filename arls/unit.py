"""Someone or something that can be sent: callsign, crew, vehicle, devices; and what its radio says it is doing.

It decides what a state code means and whether a unit in that state may be offered. Which incident it goes to is
`ranking`'s and `dispatch`'s to say. Codes are data: a pack is a table, and a force has its own (domain.md C2).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType

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


class StateCode(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a pack: what a code says, and what follows from it."""

    code: int
    label: str
    availability: Availability | None = None  # None: a message only, the state stays as it was
    mobilise_s: int = 0  # how long such a unit needs before it moves


def _row(code: int, label: str, availability: Availability | None = None, mobilise_s: int = 0) -> StateCode:
    return StateCode(code=code, label=label, availability=availability, mobilise_s=mobilise_s)


# The UK national scheme as published by Nottinghamshire and Police Scotland under FOI (domain.md C2). The times to
# get going are assumptions of this pack: nothing is published.
UK_NATIONAL: dict[int, StateCode] = {
    row.code: row
    for row in (
        _row(0, "emergency", Availability.EMERGENCY),
        _row(1, "on duty", Availability.AVAILABLE),
        _row(2, "on patrol", Availability.AVAILABLE),
        _row(3, "at station", Availability.STANDBY, 90),
        _row(4, "refreshments", Availability.RESTING, 60),
        _row(5, "en route", Availability.COMMITTED),
        _row(6, "at scene", Availability.AT_SCENE),
        _row(7, "committed but deployable", Availability.DIVERTIBLE, 30),
        _row(8, "committed, not deployable", Availability.UNAVAILABLE),
        _row(9, "prisoner escort", Availability.UNAVAILABLE),
        _row(10, "court", Availability.UNAVAILABLE),
        _row(11, "off duty", Availability.OFF_DUTY),
        _row(12, "confidential message"),
        _row(13, "call back"),
        _row(14, "urgent call back"),
        _row(15, "message received"),
        _row(16, "repeat message"),
    )
}


class UnitState(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit's radio, or someone for it, last said it is doing, and since when (UTC)."""

    code: int | None
    label: str
    availability: Availability
    since: datetime
    mobilise_s: int = 0


def state_of(code: int, *, since: datetime, pack: dict[int, StateCode] = UK_NATIONAL) -> UnitState | None:
    """The state that a code sets; None for one that is a message only.

    A code that the pack does not know makes the unit's state unknown, since keeping the old one would lie.
    """
    row = pack.get(code)
    if row is None:
        return UnitState(code=code, label=f"unknown ({code})", availability=Availability.UNKNOWN, since=since)
    if row.availability is None:
        return None
    return UnitState(code=code, label=row.label, availability=row.availability, since=since, mobilise_s=row.mobilise_s)
