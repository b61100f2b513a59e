"""Which rule answers which command: decide(command, state) gives the entries to journal, or a refusal.

It decides nothing itself and touches nothing: `folds` move the state on, once the journal has the entries.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from arls import messages as m
from arls.ports import Entry
from arls.rules import (
    appointments,
    asks,
    assignments,
    backlog,
    bookings,
    cad,
    calls,
    closures,
    codes,
    control,
    fixes,
    incidents,
    operations,
    packs,
    plans,
    polls,
    sets,
    units,
    warnings,
)
from arls.rules.refusal import TEXT_LIMIT, Decision, Refusal, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.state import State

__all__ = ["TEXT_LIMIT", "Decision", "Refusal", "decide", "request_hash"]


def _note_ranking(command: m.NoteRanking, _: State) -> Decision:
    return [Entry(stream="rankings", event=m.RankingShown(**fields_of(command)))]


# What the door puts into a command is no part of what was asked: a later area file makes no other request of it.
_DOORS = frozenset({"at", "locality", "place"})

RULES: dict[type[m.Said], Callable[[Any, State], Decision]] = {
    m.RecordFixes: fixes.record_fixes,
    m.RadioEvent: fixes.radio_event,
    m.LocateCaller: calls.locate_caller,
    m.ForgetCallers: calls.forget_callers,
    m.PutUnit: units.put_unit,
    m.SetState: codes.set_state,
    m.BookOn: bookings.book_on,
    m.BookOff: bookings.book_off,
    m.TurnCrews: bookings.turn_crews,
    m.MoveUnits: bookings.move_units,
    m.NoteMisfits: bookings.note_misfits,
    m.CancelEmergency: units.cancel_emergency,
    m.CreateIncident: incidents.create_incident,
    m.LogIncident: incidents.log_incident,
    m.ChangeIncident: incidents.change_incident,
    m.CloseIncident: incidents.close_incident,
    m.TakeCad: cad.take_cad,
    m.SetPlan: plans.set_plan,
    m.Assign: assignments.assign,
    m.AssignSet: sets.assign_set,
    m.Advance: assignments.advance,
    m.ExplainAssignment: assignments.explain,
    m.NoteWarningsRead: warnings.note_warnings_read,
    m.TurnAssignments: assignments.turn_assignments,
    m.NoteLeaving: assignments.note_leaving,
    m.MakeAppointment: appointments.make_appointment,
    m.ReleaseIncident: appointments.release_incident,
    m.ReleaseDue: appointments.release_due,
    m.PlanOperation: operations.plan_operation,
    m.RingUnits: operations.ring_units,
    m.ReleaseUnits: operations.release_units,
    m.EndOperation: operations.end_operation,
    m.TurnOperations: operations.turn_operations,
    m.PutToOperation: operations.put_to_operation,
    m.SetRvp: control.set_rvp,
    m.AuthoriseFirearms: control.authorise,
    m.WithdrawAuthority: control.withdraw,
    m.HandOverCommand: control.hand_over_command,
    m.HandOver: control.hand_over,
    m.CloseRoads: closures.close_roads,
    m.LiftClosure: closures.lift_closure,
    m.TurnClosures: closures.turn_closures,
    m.NoteReordering: closures.note_reordering,
    m.NoteRadiosAsked: polls.note_radios_asked,
    m.NoteRanking: _note_ranking,
    m.AdoptPacks: packs.adopt_packs,
    m.AnswerAsk: asks.answer_ask,
    m.AskMoreUnits: backlog.ask_more_units,
    m.WithdrawMoreUnits: backlog.withdraw_more_units,
    m.WarnOfBreaches: backlog.warn_of_breaches,
}


def decide(command: m.Command, state: State) -> Decision:
    """What `command` leads to in `state`."""
    return RULES[type(command)](command, state)


def request_hash(command: m.Command) -> str:
    """The hash of what a command asks, without when: a repeat under the same key must ask the same."""
    asked = {name: value for name, value in fields_of(command).items() if name not in _DOORS}
    data = msgspec.json.encode([type(command).__name__, asked], order="deterministic")
    return hashlib.sha256(data).hexdigest()
