"""The rules of state codes: what a code that a unit sends, or somebody says for it, leads to (domain.md C2).

It decides by the pack in force: a message changes no state, an unknown code makes the state unknown and alerts the
desks, a call for help is an emergency, and what leaves something open is asked. Nothing is guessed, and no assignment
ends in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.asks import AskKind
from arls.incident import Act
from arls.rules.asks import raise_ask
from arls.rules.refusal import Decision, Refusal, no_unit, unit_entry, who
from arls.rules.steps import step
from arls.state_codes import ClockEvent
from arls.unit import Availability

if TYPE_CHECKING:
    from arls.incident import Assignment
    from arls.ports import Entry
    from arls.state import State
    from arls.state_codes import StateCode
    from arls.unit import Callsign

_FREE = frozenset({Availability.AVAILABLE, Availability.STANDBY, Availability.RESTING, Availability.OFF_DUTY})


def set_state(command: m.SetState, state: State) -> Decision:
    """A code that somebody or something says of a unit."""
    if command.callsign not in state.units:
        return no_unit(command.callsign)
    pack = state.packs.states_at(command.at)
    if command.via == "desk" and pack.find(command.code) is None:
        known = ", ".join(str(row.code) for row in pack.codes)
        return Refusal(code="unknown_code", reason=f"there is no state code {command.code}; known are {known}")
    if pack.is_emergency(command.code):
        return raise_emergency(command, command.callsign, f"{command.via}:{command.operator}", state)
    return state_entries(command, command.callsign, command.code, command.via, state)


def state_entries(command: m.Said, callsign: Callsign, code: int, via: m.Via, state: State) -> list[Entry]:
    """What a code that is no call for help leads to; the same state again is no news."""
    row = state.packs.states_at(command.at).find(code)
    if row is not None and row.message_only:
        return [raise_ask(command, AskKind.MESSAGE, callsign, code, f"{callsign}: {row.label}", state)]
    held = state.states.get(callsign)
    entries: list[Entry] = []
    if held is None or held.code != code:
        entries.append(unit_entry(callsign, m.StateSet(**who(command), callsign=callsign, code=code, via=via)))
        if row is None:
            said = f"{callsign}: unknown ({code}): no pack in force knows this code, so it is not offered"
            entries.append(raise_ask(command, AskKind.UNKNOWN_CODE, callsign, code, said, state))
    if row is not None:
        entries += _of_its_work(command, callsign, row, state, news=bool(entries))
    return entries


def _of_its_work(command: m.Said, callsign: Callsign, row: StateCode, state: State, *, news: bool) -> list[Entry]:
    """What a code says of the assignment that the unit has, or ought to have."""
    held = state.active.get(callsign)
    if held is None:
        if news and row.clock_event in {ClockEvent.EN_ROUTE, ClockEvent.ARRIVED}:
            said = f"{callsign}: {row.label} ({row.code}), committed, incident unknown: ask"
            return [raise_ask(command, AskKind.INCIDENT_UNKNOWN, callsign, row.code, said, state)]
        return []
    assignment = state.assignments[held]
    if row.clock_event is not None:
        # A code that says what is known already, or what cannot follow, is no step.
        found = step(assignment, _STEPS[row.clock_event], command, state, via="state_code")
        return [] if isinstance(found, Refusal) else found
    if row.availability in _FREE and news:
        return _free_while_assigned(command, assignment, row, state)
    return []


_STEPS = {ClockEvent.EN_ROUTE: Act.EN_ROUTE, ClockEvent.ARRIVED: Act.ARRIVE, ClockEvent.CLEAR: Act.CLEAR}


def _free_while_assigned(command: m.Said, assignment: Assignment, row: StateCode, state: State) -> list[Entry]:
    policy = state.packs.policy_of(state.incidents[assignment.incident])
    if policy.free_while_assigned == "clear":
        cleared = step(assignment, Act.CLEAR, command, state, via="state_code")
        if not isinstance(cleared, Refusal):
            return cleared
    doing = assignment.state.value.replace("_", " ")
    where = f"{doing} for {assignment.incident}"
    said = f"{assignment.callsign}: {row.label} ({row.code}) while {where}: clear?"
    return [raise_ask(command, AskKind.CLEAR, assignment.callsign, row.code, said, state)]


def raise_emergency(command: m.Said, callsign: Callsign, source: str, state: State) -> list[Entry]:
    """An alarm, unless that officer has one already; of a unit that was not tracked it says what it overrides."""
    if callsign in state.emergencies:
        return []  # one press arriving by several paths is one alarm
    overrides = state.states[callsign].label if state.off_duty(callsign) else ""
    event = m.EmergencyRaised(**who(command), callsign=callsign, source=source, overrides=overrides)
    return [unit_entry(callsign, event)]
