"""The messages of a feed, made in their order: what the live feed tells of now, and a replay of then, with one hand.

It decides which message follows from what. The system whose picture is told is handed in each time, for a replay's is
another at every step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from api.feed import (
    AsksTold,
    Board,
    CallsTold,
    CaptionTold,
    ClosureTold,
    EventTold,
    FirstTold,
    Full,
    IncidentTold,
    Message,
    Tick,
    UnitsTold,
    closures_of,
    incidents_of,
    units_of,
    whole,
)
from api.views import incident_views, rows_of
from api.waiting_calls import touches_calls, waiting_calls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from api.captions import Caption
    from api.wiring import System
    from arls import messages as m
    from arls.asks import Ask
    from arls.incident import IncidentId
    from arls.state import Known
    from arls.unit import Callsign


class Teller:
    """What was told so far, and its count. One thread at a time."""

    def __init__(self) -> None:
        self._board = Board()
        self._asks: tuple[Ask, ...] | None = None  # as those who listen were told last; None: somebody may not know
        self._seq = 0
        self._whole: tuple[type[Full], int, str] | None = None

    def forget_asks(self) -> None:
        """Nobody listens any more: whoever comes is to be told the asks again."""
        self._asks = None

    def tick(self, system: System) -> list[str]:
        """The heartbeat with what changed."""
        at = system.now()
        units, gone = self._board.changes(system.engine.known, at)
        return [text_of(Tick(seq=self.next(), at=at, units=units, gone=gone))]

    def full_again(self, system: System) -> list[str]:
        """Everything, in the stead of a heartbeat."""
        self._board.changes(system.engine.known, system.now())
        self.next()
        return [self.full(Full, system)]

    def told(self, events: list[m.Event], system: System) -> list[str]:
        """What happened, and all that it touched as it is now."""
        known, at = system.engine.known, system.now()
        touched = [known.incidents[name] for name in incidents_of(events, known)]
        told = [text_of(EventTold(seq=self.next(), at=at, event=event)) for event in events]
        if units := units_of(events, known):
            told.append(text_of(UnitsTold(seq=self.next(), at=at, units=rows_of(units, known, at))))
        views = incident_views(touched, known, system.roads)
        told += [text_of(IncidentTold(seq=self.next(), at=at, incident=view)) for view in views]
        closures = closures_of(events, system, at)
        told += [text_of(ClosureTold(seq=self.next(), at=at, id=name, closure=closures[name])) for name in closures]
        if touches_calls(events, known):
            told += self._told_calls(known, at)
        return told + self._told_asks(tuple(known.asks.values()), at)

    def _told_calls(self, known: Known, at: datetime) -> list[str]:
        calls, more = waiting_calls(known)
        return [text_of(CallsTold(seq=self.next(), at=at, calls=calls, calls_more=more))]

    def _told_asks(self, asks: tuple[Ask, ...], at: datetime) -> list[str]:
        # An ask goes without an event of its own, too, where what it asks about is over.
        if asks == self._asks:
            return []
        self._asks = asks
        return [text_of(AsksTold(seq=self.next(), at=at, asks=asks))]

    def told_firsts(self, firsts: Mapping[IncidentId, Callsign | None], system: System) -> list[str]:
        """Who would now be first."""
        at = system.now()
        return [text_of(FirstTold(seq=self.next(), at=at, id=name, first=first)) for name, first in firsts.items()]

    def told_caption(self, caption: Caption | None, system: System) -> list[str]:
        """What a scripted demonstration says."""
        return [text_of(CaptionTold(seq=self.next(), at=system.now(), caption=caption))]

    def full(self, kind: type[Full], system: System) -> str:
        """Everything, as of the last message."""
        # A room full of desks that come back together is given one text.
        if self._whole is None or self._whole[:2] != (kind, self._seq):
            picture = whole(kind, system, seq=self._seq)
            self._board.begin(row.callsign for row in picture.units)
            self._whole = kind, self._seq, text_of(picture)
        return self._whole[2]

    def next(self) -> int:
        """The count of the message that is made."""
        self._seq += 1
        return self._seq


def text_of(message: Message) -> str:
    """A message as it is sent."""
    return msgspec.json.encode(message).decode()
