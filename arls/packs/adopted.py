"""Which packs a force has adopted, and which of them is in force at an instant or holds for an incident.

It decides nothing of what a pack says. Every policy that was ever adopted is kept, since old incidents are judged by
the one under which they were graded; with nothing adopted the generic policy and the UK national codes hold.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from arls.packs.reader import PLANS, POLICIES, STATES, read_plans, read_policy, read_states
from arls.plan import PlanInForce, PlanPack, PlanSetBy, plan_in_force
from arls.policy import Grade, Policy
from arls.state_codes import StatePack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from arls.incident import Incident


class Dated(Protocol):
    """What every kind of pack has."""

    @property
    def id(self) -> str:
        """Name and version."""

    @property
    def effective_from(self) -> datetime:
        """The first instant of its force (UTC)."""

    @property
    def effective_until(self) -> datetime | None:
        """The first instant after it; None: until another's."""


_Pack = TypeVar("_Pack", bound=Dated)


class Packs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The packs of a force. Those in use are what its settings named last, by their ids."""

    policies: tuple[Policy, ...] = ()  # every one ever adopted
    states: tuple[StatePack, ...] = ()
    policies_in_use: tuple[str, ...] = ()
    states_in_use: tuple[str, ...] = ()
    plans: tuple[PlanPack, ...] = ()
    plans_in_use: tuple[str, ...] = ()

    def in_force(self, at: datetime) -> tuple[Policy, StatePack, PlanPack]:
        """What holds at the UTC instant `at`, one of each kind."""
        return self.policy_at(at), self.states_at(at), self.plans_at(at)

    def policy_at(self, at: datetime) -> Policy:
        """The policy in force at the UTC instant `at`: the one that came into force last."""
        used = [self.policy(name) for name in self.policies_in_use]
        return _newest(used, at) or generic_policy()

    def policy_of(self, incident: Incident) -> Policy:
        """The policy under which an incident was graded last."""
        # One from before there were packs was graded by what the generic policy now says.
        return self.policy(incident.policy) if incident.policy else generic_policy()

    def policy(self, name: str) -> Policy:
        """The policy of that id (name/version), adopted or built in. Raises KeyError."""
        known = (*self.policies, generic_policy())
        found = next((policy for policy in known if policy.id == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def grade_of(self, incident: Incident) -> Grade:
        """What its grade promises, by the policy under which it was graded. Raises KeyError."""
        grade = self.policy_of(incident).find_grade(incident.grade)
        if grade is None:
            raise KeyError(incident.grade)
        return grade

    def states_at(self, at: datetime) -> StatePack:
        """The state codes in force at the UTC instant `at`."""
        used = [pack for pack in self.states if pack.id in self.states_in_use]
        return _newest(used, at) or uk_national_states()

    def plans_at(self, at: datetime) -> PlanPack:
        """The response plans in force at the UTC instant `at`."""
        used = [pack for pack in self.plans if pack.id in self.plans_in_use]
        return _newest(used, at) or generic_plans()

    def plan_of(self, incident: Incident, set_by: PlanSetBy | None, at: datetime) -> PlanInForce:
        """What an incident needs at the UTC instant `at`, unless a dispatcher set it."""
        return plan_in_force(self.plans_at(at), incident.type, self.grade_of(incident), set_by)


def _newest(packs: Sequence[_Pack], at: datetime) -> _Pack | None:
    held = [
        pack
        for pack in packs
        if pack.effective_from <= at and (pack.effective_until is None or at < pack.effective_until)
    ]
    return max(held, key=lambda pack: pack.effective_from, default=None)


@lru_cache(maxsize=1)
def generic_policy() -> Policy:
    """The policy that holds where none was adopted. Journals from before packs are read by it: it may not change."""
    return read_policy(POLICIES / "generic.toml")


@lru_cache(maxsize=1)
def uk_national_states() -> StatePack:
    """The codes that hold where none were adopted. The same."""
    return read_states(STATES / "uk-national.toml")


@lru_cache(maxsize=1)
def generic_plans() -> PlanPack:
    """The plans that hold where none were adopted. The same."""
    return read_plans(PLANS / "generic.toml")
