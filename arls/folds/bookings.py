"""What the events of a shift mean: who is booked on later, who is on board now, whose shift is over, who was lent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.folds.rings import ringed_unit
from arls.folds.units import reckon

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State
    from arls.unit import Callsign


def planned(state: State, event: m.BookingPlanned) -> None:
    """A booking that begins later; another one for the same instant is replaced."""
    callsign = event.booking.unit.callsign
    others = [it for it in state.planned.get(callsign, ()) if it.begins_at != event.booking.begins_at]
    state.planned[callsign] = tuple(sorted([*others, event.booking], key=lambda it: it.begins_at or event.at))
    reckon(state, callsign, event.at)


def ended(state: State, event: m.BookingEnded) -> None:
    """It is planned no more."""
    left = tuple(it for it in state.planned.get(event.callsign, ()) if it.begins_at != event.begins_at)
    if left:
        state.planned[event.callsign] = left
    else:
        state.planned.pop(event.callsign, None)
    reckon(state, event.callsign, event.at)


def turned(state: State, event: m.CrewTurned) -> set[Callsign]:
    """Who is on board now."""
    state.units[event.unit.callsign] = ringed_unit(state, event.unit)
    reckon(state, event.unit.callsign, event.at)
    return {event.unit.callsign}


def shift_ended(state: State, event: m.ShiftEnded) -> set[Callsign]:
    """It has been told that the shift is over."""
    shift = state.units[event.callsign].shift
    if shift is not None:
        state.over[event.callsign] = shift.ends_at
    reckon(state, event.callsign, event.at)
    return {event.callsign}


def moved(state: State, event: m.UnitMoved) -> set[Callsign]:
    """Where it belongs for now."""
    unit = state.units[event.callsign]
    lent = replace(unit, station=event.station, operation=event.operation, talk_group=event.talk_group)
    state.units[event.callsign] = ringed_unit(state, lent)
    return {event.callsign}


def doubted(state: State, event: m.PairingDoubted) -> None:
    """Somebody should look at a pairing."""
    state.doubts[event.doubt.key] = event.doubt


def trusted(state: State, event: m.PairingTrusted) -> None:
    """Nobody needs to any more."""
    state.doubts.pop(event.doubt.key, None)
