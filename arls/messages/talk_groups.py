"""Talk groups: which one an incident's place suggests."""

from __future__ import annotations

from arls.incident import IncidentId
from arls.messages.said import Said

# --- events -------------------------------------------------------------------------------------------------------


class TalkGroupSuggested(Said, frozen=True, kw_only=True):
    """Where the incident is now, another talk group is used; empty: none is known."""

    incident: IncidentId
    talk_group: str
    before: str
