"""Packs side by side: whether a set of them says for every instant what holds.

It decides on several packs at once; each by itself was decided on before.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from arls.state_codes import ANY_GRADE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arls.packs.adopted import Dated
    from arls.plan import PlanPack
    from arls.policy import Policy
    from arls.state_codes import StatePack


def find_clash(policies: Sequence[Policy], states: Sequence[StatePack], plans: Sequence[PlanPack] = ()) -> str | None:
    """What contradicts what in these packs, in a sentence; None when they can be used together."""
    clashes = (
        _find_dates(policies),
        _find_dates(states),
        _find_dates(plans),
        _find_stranger(policies, states),
        _find_unplanned(policies, plans),
    )
    return next((clash for clash in clashes if clash is not None), None)


def _find_dates(packs: Iterable[Dated]) -> str | None:
    for one, other in combinations(sorted(packs, key=lambda pack: (pack.effective_from, pack.id)), 2):
        if one.id == other.id:
            return f"{one.id} is named twice"
        if one.effective_from == other.effective_from:
            return f"{one.id} and {other.id} both come into force at {one.effective_from.isoformat()}"
        if one.effective_until is not None and other.effective_from < one.effective_until:
            return (
                f"{other.id} comes into force at {other.effective_from.isoformat()}, before the end of {one.id}"
                f" at {one.effective_until.isoformat()}"
            )
    return None


def _find_stranger(policies: Sequence[Policy], states: Sequence[StatePack]) -> str | None:
    grades = {grade.code for policy in policies for grade in policy.grades}
    for pack in states:
        for row in pack.codes:
            stranger = next((code for code in row.divertible_for if code not in {*grades, ANY_GRADE}), None)
            if stranger is not None and grades:
                return (
                    f"{pack.id} names in divertible_for of code {row.code} the grade {stranger!r}, and no policy has it"
                )
    return None


def _find_unplanned(policies: Sequence[Policy], plans: Sequence[PlanPack]) -> str | None:
    grades = {grade.code for policy in policies for grade in policy.grades}
    for pack in plans:
        for plan in pack.plans:
            stranger = next((code for code in plan.grades if code not in grades), None)
            if stranger is not None and grades:
                return f"{pack.id} plans {plan.label!r} for the grade {stranger!r}, and no policy has it"
    return None
