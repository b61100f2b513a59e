"""Who is asked the same questions by turns: its time, and how its answers compare with ours.

Whoever works on our graph with our milliseconds must give our answers, to the millisecond. Whoever has a model of its
own must agree on who is near and who is far: the order of its ETAs is correlated with that of ours (Spearman).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import spearmanr

from tests.bench.bench_search import timed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.peers.city import City

LEAST_CORRELATION = 0.9
LEAST_REACHED = 0.95
_MORE_THAN_CACHES = 2**23  # of 8 bytes


@dataclass(kw_only=True, slots=True)
class Contestant:
    """One way to answer, asked `rounds` times, each time for the next incident."""

    name: str
    ask: Callable[[int], Any]  # what is timed
    rounds: int
    each: int = 1  # how many answers one question gives
    exact: Callable[[Any, int], np.ndarray] | None = None  # [n] ETAs in ms on our model, inf: not reached
    alike: Callable[[Any], np.ndarray] | None = None  # [n] ETAs in s on a model of its own, NaN: not reached
    aside: str = ""
    took_ms: list[float] = field(default_factory=list)
    correlations: list[float] = field(default_factory=list)
    reached: list[float] = field(default_factory=list)

    @property
    def median_ms(self) -> float:
        """Of one answer."""
        return float(np.median(self.took_ms)) / self.each

    @property
    def least_ms(self) -> float:
        """Of one answer."""
        return min(self.took_ms) / self.each

    def judge(self, city: City, answer: Any, incident: int) -> None:
        """Raises AssertionError where an answer is not what it must be."""
        if self.exact is not None:
            told = self.exact(answer, incident)
            assert np.array_equal(told, city.etas_ms(incident)[: len(told)]), self.name
        if self.alike is not None:
            told = self.alike(answer)
            ours = city.etas_ms(incident)[: len(told)]
            both = np.isfinite(told) & np.isfinite(ours)
            self.reached.append(float(np.isfinite(told).mean()))
            self.correlations.append(float(spearmanr(told[both], ours[both]).statistic))
            assert self.reached[-1] >= LEAST_REACHED, (self.name, self.reached[-1])
            assert self.correlations[-1] >= LEAST_CORRELATION, (self.name, self.correlations[-1])


def run(city: City, contestants: Sequence[Contestant]) -> None:
    """Everybody once to warm up and be judged, then by turns, and be judged again.

    Before each turn more is read than any cache holds, so that nobody gains by what came before.
    """
    other = np.ones(_MORE_THAN_CACHES)
    for contestant in contestants:
        contestant.judge(city, contestant.ask(0), 0)
    for number in range(max(contestant.rounds for contestant in contestants)):
        for contestant in contestants:
            if number < contestant.rounds:
                incident = number % len(city.goals)
                other.sum()
                answer, ms = timed(lambda asked=contestant, of=incident: asked.ask(of))
                contestant.took_ms.append(ms)
                contestant.judge(city, answer, incident)
