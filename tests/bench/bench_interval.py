"""How often the truth lies in an ETA's interval, how wide that is, and what a verdict is worth: a seeded experiment.

    python -m tests.bench interval
    python -m tests.bench.bench_interval [EXTRACT]

A made-up force drives, parks and walks with radios of nine kinds (`at_large`). At random instants everybody is ranked
for a random place, and then truly goes there, each driver and each street quicker or slower than the model. Beside our
interval stand the rule that it took the place of, and one that adds and takes away the age of the fix.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from arls.eta import pace_of
from arls.ranking import Basis, Question, rank
from arls.roads.hierarchy.order import order_of
from arls.roads.live import Roads
from maps.osm import import_network
from tests.bench.at_large import RADIOS, Force, Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from arls.ranking import Ranking
    from tests.bench.at_large import Someone

COUNTY = Path(__file__).parents[2] / "fixtures" / "arlshire.osm.pbf"
SEED = 1
WARM_S, APART_S = 700.0, 67.0
# Profile, units with each radio, metres from one of them to the place at most.
FORCES = (("car-response", 16, 6_000.0), ("cycle", 8, 4_000.0), ("foot", 8, 1_500.0))
NATURES = {
    "as told": Nature(),
    "drivers 15 % quicker": Nature(quick=1.15),
    "drivers 15 % slower": Nature(quick=0.85),
    "drivers all alike": Nature(driver_sigma=0.05, street_sigma=0.1),
    "drivers of all sorts": Nature(driver_sigma=0.35),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One candidate of one ranking, and when it would truly have been there."""

    someone: Someone
    close: bool  # it was looked at closely
    age_s: float
    error_s: float
    accuracy_m: float
    low: float
    mid: float
    high: float
    truths_s: tuple[float, ...]  # by NATURES


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Of one ranking: what was said of the first, and whether it would have been."""

    robust: bool
    probability: float
    was_first: bool


Rule = tuple[np.ndarray, np.ndarray]


def ask(
    force: Force, *, instants: int, places: int, within_m: float
) -> tuple[list[Sample], list[Verdicts], list[float]]:
    """Everybody ranked for some places at some instants; and the milliseconds that each ranking took."""
    samples, verdicts, took_ms = [], [], []
    by_name = {someone.unit.callsign: someone for someone in force.everybody}
    force.live(WARM_S)
    for _ in range(instants):
        force.live(APART_S)
        known = force.known()
        for _ in range(places):
            goal = force.somewhere_near(within_m)
            began_s = perf_counter()
            ranking = rank(Question(position=goal, at=force.at, k=30), known, force.roads)
            took_ms.append((perf_counter() - began_s) * 1000)
            truths_s = [force.truths_s(goal, nature) for nature in NATURES.values()]
            verdicts += _verdicts(ranking, truths_s[0])
            for candidate in ranking.candidates:
                fix = known.picture.find_fix(candidate.callsign)
                if fix is not None and candidate.basis is Basis.ROAD and np.isfinite(truths_s[0][candidate.callsign]):
                    samples.append(
                        Sample(
                            someone=by_name[candidate.callsign],
                            close=candidate.first_probability is not None,
                            age_s=candidate.fix_age_s,
                            error_s=fix.fix_time_error_s or 0.0,
                            accuracy_m=fix.accuracy_m or 0.0,
                            low=candidate.eta_s.low,
                            mid=candidate.eta_s.mid,
                            high=candidate.eta_s.high,
                            truths_s=tuple(truth_s[candidate.callsign] for truth_s in truths_s),
                        )
                    )
    return samples, verdicts, took_ms


def _verdicts(ranking: Ranking, truths_s: dict[str, float]) -> list[Verdicts]:
    if not ranking.candidates:
        return []
    first = ranking.candidates[0]
    soonest = min((candidate.callsign for candidate in ranking.candidates), key=lambda name: truths_s[name])
    return [
        Verdicts(
            robust=ranking.verdict == "robust",
            probability=first.first_probability or 0.0,
            was_first=soonest == first.callsign,
        )
    ]


def _column(samples: Sequence[Sample], name: str) -> np.ndarray:
    return np.array([getattr(sample, name) for sample in samples])


def ours(samples: Sequence[Sample]) -> Rule:
    return _column(samples, "low"), _column(samples, "high")


def before(samples: Sequence[Sample]) -> Rule:
    """The rule that ours took the place of: 0.8 to 1.35 of the drive, widened by all that is unknown at once."""
    pace_mps = np.array([pace_of(sample.someone.unit.profile) for sample in samples])
    unseen_s = _column(samples, "age_s") + _column(samples, "error_s") + _column(samples, "accuracy_m") / pace_mps
    mid = _column(samples, "mid")
    return np.maximum(0.0, 0.8 * mid - unseen_s), 1.35 * mid + unseen_s


def by_age(samples: Sequence[Sample]) -> Rule:
    """The drive, more or less the age of the fix."""
    unseen_s, mid = _column(samples, "age_s") + _column(samples, "error_s"), _column(samples, "mid")
    return np.maximum(0.0, mid - unseen_s), mid + unseen_s


def hits(
    samples: Sequence[Sample], rule: Callable[[Sequence[Sample]], Rule] = ours, nature: int = 0
) -> tuple[float, float, float]:
    """The share of truths inside, the mean width in seconds, and the interval score (Gneiting and Raftery 2007)."""
    (low, high), truth_s = rule(samples), _column(samples, "truths_s")[:, nature]
    missed_s = np.maximum(0.0, low - truth_s) + np.maximum(0.0, truth_s - high)
    width_s = high - low
    return float((missed_s == 0.0).mean()), float(width_s.mean()), float((width_s + 20.0 * missed_s).mean())


def tell(name: str, samples: Sequence[Sample], nature: int = 0) -> None:
    rules = " | ".join(
        "{:.3f} {:5.0f} s {:5.0f}".format(*hits(samples, rule, nature)) for rule in (ours, before, by_age)
    )
    print(f"  {name:28} {len(samples):5} {_column(samples, 'mid').mean():6.0f} s | {rules}")


def tell_verdicts(verdicts: Sequence[Verdicts]) -> None:
    robust = [verdict for verdict in verdicts if verdict.robust]
    rest = [verdict for verdict in verdicts if not verdict.robust]
    for word, some in (("robust", robust), ("too close to call", rest)):
        if some:
            first = np.mean([verdict.was_first for verdict in some])
            said = np.mean([verdict.probability for verdict in some])
            print(f"  {word}: {len(some)} of {len(verdicts)}, the first was first in {first:.3f}, said {said:.3f}")


def roads_of(extract: Path = COUNTY) -> Roads:
    network, _ = import_network(extract)
    return Roads(network, order=order_of(network))


def force_of(roads: Roads, profile: str, each: int) -> Force:
    return Force(roads, [(profile, radio) for radio in RADIOS for _ in range(each)], seed=SEED)


def main() -> None:
    """Prints the tables of docs/eta.md."""
    roads = roads_of(Path(sys.argv[1]) if len(sys.argv) > 1 else COUNTY)
    every: list[Verdicts] = []
    print("  who                              n   drive | ours: inside, width, score | before | by age")
    for profile, each, within_m in FORCES:
        force = force_of(roads, profile, each)
        samples, verdicts, took_ms = ask(force, instants=6, places=10, within_m=within_m)
        force.stop()
        every += verdicts
        closely = [sample for sample in samples if sample.close]
        tell(profile, closely)
        tell(f"{profile}, at a glance", [sample for sample in samples if not sample.close])
        for radio in RADIOS if profile == "car-response" else ():
            tell(radio.name, [sample for sample in closely if sample.someone.radio == radio])
        for number, name in enumerate(NATURES if profile == "car-response" else ()):
            tell(name, closely, number)
        print(f"  {len(took_ms)} rankings of {len(force.everybody)} units, median {np.median(took_ms):.0f} ms")
    tell_verdicts(every)


if __name__ == "__main__":
    main()
