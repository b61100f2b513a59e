"""What a desk sends of units, as the engine takes it; what its force has no word for is turned away here.

It decides which callsigns, skills and roles a force knows (settings `units`). What is odd about a booking is
`arls.clashes`' to say.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from api.bookings import member_of, shift_of, sorted_of, sources_of, vehicle_of
from api.problems import Problem
from arls.booking import Booking, Refused
from arls.catalogue import find_misnamed, find_unknown, read_catalogue
from arls.unit import Callsign, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.bookings import BookingBody, UnitBody
    from api.desk import Desk
    from api.settings import UnitsSettings
    from arls.catalogue import Catalogue

_catalogue = lru_cache(maxsize=4)(read_catalogue)


def unit_of(desk: Desk, callsign: str, body: UnitBody) -> Unit:
    """The unit that a body describes. Raises Problem for a profile that there is not."""
    return Unit(
        callsign=Callsign(callsign),
        kind=body.kind,
        profile=desk.get_profile(body.profile),
        capabilities=sorted_of(body.capabilities),
        crew=body.crew,
        station=body.station,
        expected_interval_s=body.expected_interval_s,
        reports_every_m=body.reports_every_m,
        role=body.role,
        organisation=body.organisation,
        operation=body.operation,
        talk_group=body.talk_group,
        members=tuple(map(member_of, body.members)),
        vehicle=vehicle_of(body.vehicle) if body.vehicle else None,
        shift=shift_of(body.shift) if body.shift else None,
    )


def get_known(unit: Unit, settings: UnitsSettings) -> Unit:
    """The unit, if its force has words for all of it. Raises Problem where not."""
    refused = find_turned_away(unit, settings)
    if refused is not None:
        raise Problem(422, refused.reason, code=refused.code)
    return unit


def find_turned_away(unit: Unit, settings: UnitsSettings) -> Refused | None:
    """Why the force has no such unit; None when it may have."""
    pattern = re.compile(settings.callsign_pattern) if settings.callsign_pattern else None
    catalogue = _catalogue(settings.catalogue) if settings.catalogue else None
    misnamed = find_misnamed(unit.callsign, pattern)
    if misnamed is not None:
        return Refused(callsign=unit.callsign, code="bad_callsign", reason=misnamed)
    ids = [member.id for member in unit.members]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        return Refused(callsign=unit.callsign, code="member_twice", reason=f"{twice} is named twice in {unit.callsign}")
    unknown = None if catalogue is None else _unknown_to(catalogue, unit)
    return Refused(callsign=unit.callsign, code=unknown[0], reason=unknown[1]) if unknown else None


def _unknown_to(catalogue: Catalogue, unit: Unit) -> tuple[str, str] | None:
    aboard = unit.vehicle.capabilities if unit.vehicle else ()
    skills = [*unit.capabilities, *aboard, *(skill for member in unit.members for skill in member.capabilities)]
    said = find_unknown(skills, catalogue.capabilities, "capability")
    if said is not None:
        return "unknown_capability", said
    said = find_unknown([unit.role] if unit.role else [], catalogue.roles, "role")
    return ("unknown_role", said) if said is not None else None


def bookings_of(desk: Desk, bodies: Iterable[BookingBody]) -> tuple[tuple[Booking, ...], tuple[Refused, ...]]:
    """Lines as bookings, and those that the force has no words for. Raises Problem for a profile that there is not."""
    good, refused = [], []
    for body in bodies:
        unit = unit_of(desk, body.callsign, body)
        turned_away = find_turned_away(unit, desk.system.settings.units)
        if turned_away is not None:
            refused.append(turned_away)
            continue
        begins_at = max(desk.now(), body.begins_at) if body.begins_at else desk.now()
        sources = sources_of(body, begins_at)
        good.append(Booking(unit=unit, sources=sources, code=body.code, begins_at=body.begins_at))
    return tuple(good), tuple(refused)
