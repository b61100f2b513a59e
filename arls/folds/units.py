"""What units' events mean: what is on board, which devices they carry, what they do, and who needs help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.crew import Break, turns_of
from arls.folds.asks import settle
from arls.folds.rings import ringed_unit
from arls.state import Emergency, State
from arls.state_codes import state_of
from arls.unit import Availability, Callsign, Pairing, UnitState

if TYPE_CHECKING:
    from datetime import datetime

    from arls import messages as m
    from arls.unit import Callsign, Pairing


def put(state: State, event: m.UnitPut) -> set[Callsign]:
    """What is on board."""
    callsign, shift = event.unit.callsign, event.unit.shift
    state.units[callsign] = ringed_unit(state, event.unit)
    if shift is None or state.over.get(callsign) != shift.ends_at:
        state.over.pop(callsign, None)
    reckon(state, callsign, event.at)
    return {callsign}


def reckon(state: State, callsign: Callsign, at: datetime) -> None:
    """Work out when something of a unit is due next, after what was done up to `at`."""
    unit = state.units.get(callsign)
    due = [booking.begins_at for booking in state.planned.get(callsign, ()) if booking.begins_at is not None]
    if unit is not None:
        due += [turn for turn in turns_of(unit.members) if turn > at]
    if unit is not None and unit.shift is not None and state.over.get(callsign) != unit.shift.ends_at:
        due.append(unit.shift.ends_at)
    if due:
        state.due[callsign] = min(due)
    else:
        state.due.pop(callsign, None)


def paired(state: State, event: m.DevicePaired) -> set[Callsign]:
    """A device changes hands."""
    return _pair(state, event.pairing)


def unpaired(state: State, event: m.DeviceUnpaired) -> set[Callsign]:
    """A device is nobody's."""
    return _unpair(state, event.source, event.at)


def state_set(state: State, event: m.StateSet) -> set[Callsign]:
    """What it does; what was asked about its state before is settled."""
    settle(state, event.callsign)
    new = state_of(event.code, since=event.at, pack=state.packs.states_at(event.at))
    if new is not None:
        state.states[event.callsign] = new
        _note_break(state, event.callsign, new)
    return {event.callsign}


def _note_break(state: State, callsign: Callsign, new: UnitState) -> None:
    """Refreshments are the break of whoever has a shift."""
    unit = state.units.get(callsign)
    if unit is None or unit.shift is None:
        return
    breaks, resting = unit.shift.breaks, new.availability is Availability.RESTING
    lasts = bool(breaks) and breaks[-1].ended_at is None
    if resting and not lasts:
        breaks = (*breaks, Break(began_at=new.since))
    elif lasts and not resting:
        breaks = (*breaks[:-1], replace(breaks[-1], ended_at=new.since))
    state.units[callsign] = replace(unit, shift=replace(unit.shift, breaks=breaks))


def emergency_raised(state: State, event: m.EmergencyRaised) -> set[Callsign]:
    """An officer needs help."""
    before = state.states.get(event.callsign)
    state.emergencies[event.callsign] = Emergency(
        at=event.at, source=event.source, before=before, overrides=event.overrides
    )
    return {event.callsign}


def emergency_cancelled(state: State, event: m.EmergencyCancelled) -> set[Callsign]:
    """It is over."""
    state.emergencies.pop(event.callsign, None)
    state.cancelled_at[event.callsign] = event.at
    return {event.callsign}


def _pair(state: State, pairing: Pairing) -> set[Callsign]:
    touched = _unpair(state, pairing.source, pairing.since)
    state.pairings[pairing.source] = (*state.pairings.get(pairing.source, ()), pairing)
    carried = {*state.sources.get(pairing.callsign, ()), pairing.source}
    state.sources[pairing.callsign] = tuple(sorted(carried))
    return touched | {pairing.callsign}


def _unpair(state: State, source: str, at: datetime) -> set[Callsign]:
    pairings = state.pairings.get(source, ())
    if not pairings or pairings[-1].until is not None:
        return set()
    last = pairings[-1]
    state.pairings[source] = (*pairings[:-1], replace(last, until=at))
    state.sources[last.callsign] = tuple(s for s in state.sources[last.callsign] if s != source)
    return {last.callsign}
