"""Which fold takes which event: fold(state, recorded) moves the state on by one journalled event.

It decides nothing; whether it may happen was decided before, so replay gives the same state, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from arls import messages as m
from arls.folds import (
    appointments,
    asks,
    assignments,
    backlog,
    bookings,
    cad,
    calls,
    closures,
    control,
    fixes,
    incidents,
    operations,
    packs,
    plans,
    polls,
    record,
    talk_groups,
    units,
    warnings,
)
from arls.state import Answered

if TYPE_CHECKING:
    from arls.ports import Recorded
    from arls.state import State
    from arls.unit import Callsign

# How many idempotency keys are remembered, oldest out first: a day at one command a second.
KEYS = 86_400

# A fold that says whose place on the map, or what they do, may have changed says it by giving their callsigns.
_Fold = Callable[["State", Any], "set[Callsign] | None"]

FOLDS: dict[type[m.Said], _Fold] = {
    m.UnitPut: units.put,
    m.BookingPlanned: bookings.planned,
    m.BookingEnded: bookings.ended,
    m.CrewTurned: bookings.turned,
    m.ShiftEnded: bookings.shift_ended,
    m.UnitMoved: bookings.moved,
    m.PairingDoubted: bookings.doubted,
    m.PairingTrusted: bookings.trusted,
    m.DevicePaired: units.paired,
    m.DeviceUnpaired: units.unpaired,
    m.StateSet: units.state_set,
    m.EmergencyRaised: units.emergency_raised,
    m.EmergencyCancelled: units.emergency_cancelled,
    m.CallersForgotten: calls.forgotten,
    m.IncidentCreated: incidents.created,
    m.IncidentLogged: incidents.logged,
    m.IncidentChanged: incidents.changed,
    m.IncidentClosed: incidents.closed,
    m.CadTaken: cad.taken,
    m.PlanSet: plans.plan_set,
    m.RadiosAsked: polls.asked,
    m.UnitAssigned: assignments.assigned,
    m.UnitDiverted: assignments.diverted,
    m.AssignmentAdvanced: assignments.advanced,
    m.AssignmentExplained: assignments.explained,
    m.WarningsRead: warnings.read,
    m.IncidentAbandoned: assignments.abandoned,
    m.DeploymentUnanswered: assignments.unanswered,
    m.DeploymentEscalated: assignments.escalated,
    m.LeavingNoticed: assignments.leaving_noticed,
    m.AppointmentMade: appointments.made,
    m.IncidentReleased: appointments.released,
    m.TalkGroupSuggested: talk_groups.suggested,
    m.OperationPlanned: operations.planned,
    m.UnitsRinged: operations.ringed,
    m.UnitsReleased: operations.released,
    m.OperationTurned: operations.turned,
    m.IncidentPutToOperation: operations.incident_put,
    m.RvpSet: control.rvp_set,
    m.FirearmsAuthorised: control.authorised,
    m.AuthorityWithdrawn: control.withdrawn,
    m.CommandHandedOver: control.command_handed_over,
    m.HandOverMoved: control.hand_over_moved,
    m.RoadsClosed: closures.shut,
    m.ClosureLifted: closures.lifted,
    m.ClosureTurned: closures.turned,
    m.RankingsReordered: closures.reordered,
    m.RankingShown: record.ranking_shown,
    m.PacksAdopted: packs.adopted,
    m.AskRaised: asks.raised,
    m.AskAnswered: asks.answered,
    m.MoreUnitsAsked: backlog.asked,
    m.MoreUnitsWithdrawn: backlog.withdrawn,
    m.BreachWarned: backlog.warned,
    m.IncidentEscalated: backlog.escalated,
}
# Those whose evidence stands in a body that may be erased.
FOLDS_WITH_BODY: dict[type[m.Said], Callable[[State, Any, bytes | None], set[Callsign] | None]] = {
    m.FixesRecorded: fixes.recorded,
    m.CallerLocated: calls.located,
}


def fold(state: State, recorded: Recorded) -> set[Callsign]:
    """Move `state` on by one journalled event; the units whose place on the map, or what they do, may have changed."""
    entry = recorded.entry
    if entry.key is not None and entry.request is not None:
        state.keys[entry.key] = Answered(request=entry.request, subject=subject_of(entry.event))
        if len(state.keys) > KEYS:
            del state.keys[next(iter(state.keys))]
    state.position = recorded.position
    kind = type(entry.event)
    if kind in FOLDS:
        return FOLDS[kind](state, entry.event) or set()
    if kind in FOLDS_WITH_BODY:
        return FOLDS_WITH_BODY[kind](state, entry.event, entry.body) or set()
    return set()  # what was refused changes nothing


def subject_of(event: m.Event) -> str:  # noqa: PLR0911 - one arm an event
    """The id of what the event made or moved; empty where it has none."""
    match event:
        case m.IncidentCreated(incident=incident):
            return incident.id
        case m.UnitAssigned(assignment=assignment) | m.UnitDiverted(assignment=assignment):
            return assignment.id
        case m.AssignmentAdvanced(assignment=assignment):
            return assignment
        case (
            m.IncidentLogged(incident=incident)
            | m.IncidentChanged(incident=incident)
            | m.IncidentClosed(incident=incident)
            | m.MoreUnitsAsked(incident=incident)
            | m.MoreUnitsWithdrawn(incident=incident)
            | m.CadTaken(incident=incident)
            | m.PlanSet(incident=incident)
        ):
            return incident
        case m.UnitPut(unit=unit):
            return unit.callsign
        case m.RoadsClosed(closure=closure):
            return closure.id
        case m.OperationPlanned(operation=operation):
            return operation.id
        case m.ClosureLifted(closure=name):
            return name
        case _:
            return ""
