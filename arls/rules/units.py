"""The rules of units: who is booked on with which devices, and what a state code or a call for help does.

It decides what a command about a unit leads to. What came over the air is `rules.fixes`' first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, no_unit, unit_entry, who
from arls.unit import Callsign, Pairing, boarded

if TYPE_CHECKING:
    from arls.ports import Entry
    from arls.state import State


def put_unit(command: m.PutUnit, state: State) -> Decision:
    """A unit as it is from now on, with its devices."""
    unit = boarded(command.unit, command.at)
    entries = []
    if state.units.get(unit.callsign) != unit:
        entries.append(unit_entry(unit.callsign, m.UnitPut(**who(command), unit=unit)))
    if command.sources is None:
        return entries
    carried = set(state.sources.get(unit.callsign, ()))
    given_up: list[m.Event] = [
        m.DeviceUnpaired(**who(command), source=source) for source in sorted(carried - set(command.sources))
    ]
    taken: list[m.Event] = [
        m.DevicePaired(**who(command), pairing=Pairing(source=source, callsign=unit.callsign, since=command.at))
        for source in sorted(set(command.sources) - carried)
    ]
    entries.extend(unit_entry(unit.callsign, event) for event in given_up + taken)
    return entries


def set_state(command: m.SetState, state: State) -> Decision:
    """A code that somebody or something says of a unit."""
    if command.callsign not in state.units:
        return no_unit(command.callsign)
    pack = state.packs.states_at(command.at)
    if command.code == 0:
        return raise_emergency(command, command.callsign, f"{command.via}:{command.operator}", state)
    if command.via == "desk" and pack.find(command.code) is None:
        known = ", ".join(str(row.code) for row in pack.codes)
        return Refusal(code="unknown_code", reason=f"there is no state code {command.code}; known are {known}")
    return state_entries(command, command.callsign, command.code, command.via, state)


def state_entries(command: m.Said, callsign: Callsign, code: int, via: m.Via, state: State) -> Decision:
    """What a code leads to; the same code again is no news."""
    held = state.states.get(callsign)
    pack = state.packs.states_at(command.at)
    row = pack.find(code)
    if row is not None and row.message_only:
        return Refusal(code="message_only", reason=f"code {code} ({row.label}) is a message and changes no state")
    if held is not None and held.code == code:
        return []
    return [unit_entry(callsign, m.StateSet(**who(command), callsign=callsign, code=code, via=via))]


def cancel_emergency(command: m.CancelEmergency, state: State) -> Decision:
    """The end of an emergency, by somebody who says so."""
    if command.callsign not in state.emergencies:
        return Refusal(code="no_emergency", reason=f"{command.callsign} has no emergency to cancel")
    return [unit_entry(command.callsign, m.EmergencyCancelled(**who(command), callsign=command.callsign))]


def raise_emergency(command: m.Said, callsign: Callsign, source: str, state: State) -> list[Entry]:
    """An alarm, unless that officer has one already."""
    if callsign in state.emergencies:
        return []  # one press arriving by several paths is one alarm
    return [unit_entry(callsign, m.EmergencyRaised(**who(command), callsign=callsign, source=source))]
