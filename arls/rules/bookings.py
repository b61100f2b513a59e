"""The rules of a shift: it is booked on and off as one, people board and leave, and units are lent.

It decides what is put off until it is due, and that nobody is put off duty who is busy or needs help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.booking import Refused
from arls.clashes import assess, find_kept_on
from arls.ports import Entry
from arls.rules.refusal import Decision, Refusal, no_unit, unit_entry, who
from arls.rules.units import Carried, device_entries, put_entries
from arls.unit import Availability, Unit, boarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from arls.booking import Booking, Ending
    from arls.state import State
    from arls.unit import Callsign


def book_on(command: m.BookOn, state: State) -> Decision:
    """A shift as one decision: what may be booked is, now or when it begins; the rest is refused by its line."""
    found = assess(command.bookings, state, command.at)
    refused = (*command.refused, *found.refused)
    if refused and (command.whole or not (found.now or found.later)):
        return Refusal(code="shift_refused", reason=f"nothing was booked: {_first_of(refused)}")
    booked = m.ShiftBooked(
        **who(command),
        booked=tuple(booking.unit.callsign for booking in found.now),
        planned=tuple(booking.unit.callsign for booking in found.later),
        clashes=found.clashes,
        refused=refused,
    )
    carried = Carried(state)
    return [
        Entry(stream="shifts", event=booked),
        *(entry for booking in found.now for entry in _begun(command, booking, state, carried)),
        *(
            unit_entry(booking.unit.callsign, m.BookingPlanned(**who(command), booking=booking))
            for booking in found.later
        ),
    ]


def _begun(command: m.Said, booking: Booking, state: State, carried: Carried) -> list[Entry]:
    """What a booking leads to when it begins."""
    callsign, code = booking.unit.callsign, booking.code
    entries = put_entries(command, booking.unit, booking.sources, state, carried)
    held = state.states.get(callsign)
    if code is not None and (held is None or held.code != code):
        entries.append(_state_set(command, callsign, code))
    return entries


def _state_set(command: m.Said, callsign: Callsign, code: int) -> Entry:
    return unit_entry(callsign, m.StateSet(**who(command), callsign=callsign, code=code, via="desk"))


def _first_of(refused: Sequence[Refused]) -> str:
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    return f"{refused[0].callsign}: {refused[0].reason}{more}"


def book_off(command: m.BookOff, state: State) -> Decision:
    """Units off duty, and nothing planned for them any more."""
    code = _find_off_duty(state, command.at)
    if code is None:
        return Refusal(code="no_code", reason="no state code in force means off duty")
    entries: list[Entry] = []
    refused = []
    for callsign in dict.fromkeys(command.callsigns):
        why = find_kept_on(callsign, state)
        if why is not None:
            refused.append(Refused(callsign=callsign, code=why[0], reason=why[1]))
            continue
        entries += [
            unit_entry(callsign, m.BookingEnded(**who(command), callsign=callsign, begins_at=booking.begins_at))
            for booking in state.planned.get(callsign, ())
            if booking.begins_at is not None
        ]
        if callsign in state.units and not state.off_duty(callsign):
            entries.append(_state_set(command, callsign, code))
    if refused and (command.whole or len(refused) == len(set(command.callsigns))):
        return Refusal(code=refused[0].code, reason=f"nobody was booked off: {_first_of(refused)}")
    return entries


def _find_off_duty(state: State, at: datetime) -> int | None:
    """The code that puts a unit off duty; None where the pack in force has none."""
    rows = state.packs.states_at(at).codes
    return next((row.code for row in rows if row.availability is Availability.OFF_DUTY), None)


def turn_crews(command: m.TurnCrews, state: State) -> Decision:
    """Everything that was due by now."""
    carried = Carried(state)
    late = sorted(callsign for callsign, due in state.due.items() if due <= command.at)
    return [entry for callsign in late for entry in _turned(command, callsign, state, carried)]


def _turned(command: m.TurnCrews, callsign: Callsign, state: State, carried: Carried) -> list[Entry]:
    begun = [it for it in state.planned.get(callsign, ()) if it.begins_at is not None and it.begins_at <= command.at]
    if not begun:
        unit = state.units[callsign]
        return [*_crew_turned(command, unit, state, carried), *_shift_ended(command, unit, state)]
    made = _begun(command, begun[-1], state, carried)
    ended = (m.BookingEnded(**who(command), callsign=callsign, begins_at=it.begins_at) for it in begun if it.begins_at)
    return [*made, *(unit_entry(callsign, event) for event in ended)]


def _crew_turned(command: m.TurnCrews, unit: Unit, state: State, carried: Carried) -> list[Entry]:
    """Who boarded and left since it was due, with what they carry, also where the unit is as able as it was."""
    since, callsign = state.due[unit.callsign], unit.callsign
    on = [it for it in unit.members if it.begins_at is not None and since <= it.begins_at <= command.at]
    off = [it for it in unit.members if it.ends_at is not None and since <= it.ends_at <= command.at]
    if not on and not off:
        return []
    turned = m.CrewTurned(
        **who(command),
        unit=boarded(unit, command.at),
        boarded=tuple(it.id for it in on),
        left=tuple(it.id for it in off),
    )
    held = carried.by(callsign)
    after = held.difference(*(it.devices for it in off)).union(*(it.devices for it in on if it not in off))
    devices = device_entries(command, callsign, tuple(after), carried)
    return [unit_entry(callsign, turned), *devices]


def _shift_ended(command: m.TurnCrews, unit: Unit, state: State) -> list[Entry]:
    callsign = unit.callsign
    if unit.shift is None or unit.shift.ends_at > command.at or state.over.get(callsign) == unit.shift.ends_at:
        return []
    off = _find_off_duty(state, command.at)
    ending: Ending = "asked"
    if state.off_duty(callsign):
        ending = "was_off"
    elif command.put_off_duty and off is not None and find_kept_on(callsign, state) is None:
        ending = "off_duty"
    told = unit_entry(callsign, m.ShiftEnded(**who(command), callsign=callsign, ending=ending))
    return [told, _state_set(command, callsign, off)] if ending == "off_duty" and off is not None else [told]


def move_units(command: m.MoveUnits, state: State) -> Decision:
    """Units lent elsewhere, all or none; what is the same already is no news."""
    entries = []
    if command.operation in state.operations:
        reason = f"{command.operation} is planned here: hold units for it, or release them, by the operation itself"
        return Refusal(code="ringed_by_operation", reason=reason)
    for callsign in dict.fromkeys(command.callsigns):
        unit = state.units.get(callsign)
        if unit is None:
            return no_unit(callsign)
        moved = m.UnitMoved(
            **who(command),
            callsign=callsign,
            station=unit.station if command.station is None else command.station,
            operation=unit.operation if command.operation is None else command.operation,
            talk_group=unit.talk_group if command.talk_group is None else command.talk_group,
            reason=command.reason,
        )
        if (moved.station, moved.operation, moved.talk_group) != (unit.station, unit.operation, unit.talk_group):
            entries.append(unit_entry(callsign, moved))
    return entries


def note_misfits(command: m.NoteMisfits, state: State) -> Decision:
    """What of the doubts is new, and what is over."""
    now = {doubt.key: doubt for doubt in command.doubts}
    over = [doubt for key, doubt in state.doubts.items() if key not in now]
    new = [doubt for key, doubt in now.items() if key not in state.doubts]
    return [
        *(Entry(stream="pairings", event=m.PairingTrusted(**who(command), doubt=doubt)) for doubt in over),
        *(Entry(stream="pairings", event=m.PairingDoubted(**who(command), doubt=doubt)) for doubt in new),
    ]
