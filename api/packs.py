"""Packs that a site's settings name: found, read, and handed to the engine when it starts.

It decides where a named pack lies. What a pack may say is `arls.packs`' to decide, and what was adopted before stays
as it was: the engine says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from arls import messages as m
from arls.dispatch import Refusal
from arls.packs.reader import PLANS, POLICIES, STATES, PackError, read_plans, read_policy, read_states
from arls.packs.together import find_clash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from api.settings import Settings
    from arls.engine import Engine
    from arls.plan import PlanPack
    from arls.policy import Policy
    from arls.state_codes import StatePack

    Pack = Policy | StatePack | PlanPack

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The packs that the settings name."""

    policies: tuple[Policy, ...]
    states: tuple[StatePack, ...]
    plans: tuple[PlanPack, ...] = ()

    @property
    def every(self) -> tuple[Pack, ...]:
        """All of them."""
        return (*self.policies, *self.states, *self.plans)


def shipped(folder: Path) -> list[str]:
    """The names of the packs of one kind that come with ARLS."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def choose_packs(settings: Settings) -> Chosen:
    """The packs that the settings name, each whole and none against another. Raises PackError."""
    chosen = Chosen(
        policies=tuple(read_policy(_file_of(name, POLICIES, "policy.packs")) for name in settings.policy.packs),
        states=(read_states(_file_of(settings.states.pack, STATES, "states.pack")),),
        plans=(read_plans(_file_of(settings.plans.pack, PLANS, "plans.pack")),),
    )
    clash = find_clash(chosen.policies, chosen.states, chosen.plans)
    if clash is not None:
        raise PackError(f"policy.packs, states.pack and plans.pack cannot be used together: {clash}")
    return chosen


def adopt_packs(engine: Engine, chosen: Chosen, at: datetime) -> None:
    """Let the engine use them from `at` (UTC) on, each from its own instant. Raises PackError where it refuses."""
    command = m.AdoptPacks(
        at=at,
        operator="settings",
        desk="start",
        policies=chosen.policies,
        states=chosen.states,
        plans=chosen.plans,
    )
    outcome = engine.ask(command, wait_s=_PATIENCE_S).result(_PATIENCE_S)
    if isinstance(outcome, Refusal):
        raise PackError(outcome.reason)


def overdue(packs: Iterable[Pack], today: date) -> tuple[str, ...]:
    """A sentence for each pack whose owner was to review it before today."""
    return tuple(
        f"{pack.id} was to be reviewed by {pack.review_by.isoformat()}: ask {pack.owner}"
        for pack in packs
        if pack.review_by < today
    )


def _file_of(name: str, folder: Path, setting: str) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    if name not in shipped(folder):
        known = ", ".join(shipped(folder))
        raise PackError(f"{setting}: there is no pack {name!r}: there are {known}, or name a file that ends in .toml")
    return folder / f"{name}.toml"
