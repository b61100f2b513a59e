"""The steps of a ranking, in their order: who may be sent, when each can be there, and who goes before whom.

`PIPELINE` is the list. A step takes the sheet, columns over all N units of a picture, and gives it on with some column
filled in. Steps that leave units out write the rule that spoke into `spoken`; nobody who was left out comes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arls import eligibility as rules
from arls.eligibility import Exclusion
from arls.lineup import Lineup, lineup_of, queue_of
from arls.timing import Party, Times, parties_of, times_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from arls.closure import Closures
    from arls.eligibility import Everybody, Question
    from arls.roads.live import Roads

    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# Every rule that leaves a unit out, in the order in which they are asked: the first that speaks is the reason.
RULES = (*rules.DUTY, *rules.DIVERSION, *rules.REFUSAL, *rules.ELIGIBILITY, *rules.CAPABILITY, *rules.FIX)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """What the steps fill in for a question."""

    question: Question
    everybody: Everybody
    roads: Roads
    closures: Closures
    measured: bool = True  # with the metres by road of all
    spoken: Longs  # [N] the place in RULES of the rule that leaves a unit out; -1: none does
    mobilise_s: Floats  # [N] what each needs to get going
    parties: list[Party] = field(default_factory=list)  # those who are left, by their profiles
    times: list[Times] = field(default_factory=list)  # of each party
    lineup: Lineup | None = None


class Step(NamedTuple):
    """One purpose, by its name and in a sentence."""

    name: str
    says: str
    does: Callable[[Sheet], Sheet]


def _leave_out(group: tuple[rules.Rule, ...]) -> Callable[[Sheet], Sheet]:
    first = RULES.index(group[0])

    def left_out(sheet: Sheet) -> Sheet:
        found = sheet.everybody.spoken(sheet.question, group)
        return replace(sheet, spoken=np.where((sheet.spoken < 0) & (found >= 0), found + first, sheet.spoken))

    return left_out


def _leave_out_who_is_there(sheet: Sheet) -> Sheet:
    spoken, incident = sheet.spoken.copy(), sheet.question.incident
    here = np.array(sheet.everybody.attending.get(incident, []) if incident is not None else [], np.int64)
    first = RULES.index(rules.DIVERSION[0])
    # A rule that is asked before that one has spoken before.
    spoken[here[(spoken[here] < 0) | (spoken[here] > first)]] = first
    return replace(sheet, spoken=spoken)


def _leave_out_who_refused(sheet: Sheet) -> Sheet:
    spoken, first = sheet.spoken.copy(), RULES.index(rules.REFUSAL[0])
    refusers = np.array(list(sheet.everybody.refusers(sheet.question.incident)), np.int64)
    spoken[refusers[(spoken[refusers] < 0) | (spoken[refusers] > first)]] = first
    return replace(sheet, spoken=spoken)


def _mobilised(sheet: Sheet) -> Sheet:
    by_kind = [doing.state.mobilise_s if doing.state else 0 for doing in sheet.everybody.examples]
    return replace(sheet, mobilise_s=np.array(by_kind, np.float64)[sheet.everybody.kind])


def _parted(sheet: Sheet) -> Sheet:
    offered, going_s = sheet.spoken < 0, sheet.mobilise_s
    return replace(
        sheet, parties=parties_of(sheet.question, sheet.everybody, sheet.roads, offered=offered, going_s=going_s)
    )


def _timed(sheet: Sheet) -> Sheet:
    goal, picture = sheet.question.position, sheet.everybody.known.picture
    times = [
        times_of(party, goal, picture, sheet.roads, closures=sheet.closures, measured=sheet.measured)
        for party in sheet.parties
    ]
    return replace(sheet, times=times)


def _ordered(sheet: Sheet) -> Sheet:
    queue = queue_of(sheet.everybody.known.picture.callsigns, sheet.everybody.age_s)
    return replace(sheet, lineup=lineup_of(sheet.parties, sheet.times, queue))


# These give the same for all incidents of a grade and a policy.
_OFFERED = (
    Step("duty", "who is off duty or needs help itself is left out", _leave_out(rules.DUTY)),
    Step("diversion", "who is busy or rests, unless the policy lets this grade have it", _leave_out(rules.DIVERSION)),
    Step(
        "eligibility",
        "whose role policy or area do not send, and who is held for an operation",
        _leave_out(rules.ELIGIBILITY),
    ),
    Step("capability", "who lacks a skill, a driver or enough crew", _leave_out(rules.CAPABILITY)),
    Step("fix", "whose position is unknown or too old", _leave_out(rules.FIX)),
)
_GOING = (
    Step("mobilisation", "how long each needs to get going in its state", _mobilised),
    Step("profile", "by which profile each of those left would go, and on which list it stands", _parted),
)
OFFER = (*_OFFERED, *_GOING)
# The same for one incident, wherever it is.
OFFER_TO_ONE = (
    *_OFFERED,
    Step("attending", "who is assigned to this very incident", _leave_out_who_is_there),
    Step("refusal", "who refused this very incident", _leave_out_who_refused),
    *_GOING,
)
PIPELINE = (
    *OFFER_TO_ONE,
    Step("eta", "when each can be there, as an interval: by road, through the air, or as a guess", _timed),
    Step("policy order", "list before list as the policy says, then ETA, age of the fix, callsign", _ordered),
)


def run(sheet: Sheet, steps: tuple[Step, ...] = PIPELINE) -> Sheet:
    """The sheet after these steps."""
    for step in steps:
        sheet = step.does(sheet)
    return sheet


def get_lineup(sheet: Sheet) -> Lineup:
    """The lineup of a sheet. Raises ValueError where the steps did not get so far."""
    if sheet.lineup is None:
        raise ValueError("these units are in no order yet")
    return sheet.lineup


def sheet_of(
    question: Question, everybody: Everybody, roads: Roads, *, closures: Closures = (), measured: bool = True
) -> Sheet:
    """The empty sheet of a question."""
    units = len(everybody.kind)
    return Sheet(
        question=question,
        everybody=everybody,
        roads=roads,
        closures=closures,
        measured=measured,
        spoken=np.full(units, -1),
        mobilise_s=np.zeros(units),
    )


def exclusions_of(sheet: Sheet) -> list[Exclusion]:
    """Each unit that a rule left out, with the reason why."""
    everybody, callsigns = sheet.everybody, sheet.everybody.known.picture.callsigns
    numbers = np.flatnonzero(sheet.spoken >= 0)
    kinds, group = np.unique(everybody.kind[numbers] * len(RULES) + sheet.spoken[numbers], return_inverse=True)
    cases = everybody.alike(sheet.question)
    alike = [
        None if RULES[place] in rules.PERSONAL else _spoken(RULES[place], cases[kind])
        for kind, place in (divmod(one, len(RULES)) for one in kinds.tolist())
    ]
    personal = _personal(sheet, numbers[np.array([said is None for said in alike], np.bool_)[group]])
    said = (alike[one] for one in group.tolist())
    return [
        Exclusion(callsign=callsigns[number], code=words.code, reason=words.reason) if words else personal[number]
        for number, words in zip(numbers.tolist(), said, strict=True)
    ]


def _personal(sheet: Sheet, numbers: Longs) -> dict[int, Exclusion]:
    """What is said of each of these units alone."""
    everybody, question = sheet.everybody, sheet.question
    cases = everybody.cases(numbers.tolist(), question, everybody.find_grade(question))
    places = sheet.spoken[numbers].tolist()
    return {
        number: _spoken(RULES[place], case) for number, place, case in zip(numbers.tolist(), places, cases, strict=True)
    }


def _spoken(rule: rules.Rule, case: rules.Case) -> Exclusion:
    exclusion = rule(case)
    if exclusion is None:
        raise AssertionError(f"{rule.__name__} spoke of a kind and not of {case.unit.callsign}")
    return exclusion
