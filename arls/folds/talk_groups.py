"""What the events of talk groups mean: whoever reads the log changes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.folds.incidents import log

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def suggested(state: State, event: m.TalkGroupSuggested) -> None:
    """Another group is used there."""
    log(state, event.incident, event, f"talk group {event.talk_group or 'unknown'} (before: {event.before or 'none'})")
