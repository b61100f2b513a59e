"""Replays: the feed of another time, for one screen each, from the journal alone.

It decides how many may be open, what a viewer may ask of one, and that nothing of it touches what is live: each folds
the journal in a thread of its own, over read-only connections, and rankings of then are asked on roads set apart.
Why it is the live feed again: docs/adr/0017-a-replay-is-the-feed-again.md.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, cast

import msgspec

from api.feed import UNTOLD, Hello, Message
from api.problems import Problem
from api.telling import Teller, text_of
from api.timeline import Marks
from arls.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from api.wiring import System
    from arls import messages as m
    from arls.engine import Engine
    from arls.state import Known

# Each has a thread and a folded state: of a force of 500 units some 10 MB.
MOST_SESSIONS = 4
SLOWEST, FASTEST = 1.0, 60.0
STEP_S = 1.0
# Where a replay begins that is not told where.
_BEFORE_END = timedelta(minutes=5)
# Pictures of then are kept for the questions that follow from looking at them.
_KEPT = 16
# What was known is made anew for a question about another instant; more than so many at once wait for each other.
_SEEKING = 2
_SEEK_WAIT_S = 10.0


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a viewer asks of a replay: another instant, another pace, to stand still or to go on."""

    at: datetime | None = None
    rate: float | None = None
    pause: bool | None = None

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("an instant is written with its zone, as 2026-03-02T14:05:00Z")
        if self.rate is not None and not SLOWEST <= self.rate <= FASTEST:
            raise ValueError(f"a replay goes {SLOWEST:.0f} to {FASTEST:.0f} times as fast as it was")


class ReplayTold(Message, frozen=True, kw_only=True, tag="replay"):
    """How the replay stands: with every step, after what the step showed."""

    first: datetime  # of the record
    last: datetime
    rate: float
    paused: bool
    ended: bool  # it stands at the last record there is
    erased: bool  # the positions of this time were erased: nobody knows where units were
    refused: str = ""  # why what was asked last was not done


_WISH = msgspec.json.Decoder(Wish)


def wish_of(text: str) -> Wish:
    """What a viewer said. Raises ValueError with a sentence."""
    try:
        return _WISH.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"not understood: {error}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Then:
    """What stands for the engine in a system of another time."""

    known: Known


class Session:
    """One screen's replay. `step` is called in one thread at a time, the rest in the loop."""

    def __init__(self, replays: Replays, wish: Wish, *, begin: datetime) -> None:
        self._replays = replays
        self._teller = Teller()
        self._wishes = deque([wish], maxlen=64)
        self._rate, self._paused = SLOWEST, False
        self._at = begin
        self._replay: Replay | None = None
        self._stepped_s = 0.0
        self._refused = ""
        self._stirred = asyncio.Event()

    def ask(self, text: str) -> None:
        """Take what the viewer says, in the loop; the next step does it, or says why not."""
        self._stirred.set()
        try:
            self._wishes.append(wish_of(text))
            self._refused = ""
        except ValueError as error:
            self._refused = str(error)

    async def stirred(self, within_s: float) -> None:
        """Return once something was asked, or after so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), within_s)
        self._stirred.clear()

    def step(self) -> list[str]:
        """What is to be sent now: the whole picture after a jump, else what came since the last step."""
        first, last = self._replays.get_span()
        sought = self._obey(first, last)
        now_s = monotonic()
        passed_s, self._stepped_s = now_s - self._stepped_s, now_s
        if sought is None and self._replay is not None:
            messages = self._go_on(self._replay, passed_s, last)
        else:
            self._at = sought or self._at
            messages = self._seek(self._at)
        return [*messages, self._stand(first, last)]

    def _obey(self, first: datetime, last: datetime) -> datetime | None:
        """Where the viewer wants to go, if anywhere."""
        sought = None
        while self._wishes:
            wish = self._wishes.popleft()
            self._rate = self._rate if wish.rate is None else wish.rate
            self._paused = self._paused if wish.pause is None else wish.pause
            if wish.at is not None and first <= wish.at <= last:
                sought = whole_ms(wish.at)
            elif wish.at is not None:
                self._refused = f"the record goes from {_said(first)} to {_said(last)}"
                sought = first if wish.at < first else last
        return sought

    def _seek(self, at: datetime) -> list[str]:
        self._replay = Replay(self._replays.past, at)
        self._stepped_s = monotonic()  # what the search took is not played
        system = self._replays.keep(at, self._replay.known)
        self._teller.next()
        return [self._teller.full(Hello, system)]

    def _go_on(self, replay: Replay, passed_s: float, last: datetime) -> list[str]:
        if not self._paused:
            forward = whole_ms(self._at + timedelta(seconds=passed_s * self._rate))
            self._at = max(self._at, min(forward, last))
        taken = replay.advance(self._at)
        system = self._replays.keep(self._at, replay.known)
        events: list[m.Event] = [one.entry.event for one in taken if not isinstance(one.entry.event, UNTOLD)]
        return [*(self._teller.told(events, system) if events else ()), *self._teller.tick(system)]

    def _stand(self, first: datetime, last: datetime) -> str:
        refused, self._refused = self._refused, ""
        return text_of(
            ReplayTold(
                seq=self._teller.next(),
                at=self._at,
                first=first,
                last=last,
                rate=self._rate,
                paused=self._paused,
                ended=self._at >= last,
                erased=self._replay is not None and self._replay.erased,
                refused=refused,
            )
        )


class Replays:
    """All replays that are open, and the pictures of then that they show."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.past = system.journal
        self.marks = Marks(system.journal)
        self.roads = system.roads.apart()
        self._lock = threading.Lock()
        self._open = 0
        self._kept: deque[tuple[datetime, System]] = deque(maxlen=_KEPT)
        self._seeking = threading.BoundedSemaphore(_SEEKING)
        self.threads = ThreadPoolExecutor(MOST_SESSIONS, thread_name_prefix="replay")

    @property
    def sessions(self) -> int:
        """How many are open."""
        return self._open

    def get_span(self) -> tuple[datetime, datetime]:
        """The first and the last instant of the record, to the millisecond above. Raises Problem if there is none."""
        span = self.marks.span()
        if span is None:
            raise Problem(404, "nothing was journalled yet: there is nothing to replay", code="no_record")
        first, last = span
        return whole_ms(first + _BELOW_MS), whole_ms(last + _BELOW_MS)

    @contextmanager
    def joined(self, wish: Wish) -> Iterator[Session]:
        """A replay for as long as this lasts; without an instant it begins a few minutes before the end.

        Raises Problem when too many are open, and while there is no record.
        """
        first, last = self.get_span()
        with self._lock:
            if self._open == MOST_SESSIONS:
                raise Problem(
                    503,
                    f"{MOST_SESSIONS} replays are open: close one, or try again later",
                    code="too_many_replays",
                    headers={"Retry-After": "30"},
                )
            self._open += 1
        try:
            yield Session(self, wish, begin=max(first, last - _BEFORE_END))
        finally:
            with self._lock:
                self._open -= 1

    def keep(self, at: datetime, known: Known) -> System:
        """The system as it was then, kept for a while for the questions about it."""
        system = self.system_of(at, known)
        self._kept.append((at, system))
        return system

    def get_system(self, at: datetime) -> System:
        """The system as it was at `at`: as a session shows it, or folded for this question.

        Raises Problem for an instant that the record does not hold.
        """
        first, last = self.get_span()
        at = whole_ms(at)
        if not first <= at <= last:
            raise Problem(404, f"the record goes from {_said(first)} to {_said(last)}", code="not_in_record")
        for kept_at, system in reversed(list(self._kept)):
            if kept_at == at:
                return system
        if not self._seeking.acquire(timeout=_SEEK_WAIT_S):
            raise Problem(503, "others are going back in time: try again in a moment", headers={"Retry-After": "5"})
        try:
            return self.keep(at, Replay(self.past, at).known)
        finally:
            self._seeking.release()

    def system_of(self, at: datetime, known: Known) -> System:
        """The system of `known` at `at`: no gateway speaks in it, and no command can be handed in."""
        now: Callable[[], datetime] = lambda: at  # noqa: E731 - a clock that stands
        engine = cast("Engine", _Then(known=known))
        return replace(self._system, engine=engine, roads=self.roads, intake=None, outs=(), now=now)

    def close(self) -> None:
        """End the threads, once nobody looks any more."""
        self.threads.shutdown(wait=False, cancel_futures=True)


_BELOW_MS = timedelta(microseconds=999)


def whole_ms(at: datetime) -> datetime:
    """The same instant to the millisecond below, in UTC: browsers know no finer ones."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _said(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
