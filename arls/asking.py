"""Which radios to ask where they are, when something happens: those whose answers could change who is sent first.

It decides whom it is worth asking: units that may be sent and could be first, whose positions are not fresh. Whether a
site asks at all, and how often, is its settings' to say, and what is sent to the radio the gateway's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arls.eligibility import Everybody, ago
from arls.knowing import worth_asking
from arls.pipeline import get_lineup, run, sheet_of
from arls.polled import RadioAsk
from arls.rivals import Scene, expected_by_place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from arls.eligibility import Question
    from arls.fix import Fix
    from arls.roads.live import Roads
    from arls.state import Known


# A radio that has not answered within so long is out of reach, and nobody waits for it.
AWAITED_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRules:
    """What is worth a message."""

    most: int = 6  # radios for one incident
    least_s: float = 2.0  # that an answer must be expected to save
    fresh_s: float = 10.0  # a position that is no older is not asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask, the most worth first; the regret while nobody is asked, and once all of them have answered."""

    radios: tuple[RadioAsk, ...]
    regret_s: float
    left_s: float


def radios_to_ask(
    question: Question,
    known: Known,
    roads: Roads,
    rules: AskRules,
    *,
    room: Mapping[str, int],
    may_ask: Callable[[Fix], bool],
) -> Asking:
    """Whom to ask for a question; `room` says how many radios each gateway may still be asked to ask."""
    everybody, closures = Everybody(known, question.at), known.closures_at(question.at)
    lineup = get_lineup(run(sheet_of(question, everybody, roads, closures=closures, measured=False)))
    scene = Scene(goal=question.position, at=question.at, known=known, roads=roads, closures=closures)
    places, expected_s = expected_by_place(lineup, scene)
    fixes = [known.picture.find_fix(known.picture.callsigns[number]) for number in lineup.numbers[places].tolist()]
    ages_s = lineup.age_s[places].tolist()
    able = [
        fix is not None and age_s > rules.fresh_s and room.get(fix.gateway, 0) > 0 and may_ask(fix)
        for fix, age_s in zip(fixes, ages_s, strict=True)
    ]
    most = min(rules.most, sum(room.values()))
    worth = worth_asking(expected_s, np.array(able, np.bool_), most=most, least_s=rules.least_s)
    radios, left = [], dict(room)
    for i, value_s in worth.asked:
        fix = fixes[i]
        if fix is None or not left[fix.gateway]:
            continue  # its gateway's room went to others, who are worth more
        left[fix.gateway] -= 1
        callsign = known.picture.callsigns[int(lineup.numbers[places[i]])]
        radios.append(
            RadioAsk(
                callsign=callsign,
                source=fix.source,
                gateway=fix.gateway,
                age_s=round(ages_s[i], 1),
                value_s=round(value_s, 1),
            )
        )
    return Asking(radios=tuple(radios), regret_s=round(worth.regret_s, 1), left_s=round(worth.left_s, 1))


def awaited(question: Question, known: Known) -> str:
    """Of which radios an answer is awaited for a question's incident, as the end of a sentence; empty: of none."""
    polled = known.polled.get(question.incident) if question.incident is not None else None
    if polled is None:
        return ""
    since_s = (question.at - polled.at).total_seconds()
    silent = [radio.callsign for radio in polled.radios if not _has_answered(radio, polled.at, known)]
    return f"; asked {', '.join(silent)}: {ago(since_s)}" if silent and 0 <= since_s <= AWAITED_S else ""


def _has_answered(radio: RadioAsk, asked_at: datetime, known: Known) -> bool:
    fix = known.picture.find_fix(radio.callsign)
    return fix is not None and fix.received_at >= asked_at
