"""What a gateway has published and nobody has signed for yet: a broker's acknowledgement is not durability.

It decides the sequence number of each publication, when one is published again, and what is forgotten when memory
runs out. It lives in memory: what it holds is lost with the process, until a spool on disk takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from gateways.payloads import Mark, write_event, write_fixes
from gateways.topics import event_topic, fix_topic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.fix import Fix
    from gateways.payloads import Event, Receipt

# contract.md: what has no receipt after 5 s is sent again. While the engine is away that would fill the broker with
# copies, so each wait doubles, up to five minutes.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Fixes of one device, or one event, under the number of its latest sending; `void` are its earlier numbers."""

    cargo: tuple[Fix, ...] | Event
    seq: int
    void: tuple[int, ...] = ()
    made_s: float  # this and the next on the clock that the gateway hands in
    due_s: float
    wait_s: float = _FIRST_WAIT_S

    def topic(self, force: str) -> str:
        """Where it goes."""
        if isinstance(self.cargo, tuple):
            return fix_topic(force, self.cargo[0].source)
        return event_topic(force, self.cargo.source, self.cargo.type)

    def payload(self, session: int) -> bytes:
        """What is sent."""
        mark = Mark(gw_session=session, gw_seq=self.seq, gw_void=self.void)
        if isinstance(self.cargo, tuple):
            return write_fixes(self.cargo, mark)
        return write_event(self.cargo, mark)


class Spool:
    """Unsettled publications of one session, oldest first; `now_s` is any clock that never goes back.

    Beyond `most` the oldest are forgotten, and the next publication declares their numbers void.
    """

    def __init__(self, *, session: int, most: int = 20_000) -> None:
        self.session = session
        self.dropped = 0
        self._most = most
        self._seq = 0
        self._unsettled: dict[int, Publication] = {}
        self._forgotten: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self._unsettled)

    def add(self, cargo: tuple[Fix, ...] | Event, *, now_s: float) -> Publication:
        """A new publication, to be sent now."""
        return self._numbered(Publication(cargo=cargo, seq=0, made_s=now_s, due_s=now_s + _FIRST_WAIT_S))

    def lag_s(self, *, now_s: float) -> float:
        """How long the oldest publication has waited for its receipt; 0 when nothing waits."""
        return now_s - min((p.made_s for p in self._unsettled.values()), default=now_s)

    def settle(self, receipt: Receipt) -> None:
        """Forgets what the engine has journalled; a receipt of another session says nothing."""
        if receipt.session == self.session:
            for seq in list(takewhile(lambda seq: seq <= receipt.seq, self._unsettled)):
                del self._unsettled[seq]

    def overdue(self, *, now_s: float) -> Iterator[Publication]:
        """Each publication whose receipt is late, under a new number and with the old ones declared void."""
        for late in [p for p in self._unsettled.values() if p.due_s <= now_s]:
            del self._unsettled[late.seq]
            wait_s = min(_LONGEST_WAIT_S, 2 * late.wait_s)
            void = (*late.void, late.seq)
            yield self._numbered(replace(late, void=void, wait_s=wait_s, due_s=now_s + wait_s))

    def _numbered(self, publication: Publication) -> Publication:
        self._seq += 1
        numbered = replace(publication, seq=self._seq, void=publication.void + self._forgotten)
        self._forgotten = ()
        self._unsettled[self._seq] = numbered
        if len(self._unsettled) > self._most:
            oldest = self._unsettled.pop(next(iter(self._unsettled)))
            self._forgotten = (*oldest.void, oldest.seq)
            self.dropped += 1
        return numbered
