"""Who is on duty in a made-up force: units of several kinds, each with one device of one dialect.

It decides the mix: more than half drive and report every few seconds, two in five walk and report as seldom as
radios on foot do, a few cycle; and two cars are a neighbour's. Callsigns and device numbers are invented. Who is on
board of each is `people`'s to decide.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.geo import Position
from arls.unit import Callsign, Unit, UnitKind
from gateways.simulator.people import ROLES, crewed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Row = Mapping[str, str]

_DRIVE_PCT, _WALK_PCT = 55, 41

# Kind, how many in a hundred drivers, what the crew can do.
_DRIVERS = (
    (UnitKind.CAR, 60, ("taser",)),
    (UnitKind.VAN, 10, ("cell",)),
    (UnitKind.MOTORCYCLE, 6, ()),
    (UnitKind.TRAFFIC, 9, ("tpac",)),
    (UnitKind.DOG, 6, ("dog",)),
    (UnitKind.ARMED, 9, ("afo", "medic", "taser")),
)
_PROFILES = {UnitKind.FOOT: "foot", UnitKind.CYCLE: "cycle", UnitKind.MOTORCYCLE: "motorcycle-response"}


class Dialect(StrEnum):
    """How a member's device speaks."""

    TETRA = "tetra"
    NMEA = "nmea"
    OWNTRACKS = "owntracks"


class Wheels(StrEnum):
    """How a member gets about."""

    DRIVES = "drives"
    WALKS = "walks"
    CYCLES = "cycles"


_DIALECT_OF = {
    "itsi": Dialect.TETRA,
    "imei": Dialect.NMEA,
    "nmea": Dialect.NMEA,
    "owntracks": Dialect.OWNTRACKS,
}
# Mobile country code 999 is for private networks (ITU-T E.212), type allocation code 00 for test equipment
# (3GPP TS 23.003, 6.2.1): no real radio or modem has such an identity.
_DEVICE = {
    Dialect.TETRA: "itsi:99900010{:07d}",
    Dialect.NMEA: "imei:00100100{:07d}",
    Dialect.OWNTRACKS: "owntracks:officer{}/phone",
}
# What those who get about so carry, with how many in a hundred, and how often that reports, in seconds.
_CARRIED = {
    Wheels.DRIVES: {Dialect.NMEA: (60, 1.0, 3.0), Dialect.TETRA: (40, 3.5, 4.5)},
    Wheels.WALKS: {Dialect.TETRA: (75, 20.0, 60.0), Dialect.OWNTRACKS: (25, 10.0, 30.0)},
    Wheels.CYCLES: {Dialect.TETRA: (50, 20.0, 60.0), Dialect.OWNTRACKS: (50, 10.0, 30.0)},
}
# A radio that reports seldom does so sooner when it has moved so far: 100 to 500 m in routine (protocols.md 1.5).
_EVERY_M = {(Wheels.WALKS, Dialect.TETRA): 100.0, (Wheels.CYCLES, Dialect.TETRA): 100.0}

# So many cars of a force of this size are a neighbour's, here on loan.
_NEIGHBOURS, _NEIGHBOURS_FROM = 2, 50

# What a roster file calls otherwise: a post there, what arrives here.
_WHEELS_OF_MOBILITY = {"foot": Wheels.WALKS, "cycle": Wheels.CYCLES}
_KIND_OF_WHEELS = {Wheels.WALKS: UnitKind.FOOT, Wheels.CYCLES: UnitKind.CYCLE}
_KIND_OF_POST = {"response": UnitKind.CAR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A unit of the made-up force with its one device; `start` None: anywhere on the network."""

    unit: Unit
    source: str  # the device, as a Fix names it
    start: Position | None = None

    @property
    def dialect(self) -> Dialect:
        """What the device speaks."""
        return _DIALECT_OF[self.source.partition(":")[0]]

    @property
    def device(self) -> str:
        """The device as its dialect gives it: ITSI, IMEI, user/device."""
        return self.source.partition(":")[2]

    @property
    def interval_s(self) -> float:
        """How often the device reports."""
        return self.unit.expected_interval_s

    @property
    def on_foot(self) -> bool:
        """True for a member that walks."""
        return self.unit.kind is UnitKind.FOOT


def replace_unit(member: Member, unit: Unit) -> Member:
    """The member with that on board."""
    return Member(unit=unit, source=member.source, start=member.start)


def made_roster(size: int, *, seed: int) -> list[Member]:
    """A force of `size`: the same size and seed give the same force."""
    return _filled(size, seed, [])


def read_roster(file: Path, size: int, *, seed: int) -> list[Member]:
    """A force of `size` in the same mix from a roster file, and made up where the file has too few of a sort.

    Columns as fixtures/README.md tells them. Raises KeyError or ValueError for a file of another shape.
    """
    with file.open(encoding="utf-8", newline="") as text:
        return _filled(size, seed, list(csv.DictReader(text)))


def _filled(size: int, seed: int, rows: list[dict[str, str]]) -> list[Member]:
    chance = random.Random(seed)  # noqa: S311 - a made-up force needs no secrets
    walk = min(ceil(size * _WALK_PCT / 100), size // 2)
    drive = min(ceil(size * _DRIVE_PCT / 100), size - walk)
    mix = [Wheels.DRIVES] * drive + [Wheels.WALKS] * walk + [Wheels.CYCLES] * (size - drive - walk)
    # Shuffled, since a roster is sorted by station: a small force is on duty everywhere.
    shuffled = chance.sample(rows, len(rows))
    waiting = {wheels: iter([row for row in shuffled if _wheels_of(row) is wheels]) for wheels in Wheels}
    force = [_next(waiting[wheels], wheels, number, chance) for number, wheels in enumerate(mix)]
    cars = [member for member in force if member.unit.kind is UnitKind.CAR]
    lent = {member.unit.callsign for member in cars[:_NEIGHBOURS]} if size >= _NEIGHBOURS_FROM else set()
    return [
        replace_unit(member, crewed(member.unit, organisation="Neighbourshire" if member.unit.callsign in lent else ""))
        for member in force
    ]


def _next(waiting: Iterator[Row], wheels: Wheels, number: int, chance: random.Random) -> Member:
    row = next(waiting, None)
    return _made(wheels, number, chance) if row is None else _read(row, chance)


def _made(wheels: Wheels, number: int, chance: random.Random) -> Member:
    if wheels is Wheels.DRIVES:
        kind, _, capabilities = chance.choices(_DRIVERS, [share for _, share, _ in _DRIVERS])[0]
        crew, letter = chance.choice((1, 2, 2)), "M"
    else:
        kind, capabilities = _KIND_OF_WHEELS[wheels], ()
        crew, letter = 1, {Wheels.WALKS: "F", Wheels.CYCLES: "B"}[wheels]
    callsign = Callsign(f"{'ABCDEFGH'[number % 8]}{letter}{10 + number // 8:02d}")
    carried = _CARRIED[wheels]
    dialect = chance.choices(list(carried), [share for share, _, _ in carried.values()])[0]
    unit = Unit(callsign=callsign, kind=kind, capabilities=capabilities, crew=crew)
    return Member(unit=_equipped(unit, wheels, dialect, chance), source=_DEVICE[dialect].format(number))


def _read(row: Row, chance: random.Random) -> Member:
    wheels, scheme = _wheels_of(row), row["device_scheme"]
    unit = Unit(
        callsign=Callsign(row["callsign"]),
        role=row["kind"] if row["kind"] in ROLES else "",
        kind=_KIND_OF_WHEELS.get(wheels) or _KIND_OF_POST.get(row["kind"]) or UnitKind(row["kind"]),
        capabilities=tuple(sorted(filter(None, row["capabilities"].split(";")))),
        crew=int(row["crew"]),
        station=row["station"],
    )
    # A phone is a path of two, which a roster writes as a topic does: with a colon.
    device = row["device_id"].replace(":", "/") if scheme == "owntracks" else row["device_id"]
    return Member(
        unit=_equipped(unit, wheels, _DIALECT_OF[scheme], chance),
        source=f"{scheme}:{device}",
        start=Position(lat=float(row["lat"]), lon=float(row["lon"])),
    )


def _wheels_of(row: Row) -> Wheels:
    return _WHEELS_OF_MOBILITY.get(row["mobility"], Wheels.DRIVES)


def _equipped(unit: Unit, wheels: Wheels, dialect: Dialect, chance: random.Random) -> Unit:
    """The unit with the profile of its kind and a device that reports as often as such devices do."""
    _, soonest_s, latest_s = _CARRIED[wheels][dialect]
    return replace(
        unit,
        profile=_PROFILES.get(unit.kind, "car-response"),
        expected_interval_s=round(chance.uniform(soonest_s, latest_s), 1),
        reports_every_m=_EVERY_M.get((wheels, dialect)),
    )
