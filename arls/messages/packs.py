"""Packs: those that a force adopted."""

from __future__ import annotations

from arls.messages.said import Said
from arls.plan import PlanPack
from arls.policy import Policy
from arls.state_codes import StatePack

# --- commands -----------------------------------------------------------------------------------------------------


class AdoptPacks(Said, frozen=True, kw_only=True):
    """Use these packs from now on, each from its own `effective_from`."""

    policies: tuple[Policy, ...]
    states: tuple[StatePack, ...]
    plans: tuple[PlanPack, ...] = ()


# --- events -------------------------------------------------------------------------------------------------------


class PacksAdopted(Said, frozen=True, kw_only=True):
    """From now on the packs with these ids are used; those that were not known before are here whole."""

    policies: tuple[Policy, ...] = ()
    states: tuple[StatePack, ...] = ()
    policies_in_use: tuple[str, ...]
    states_in_use: tuple[str, ...]
    plans: tuple[PlanPack, ...] = ()
    plans_in_use: tuple[str, ...] = ()
