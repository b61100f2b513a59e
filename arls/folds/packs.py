"""What packs' events mean: which are known, and which are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.packs.adopted import Packs

if TYPE_CHECKING:
    from arls import messages as m
    from arls.state import State


def adopted(state: State, event: m.PacksAdopted) -> None:
    """Those in use are others; what was known stays known."""
    state.packs = Packs(
        policies=(*state.packs.policies, *event.policies),
        states=(*state.packs.states, *event.states),
        policies_in_use=event.policies_in_use,
        states_in_use=event.states_in_use,
        plans=(*state.packs.plans, *event.plans),
        plans_in_use=event.plans_in_use,
    )
