"""Plans: what a dispatcher says that an incident needs."""

from __future__ import annotations

from arls.incident import IncidentId
from arls.messages.said import Said
from arls.plan import Requirement

# --- commands -----------------------------------------------------------------------------------------------------


class SetPlan(Said, frozen=True, kw_only=True):
    """This incident needs this, and why; None: what the packs say after all."""

    incident: IncidentId
    requirements: tuple[Requirement, ...] | None
    reason: str


# --- events -------------------------------------------------------------------------------------------------------


class PlanSet(Said, frozen=True, kw_only=True):
    """What an incident needs is not, or is again, what the packs say."""

    incident: IncidentId
    requirements: tuple[Requirement, ...] | None
    reason: str
