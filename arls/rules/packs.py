"""The rules of packs: what may be adopted beside what was adopted before.

It decides that a pack, once adopted, says for good what it said. Whether one contradicts itself was decided when its
file was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from arls import messages as m
from arls.packs.together import find_clash
from arls.plan import PlanPack
from arls.policy import Policy
from arls.ports import Entry
from arls.rules.refusal import Decision, Refusal, who
from arls.state_codes import StatePack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from arls.state import State

_Pack = TypeVar("_Pack", Policy, StatePack, PlanPack)


def adopt_packs(command: m.AdoptPacks, state: State) -> Decision:
    """The packs in use from now on; those that are in use already are no news."""
    clash = find_clash(command.policies, command.states, command.plans)
    if clash is not None:
        return Refusal(code="packs_clash", reason=clash)
    held = state.packs
    event = m.PacksAdopted(
        **who(command),
        policies=_new(command.policies, held.policies),
        states=_new(command.states, held.states),
        policies_in_use=tuple(pack.id for pack in command.policies),
        states_in_use=tuple(pack.id for pack in command.states),
        plans=_new(command.plans, held.plans),
        plans_in_use=tuple(pack.id for pack in command.plans),
    )
    changed = (
        _find_changed(command.policies, held.policies)
        or _find_changed(command.states, held.states)
        or _find_changed(command.plans, held.plans)
    )
    if changed is not None:
        reason = f"{changed} was adopted before and said something else: give what it says now another version"
        return Refusal(code="pack_changed", reason=reason)
    in_use = event.policies_in_use, event.states_in_use, event.plans_in_use
    if in_use == (held.policies_in_use, held.states_in_use, held.plans_in_use):
        return []
    return [Entry(stream="packs", event=event)]


def _new(wanted: Iterable[_Pack], held: Iterable[_Pack]) -> tuple[_Pack, ...]:
    known = {pack.id for pack in held}
    return tuple(pack for pack in wanted if pack.id not in known)


def _find_changed(wanted: Iterable[_Pack], held: Iterable[_Pack]) -> str | None:
    known = {pack.id: pack for pack in held}
    return next((pack.id for pack in wanted if known.get(pack.id, pack) != pack), None)
