"""One writer: takes messages in order, decides, journals them, moves the picture, and publishes what is known.

It decides the order of things and nothing else. One thread alone changes the state; everybody else reads the
immutable `Known` of the last commit, by reference, so that a slow question never delays a fix.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from msgspec.structs import replace

from arls import messages as m
from arls.dispatch import Refusal, decide, request_hash
from arls.folds.calls import recalled, without_places
from arls.folds.fold import fold, subject_of
from arls.picture import Canvas
from arls.ports import Conflict, Entry, Recorded
from arls.roster import Register
from arls.state import Known, State, bytes_of, doing_of, known_of, shelf_of, state_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from arls.index import Kind
    from arls.ports import Journal, Outbox, Record, Snapshots
    from arls.unit import Callsign

_log = structlog.get_logger(__name__)

# How many messages may wait, and how many are committed together: a commit costs about 1 ms, whatever is in it.
QUEUE = 10_000
BATCH = 500
# A folded state is kept this often, by the clock of the messages and at most once in so many events.
SNAPSHOT_EVERY = timedelta(minutes=5)
SNAPSHOT_EVENTS = 500


class BusyError(Exception):
    """The engine's queue is full: ask again in a moment."""


class InDoubtError(Exception):
    """The commit broke: whether the command was kept is not known. Ask again under the same key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command was carried out. `subject` is the id of what it made or moved; `repeated`: it had been before."""

    position: int
    subject: str = ""
    repeated: bool = False


Outcome = Done | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    command: m.Command
    key: str | None
    future: Future[Outcome]


class Memory:
    """The state, and the canvas and the register drawn from it: what engine and replay both move by folding."""

    def __init__(self, state: State | None = None, *, index_kind: Kind = "grid") -> None:
        self.state = state if state is not None else State()
        self._canvas, self._register = Canvas(index_kind), Register()
        self._shelf = shelf_of(self.state)
        self._redraw(self.state.units)

    def fold(self, recorded: Iterable[Recorded]) -> None:
        """Move on by these events, in their order."""
        touched: set[Callsign] = set()
        for record in recorded:
            touched |= fold(self.state, record)
        self._redraw(touched)

    def known(self) -> Known:
        """What is known now, sharing nothing that will change."""
        picture = self._canvas.picture(self.state.position)
        return known_of(self.state, picture=picture, roster=self._register.roster(), shelf=self._shelf)

    def _redraw(self, callsigns: Iterable[Callsign]) -> None:
        # Units are never forgotten, so the order in which they were booked on first is their number, in a replay too.
        self._canvas.add(self.state.units)
        for callsign in callsigns:
            if callsign not in self.state.units:
                continue
            hidden = self.state.off_duty(callsign) and callsign not in self.state.emergencies
            bearer = None if hidden else self.state.find_bearer(callsign)
            self._canvas.set(callsign, self.state.trail_of(bearer.fix) if bearer else ())
            doing = doing_of(self.state, callsign, afoot_m=bearer.afoot_m if bearer else None)
            self._register.enter(self._canvas.numbers, doing)


def kept_of(state: State) -> bytes:
    """A state as it is kept on the disk: without the places of callers, which stand in the journal alone."""
    return bytes_of(replace(state, callers=without_places(state.callers)))


def revived(kept: bytes, record: Record) -> State:
    """The state that `kept_of` gave, with the places of callers as far as the record still has them."""
    state = state_from(kept)
    state.callers = recalled(state.callers, record)
    return state


def restored(journal: Journal, snapshots: Snapshots | None, *, index_kind: Kind = "grid") -> Memory:
    """The memory that the newest snapshot and the journal's tail give: the same as a replay from the beginning."""
    newest = snapshots.find_newest() if snapshots else None
    memory = Memory(revived(newest[1], journal) if newest else None, index_kind=index_kind)
    memory.fold(journal.read(after=memory.state.position))
    return memory


class Engine:
    """The one writer over a journal. `start` it, `ask` it, read `known`, `stop` it."""

    def __init__(
        self, journal: Journal, outbox: Outbox, snapshots: Snapshots | None = None, *, index_kind: Kind = "grid"
    ) -> None:
        self._journal = journal
        self._outbox = outbox
        self._snapshots = snapshots
        self._index_kind = index_kind
        self._queue: queue.Queue[_Asked | None] = queue.Queue(QUEUE)
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._memory = restored(journal, snapshots, index_kind=index_kind)
        self._saved_position = self._memory.state.position
        self._saved_at: datetime | None = None
        self._known = self._memory.known()

    @property
    def known(self) -> Known:
        """What was known after the last commit."""
        return self._known

    @property
    def waiting(self) -> int:
        """How many messages wait to be taken, about."""
        return self._queue.qsize()

    @property
    def alive(self) -> bool:
        """True while the engine's thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to take messages."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, keep a snapshot and end; safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
            self._save()

    def ask(self, command: m.Command, *, key: str | None = None, wait_s: float = 0.0) -> Future[Outcome]:
        """Hand a command in; the future resolves after the commit that holds it.

        Waits up to `wait_s` for room in the queue, then raises BusyError. The future raises InDoubtError when the
        commit broke.
        """
        asked = _Asked(command=command, key=key, future=Future())
        try:
            self._queue.put(asked, block=wait_s > 0, timeout=wait_s or None)
        except queue.Full:
            raise BusyError("more messages wait than can be kept: try again in a moment") from None
        return asked.future

    def _run(self) -> None:
        while True:
            batch, last = self._take()
            if batch:
                self._step(batch)
            if last:
                return

    def _take(self) -> tuple[list[_Asked], bool]:
        batch: list[_Asked] = []
        item = self._queue.get()
        while item is not None:
            if item.future.set_running_or_notify_cancel():  # who gave up waiting before is not served
                batch.append(item)
            if len(batch) == BATCH:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _step(self, batch: Sequence[_Asked]) -> None:
        """Decide a batch, commit it as one, publish what is known, answer."""
        try:
            recorded, outcomes = self._commit(batch)
        except Exception as error:  # noqa: BLE001 - whatever broke, every asker must hear of it
            _log.exception("commit broke", commands=len(batch))
            self._memory = restored(self._journal, self._snapshots, index_kind=self._index_kind)
            self._known = self._memory.known()
            for asked in batch:
                asked.future.set_exception(InDoubtError(f"the commit broke: {error}"))
            return
        self._known = self._memory.known()
        for asked, outcome in zip(batch, outcomes, strict=True):
            asked.future.set_result(outcome)
        self._outbox.deliver(recorded)
        self._save_when_due(batch[-1].command.at)

    def _commit(self, batch: Sequence[_Asked]) -> tuple[list[Recorded], list[Outcome]]:
        after = self._memory.state.position
        recorded, outcomes = self._decide(batch)
        if not recorded:
            return recorded, outcomes
        try:
            self._journal.append([record.entry for record in recorded], after=after)
        except Conflict:
            # Somebody else wrote: forget what was folded ahead, read on, and decide again.
            self._memory = restored(self._journal, self._snapshots, index_kind=self._index_kind)
            after = self._memory.state.position
            recorded, outcomes = self._decide(batch)
            self._journal.append([record.entry for record in recorded], after=after)
        return recorded, outcomes

    def _decide(self, batch: Sequence[_Asked]) -> tuple[list[Recorded], list[Outcome]]:
        # Each command sees what those before it in the batch led to, so the state is folded ahead of the commit;
        # nobody outside sees it before.
        recorded: list[Recorded] = []
        outcomes: list[Outcome] = []
        for asked in batch:
            entries, outcome = self._answered(asked)
            position = self._memory.state.position
            new = [Recorded(position=position + i, entry=entry) for i, entry in enumerate(entries, 1)]
            self._memory.fold(new)
            recorded += new
            outcomes.append(outcome)
        return recorded, outcomes

    def _answered(self, asked: _Asked) -> tuple[list[Entry], Outcome]:
        state, command = self._memory.state, asked.command
        request = request_hash(command) if asked.key is not None else None
        before = state.keys.get(asked.key) if asked.key is not None else None
        if before is not None:
            return [], _repeated(before.request == request, before.subject, state.position)
        decision = decide(command, state)
        if isinstance(decision, Refusal):
            return [_refused(command, decision)], decision
        if decision and asked.key is not None:
            first = decision[0]
            decision[0] = Entry(stream=first.stream, event=first.event, body=first.body, key=asked.key, request=request)
        subject = subject_of(decision[0].event) if decision else ""
        return decision, Done(position=state.position + len(decision), subject=subject)

    def _save_when_due(self, at: datetime) -> None:
        if self._saved_at is None:
            self._saved_at = at
        events = self._memory.state.position - self._saved_position
        if at - self._saved_at >= SNAPSHOT_EVERY and events >= SNAPSHOT_EVENTS:
            self._save()
            self._saved_at = at

    def _save(self) -> None:
        state = self._memory.state
        if self._snapshots and state.position > self._saved_position:
            self._snapshots.save(position=state.position, state=kept_of(state))
            self._saved_position = state.position


def _repeated(same: bool, subject: str, position: int) -> Outcome:  # noqa: FBT001 - the one thing that matters here
    if same:
        return Done(position=position, subject=subject, repeated=True)
    return Refusal(code="key_reused", reason="this Idempotency-Key was used for another request: take a new one")


# What a command may be about, by the names of its fields.
_SUBJECTS = ("callsign", "incident", "closure", "assignment")


def _refused(command: m.Command, refusal: Refusal) -> Entry:
    event = m.CommandRefused(
        at=command.at,
        operator=command.operator,
        desk=command.desk,
        command=type(command).__name__,
        subject=next((str(it) for name in _SUBJECTS if (it := getattr(command, name, None))), ""),
        reason=refusal.reason,
    )
    return Entry(stream="refusals", event=event)
