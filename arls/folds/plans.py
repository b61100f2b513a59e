"""What plans' events mean: what an incident needs, and a line in its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.folds.incidents import because, log
from arls.plan import PlanSetBy

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def plan_set(state: State, event: m.PlanSet) -> None:
    """A dispatcher's plan, or the packs' again."""
    if event.requirements is None:
        state.plans.pop(event.incident, None)
        said = "needs what its plan says"
    else:
        state.plans[event.incident] = PlanSetBy(
            requirements=event.requirements,
            reason=event.reason,
            operator=event.operator,
            desk=event.desk,
            at=event.at,
        )
        said = "needs " + (", ".join(f"{one.n} {one.said}" for one in event.requirements) or "nobody")
    log(state, event.incident, event, said + because(event.reason))
