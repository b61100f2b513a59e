"""Units and incidents as Cursor on Target, and how they are taken off the maps again.

It decides which symbol each has and what is said of how sure its place is. How long a place holds is `telling`'s, how
an event is laid out `cot_writing`'s.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from arls.fix import AltitudeRef, FixKind
from arls.unit import UnitKind
from gateways.cot_writing import CotWords, Point, deletion, xml_of
from gateways.out.telling import IncidentTold, UnitTold

if TYPE_CHECKING:
    from datetime import datetime

    from arls.fix import Fix
    from arls.unit import Unit
    from gateways.out.telling import Telling

# MIL-STD-2525B, appendix A: the letters of a symbol are those of the type. SFGPEVC is a civilian vehicle, SFGPUC a unit
# (protocols.md 8 names both), SFSPXL a law enforcement vessel, SFAPCH a civilian helicopter.
VEHICLE, OFFICER, BOAT, AIRCRAFT = "a-f-G-E-V-C", "a-f-G-U-C", "a-f-S-X-L", "a-f-A-C-H"
TYPES: dict[UnitKind, str] = {
    UnitKind.CAR: VEHICLE,
    UnitKind.VAN: VEHICLE,
    UnitKind.MOTORCYCLE: VEHICLE,
    UnitKind.ARMED: VEHICLE,
    UnitKind.TRAFFIC: VEHICLE,
    UnitKind.DOG: VEHICLE,
    UnitKind.SPECIAL: VEHICLE,
    UnitKind.CYCLE: OFFICER,
    UnitKind.FOOT: OFFICER,
}
# What moves by these is no vehicle on a road, whatever its kind.
TYPES_BY_PROFILE = {"foot": OFFICER, "cycle": OFFICER, "boat": BOAT, "air": AIRCRAFT}

# A spot on the map, as users of TAK put one: an incident is no unit of anybody's.
INCIDENT = "b-m-p-s-m"

# How a place was come by (CoT's own table): by GPS, propagated by a machine, estimated by a human, simulated.
BY_GPS, PROPAGATED, BY_HAND, SIMULATED = "m-g", "m-p", "h-e", "m-s"
_BY_HAND_PROTOCOL = "manual"


def xml_of_telling(telling: Telling, *, holds_s: float) -> bytes:
    """One event; an incident holds for `holds_s` and is told again sooner."""
    match telling.row:
        case None:
            return deletion(telling.uid, at=telling.at)
        case UnitTold() as told:
            return xml_of(_unit(telling.uid, told))
        case IncidentTold() as told:
            return xml_of(_incident(telling.uid, told, telling.at, holds_s))


def type_of(unit: Unit) -> str:
    """The symbol of a unit."""
    return TYPES_BY_PROFILE.get(unit.profile) or TYPES[unit.kind]


def _unit(uid: str, told: UnitTold) -> CotWords:
    fix = told.fix
    # The time is the fix's and not the present: whoever reads an old place must see that it is old.
    return CotWords(
        uid=uid,
        type=type_of(told.unit),
        how=_how(fix),
        at=told.since,
        stale=told.until,
        point=_point(told),
        detail=(_callsign(told.unit.callsign), *_track(fix), _remarks(_words_of(told))),
    )


def _incident(uid: str, told: IncidentTold, at: datetime, holds_s: float) -> CotWords:
    incident = told.incident
    words = f"grade {incident.grade}" + (f", {incident.type}" if incident.type else "")
    return CotWords(
        uid=uid,
        type=INCIDENT,
        how=BY_HAND,
        at=at,
        start=incident.created_at,
        stale=at + timedelta(seconds=holds_s),
        point=Point(lat=incident.lat, lon=incident.lon),
        detail=(_callsign(incident.id), _remarks(f"{words}: {incident.text}" if incident.text else words)),
    )


def _how(fix: Fix) -> str:
    if "mock" in fix.flags:
        return SIMULATED
    if fix.kind is FixKind.ESTIMATED:
        return PROPAGATED
    return BY_HAND if fix.protocol == _BY_HAND_PROTOCOL else BY_GPS


def _point(told: UnitTold) -> Point:
    """The radius that the device gave is no smaller than the one standard deviation that `ce` asks for."""
    fix = told.fix
    return Point(
        lat=told.lat,
        lon=told.lon,
        hae=fix.altitude_m if fix.altitude_ref is AltitudeRef.ELLIPSOID else None,
        ce=fix.accuracy_m,
    )


def _track(fix: Fix) -> tuple[Element, ...]:
    """Both or nothing: as protobuf half of it would be read as 0."""
    if fix.speed_mps is None or fix.course_deg is None:
        return ()
    return (Element("track", speed=f"{fix.speed_mps:.2f}", course=f"{fix.course_deg:.1f}"),)


def _words_of(told: UnitTold) -> str:
    state = "EMERGENCY" if told.emergency else told.availability.value.replace("_", " ")
    return f"{told.unit.kind}, {state}"


def _callsign(words: str) -> Element:
    return Element("contact", callsign=_printable(words))


def _remarks(words: str) -> Element:
    remarks = Element("remarks")
    remarks.text = _printable(words)
    return remarks


def _printable(words: str) -> str:
    """XML 1.0 has no way to write most control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
