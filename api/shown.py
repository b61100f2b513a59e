"""What rankings of an incident were shown to whom, who was sent then, and each ranking made again from the journal.

It decides what is one look: an open incident is asked for again and again, and the same answer is told once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from arls import messages as m
from arls.circle import find_circle
from arls.expanse import rank_within
from arls.geo import Position
from arls.incident import IncidentId
from arls.ranking import Question, Ranking, bytes_of, sha256_of, shown
from arls.replay import Replay
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.incident import Incident
    from arls.ports import Past, Recorded
    from arls.roads.live import Roads
    from arls.state import Known


class RankingAct(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking was shown, or a unit was sent."""

    at: datetime
    kind: Literal["shown", "sent"]
    operator: str
    desk: str
    callsign: Callsign | None  # who was first in it, or was sent; None: nobody could be
    eta_s: float | None = None  # of the first, the middle
    verdict: str = ""
    position: int = 0  # of the record, by which the ranking is asked for again
    until: datetime | None = None  # the same was shown again and again until then
    times: int = 1
    instead_of: Callsign | None = None  # another was suggested
    reason: str = ""  # what the dispatcher said


class RankedThen(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown of an incident until then, and who was sent, the oldest first."""

    incident: IncidentId
    at: datetime
    acts: tuple[RankingAct, ...]


class RankedAgain(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking that was shown, made again from the journal; `same`: to the byte, by the hash that was kept then."""

    same: bool
    why_not: str  # empty where it is the same
    operator: str
    desk: str
    ranking: Ranking


def acts_of(incident: Incident, past: Past, at: datetime) -> tuple[RankingAct, ...]:
    """What was shown of it up to `at`, and who was sent."""
    acts: list[RankingAct] = []
    for record in past.read_acts(after=max(0, past.find_position(incident.created_at) - 1)):
        if record.entry.event.at > at:
            break
        for act in _acts_of(record, incident.id):
            if acts and _look(acts[-1]) == _look(act):
                acts[-1] = replace(acts[-1], until=act.at, times=acts[-1].times + 1, eta_s=act.eta_s)
            else:
                acts.append(act)
    return tuple(acts)


def _look(act: RankingAct) -> object:
    return (act.operator, act.desk, act.callsign, act.verdict) if act.kind == "shown" else act


def _acts_of(record: Recorded, incident: IncidentId) -> Iterator[RankingAct]:
    event = record.entry.event
    match event:
        case m.RankingShown(incident=name) if name == incident:
            yield RankingAct(
                at=event.at,
                kind="shown",
                operator=event.operator,
                desk=event.desk,
                callsign=event.first,
                eta_s=event.first_eta_s,
                verdict=event.verdict,
                position=record.position,
            )
        case m.UnitAssigned(assignment=sent) | m.UnitDiverted(assignment=sent) if sent.incident == incident:
            yield RankingAct(
                at=event.at,
                kind="sent",
                operator=event.operator,
                desk=event.desk,
                callsign=sent.callsign,
                instead_of=sent.overrides.callsign if sent.overrides else None,
                reason=sent.reason,
                position=record.position,
            )
        case _:
            pass


def find_again(position: int, past: Past, roads: Roads) -> RankedAgain | None:
    """The ranking whose showing is recorded at `position`, made again; None where none is recorded there."""
    record = next(past.read(after=position - 1), None)
    if record is None or record.position != position or not isinstance(record.entry.event, m.RankingShown):
        return None
    event = record.entry.event
    known = Replay(past, event.at, until=event.picture).known
    rankings = _made(event, known, roads)
    found, body = next(rankings)
    while sha256_of(body) != event.sha256:
        other = next(rankings, None)
        if other is None:
            why = "its roads were others" if event.network != roads.checksum else "it was asked for in another way"
            return RankedAgain(same=False, why_not=why, operator=event.operator, desk=event.desk, ranking=found)
        found, body = other
    return RankedAgain(same=True, why_not="", operator=event.operator, desk=event.desk, ranking=found)


def _made(event: m.RankingShown, known: Known, roads: Roads) -> Iterator[tuple[Ranking, bytes]]:
    """What may have been asked: of the incident's place, or of the whole circle in which its caller is."""
    incident = known.incidents.get(event.incident) if event.incident else None
    question = Question(
        position=Position(lat=event.lat, lon=event.lon),
        at=event.at,
        grade=incident.grade if incident else None,
        incident=event.incident,
        profile=event.profile,
        k=event.k,
    )
    yield shown(question, known, roads)
    circle = find_circle(incident, known) if incident else None
    if circle is not None:
        around = rank_within(question, circle, known, roads)
        yield around, bytes_of(around)
