"""Why not this unit? What keeps it from being the first, and the smallest change after which it would be.

It decides which changes are tried, and in which order: all that it takes to have it offered at all, then one more, then
two more, then the units before it gone. What it names was tried: applying the changes does make it first.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain, combinations
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace

from arls.detour import named
from arls.eligibility import BUSY, Everybody, Exclusion, Question, ago
from arls.geo import LocalPlane
from arls.incident import IncidentId
from arls.lists import STANDS, Listed
from arls.pipeline import RULES, get_lineup, run, sheet_of
from arls.reasons import Bar
from arls.supposed import Change, ChangeKind, suppose
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from arls.closure import Closure, Closures
    from arls.eligibility import Case
    from arls.lineup import Lineup
    from arls.roads.live import Roads
    from arls.roads.path import Path
    from arls.state import Known

# As many bars as there are may stand one behind another, and each closure of a cordon is found when those before it
# are lifted.
_MOST_BARS, _MOST_CLOSURES = 16, 8
# Named in a sentence; all stand in the data.
_NAMED = 4
# So many units before it are single changes like others; of more it is told how many.
_FEW = 2
_NEARER_S = 1.0


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """What keeps a unit from being first, and what would make it: all of `changes` together, where they suffice."""

    at: datetime
    picture: int  # journal position
    incident: IncidentId | None
    callsign: Callsign
    rank: int | None  # None: it is no candidate
    list: Listed | None
    first: Callsign | None  # who is
    behind_s: float | None  # by how much it is later than the first; below 0: sooner, on a list behind
    exclusions: tuple[Exclusion, ...]  # every rule that leaves it out, not the first alone
    changes: tuple[Change, ...]
    suffices: bool  # they were tried, and it is first
    text: str


class _Asked:
    """The question, of what is known and of what would be known."""

    def __init__(self, question: Question, known: Known, roads: Roads, callsign: Callsign) -> None:
        self.question, self.known, self.roads, self.callsign = question, known, roads, callsign
        self.number = known.picture.numbers[callsign]

    def closures(self, known: Known) -> Closures:
        """Those in force."""
        return known.closures_at(self.question.at)

    def with_(self, changes: Iterable[Change]) -> Known:
        """What would be known."""
        return suppose(self.known, changes, self.question.at)

    def lineup(self, known: Known) -> Lineup:
        """All who would be candidates, in order."""
        everybody = Everybody(known, self.question.at)
        sheet = sheet_of(self.question, everybody, self.roads, closures=self.closures(known), measured=False)
        return get_lineup(run(sheet))

    def find_place(self, lineup: Lineup) -> int | None:
        """The unit's place, from 0; None: it is no candidate."""
        places = np.flatnonzero(lineup.numbers == self.number)
        return int(places[0]) if len(places) else None

    def case(self, known: Known) -> Case:
        """The unit before the rules."""
        everybody = Everybody(known, self.question.at)
        return everybody.case(self.number, self.question, everybody.find_grade(self.question))

    def is_first(self, changes: Iterable[Change]) -> bool:
        """Whether it would be first."""
        return self.find_place(self.lineup(self.with_(changes))) == 0


def why_not(callsign: Callsign, question: Question, known: Known, roads: Roads) -> WhyNot:
    """What keeps this unit, which is known, from being the first for the question."""
    asked = _Asked(question, known, roads, callsign)
    lineup = asked.lineup(known)
    place = asked.find_place(lineup)
    exclusions = _exclusions(asked.case(known))
    changes = () if place == 0 else _find_changes(asked)
    suffices = place == 0 or asked.is_first(changes)
    if suffices:
        changes = _pruned(asked, changes)
    first = known.picture.callsigns[int(lineup.numbers[0])] if len(lineup) else None
    behind_s = None if place is None else round(float(lineup.mid_s[place] - lineup.mid_s[0]), 3)
    found = WhyNot(
        at=question.at,
        picture=known.position,
        incident=question.incident,
        callsign=callsign,
        rank=None if place is None else place + 1,
        list=None if place is None else STANDS[int(lineup.stand[place])].listed,
        first=first,
        behind_s=behind_s,
        exclusions=exclusions,
        changes=changes,
        suffices=suffices,
        text="",
    )
    return replace(found, text=" ".join(_sentences(found)))


def _exclusions(case: Case) -> tuple[Exclusion, ...]:
    return tuple(found for rule in RULES if (found := rule(case)) is not None)


def _find_changes(asked: _Asked) -> tuple[Change, ...]:
    """The smallest set found; where none suffices, what it would at least take."""
    needed = _offered(asked)
    needed += _let_through(asked, needed)
    known = asked.with_(needed)
    lineup = asked.lineup(known)
    place = asked.find_place(lineup)
    if place is None or place == 0:
        return needed
    more = _single(asked, known, lineup, place)
    for extra in chain(combinations(more, 1), combinations(more, 2)):
        changes = _joined(needed, extra)
        if asked.is_first(changes):
            return changes
    before = (known.picture.callsigns[number] for number in lineup.numbers[:place].tolist())
    return needed + tuple(_gone(callsign) for callsign in before)


def _pruned(asked: _Asked, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Without what turns out not to be needed beside the others; whoever is before it has to go anyway."""
    for change in changes:
        fewer = tuple(other for other in changes if other is not change)
        if change.kind is not ChangeKind.GONE and asked.is_first(fewer):
            changes = fewer
    return changes


def _joined(needed: tuple[Change, ...], extra: Iterable[Change]) -> tuple[Change, ...]:
    """What is heard last of a unit stands."""
    new = tuple(extra)
    heard = any(change.kind is ChangeKind.HEARD for change in new)
    return (*(one for one in needed if not (heard and one.kind is ChangeKind.HEARD)), *new)


def _offered(asked: _Asked) -> tuple[Change, ...]:
    """What it takes until no rule leaves it out: one bar after another, since some show only when others are gone."""
    changes: tuple[Change, ...] = ()
    for _ in range(_MOST_BARS):
        case = asked.case(asked.with_(changes))
        bar = next(iter(_exclusions(case)), None)
        change = LIFTS[Bar(bar.code)](case, asked) if bar else None
        if change is None:
            break
        changes += (change,)
    return changes


def _of(kind: ChangeKind, text: str) -> Callable[[Case, _Asked], Change | None]:
    return lambda case, _: Change(kind=kind, callsign=case.unit.callsign, text=f"{case.unit.callsign} {text}")


def _skilled(case: Case, asked: _Asked) -> Change:
    wanted = asked.question.requirement.union(case.grade.needs if case.grade else ())
    lacking = tuple(sorted(wanted - set(case.unit.capabilities)))
    text = f"{case.unit.callsign} had {', '.join(lacking)}"
    return Change(kind=ChangeKind.SKILLED, callsign=case.unit.callsign, capabilities=lacking, text=text)


def _crewed(case: Case, _: _Asked) -> Change:
    crew = case.grade.min_crew if case.grade else 1
    text = f"{case.unit.callsign} had a crew of {crew}"
    return Change(kind=ChangeKind.CREWED, callsign=case.unit.callsign, crew=crew, text=text)


def _attending(case: Case, _: _Asked) -> Change:
    where = f" at {case.task.incident}" if case.task else ""
    text = f"{case.unit.callsign} were clear{where}"
    return Change(kind=ChangeKind.CLEARED, callsign=case.unit.callsign, text=text)


def _heard_there(case: Case, asked: _Asked) -> Change:
    """Heard again where it was last; who never was might be anywhere, and so at the very place."""
    columns = asked.known.picture.columns
    lat, lon = (float(columns[name][asked.number]) for name in ("lat", "lon"))
    where = "where it was last heard"
    if np.isnan(lat):
        lat, lon, where = asked.question.position.lat, asked.question.position.lon, "at the very place"
    text = f"{case.unit.callsign} were heard now, {where}"
    return Change(kind=ChangeKind.HEARD, callsign=case.unit.callsign, lat=lat, lon=lon, text=text)


_available = _of(ChangeKind.AVAILABLE, "were available")
# What lifts each bar that a rule sets up.
LIFTS: dict[Bar, Callable[[Case, _Asked], Change | None]] = {
    Bar.OFF_DUTY: _available,
    Bar.EMERGENCY: _of(ChangeKind.EMERGENCY_OVER, "were out of its emergency"),
    Bar.ASSIGNED: _attending,
    Bar.REFUSED: _of(ChangeKind.ASKED_AGAIN, "were asked again"),
    Bar.NO_STATE: _available,
    Bar.NOT_AVAILABLE: _available,
    Bar.RESTING: _available,
    Bar.ROLE: _of(ChangeKind.OTHER_ROLE, "had another role"),
    Bar.ROLE_HERE: _of(ChangeKind.OTHER_ROLE, "had another role"),
    Bar.RING_FENCED: _of(ChangeKind.RELEASED, "were released from its operation"),
    Bar.CAPABILITY: _skilled,
    Bar.NO_DRIVER: _of(ChangeKind.DRIVEN, "had a driver"),
    Bar.CREW: _crewed,
    Bar.NO_FIX: _heard_there,
    Bar.LOST: _heard_there,
    Bar.OLD_FIX: _heard_there,
}


def _let_through(asked: _Asked, needed: tuple[Change, ...]) -> tuple[Change, ...]:
    """The closures that it takes to lift until it is not cut off any more."""
    lifted: tuple[Change, ...] = ()
    for _ in range(_MOST_CLOSURES):
        known = asked.with_(needed + lifted)
        if _exclusions(asked.case(known)) or asked.find_place(asked.lineup(known)) is not None:
            return lifted
        shut = _in_the_way(asked, known)
        if not shut:
            break
        lifted += tuple(map(_lifted, shut))
    return ()


def _in_the_way(asked: _Asked, known: Known) -> Closures:
    """The closures on the way that it would take if every road were open."""
    closures, (profile, path) = asked.closures(known), _way(asked, known, ())
    return asked.roads.met_by(path, profile, closures) if path is not None and closures else ()


def _way(asked: _Asked, known: Known, closures: Closures) -> tuple[str, Path | None]:
    """By which profile it would go, and how; None: not by road."""
    everybody = Everybody(known, asked.question.at)
    sheet = run(sheet_of(asked.question, everybody, asked.roads, closures=closures, measured=False))
    party = next((party for party in sheet.parties if asked.number in party.numbers), None)
    if party is None or party.mobility.kind != "road":
        return "", None
    one = known.picture.asked_of(np.array([asked.number]), party.mobility.name)
    return party.mobility.name, asked.roads.find_path(asked.question.position, one, closures=closures)


def _lifted(closure: Closure) -> Change:
    return Change(kind=ChangeKind.LIFTED, closure=closure.id, text=f"{named([closure])} were lifted")


def _gone(callsign: Callsign) -> Change:
    return Change(kind=ChangeKind.GONE, callsign=callsign, text=f"{callsign} were gone")


def _single(asked: _Asked, known: Known, lineup: Lineup, place: int) -> list[Change]:
    """What else might bring it forward, one by one; at most a dozen, since each two of them are tried as well."""
    case = asked.case(known)
    more = []
    if case.state is not None and (case.state.mobilise_s or case.state.availability in BUSY):
        more.append(_available(case, asked))
    if case.task is not None:
        more.append(_attending(case, asked))
    more += map(_lifted, _in_the_way(asked, known)[:_NAMED])
    more.append(_find_nearer(asked, known, lineup, place))
    if case.unit.organisation:
        more.append(_of(ChangeKind.OURS, "were ours")(case, asked))
    if place <= _FEW:
        more += (_gone(known.picture.callsigns[number]) for number in lineup.numbers[:place].tolist())
    return [change for change in more if change is not None]


def _find_nearer(asked: _Asked, known: Known, lineup: Lineup, place: int) -> Change | None:
    """Where on its way it may be by now, since nobody has heard it for so long, and be the first."""
    _, path = _way(asked, known, asked.closures(known))
    unseen_s = float(lineup.age_s[place]) + np.nan_to_num(known.picture.columns["error_s"][asked.number])
    behind_s = float(lineup.mid_s[place] - lineup.mid_s[0]) + _NEARER_S
    if path is None or lineup.tier[place] != lineup.tier[0] or behind_s > unseen_s:
        return None
    least, most = (min(1.0, shift_s * 1000.0 / max(1, path.cost_ms)) for shift_s in (behind_s, unseen_s))
    shifts = (least, (least + most) / 2, most)
    tried = [_heard_along(asked, path, share, float(lineup.age_s[place])) for share in shifts]
    return next((change for change in tried if asked.is_first([change])), tried[-1])


def _heard_along(asked: _Asked, path: Path, share: float, age_s: float) -> Change:
    """Heard when it has driven this share of its way."""
    plane = LocalPlane(asked.question.position)
    x_m, y_m = plane.metres_of(lats=path.lats, lons=path.lons)
    along_m = np.append(0.0, np.cumsum(np.hypot(np.diff(x_m), np.diff(y_m))))
    lat, lon = (float(np.interp(share * along_m[-1], along_m, values)) for values in (path.lats, path.lons))
    old = f"its position is {ago(age_s)} old"
    text = f"{asked.callsign} were heard now, {share * path.length_m:.0f} m further on its way ({old})"
    return Change(kind=ChangeKind.HEARD, callsign=asked.callsign, lat=lat, lon=lon, text=text)


def _sentences(found: WhyNot) -> Iterator[str]:
    who = found.callsign
    if found.rank == 1:
        yield f"{who} is first."
        return
    if found.exclusions:
        yield f"{who} is left out: {'; '.join(exclusion.reason for exclusion in found.exclusions)}."
    elif found.rank is None:
        yield f"{who} has no way there."
    elif found.behind_s is not None and found.behind_s < 0:
        yield f"{who} would be there {ago(-found.behind_s)} before {found.first}, but stands on a list behind."
    else:
        yield f"{who} is number {found.rank}, {ago(found.behind_s or 0.0)} behind {found.first}."
    if found.suffices:
        yield f"It would be first if {_joined_words(found.changes)}."
    else:
        atleast = f": it would at least take that {_joined_words(found.changes)}" if found.changes else ""
        yield f"Nothing that was tried makes it first{atleast}."


def _joined_words(changes: Sequence[Change]) -> str:
    gone = [str(change.callsign) for change in changes if change.kind is ChangeKind.GONE]
    words = [change.text for change in changes if change.kind is not ChangeKind.GONE or len(gone) <= _FEW]
    if len(gone) > _FEW:
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        words.append(f"the {len(gone)} units before it were gone ({', '.join(gone[:_NAMED])}{more})")
    return " and ".join(words)
