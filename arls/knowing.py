"""What it is worth to know where units are by now: how much sooner somebody is there than by sending who seems first.

It decides on times alone: each unit would be there at one of some equally likely times, which its place decides, and
none depends on another. Who is sent now is who is soonest on average. Who is asked says which of its times is the true
one, and then who is soonest by what is known is sent. The regret is what that is later, on average, than the soonest.

To know more never makes it later. One answer may be worth nothing without another, so pairs are looked at where no
single one is worth it; beyond that the choice is greedy: best first, each by what it adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

# What is left of rounding in sums of times: less than this is nothing.
_NOTHING_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Whom to ask, the most worth first, each with the seconds that its answer is expected to save."""

    asked: tuple[tuple[int, float], ...]
    regret_s: float  # while nobody is asked
    left_s: float  # once all of these have answered


def worth_asking(times_s: Floats, may_ask: Bools, *, most: int, least_s: float) -> Worth:
    """Whom of n units to ask: at most so many, each worth at least so many seconds.

    `times_s` [n, any] are equally likely times of each, `may_ask` [n] who can be asked. With room for more the same are
    asked first, so that more room never leaves more regret. Who can never be the soonest is never asked.
    """
    if not len(times_s):
        return Worth(asked=(), regret_s=0.0, left_s=0.0)
    times_s = np.sort(times_s, axis=1)
    # Later than this, at its soonest, than somebody else at the latest: it is the soonest wherever all are.
    matters = np.flatnonzero(times_s[:, 0] < times_s[:, -1].min())
    table, least_s = _Table(times_s), max(least_s, _NOTHING_S)
    asked: list[tuple[int, float]] = []
    known: frozenset[int] = frozenset()
    wanted = [int(one) for one in matters if may_ask[one]]
    while len(asked) < most:
        rest = [one for one in wanted if one not in known]
        found, saved_s = table.find_best(known, [(one,) for one in rest])
        if saved_s < least_s and len(asked) + 2 <= most:
            found, saved_s = table.find_best(known, list(combinations(rest, 2)))
        each_s = saved_s / len(found) if found else 0.0
        if not found or each_s < least_s:
            break
        asked += [(one, each_s) for one in found]
        known |= set(found)
    now_s, soonest_s = table.expected_s(()), table.expected_s(range(len(times_s)))
    return Worth(
        asked=tuple(asked),
        regret_s=max(0.0, now_s - soonest_s),
        left_s=max(0.0, table.expected_s(known) - soonest_s),
    )


class _Table:
    """How soon somebody is expected to be there, by whose places are known."""

    def __init__(self, times_s: Floats) -> None:
        self._times_s = times_s
        self._mean_s = times_s.mean(axis=1)

    def find_best(self, known: frozenset[int], groups: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], float]:
        """The group whose answers save the most seconds beside what is known, the first of equals, and how many."""
        best: tuple[int, ...] = ()
        before_s, most_s = self.expected_s(known), 0.0
        for group in groups:
            saved_s = before_s - self.expected_s({*known, *group})
            if saved_s > most_s + _NOTHING_S:
                best, most_s = group, saved_s
        return best, most_s

    def expected_s(self, known: Collection[int]) -> float:
        """When the one who is sent is there, on average, with the places of these known: the mean of a least.

        Of independent times the chance that all are later than t is the product of theirs, and the mean of the least is
        what lies under that, from 0 to the least mean of those whose place is not known.
        """
        unknown = np.ones(len(self._mean_s), np.bool_)
        unknown[list(known)] = False
        sure_s = float(self._mean_s[unknown].min()) if unknown.any() else np.inf
        told = [self._times_s[one] for one in sorted(known) if self._times_s[one, 0] < sure_s]
        if not told:
            return sure_s
        end_s = min(sure_s, *(float(times_s[-1]) for times_s in told))
        steps_s = np.unique(np.concatenate([[0.0, end_s], *(times_s[times_s < end_s] for times_s in told)]))
        later = np.ones(len(steps_s) - 1)
        for times_s in told:
            later *= 1.0 - np.searchsorted(times_s, steps_s[:-1], side="right") / len(times_s)
        return float((later * np.diff(steps_s)).sum())
