"""The rules of the backlog: who may ask for more units, and what the clock makes worth telling.

It decides what a command about the backlog leads to. Its order is `backlog`'s to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.backlog import Due, dues_of
from arls.incident import MoreUnits
from arls.rules.refusal import Decision, Refusal, find_open, find_too_long, incident_entry, no_incident, who

if TYPE_CHECKING:
    from arls.ports import Entry
    from arls.state import State

# Of one request: a county's whole shift.
MOST_UNITS = 100
# Requests of one incident: a big one asks often; nobody may fill the memory with one.
MOST_REQUESTS = 200


def ask_more_units(command: m.AskMoreUnits, state: State) -> Decision:
    """A request, kept until it is met or withdrawn."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if not 1 <= command.n <= MOST_UNITS:
        return Refusal(code="no_number", reason=f"{command.n} more units cannot be asked for: 1 to {MOST_UNITS} can")
    if len(incident.more_units) >= MOST_REQUESTS:
        return Refusal(code="too_many", reason=f"{MOST_REQUESTS} requests were made for {incident.id} already")
    wrong = find_too_long(command.reason)
    if wrong:
        return wrong
    request = MoreUnits(
        id=f"R{len(incident.more_units) + 1}",
        at=command.at,
        operator=command.operator,
        n=command.n,
        capabilities=tuple(sorted(set(command.capabilities))),
        reason=command.reason,
    )
    return [incident_entry(incident.id, m.MoreUnitsAsked(**who(command), incident=incident.id, request=request))]


def withdraw_more_units(command: m.WithdrawMoreUnits, state: State) -> Decision:
    """A request that is one no more."""
    incident = state.incidents.get(command.incident)
    if incident is None:
        return no_incident(command.incident)
    request = next((one for one in incident.more_units if one.id == command.request), None)
    if request is None:
        return Refusal(code="no_request", reason=f"{incident.id} has no request {command.request}")
    if request.withdrawn_at is not None:
        return Refusal(code="withdrawn", reason=f"{command.request} of {incident.id} was withdrawn already")
    event = m.MoreUnitsWithdrawn(**who(command), incident=incident.id, request=command.request, reason=command.reason)
    return [incident_entry(incident.id, event)]


def warn_of_breaches(command: m.WarnOfBreaches, state: State) -> Decision:
    """Each target that came near or went past, and each wait that is too long, since this was last asked."""
    return [_told(command, due) for due in dues_of(state, command.at)]


def _told(command: m.WarnOfBreaches, due: Due) -> Entry:
    event: m.Event
    match due:
        case Due(clock="deploy" | "attend" as clock, state="at_risk" | "breached" as state):
            event = m.BreachWarned(**who(command), incident=due.incident, clock=clock, state=state, due_at=due.due_at)
        case _:
            event = m.IncidentEscalated(**who(command), incident=due.incident, since=due.since, due_at=due.due_at)
    return incident_entry(due.incident, event)
