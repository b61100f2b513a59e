"""What it means that a ranking was shown: the unit it puts first is suggested, until another is or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.incident import Suggestion

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def ranking_shown(state: State, event: m.RankingShown) -> None:
    """Suggested for an open incident; who would be first by another profile than its own was only asked after."""
    incident = None if event.incident is None else state.incidents.get(event.incident)
    if incident is None or incident.closed_at is not None or event.profile is not None:
        return
    if event.first is None or event.first_eta_s is None:
        state.shown.pop(incident.id, None)
        return
    state.shown[incident.id] = Suggestion(
        at=event.at,
        callsign=event.first,
        eta_s=event.first_eta_s,
        verdict=event.verdict,
        sha256=event.sha256,
    )
