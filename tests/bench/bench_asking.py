"""What asking radios is worth: how much later the one who is sent is there than the soonest, and what the air bears.

    python -m tests.bench asking

A hundred cars of a made-up force (`at_large`) report every 60 s. At random instants somebody is needed at a random
place. Sent is who is first by what is known then: as it is, after asking those radios whose answers are worth it, after
asking everybody, and where all report every 10 s. Each policy meets the same truth; the regret is how much later its
choice is truly there than the soonest of all.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from arls import messages as m
from arls.asking import AskRules, radios_to_ask
from arls.dispatch import Refusal, decide
from arls.engine import Memory
from arls.ports import Recorded
from arls.ranking import Question, rank
from arls.state import bytes_of, state_from
from tests.bench.at_large import RADIOS, Force, Nature
from tests.bench.bench_interval import COUNTY, roads_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.fix import Fix
    from arls.geo import Position
    from arls.state import Known
    from tests.bench.at_large import Someone

SEED = 5
CARS, WARM_S, APART_S, WITHIN_M = 100, 700.0, 67.0, 6_000.0
INSTANTS, PLACES = 40, 6
# Of a site's 100 messages a minute a fifth is for emergencies, and an answer costs two.
ROOM = 40
INCIDENTS_PER_MIN = 1.0
RULES = {
    "asked, 6 at most": AskRules(most=6),
    "asked, 3 at most": AskRules(most=3),
    "asked, 12, from 0.5 s": AskRules(most=12, least_s=0.5),
}
NATURES = {"as told": Nature(), "drives as the model says": Nature(street_sigma=0.0, driver_sigma=0.0)}
AS_IS, EVERY_10_S, ALL = "nobody asked", "all report every 10 s", "everybody asked"


def report(someone: Someone, now_s: float) -> Fix:
    """What its radio says now, to whoever asks."""
    someone._look(now_s)
    someone._report(now_s)
    return someone.fixes.pop()


def branch(state: bytes, force: Force, fixes: Sequence[Fix]) -> Known:
    """What would be known with these fixes as well."""
    memory = Memory(state_from(state))
    decision = decide(m.RecordFixes(at=force.at, operator="bench", desk="bench", fixes=tuple(fixes)), memory.state)
    assert not isinstance(decision, Refusal)
    memory.fold(Recorded(position=memory.state.position + i, entry=entry) for i, entry in enumerate(decision, 1))
    return memory.known()


def ten_seconds(force: Force) -> list[Fix]:
    """What a report of each every 10 s would have said last; ten seconds pass."""
    said = []
    for phase in range(10):
        force.live(1.0)
        said += [report(one, force.now_s) for one in force.everybody[phase::10]]
    return said


class Scores:
    """The regret of each policy by nature, its messages for an incident, and what it takes to work them out."""

    def __init__(self) -> None:
        self.regrets_s: dict[tuple[str, str], list[float]] = {}
        self.asked: dict[str, list[int]] = {}
        self.took_ms: list[float] = []

    def send(
        self, policy: str, known: Known, goal: Position, force: Force, truths: dict[str, dict[str, float]]
    ) -> None:
        ranking = rank(Question(position=goal, at=force.at, k=1), known, force.roads)
        sent = ranking.candidates[0].callsign
        for nature, truth_s in truths.items():
            soonest_s = min(truth_s.values())
            if np.isfinite(soonest_s):
                self.regrets_s.setdefault((policy, nature), []).append(min(3600.0, truth_s[sent]) - soonest_s)


def one_place(force: Force, known: Known, state: bytes, often: Sequence[Fix], scores: Scores) -> None:
    goal = force.somewhere_near(WITHIN_M)
    truths = {name: dict(force.truths_s(goal, nature)) for name, nature in NATURES.items()}
    answers = {one.unit.callsign: report(one, force.now_s) for one in force.everybody}
    scores.send(AS_IS, known, goal, force, truths)
    scores.send(EVERY_10_S, branch(state, force, often), goal, force, truths)
    scores.send(ALL, branch(state, force, list(answers.values())), goal, force, truths)
    for name, rules in RULES.items():
        began_s = perf_counter()
        question = Question(position=goal, at=force.at)
        asking = radios_to_ask(question, known, force.roads, rules, room={"": ROOM}, may_ask=lambda _fix: True)
        scores.took_ms.append((perf_counter() - began_s) * 1000)
        heard = [answers[radio.callsign] for radio in asking.radios]
        scores.asked.setdefault(name, []).append(len(heard))
        scores.send(name, branch(state, force, heard), goal, force, truths)


def tell(scores: Scores) -> None:
    """The table of docs/benchmarks.md."""
    print(
        f"  policy                     | {' | '.join(f'{nature}: regret, 95 % of it' for nature in NATURES)} | messages"
    )
    sparse, often = CARS * 1.0, CARS * 6.0
    for policy in (AS_IS, *RULES, ALL, EVERY_10_S):
        told = []
        for nature in NATURES:
            regrets_s = np.array(scores.regrets_s[policy, nature])
            error_s = regrets_s.std() / np.sqrt(len(regrets_s))
            told.append(f"{regrets_s.mean():5.1f} s +- {error_s:.1f}, {np.quantile(regrets_s, 0.95):4.0f} s")
        asked = np.mean(scores.asked[policy]) if policy in scores.asked else CARS if policy == ALL else 0.0
        per_min = often if policy == EVERY_10_S else sparse + 2.0 * float(asked) * INCIDENTS_PER_MIN
        print(f"  {policy:26} | {' | '.join(told)} | {asked:5.1f} asked, {per_min:4.0f} a min = {per_min / often:.0%}")
    count = len(scores.regrets_s[AS_IS, next(iter(NATURES))])
    print(f"  {count} incidents, {CARS} cars; whom to ask: median {np.median(scores.took_ms):.0f} ms")


def main() -> None:
    """Prints what asking is worth."""
    roads = roads_of(Path(sys.argv[1]) if len(sys.argv) > 1 else COUNTY)
    radio = next(one for one in RADIOS if one.name == "LIP, 60 s")
    force, scores = Force(roads, [("car-response", radio)] * CARS, seed=SEED), Scores()
    force.live(WARM_S)
    for _ in range(INSTANTS):
        force.live(APART_S)
        often = ten_seconds(force)
        known = force.known()
        state = bytes_of(force._engine._memory.state)
        for _ in range(PLACES):
            one_place(force, known, state, often, scores)
    force.stop()
    tell(scores)


if __name__ == "__main__":
    main()
