"""On which list a candidate stands, and behind whom: our own who are free, who is diverted, neighbours, who flies.

It decides the policy's part of the order. Within what it puts side by side the ETA decides.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from arls.eligibility import BUSY

if TYPE_CHECKING:
    from arls.roster import Doing


class Listed(StrEnum):
    """The lists of a ranking."""

    OWN = "own"  # ours, and free
    DIVERSION = "diversion"  # taken from what it does, where the policy allows it
    NEIGHBOUR = "neighbour"
    AIR = "air"


class Stand(NamedTuple):
    """Where a unit stands: the lower the tier, the further in front, whatever its ETA."""

    listed: Listed
    tier: int


FREE = Stand(Listed.OWN, 0)
# The policy of the incident that is left says which of these two.
DIVERTED = {"together": Stand(Listed.DIVERSION, 0), "after": Stand(Listed.DIVERSION, 1)}
NEIGHBOURS = Stand(Listed.NEIGHBOUR, 2)
FLIES = Stand(Listed.AIR, 3)
STANDS = (FREE, *DIVERTED.values(), NEIGHBOURS, FLIES)
TIERS = 4


def stand_of(doing: Doing, kind: str) -> Stand:
    """Where a unit stands that may be offered and goes by a profile of this kind."""
    if kind == "air":
        return FLIES
    if doing.unit.organisation:
        return NEIGHBOURS
    if doing.task is not None:
        return DIVERTED[doing.task.diversion]
    # Whom its own state alone releases comes behind those who are free: nobody knows what it leaves.
    return DIVERTED["after"] if doing.state is not None and doing.state.availability in BUSY else FREE
