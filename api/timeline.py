"""What is worth jumping to in the record of a day, each in a sentence: the marks on a replay's timeline.

It decides what is a mark, and how it reads. Whose picture is shown there is `replaying`'s business.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from arls import messages as m
from arls.incident import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from arls.incident import Assignment, AssignmentId
    from arls.ports import Past, Recorded

WINDOW = timedelta(hours=24)
# More than a timeline has pixels; what is beyond is counted.
MOST_MARKS = 2_000
_END = datetime.max.replace(tzinfo=UTC)

Kind = Literal["incident", "closed", "emergency", "assignment", "unanswered", "refused", "breach", "closure"]
_Said = tuple[Kind, str, str | None]  # what it was, in a sentence, of which incident


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened then."""

    at: datetime
    kind: Kind
    text: str
    incident: str | None = None


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The first and the last instant of the record, and the marks of a part of it, the oldest first."""

    first: datetime | None  # None: nothing was journalled yet
    last: datetime | None
    marks: tuple[Mark, ...]
    omitted: int  # marks of that part beyond those that are told, the oldest of them


class Marks:
    """The marks of the record, read once and then only what came since. Many threads may ask."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._lock = threading.Lock()
        self._marks: list[Mark] = []
        self._from = self._until = 0  # every record behind the one and up to the other was looked at

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last instant of the record."""
        last = self._past.find_position(_END)
        if last == 0:
            return None
        first, newest = (next(self._past.read(after=position)) for position in (0, last - 1))
        return first.entry.event.at, newest.entry.event.at

    def between(
        self, start: datetime, end: datetime, assignments: Mapping[AssignmentId, Assignment]
    ) -> tuple[list[Mark], int]:
        """The marks from `start` to `end`, at most MOST_MARKS of the newest, and how many more there are."""
        with self._lock:
            begin = self._past.find_position(start - timedelta(microseconds=1))
            if begin < self._from or begin > self._until or not self._until:
                self._marks, self._from, self._until = [], begin, begin
            for record in self._past.read_acts(after=self._until):
                if record.entry.event.at > end:
                    break
                self._until = record.position
                mark = mark_of(record, assignments)
                if mark is not None:
                    self._marks.append(mark)
            marks = self._marks[bisect_left(self._marks, start, key=_at_of) :]
        found = [mark for mark in marks if mark.at <= end]
        return found[-MOST_MARKS:], max(0, len(found) - MOST_MARKS)


def mark_of(record: Recorded, assignments: Mapping[AssignmentId, Assignment]) -> Mark | None:
    """The mark that an event leaves, or None: nobody would jump there."""
    event = record.entry.event
    said = _said_of(event, assignments)
    if said is None:
        return None
    kind, text, incident = said
    return Mark(at=event.at, kind=kind, text=text, incident=incident)


def _at_of(mark: Mark) -> datetime:
    return mark.at


def _said_of(event: m.Event, assignments: Mapping[AssignmentId, Assignment]) -> _Said | None:
    match event:
        case m.IncidentCreated(incident=one):
            what = one.type.replace("_", " ") or "incident"
            return "incident", f"{one.id} created: {what}, grade {one.grade}", one.id
        case m.UnitAssigned(assignment=sent) | m.UnitDiverted(assignment=sent):
            instead = f" instead of {sent.overrides.callsign}" if sent.overrides else ""
            return "assignment", f"{sent.callsign} sent to {sent.incident}{instead}", sent.incident
        case m.AssignmentAdvanced(assignment=name, act=Act.REFUSE) if name in assignments:
            refused = assignments[name]
            return "refused", f"{refused.callsign} refused {refused.incident}", refused.incident
        case m.BreachWarned(state="breached"):
            return "breach", f"{event.incident} is past its time to {event.clock}", event.incident
        case m.RoadsClosed(closure=closure):
            return "closure", f"{closure.id} {closure.name}".strip() + " closed", None
        case _:
            said = _PLAIN.get(type(event))
            return said(event) if said else None


# Those that say it all themselves.
_PLAIN: dict[type[m.Said], Callable[[Any], _Said]] = {
    m.IncidentClosed: lambda event: ("closed", f"{event.incident} closed: {event.result}", event.incident),
    m.EmergencyRaised: lambda event: ("emergency", f"{event.callsign} pressed the emergency button", None),
    m.EmergencyCancelled: lambda event: ("emergency", f"emergency of {event.callsign} ended", None),
    m.DeploymentUnanswered: lambda event: (
        "unanswered",
        f"{event.callsign} did not answer for {event.incident}",
        event.incident,
    ),
    m.IncidentEscalated: lambda event: ("breach", f"{event.incident}: nobody was sent for too long", event.incident),
    m.ClosureLifted: lambda event: ("closure", f"{event.closure} opened again", None),
    m.CommandRefused: lambda event: (
        "refused",
        f"{event.command} {event.subject}".strip() + f" was refused: {event.reason}",
        None,
    ),
}
