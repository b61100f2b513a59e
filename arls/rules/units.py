"""The rules of units: who is booked on with which devices, and how a call for help ends.

It decides what a command about a unit leads to. What came over the air is `rules.fixes`' first, and what a state code
leads to `rules.codes`'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, unit_entry, who
from arls.unit import Pairing, boarded

if TYPE_CHECKING:
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


def cancel_emergency(command: m.CancelEmergency, state: State) -> Decision:
    """The end of an emergency, by somebody who says so."""
    if command.callsign not in state.emergencies:
        return Refusal(code="no_emergency", reason=f"{command.callsign} has no emergency to cancel")
    return [unit_entry(command.callsign, m.EmergencyCancelled(**who(command), callsign=command.callsign))]
