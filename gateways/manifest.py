"""Which of a gateway's cargo is under way, under which number, and which waits for its turn.

It decides numbers, order and patience: emergencies first, then what comes in now, then the newest of what waits; what
has no receipt in time is to be sent again, and its old number is declared void. It knows ids only, and no clock.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from gateways.payloads import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateways.payloads import Receipt

# contract.md: what has no receipt after 5 s is sent again. While the engine is silent that would fill the broker with
# copies, so the wait doubles up to five minutes; any receipt makes it 5 s again.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0

# What Mosquitto by default queues for a subscriber that is away (max_queued_messages): beyond it throws away, and the
# spool is the better place to wait. Behind a long queue nothing would be live either.
MOST_UNDER_WAY = 1_000
# Old cargo leaves this much of it to what comes in now.
MOST_OLD_UNDER_WAY = 400

# Emergencies wait for nothing, but are not all fetched from the disk at once.
_MOST_URGENT = 100

# A number that does not stand for anything any more rides with the next publication; this many at a time.
_MOST_VOID = 500

# No gateway has started so often: a receipt that says so is forged.
_MOST_SESSIONS = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    id: int
    urgent: bool
    void: tuple[int, ...]
    sent_s: float


class Manifest:
    """The cargo of one session; `now_s` is any clock that never goes back."""

    def __init__(self, *, session: int) -> None:
        self.session = session
        self.outgrown: int | None = None  # a session's number that the engine knows and this one must exceed
        self._seq = 0
        self._settled = 0
        self._under_way: dict[int, _Sent] = {}  # by number, oldest first
        self._numbers: dict[int, int] = {}  # of what is under way, by id
        self._void: list[int] = []
        self._urgent: array[int] = array("q")  # ids that wait, ascending; eight octets each
        self._ordinary: array[int] = array("q")
        self._patience_s = _FIRST_WAIT_S
        self._moved_on_s = -inf
        self._odd_since_s: float | None = None

    def __len__(self) -> int:
        return len(self._under_way) + self.waiting

    @property
    def newest(self) -> int:
        """The number of what was sent last; 0 before anything was."""
        return self._seq

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._urgent) + len(self._ordinary)

    def has_room(self, *, urgent: bool) -> bool:
        """True when one more may be sent now."""
        return urgent or len(self._under_way) < MOST_UNDER_WAY

    def wait(self, row: int, *, urgent: bool) -> None:
        """To be sent later."""
        insort(self._urgent if urgent else self._ordinary, row)

    def take_turns(self, most: int) -> list[tuple[int, bool]]:
        """What is to be sent next, and whether it is urgent: emergencies, then `most` of the newest."""
        urgent = [(row, True) for row in self._urgent[:_MOST_URGENT]]
        del self._urgent[:_MOST_URGENT]
        room = max(0, min(most, MOST_OLD_UNDER_WAY - len(self._under_way), len(self._ordinary)))
        keep = len(self._ordinary) - room
        newest = [(row, False) for row in reversed(self._ordinary[keep:])]
        del self._ordinary[keep:]
        return urgent + newest

    def send(self, row: int, *, urgent: bool, now_s: float) -> Mark:
        """The number under which it goes now, and the numbers that are void."""
        self._seq += 1
        void, self._void = tuple(self._void[:_MOST_VOID]), self._void[_MOST_VOID:]
        self._under_way[self._seq] = _Sent(id=row, urgent=urgent, void=void, sent_s=now_s)
        self._numbers[row] = self._seq
        return Mark(gw_session=self.session, gw_seq=self._seq, gw_void=void)

    def settle(self, receipt: Receipt, *, now_s: float) -> list[int]:
        """What the engine has signed for, and is owed no more. It also notices when the engine counts otherwise."""
        if receipt.session != self.session:
            if self.session < receipt.session < _MOST_SESSIONS:
                self.outgrown = receipt.session  # our count was lost, or another has our name
            return []
        if self._is_odd(receipt.seq, now_s):
            return []
        self._patience_s = _FIRST_WAIT_S
        if receipt.seq > self._settled:
            self._settled, self._moved_on_s = receipt.seq, now_s
        settled = []
        while self._under_way and (seq := next(iter(self._under_way))) <= receipt.seq:
            settled.append(self._taken(seq).id)
        # What the engine has counted is void for nobody.
        self._void = [seq for seq in self._void if seq > receipt.seq]
        return settled

    def recall_late(self, *, now_s: float) -> None:
        """Lets what has no receipt in time wait for its turn again."""
        late = False
        while self._under_way:
            seq, sent = next(iter(self._under_way.items()))
            # Numbers are journalled in their order, so while the receipts move on what is behind them is on its way.
            if now_s - max(sent.sent_s, self._moved_on_s) < self._patience_s:
                break
            late = True
            self._recall(seq)
        if late:
            self._patience_s = min(_LONGEST_WAIT_S, 2 * self._patience_s)

    def recall_all(self) -> None:
        """Lets all that is under way wait again: the broker it was given to may have forgotten it."""
        for seq in list(self._under_way):
            self._recall(seq)

    def drop(self, ids: Iterable[int]) -> None:
        """What will never be sent again."""
        gone = set(ids)
        for row in gone & self._numbers.keys():
            sent = self._taken(seq := self._numbers[row])
            self._void += (*sent.void, seq)
        self._urgent, self._ordinary = _without(self._urgent, gone), _without(self._ordinary, gone)

    def renew(self, session: int) -> None:
        """Counts from 1 again, as another session; all that is under way waits."""
        self.recall_all()
        self.session, self.outgrown = session, None
        self._seq = self._settled = 0
        self._void = []
        self._odd_since_s = None

    def _is_odd(self, seq: int, now_s: float) -> bool:
        """True for a receipt that cannot be the engine's word on what we sent.

        One beyond all our numbers means that our count was set back. One that goes back may be an old one that the
        broker had retained; if the engine still says so after a while, it lost its memory and waits for numbers that
        nobody will send.
        """
        if seq > self._seq:
            self.outgrown = self.session
            return True
        if seq >= self._settled:
            self._odd_since_s = None
            return False
        if self._odd_since_s is None:
            self._odd_since_s = now_s
        elif now_s - self._odd_since_s >= _FIRST_WAIT_S:
            self.outgrown = self.session
        return True

    def _recall(self, seq: int) -> None:
        sent = self._taken(seq)
        self._void += (*sent.void, seq)
        self.wait(sent.id, urgent=sent.urgent)

    def _taken(self, seq: int) -> _Sent:
        sent = self._under_way.pop(seq)
        del self._numbers[sent.id]
        return sent


def _without(ids: array[int], gone: set[int]) -> array[int]:
    """The ids but for those; quick where the oldest go, which is the rule."""
    first = 0
    while first < len(ids) and ids[first] in gone:
        first += 1
    rest = ids[first:] if first else ids
    inside = [row for row in gone if (at := bisect_left(rest, row)) < len(rest) and rest[at] == row]
    return array("q", (row for row in rest if row not in gone)) if inside else rest
