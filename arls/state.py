"""Everything the engine knows, folded from events: the one object in the house that changes.

It decides what is kept, and what may be asked of it. What an event means is `folds`' to say, and whether it may happen
`rules`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec.structs import replace

from arls.asks import Ask, AskId
from arls.bearer import Bearer, Carried, find_bearer
from arls.booking import Booking
from arls.cad import Taken
from arls.caller import Call, CallId
from arls.clocks import Told
from arls.closure import Closure, ClosureId, Closures
from arls.diversion import Task, task_of
from arls.fix import Fix
from arls.incident import Assignment, AssignmentId, AssignmentState, Incident, IncidentId, Suggestion
from arls.layers import Growing, Shelf
from arls.operation import Operation, OperationId, OperationStatus
from arls.packs.adopted import Packs, uk_national_states
from arls.plan import PlanSetBy
from arls.polled import Polled
from arls.reordering import Reordering
from arls.roster import Doing
from arls.state_codes import state_of
from arls.track import Track, trail_of
from arls.unit import Callsign, Pairing, PairingDoubt, Unit, UnitState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from arls.picture import Picture
    from arls.roster import Roster


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """An officer needs help since `at`; `before` is the state to go back to."""

    at: datetime
    source: str
    before: UnitState | None
    overrides: str = ""  # the state in which the unit was not tracked, and now is


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
    stands: dict[str, Fix] = {}  # since which fix a device stands, of units that carry several
    planned: dict[Callsign, tuple[Booking, ...]] = {}  # bookings that begin later, the soonest first
    due: dict[Callsign, datetime] = {}  # when next somebody boards or leaves, a booking begins or a shift ends
    doubts: dict[str, PairingDoubt] = {}  # of pairings, by their keys
    over: dict[Callsign, datetime] = {}  # whose shift ended then, which has been told
    incidents: dict[IncidentId, Incident] = {}
    assignments: dict[AssignmentId, Assignment] = {}
    active: dict[Callsign, AssignmentId] = {}  # the one active assignment of a unit
    shown: dict[IncidentId, Suggestion] = {}  # of each open incident, what the last ranking shown for it suggests
    sent: dict[IncidentId, tuple[AssignmentId, ...]] = {}  # all assignments of an incident, the oldest first
    next_jobs: dict[Callsign, tuple[AssignmentId, ...]] = {}  # queued for a unit that is taken, in their order
    receipts: dict[str, Receipt] = {}  # by gateway
    rejects: dict[str, int] = {}  # payloads that were no fix, by reason
    keys: dict[str, Answered] = {}
    closures: dict[ClosureId, Closure] = {}  # planned and in force, in the order of their ids
    holding: dict[ClosureId, datetime] = {}  # those of which it was told that they hold, and since when
    reorderings: dict[ClosureId, tuple[Reordering, ...]] = {}  # by a standing closure: what it did when it last began
    ended: dict[ClosureId, Ended] = {}
    callers: dict[CallId, Call] = {}  # in the order in which they first called
    forgotten: tuple[int, ...] = ()  # records of forgotten callers, the latest: their bodies are to be erased
    operations: dict[OperationId, Operation] = {}  # also those that are over, in the order of their ids
    packs: Packs = Packs()
    cad: dict[str, Taken] = {}  # what was taken last of each incident of another system
    asks: dict[AskId, Ask] = {}  # those that nobody has seen to, the oldest first
    asked: int = 0  # how many there ever were
    told: dict[IncidentId, tuple[Told, ...]] = {}  # of open incidents: what the clock made worth telling
    polled: dict[IncidentId, Polled] = {}  # which radios were last asked for an incident
    plans: dict[IncidentId, PlanSetBy] = {}  # what dispatchers said that incidents need, in the stead of the packs

    def find_carrier(self, source: str, at: datetime) -> Callsign | None:
        """Who carried the device at that instant; None when nobody did."""
        held = (p.callsign for p in reversed(self.pairings.get(source, ())) if p.holds_at(at))
        return next(held, None)

    def find_belief(self, callsign: Callsign) -> Fix | None:
        """The fix that stands for a unit among those of the devices it carries now."""
        bearer = self.find_bearer(callsign)
        return bearer.fix if bearer else None

    def find_bearer(self, callsign: Callsign) -> Bearer | None:
        """The same, and whether its officers have left their vehicle."""
        carried = [
            Carried(track, self.pairings[source][-1].since, self.stands.get(source))
            for source in self.sources.get(callsign, ())
            if (track := self.tracks.get(source)) is not None
        ]
        return find_bearer(self.units[callsign], carried) if carried else None

    def trail_of(self, fix: Fix) -> tuple[Fix, ...]:
        """How the device came to where it made `fix`, which `find_belief` gave."""
        return trail_of(self.tracks[fix.source], fix)

    def find_overridden(self, incident: IncidentId, callsign: Callsign) -> Suggestion | None:
        """What the last ranking shown suggests, where that is another unit than this one."""
        suggestion = self.shown.get(incident)
        return suggestion if suggestion is not None and suggestion.callsign != callsign else None

    def attending(self, incident: IncidentId) -> set[Callsign]:
        """The units that are assigned to an incident."""
        return {callsign for callsign, held in self.active.items() if self.assignments[held].incident == incident}

    def find_ring(self, callsign: Callsign) -> Operation | None:
        """The operation, planned or running, for which a unit is held; None when it does everyday work."""
        going_on = (one for one in self.operations.values() if one.status is not OperationStatus.OVER)
        return next((operation for operation in going_on if callsign in operation.units), None)

    def off_duty(self, callsign: Callsign) -> bool:
        """True when the unit is not to be tracked."""
        state = self.states.get(callsign)
        return state is not None and not state.tracked


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
    planned: dict[Callsign, tuple[Booking, ...]]
    due: dict[Callsign, datetime]
    over: dict[Callsign, datetime]
    doubts: dict[str, PairingDoubt]
    pairings: dict[str, tuple[Pairing, ...]]
    incidents: Mapping[IncidentId, Incident]
    assignments: Mapping[AssignmentId, Assignment]
    active: dict[Callsign, AssignmentId]
    shown: dict[IncidentId, Suggestion]
    sent: Mapping[IncidentId, tuple[AssignmentId, ...]]
    next_jobs: dict[Callsign, tuple[AssignmentId, ...]]
    receipts: dict[str, Receipt]
    rejects: dict[str, int]
    closures: dict[ClosureId, Closure]
    holding: dict[ClosureId, datetime]
    reorderings: dict[ClosureId, tuple[Reordering, ...]]
    ended: dict[ClosureId, Ended]
    callers: dict[CallId, Call]
    forgotten: tuple[int, ...]
    operations: dict[OperationId, Operation]
    packs: Packs
    cad: dict[str, Taken]
    asks: dict[AskId, Ask]
    told: dict[IncidentId, tuple[Told, ...]]
    polled: dict[IncidentId, Polled]
    plans: dict[IncidentId, PlanSetBy]

    def doubted(self) -> dict[Callsign, tuple[PairingDoubt, ...]]:
        """What speaks against the pairings of units with their devices, by unit."""
        doubted: dict[Callsign, tuple[PairingDoubt, ...]] = {}
        for doubt in self.doubts.values():
            if doubt.callsign is not None:
                doubted[doubt.callsign] = (*doubted.get(doubt.callsign, ()), doubt)
        return doubted

    def closures_at(self, at: datetime) -> Closures:
        """The closures in force at the UTC instant `at`, by id, whether or not anyone was told of it yet."""
        return tuple(closure for closure in self.closures.values() if closure.holds_at(at))


_FOLDED = tuple(name for name in Known.__dataclass_fields__ if name in State.__struct_fields__)


# Of the record, which only grows: these are not copied (`layers`).
_GROWING = ("incidents", "assignments", "sent")


def shelf_of(state: State) -> Shelf:
    """Where what the growing tables of a state hold is handed out; the state notes from now on what is written."""
    tables: dict[str, Growing[Any, Any]] = {name: Growing(getattr(state, name)) for name in _GROWING}
    for name, table in tables.items():
        setattr(state, name, table)
    return Shelf(tables)


def known_of(state: State, *, picture: Picture, roster: Roster, shelf: Shelf) -> Known:
    """What is known now, sharing nothing that will change."""
    told: dict[str, Any] = {name: getattr(state, name) for name in _FOLDED if name not in _GROWING}
    told = {name: dict(value) if isinstance(value, dict) else value for name, value in told.items()} | dict(shelf)
    return Known(picture=picture, roster=roster, **told)


def doing_of(known: State | Known, callsign: Callsign, *, afoot_m: float | None = None) -> Doing:
    """A unit, and what it is doing; who has left the vehicle goes on foot."""
    held, unit = known.active.get(callsign), known.units[callsign]
    return Doing(
        unit=unit if afoot_m is None else replace(unit, profile="foot", driver=None),
        state=known.states.get(callsign),
        in_emergency=callsign in known.emergencies,
        task=_task_of(known, known.assignments[held]) if held else None,
        afoot_m=afoot_m,
    )


def assignments_of(known: State | Known, incident: IncidentId) -> list[Assignment]:
    """All assignments of an incident, the oldest first."""
    return [known.assignments[name] for name in known.sent.get(incident, ())]


def _task_of(known: State | Known, assignment: Assignment) -> Task:
    incident = known.incidents[assignment.incident]
    grade = known.packs.policy_of(incident).find_grade(incident.grade)
    at_scene = assignment.state is AssignmentState.AT_SCENE
    return task_of(incident.id, incident.grade, grade, at_scene=at_scene)


@lru_cache(maxsize=1)
def _codec() -> msgspec.msgpack.Decoder[State]:
    return msgspec.msgpack.Decoder(State)


def bytes_of(state: State) -> bytes:
    """The state as bytes: equal states that came about by the same events give equal bytes."""
    return msgspec.msgpack.encode(state)


def state_from(data: bytes) -> State:
    """The state that `bytes_of` wrote. Raises msgspec.DecodeError for anything else."""
    state = _codec().decode(data)
    if not state.packs.states:
        _say_what_codes_say(state)
    if len(state.sent) == 0:
        # A snapshot from before this table was kept.
        for assignment in state.assignments.values():
            state.sent[assignment.incident] = (*state.sent.get(assignment.incident, ()), assignment.id)
    return state


def _say_what_codes_say(state: State) -> None:
    """A snapshot from before there were packs holds states with less in them than its events now fold to."""
    state.states = {callsign: _by_pack(held) for callsign, held in state.states.items()}
    state.emergencies = {
        callsign: replace(held, before=_by_pack(held.before) if held.before else None)
        for callsign, held in state.emergencies.items()
    }


def _by_pack(held: UnitState) -> UnitState:
    said = state_of(held.code, since=held.since, pack=uk_national_states()) if held.code is not None else None
    return said or held
