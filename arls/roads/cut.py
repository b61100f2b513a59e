"""What shut pieces of arcs change for a profile: its turns.

It decides that nobody turns onto an arc of which any piece is shut. Arcs, their milliseconds and which of them hang
together stay as they are, so that a place that is cut off is one that cannot be reached, and not one that is elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.profile import FORBIDDEN

if TYPE_CHECKING:
    from arls.roads.closures import Shut
    from arls.roads.profile import Weights
    from arls.roads.search import Reverse


def cut_weights(weights: Weights, shut: Shut, reverse: Reverse) -> Weights:
    """The weights with every turn onto a shut arc forbidden."""
    arcs = np.unique(shut.arc)
    first, count = reverse.in_start[arcs], reverse.in_start[arcs + 1] - reverse.in_start[arcs]
    into = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    turn_ms = weights.turn_ms.copy()
    turn_ms[reverse.in_turn[into]] = FORBIDDEN
    turn_ms.flags.writeable = False
    return replace(weights, turn_ms=turn_ms)
