"""What units' events mean: what is on board, which devices they carry, what they do, and who needs help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.asks import settle
from arls.state import Emergency, State
from arls.state_codes import state_of

if TYPE_CHECKING:
    from datetime import datetime

    from arls import messages as m
    from arls.unit import Callsign, Pairing


def put(state: State, event: m.UnitPut) -> set[Callsign]:
    """What is on board."""
    state.units[event.unit.callsign] = event.unit
    return {event.unit.callsign}


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
    return {event.callsign}


def emergency_raised(state: State, event: m.EmergencyRaised) -> set[Callsign]:
    """An officer needs help."""
    before = state.states.get(event.callsign)
    state.emergencies[event.callsign] = Emergency(at=event.at, source=event.source, before=before)
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
