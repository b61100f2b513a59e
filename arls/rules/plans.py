"""The rules of plans: what a dispatcher may say that an incident needs.

It decides that it could be met at all; whether anybody does is the ranking's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls import messages as m
from arls.plan import impossible_in
from arls.rules.refusal import Decision, Refusal, fields_of, find_open, find_too_long, incident_entry

if TYPE_CHECKING:
    from arls.state import State


def set_plan(command: m.SetPlan, state: State) -> Decision:
    """Another plan for an open incident, with the reason."""
    incident = find_open(command.incident, state)
    if isinstance(incident, Refusal):
        return incident
    if not command.reason.strip():
        return Refusal(code="no_reason", reason="say why this incident needs something else than its plan")
    fault = next(impossible_in(command.requirements or ()), None)
    if fault is not None:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.where)
        return Refusal(code="impossible_plan", reason=f"requirements{where} {fault.reason}")
    return find_too_long(command.reason) or [incident_entry(incident.id, m.PlanSet(**fields_of(command)))]
