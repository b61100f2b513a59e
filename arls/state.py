"""Everything the engine knows, folded from events: the one object in the house that changes.

It decides what an event means. Whether it may happen was decided before, by `dispatch`; folding never decides, so
replay gives the same state, to the byte. It reads no clock.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when it decodes
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from arls import messages as m
from arls.caller import Call, CallerLocation, CallId, with_location
from arls.closure import Closure, ClosureId, Closures, Turn
from arls.incident import (
    ASSIGNMENT_LIFE,
    Assignment,
    AssignmentId,
    Incident,
    IncidentId,
    LogEntry,
    Step,
)
from arls.reordering import Reordering  # noqa: TC001 - msgspec reads the annotations when it decodes
from arls.roster import Doing
from arls.track import Track, folded, track_of, trail_of
from arls.unit import Availability, Callsign, Pairing, Unit, UnitState, state_of

if TYPE_CHECKING:
    from arls.fix import Fix
    from arls.picture import Picture
    from arls.ports import Recorded
    from arls.roster import Roster

BODY = msgspec.msgpack.Decoder(m.FixBatch)
_LOCATION = msgspec.msgpack.Decoder(CallerLocation)
# Whoever erases is never so far behind, and asks again for what was erased before.
FORGOTTEN = 5_000
# How many idempotency keys are remembered, oldest out first: a day at one command a second.
KEYS = 86_400


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """An officer needs help since `at`; `before` is the state to go back to."""

    at: datetime
    source: str
    before: UnitState | None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What of a gateway's session is journalled: every seq up to `seq`, and `beyond` it those that came early."""

    session: int
    seq: int
    beyond: tuple[int, ...] = ()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A command that was carried out under an idempotency key: its content's hash, and what it made."""

    request: str
    subject: str


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A closure that is over: since when, by whom, and how. What it was stands in the journal."""

    at: datetime
    operator: str
    how: Literal["lifted", "expired"]


class State(msgspec.Struct, kw_only=True):
    """Units, devices, tracks, incidents, assignments and closures after `position` events."""

    position: int = 0
    units: dict[Callsign, Unit] = {}
    states: dict[Callsign, UnitState] = {}
    emergencies: dict[Callsign, Emergency] = {}
    cancelled_at: dict[Callsign, datetime] = {}  # the newest cancelled emergency
    pairings: dict[str, tuple[Pairing, ...]] = {}  # by source, oldest first
    sources: dict[Callsign, tuple[str, ...]] = {}  # devices that a unit carries now, sorted
    tracks: dict[str, Track] = {}  # by source
    incidents: dict[IncidentId, Incident] = {}
    assignments: dict[AssignmentId, Assignment] = {}
    active: dict[Callsign, AssignmentId] = {}  # the one active assignment of a unit
    receipts: dict[str, Receipt] = {}  # by gateway
    rejects: dict[str, int] = {}  # payloads that were no fix, by reason
    keys: dict[str, Answered] = {}
    closures: dict[ClosureId, Closure] = {}  # planned and in force, in the order of their ids
    holding: dict[ClosureId, datetime] = {}  # those of which it was told that they hold, and since when
    reorderings: dict[ClosureId, tuple[Reordering, ...]] = {}  # by a standing closure: what it did when it last began
    ended: dict[ClosureId, Ended] = {}
    callers: dict[CallId, Call] = {}  # in the order in which they first called
    forgotten: tuple[int, ...] = ()  # records of forgotten callers, the latest: their bodies are to be erased

    def find_carrier(self, source: str, at: datetime) -> Callsign | None:
        """Who carried the device at that instant; None when nobody did."""
        held = (p.callsign for p in reversed(self.pairings.get(source, ())) if p.holds_at(at))
        return next(held, None)

    def find_belief(self, callsign: Callsign) -> Fix | None:
        """The fix that stands for a unit: the newest believed one among the devices it carries now."""
        fixes = (
            fix
            for source in self.sources.get(callsign, ())
            if (track := self.tracks.get(source)) is not None
            and (fix := track.believed) is not None
            and fix.received_at >= self.pairings[source][-1].since
        )
        return max(fixes, key=lambda fix: (fix.true_at, fix.source), default=None)

    def trail_of(self, fix: Fix) -> tuple[Fix, ...]:
        """How the device came to where it made `fix`, which `find_belief` gave."""
        return trail_of(self.tracks[fix.source], fix)

    def off_duty(self, callsign: Callsign) -> bool:
        """True when the unit is not to be tracked."""
        state = self.states.get(callsign)
        return state is not None and state.availability is Availability.OFF_DUTY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """Everything known after the journal's `position`; nothing in it ever changes."""

    position: int
    picture: Picture
    roster: Roster
    units: dict[Callsign, Unit]
    states: dict[Callsign, UnitState]
    emergencies: dict[Callsign, Emergency]
    sources: dict[Callsign, tuple[str, ...]]
    tracks: dict[str, Track]
    incidents: dict[IncidentId, Incident]
    assignments: dict[AssignmentId, Assignment]
    active: dict[Callsign, AssignmentId]
    receipts: dict[str, Receipt]
    rejects: dict[str, int]
    closures: dict[ClosureId, Closure]
    holding: dict[ClosureId, datetime]
    reorderings: dict[ClosureId, tuple[Reordering, ...]]
    ended: dict[ClosureId, Ended]
    callers: dict[CallId, Call]
    forgotten: tuple[int, ...]

    def closures_at(self, at: datetime) -> Closures:
        """The closures in force at the UTC instant `at`, by id, whether or not anyone was told of it yet."""
        return tuple(closure for closure in self.closures.values() if closure.holds_at(at))


def doing_of(known: State | Known, callsign: Callsign) -> Doing:
    """A unit, and what it is doing."""
    held = known.active.get(callsign)
    return Doing(
        unit=known.units[callsign],
        state=known.states.get(callsign),
        in_emergency=callsign in known.emergencies,
        assigned_to=known.assignments[held].incident if held else None,
    )


def fold(state: State, recorded: Recorded) -> set[Callsign]:
    """Move `state` on by one journalled event; the units whose place on the map, or what they do, may have changed."""
    entry = recorded.entry
    if entry.key is not None and entry.request is not None:
        state.keys[entry.key] = Answered(request=entry.request, subject=subject_of(entry.event))
        if len(state.keys) > KEYS:
            del state.keys[next(iter(state.keys))]
    state.position = recorded.position
    return _folded(state, entry.event, entry.body)


def _folded(state: State, event: m.Event, body: bytes | None) -> set[Callsign]:  # noqa: C901, PLR0911, PLR0912 - one arm an event
    match event:
        case m.FixesRecorded():
            return _fold_fixes(state, event, body)
        case m.UnitPut(unit=unit):
            state.units[unit.callsign] = unit
            return {unit.callsign}
        case m.DevicePaired(pairing=pairing):
            return _pair(state, pairing)
        case m.DeviceUnpaired(source=source, at=at):
            return _unpair(state, source, at)
        case m.StateSet(callsign=callsign, code=code, at=at):
            new = state_of(code, since=at)
            if new is not None:
                state.states[callsign] = new
            return {callsign}
        case m.EmergencyRaised(callsign=callsign, source=source, at=at):
            before = state.states.get(callsign)
            state.emergencies[callsign] = Emergency(at=at, source=source, before=before)
            return {callsign}
        case m.EmergencyCancelled(callsign=callsign, at=at):
            state.emergencies.pop(callsign, None)
            state.cancelled_at[callsign] = at
            return {callsign}
        case m.CallerLocated(call=call, at=at) if body is not None:
            # An erased body is no longer known to anyone.
            location = _LOCATION.decode(body)
            state.callers[call] = with_location(state.callers.get(call), location, at=at, position=state.position)
        case m.CallersForgotten(calls=calls, erase=erase):
            state.forgotten = (*state.forgotten, *erase)[-FORGOTTEN:]
            for call in calls:
                state.callers.pop(call, None)
        case m.IncidentCreated(incident=incident):
            state.incidents[incident.id] = incident
        case m.IncidentLogged() | m.IncidentChanged() | m.IncidentClosed():
            state.incidents[event.incident] = _changed(state.incidents[event.incident], event)
        case m.UnitAssigned(assignment=assignment):
            state.assignments[assignment.id] = assignment
            state.active[assignment.callsign] = assignment.id
            _log(state, assignment.incident, event, f"{assignment.callsign} assigned" + _because(assignment.reason))
            return {assignment.callsign}
        case m.AssignmentAdvanced():
            return _advance(state, event)
        case m.RoadsClosed() | m.ClosureLifted() | m.ClosureTurned() | m.RankingsReordered():
            _fold_closure(state, event)
        case m.RankingShown() | m.CommandRefused() | m.CallerLocated():
            pass  # what was looked at and what was refused change nothing
    return set()


def _fold_fixes(state: State, event: m.FixesRecorded, body: bytes | None) -> set[Callsign]:
    for publication in event.publications:
        known = state.receipts.get(publication.gateway)
        state.receipts[publication.gateway] = _received(known, publication)
    for reason, count in event.rejects.items():
        state.rejects[reason] = state.rejects.get(reason, 0) + count
    moved = set()
    # An erased body leaves the tracks as they were: its fixes are no longer known to anyone.
    for fix in BODY.decode(body).fixes if body is not None else ():
        track = state.tracks.get(fix.source)
        state.tracks[fix.source] = folded(track, fix) if track else track_of(fix)
        pairings = state.pairings.get(fix.source)
        if pairings and pairings[-1].until is None:
            moved.add(pairings[-1].callsign)
    return moved


def _received(known: Receipt | None, publication: m.Publication) -> Receipt:
    if known is None or publication.session > known.session:
        # A session counts from 1.
        known = Receipt(session=publication.session, seq=0)
    if publication.session < known.session or publication.seq <= known.seq:
        return known
    seq, beyond = known.seq, known.beyond
    if publication.seq > seq + 1:
        # Sorted and far shorter than what is behind it: an emergency or two that overtook the fixes.
        at = bisect_left(beyond, publication.seq)
        if beyond[at : at + 1] != (publication.seq,):
            beyond = (*beyond[:at], publication.seq, *beyond[at:])
        return Receipt(session=known.session, seq=seq, beyond=beyond)
    seq, caught_up = publication.seq, 0
    while caught_up < len(beyond) and beyond[caught_up] == seq + 1:
        seq, caught_up = seq + 1, caught_up + 1
    return Receipt(session=known.session, seq=seq, beyond=beyond[caught_up:])


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


def _changed(incident: Incident, event: m.IncidentLogged | m.IncidentChanged | m.IncidentClosed) -> Incident:
    match event:
        case m.IncidentLogged(text=text):
            return _with_log(incident, event, text)
        case m.IncidentClosed(result=result, at=at):
            return _with_log(replace(incident, closed_at=at, result=result), event, f"closed{_because(result)}")
        case m.IncidentChanged():
            new = {
                name: value
                for name in ("grade", "lat", "lon", "type", "text", "call_id")
                if (value := getattr(event, name)) is not None
            }
            if event.link is not None and event.link not in incident.links:
                new["links"] = (*incident.links, event.link)
            said = ", ".join(f"{name} {value}" for name, value in new.items() if name != "links")
            linked = f"linked to {event.link}" if event.link else ""
            text = "; ".join(part for part in (said, linked) if part) + _because(event.reason)
            return _with_log(replace(incident, **new), event, text)


def _with_log(incident: Incident, event: m.Event, text: str) -> Incident:
    line = LogEntry(at=event.at, operator=event.operator, desk=event.desk, text=text)
    return replace(incident, log=(*incident.log, line), version=incident.version + 1)


def _log(state: State, incident: IncidentId, event: m.Event, text: str) -> None:
    state.incidents[incident] = _with_log(state.incidents[incident], event, text)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _advance(state: State, event: m.AssignmentAdvanced) -> set[Callsign]:
    old = state.assignments[event.assignment]
    step = Step(at=event.at, state=ASSIGNMENT_LIFE[old.state, event.act], via=event.via)
    new = replace(old, steps=(*old.steps, step))
    state.assignments[old.id] = new
    if not new.active and state.active.get(old.callsign) == old.id:
        del state.active[old.callsign]
    _log(state, old.incident, event, f"{old.callsign} {step.state.value.replace('_', ' ')} (by {event.via})")
    return {old.callsign}


def _fold_closure(state: State, event: m.RoadsClosed | m.ClosureLifted | m.ClosureTurned | m.RankingsReordered) -> None:
    match event:
        case m.RoadsClosed(closure=closure, holds=holds):
            state.closures[closure.id] = closure
            if holds:
                state.holding[closure.id] = event.at
        case m.ClosureLifted(closure=name):
            _end_closure(state, name, Ended(at=event.at, operator=event.operator, how="lifted"))
        case m.ClosureTurned(closure=name, turn=Turn.EXPIRED):
            _end_closure(state, name, Ended(at=event.at, operator=event.operator, how="expired"))
        case m.ClosureTurned(closure=name, turn=Turn.PAUSED):
            state.holding.pop(name, None)
        case m.ClosureTurned(closure=name):
            state.holding[name] = event.at
        case m.RankingsReordered(closure=name, act="closed" | "began", reorderings=reorderings) if (
            name in state.closures
        ):
            state.reorderings[name] = reorderings
        case m.RankingsReordered():
            pass  # what became of its end is in the record


def _end_closure(state: State, name: ClosureId, ended: Ended) -> None:
    state.closures.pop(name, None)
    state.holding.pop(name, None)
    state.reorderings.pop(name, None)
    state.ended[name] = ended


def subject_of(event: m.Event) -> str:  # noqa: PLR0911 - one arm an event
    """The id of what the event made or moved; empty where it has none."""
    match event:
        case m.IncidentCreated(incident=incident):
            return incident.id
        case m.UnitAssigned(assignment=assignment):
            return assignment.id
        case m.AssignmentAdvanced(assignment=assignment):
            return assignment
        case (
            m.IncidentLogged(incident=incident)
            | m.IncidentChanged(incident=incident)
            | m.IncidentClosed(incident=incident)
        ):
            return incident
        case m.UnitPut(unit=unit):
            return unit.callsign
        case m.RoadsClosed(closure=closure):
            return closure.id
        case m.ClosureLifted(closure=name):
            return name
        case _:
            return ""


@lru_cache(maxsize=1)
def _codec() -> msgspec.msgpack.Decoder[State]:
    return msgspec.msgpack.Decoder(State)


def bytes_of(state: State) -> bytes:
    """The state as bytes: equal states that came about by the same events give equal bytes."""
    return msgspec.msgpack.encode(state)


def state_from(data: bytes) -> State:
    """The state that `bytes_of` wrote. Raises msgspec.DecodeError for anything else."""
    return _codec().decode(data)
