"""The rules of units: who is booked on with which devices, and how a call for help ends.

It decides what a command about a unit leads to. What came over the air is `rules.fixes`' first, and what a state code
leads to `rules.codes`'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls import messages as m
from arls.rules.refusal import Decision, Refusal, unit_entry, who
from arls.unit import Pairing, boarded

if TYPE_CHECKING:
    from arls.ports import Entry
    from arls.state import State
    from arls.unit import Callsign, Unit


class Carried:
    """Which devices units carry, as one decision moves them; a device is with whoever was given it last."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._given: dict[str, Callsign | None] = {}

    def by(self, callsign: Callsign) -> set[str]:
        """The devices of a unit."""
        held = {source for source in self._state.sources.get(callsign, ()) if source not in self._given}
        return held | {source for source, holder in self._given.items() if holder == callsign}

    def give(self, source: str, callsign: Callsign | None) -> None:
        """It is with that unit from now on, or with nobody."""
        self._given[source] = callsign


def put_unit(command: m.PutUnit, state: State) -> Decision:
    """A unit as it is from now on, with its devices."""
    return put_entries(command, command.unit, command.sources, state, Carried(state))


def put_entries(
    command: m.Said, asked: Unit, sources: tuple[str, ...] | None, state: State, carried: Carried
) -> list[Entry]:
    """What changes with a unit and its devices (None: as they are)."""
    callsign, held = asked.callsign, state.units.get(asked.callsign)
    unit = _with_breaks(boarded(asked, command.at), held)
    entries = [] if held == unit else [unit_entry(callsign, m.UnitPut(**who(command), unit=unit))]
    return [*entries, *device_entries(command, callsign, sources, carried)]


def device_entries(
    command: m.Said, callsign: Callsign, sources: tuple[str, ...] | None, carried: Carried
) -> list[Entry]:
    """What changes hands for a unit to carry these devices (None: as they are), and only these."""
    before = carried.by(callsign)
    after = before if sources is None else set(sources)
    events: list[m.Event] = []
    for source in sorted(before - after):
        events.append(m.DeviceUnpaired(**who(command), source=source))
        carried.give(source, None)
    for source in sorted(after - before):
        pairing = Pairing(source=source, callsign=callsign, since=command.at)
        events.append(m.DevicePaired(**who(command), pairing=pairing))
        carried.give(source, callsign)
    return [unit_entry(callsign, event) for event in events]


def _with_breaks(unit: Unit, held: Unit | None) -> Unit:
    """The breaks of a shift outlast its being booked again."""
    shift, before = unit.shift, held.shift if held else None
    if shift is None or before is None or shift.breaks or shift.begins_at != before.begins_at:
        return unit
    return replace(unit, shift=replace(shift, breaks=before.breaks))


def cancel_emergency(command: m.CancelEmergency, state: State) -> Decision:
    """The end of an emergency, by somebody who says so."""
    if command.callsign not in state.emergencies:
        return Refusal(code="no_emergency", reason=f"{command.callsign} has no emergency to cancel")
    return [unit_entry(command.callsign, m.EmergencyCancelled(**who(command), callsign=command.callsign))]
