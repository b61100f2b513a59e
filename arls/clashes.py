"""What is odd about a shift change, line by line: a radio taken from someone, an officer in two cars, a car twice.

It decides which lines can be booked at all, and what a desk is warned of: that forbids nothing, people do change cars.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from arls.booking import Booking, Clash, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from arls.crew import Member
    from arls.state import Known, State
    from arls.state_codes import StatePack
    from arls.unit import Callsign, Unit


# Of one unit: more than a month of shifts ahead is a mistake.
PLANNED_LIMIT = 64


class Assessment(NamedTuple):
    """What would come of a shift change."""

    now: tuple[Booking, ...]
    later: tuple[Booking, ...]
    refused: tuple[Refused, ...]
    clashes: tuple[Clash, ...]


def assess(bookings: Sequence[Booking], known: State | Known, at: datetime) -> Assessment:
    """Which of these bookings begin at the UTC instant `at`, which later, which cannot be, and what is odd."""
    good: list[Booking] = []
    refused = []
    for booking in bookings:
        why = _find_refusal(booking, [line.unit.callsign for line in good], known, at)
        if why is None:
            good.append(booking)
        else:
            refused.append(Refused(callsign=booking.unit.callsign, code=why[0], reason=why[1]))
    later = tuple(booking for booking in good if booking.begins_at is not None and booking.begins_at > at)
    return Assessment(
        now=tuple(booking for booking in good if booking not in later),
        later=later,
        refused=tuple(refused),
        clashes=clashes_of(good, known, at),
    )


def _find_refusal(
    booking: Booking, booked: Sequence[Callsign], known: State | Known, at: datetime
) -> tuple[str, str] | None:
    callsign = booking.unit.callsign
    if callsign in booked:
        return "booked_twice", f"{callsign} is booked by an earlier line"
    if len(known.planned.get(callsign, ())) >= PLANNED_LIMIT:
        return "too_many_planned", f"{callsign} has {PLANNED_LIMIT} bookings ahead already"
    return None if booking.code is None else _find_unset(booking.code, known.packs.states_at(at))


def _find_unset(code: int, pack: StatePack) -> tuple[str, str] | None:
    """Why nobody is booked on in that state."""
    row = pack.find(code)
    if row is None:
        known = ", ".join(str(row.code) for row in pack.codes)
        return "unknown_code", f"there is no state code {code}; known are {known}"
    if row.message_only:
        return "message_only", f"code {code} ({row.label}) is a message and changes no state"
    if pack.is_emergency(code):
        return "emergency_code", f"code {code} ({row.label}) is a call for help: nobody is booked on with one"
    return None


def find_kept_on(callsign: Callsign, known: State | Known) -> tuple[str, str] | None:
    """Why a unit may not be put off duty, as (code, text); None when it may."""
    if callsign not in known.units and callsign not in known.planned:
        return "no_unit", f"there is no unit {callsign}"
    if callsign in known.emergencies:
        return "in_emergency", f"{callsign} has an emergency: it stays on duty until that is over"
    if callsign in known.active:
        incident = known.assignments[known.active[callsign]].incident
        return "assigned", f"{callsign} is assigned to {incident}: clear or hand that over first"
    return None


def clashes_of(bookings: Sequence[Booking], known: State | Known, at: datetime) -> tuple[Clash, ...]:
    """What is odd about these bookings, made at the UTC instant `at`, in their order."""
    others = _others(bookings, known)
    return tuple(
        clash
        for place, booking in enumerate(bookings)
        for clash in chain(
            _devices(booking, bookings[:place], known),
            _people(booking, [*others, *(earlier.unit for earlier in bookings[:place])], at),
            _vehicles(booking, [*others, *(earlier.unit for earlier in bookings[:place])]),
            _hours(booking, known),
            _numbers(booking),
        )
    )


def _others(bookings: Sequence[Booking], known: State | Known) -> list[Unit]:
    """Units on duty that these bookings leave as they are."""
    booked = {booking.unit.callsign for booking in bookings}
    off = {c for c, state in known.states.items() if not state.tracked}
    return [unit for callsign, unit in known.units.items() if callsign not in booked and callsign not in off]


def _devices(booking: Booking, earlier: Sequence[Booking], known: State | Known) -> Iterator[Clash]:
    callsign = booking.unit.callsign
    wanted = set(booking.sources or ())
    holder = {source: c for c, sources in known.sources.items() for source in wanted.intersection(sources)}
    holder |= {source: line.unit.callsign for line in earlier for source in wanted.intersection(line.sources or ())}
    for source in sorted(wanted):
        other = holder.get(source, callsign)
        if other != callsign:
            text = f"{source} is taken from {other}"
            yield Clash(callsign=callsign, code="device_taken", text=text, source=source, taken_from=other)


def _people(booking: Booking, others: Sequence[Unit], at: datetime) -> Iterator[Clash]:
    wanted = {member.id: member for member in booking.unit.members}
    if not wanted:
        return
    for other in others:
        for member in other.members:
            mine = wanted.get(member.id)
            if mine is not None and other.callsign != booking.unit.callsign and _together(mine, member, booking, at):
                yield _clash(booking, "member_elsewhere", f"{member.id} is aboard {other.callsign} as well", other)


def _together(mine: Member, other: Member, booking: Booking, at: datetime) -> bool:
    """True where both are aboard at one time from now on."""
    start = max(filter(None, (mine.begins_at, other.begins_at, booking.begins_at, at)))
    return all(member.ends_at is None or start < member.ends_at for member in (mine, other))


def _vehicles(booking: Booking, others: Sequence[Unit]) -> Iterator[Clash]:
    unit = booking.unit
    if unit.vehicle is None:
        return
    for other in others:
        if other.vehicle is not None and other.vehicle.id == unit.vehicle.id and other.callsign != unit.callsign:
            yield _clash(booking, "vehicle_twice", f"{unit.vehicle.id} is the vehicle of {other.callsign}", other)
    seats = unit.vehicle.seats
    if seats is not None and len(unit.members) > seats:
        yield _clash(booking, "too_few_seats", f"{unit.vehicle.id} seats {seats}, and {len(unit.members)} are booked")


def _hours(booking: Booking, known: State | Known) -> Iterator[Clash]:
    unit, held = booking.unit, known.units.get(booking.unit.callsign)
    shifts = [line.unit.shift for line in known.planned.get(unit.callsign, ()) if line.begins_at != booking.begins_at]
    for other in (*shifts, held.shift if held else None):
        if unit.shift is None or other is None or other.begins_at == unit.shift.begins_at:
            continue
        if unit.shift.begins_at < other.ends_at and other.begins_at < unit.shift.ends_at:
            said = f"{other.begins_at:%d %b %H:%M} to {other.ends_at:%H:%M} UTC"
            yield _clash(booking, "shifts_overlap", f"its shift overlaps that from {said}")


def _numbers(booking: Booking) -> Iterator[Clash]:
    unit = booking.unit
    if unit.vehicle is None:
        return
    roof = _digits(unit.vehicle.id)
    mixed_up = [name for name in (unit.callsign, *(member.id for member in unit.members)) if name == unit.vehicle.id]
    mixed_up += [member.id for member in unit.members if roof and _digits(member.id) == roof]
    if mixed_up:
        text = f"{mixed_up[0]} has the number of the vehicle {unit.vehicle.id}: is one taken for the other?"
        yield _clash(booking, "number_mixed_up", text)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _clash(booking: Booking, code: str, text: str, other: Unit | None = None) -> Clash:
    taken_from: Callsign | None = other.callsign if other else None
    return Clash(callsign=booking.unit.callsign, code=code, text=text, taken_from=taken_from)
