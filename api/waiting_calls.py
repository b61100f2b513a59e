"""Callers who are in no incident yet: what a desk makes an incident of.

It decides which calls those are and how many are told. Where a caller is, is `views`' to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.views import find_call_view
from arls import messages as m
from arls.caller import CallId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.shapes import CallView
    from arls.state import Known

# A desk reads no more; somebody who floods the call-taking must not flood the screens.
MOST_TOLD: Final = 50

# What is forgotten is told by the next full picture, as it is told by nothing else.
_TOUCHING = (m.CallerLocated, m.IncidentCreated, m.IncidentChanged)


def waiting_calls(known: Known) -> tuple[tuple[CallView, ...], int]:
    """Those that were heard last, the newest first, and how many more there are."""
    if not known.callers:
        return (), 0
    taken = {CallId(incident.call_id) for incident in known.incidents.values() if incident.call_id}
    waiting = [(call.heard_at, name) for name, call in known.callers.items() if name not in taken]
    told = sorted(waiting, reverse=True)[:MOST_TOLD]
    views = (find_call_view(name, known) for _, name in told)
    return tuple(view for view in views if view is not None), len(waiting) - len(told)


def touches_calls(events: Iterable[m.Event], known: Known) -> bool:
    """Whether other calls may wait after these events."""
    return bool(known.callers) and any(isinstance(event, _TOUCHING) for event in events)
