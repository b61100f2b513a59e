"""What would be known if something were otherwise: one small change after another, applied to what is known.

It decides what a change means. It journals nothing and nobody is sent: what comes of it is for asking `pipeline` again.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace as with_

from arls.closure import ClosureId
from arls.crew import Driver
from arls.fix import Fix
from arls.picture import row_of
from arls.state import Known, doing_of
from arls.track import Track
from arls.unit import Availability, Callsign, Unit, UnitState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class ChangeKind(StrEnum):
    """What may be supposed otherwise."""

    AVAILABLE = "available"  # it says that it is available, and goes at once
    EMERGENCY_OVER = "emergency_over"
    CLEARED = "cleared"  # its assignment is over
    ASKED_AGAIN = "asked_again"  # that it refused counts no more
    SKILLED = "skilled"  # it has these capabilities as well
    CREWED = "crewed"  # so many are on board
    DRIVEN = "driven"  # somebody on board may drive it
    OTHER_ROLE = "other_role"  # it has a role that is sent everywhere
    RELEASED = "released"  # no operation rings it off
    OURS = "ours"  # it is no neighbour's
    HEARD = "heard"  # its radio gives a position now, and it stands there
    LIFTED = "lifted"  # a closure is lifted
    GONE = "gone"  # it is not deployable


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is otherwise, of a unit or of a closure, and in words."""

    kind: ChangeKind
    text: str
    callsign: Callsign | None = None
    closure: ClosureId | None = None
    capabilities: tuple[str, ...] = ()
    crew: int | None = None
    lat: float | None = None
    lon: float | None = None


def suppose(known: Known, changes: Iterable[Change], at: datetime) -> Known:
    """What would be known at the instant `at` if all of these were so."""
    told = list(changes)
    gone = {change.closure for change in told if change.kind is ChangeKind.LIFTED}
    closures = {name: closure for name, closure in known.closures.items() if name not in gone}
    known = replace(known, closures=closures)
    for change in told:
        if change.callsign is not None:
            known = _of_unit(known, change.callsign, change, at)
    return known


def _of_unit(known: Known, callsign: Callsign, change: Change, at: datetime) -> Known:
    match change.kind:
        case ChangeKind.AVAILABLE:
            known = _with_state(known, callsign, Availability.AVAILABLE, at)
        case ChangeKind.GONE:
            known = _with_state(known, callsign, Availability.UNAVAILABLE, at)
        case ChangeKind.EMERGENCY_OVER:
            emergencies = {name: one for name, one in known.emergencies.items() if name != callsign}
            known = replace(known, emergencies=emergencies)
        case ChangeKind.CLEARED:
            known = replace(known, active={name: one for name, one in known.active.items() if name != callsign})
        case ChangeKind.ASKED_AGAIN:
            known = _asked_again(known, callsign)
        case ChangeKind.HEARD:
            known = _heard(known, callsign, change, at)
        case _:
            unit = _unit_with(known.units[callsign], change)
            known = replace(known, units=known.units | {callsign: unit})
    return _entered(known, callsign)


def _asked_again(known: Known, callsign: Callsign) -> Known:
    refused = {name for name, one in known.assignments.items() if one.callsign == callsign and not one.active}
    sent = {incident: tuple(one for one in names if one not in refused) for incident, names in known.sent.items()}
    return replace(known, sent=sent)


def _with_state(known: Known, callsign: Callsign, availability: Availability, at: datetime) -> Known:
    state = UnitState(code=None, label="supposed", availability=availability, since=at)
    return replace(known, states=known.states | {callsign: state})


def _unit_with(unit: Unit, change: Change) -> Unit:
    match change.kind:
        case ChangeKind.SKILLED:
            return with_(unit, capabilities=tuple(sorted({*unit.capabilities, *change.capabilities})))
        case ChangeKind.CREWED:
            return with_(unit, crew=max(unit.crew, change.crew or 1))
        case ChangeKind.DRIVEN:
            return with_(unit, driver=Driver.ADVANCED, crew=max(unit.crew, 1))
        case ChangeKind.OTHER_ROLE:
            return with_(unit, role="")
        case ChangeKind.RELEASED:
            return with_(unit, operation="")
        case ChangeKind.OURS:
            return with_(unit, organisation="")
        case _:
            raise ValueError(f"{change.kind} is not of what a unit is")


def _heard(known: Known, callsign: Callsign, change: Change, at: datetime) -> Known:
    picture, source = known.picture, f"supposed:{callsign}"
    fix = Fix(id=source, source=source, received_at=at, fix_time=at, lat=change.lat, lon=change.lon, speed_mps=0.0)
    number, trails = picture.numbers[callsign], list(picture.trails)
    trails[number] = (fix,)
    columns, keys = {name: column.copy() for name, column in picture.columns.items()}, picture.keys.copy()
    for name, value in row_of(fix).items():
        columns[name][number] = np.nan if value is None else value
    keys[number] = hash((fix.id, fix.received_at, fix.lat, fix.lon))
    tracks = known.tracks | {source: Track(source=source, heard_at=at, fixes=(fix,))}
    return replace(known, tracks=tracks, picture=replace(picture, trails=tuple(trails), columns=columns, keys=keys))


def _entered(known: Known, callsign: Callsign) -> Known:
    """With the unit in the roster as it now is, of a sort that no other unit is of."""
    roster, number, doing = known.roster, known.picture.numbers[callsign], doing_of(known, callsign)
    sort, doings = roster.sort.copy(), list(roster.doings)
    sort[number], doings[number] = len(roster.examples), doing
    return replace(known, roster=replace(roster, sort=sort, doings=tuple(doings), examples=(*roster.examples, doing)))
