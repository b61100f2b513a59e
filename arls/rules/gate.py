"""The gate before armed units, on firearms incidents only: authority first, or no further than the RVP.

It decides whether a unit passes. An emergency button is never gated, unarmed units are warned and not stopped, and
ETAs are seen by everybody: it is a gate on assignments, not on what is known (domain.md C4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.control import AUTHORISING
from arls.rules.refusal import Refusal
from arls.state import assignments_of

if TYPE_CHECKING:
    from arls.incident import Incident
    from arls.state import State
    from arls.unit import Callsign

NEEDS_AUTHORITY = "needs_authority"
_COMMANDERS = "a tactical or strategic firearms commander"


def find_gate(callsign: Callsign, incident: Incident, state: State, *, to_rvp: bool) -> Refusal | None:
    """Why an armed unit may not be sent there yet; None for one that may, and for an unarmed one."""
    if to_rvp and incident.rvp is None:
        return Refusal(code="no_rvp", reason=f"{incident.id} has no RVP to send {callsign} to")
    arms = arms_of(callsign, incident, state)
    if not arms or incident.authorised is not None or to_rvp or _officer_in_need(incident, state):
        return None
    said = f"{incident.id} is a firearms incident: {callsign} ({', '.join(arms)}) needs the authority of {_COMMANDERS}"
    return Refusal(code=NEEDS_AUTHORITY, reason=f"{said}, or goes to the RVP only")


def arms_of(callsign: Callsign, incident: Incident, state: State) -> list[str]:
    """What of a unit's capabilities the gate of this incident is about; none where there is no gate."""
    if not incident.firearms:
        return []
    armed = state.packs.policy_of(incident).armed
    return [capability for capability in state.units[callsign].capabilities if capability in armed]


def warnings_of(callsign: Callsign, incident: Incident, state: State) -> tuple[str, ...]:
    """What a unit must know of the gate, in sentences."""
    if not incident.firearms:
        return ()
    if not arms_of(callsign, incident, state):
        where = "go to the RVP and no further" if incident.rvp else "stay away from the address"
        return (f"firearms incident, unit not armed: {where}",)
    return () if incident.authorised else ("firearms incident, not authorised: hold at the RVP",)


def find_wrong_role(role: str, roles: tuple[str, ...]) -> Refusal | None:
    """Why somebody in these roles cannot authorise as `role`."""
    if role not in AUTHORISING:
        return Refusal(code="no_such_role", reason=f"firearms are authorised as {' or '.join(sorted(AUTHORISING))}")
    if role not in roles:
        return Refusal(code="no_role", reason=f"you are not entered as {role}: {_COMMANDERS} authorises firearms")
    return None


def _officer_in_need(incident: Incident, state: State) -> bool:
    """Whether an officer who is sent there has pressed the button: then nobody waits for authority."""
    return any(one.active and one.callsign in state.emergencies for one in assignments_of(state, incident.id))
