"""The clock's word to the engine: closures and crews turn, deployments go unanswered, targets pass, calls age.

It decides only how often the clock is looked at. Rankings never wait for it: they ask each closure whether it holds.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from arls import messages as m
from arls.backlog import Watch
from arls.closure import find_turn
from arls.effect import change_of, effect_of
from arls.geofence import arrivals_of, leavings_of
from arls.incident import Act
from arls.misfits import find_misfits
from arls.operation import find_operation_turn
from arls.rules.assignments import has_turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from arls.closure import Closure
    from arls.engine import Engine
    from arls.geofence import Fence
    from arls.reordering import Act as ClosureAct
    from arls.roads.live import Roads
    from arls.state import Known

_log = structlog.get_logger(__name__)

_EVERY_S = 1.0
_PATIENCE_S = 30.0
_CLOCK = {"operator": "clock", "desk": "ticker"}
_KEPT = timedelta(minutes=15)
# How often pairings are looked at, and how long something is odd before anybody is told: ours.
_LOOK_EVERY, _ODD_FOR = timedelta(seconds=10), timedelta(minutes=2)


class Ticker:
    """Looks at the clock once a second, from a thread of its own."""

    def __init__(
        self,
        engine: Engine,
        roads: Roads,
        *,
        now: Callable[[], datetime],
        forget_callers_after: timedelta = _KEPT,
        put_off_duty: bool = False,
        fence: Fence | None = None,
    ) -> None:
        self._engine = engine
        self._forget_after = forget_callers_after
        self._put_off_duty = put_off_duty
        self._fence = fence
        self._roads = roads
        self._odd: dict[str, datetime] = {}  # what is odd about pairings, and since when
        self._looked_at: datetime | None = None
        self._now = now
        self._watch = Watch()
        # One after another: crews and operations before those whom they concern, and what a deployment waits for
        # before what can wait.
        self._duties = (
            self._turn_operations,
            self._release_due,
            self._turn_crews,
            self._look_at_fences,
            self._turn_assignments,
            self._warn,
            self._turn_closures,
            self._forget_callers,
            self._look_at_pairings,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def tick(self) -> None:
        """Let the engine turn and forget what is due now, and note what that did to the open rankings.

        A duty that breaks is logged, and keeps none of the others from theirs.
        """
        at, before = self._now(), self._engine.known
        for duty in self._duties:
            try:
                duty(before, at)
            except Exception:  # noqa: BLE001 - whatever broke, the next second may do better
                _log.exception("a duty of the clock broke", duty=duty.__name__)

    def _turn_assignments(self, known: Known, at: datetime) -> None:
        if has_turn(known, at):
            self._engine.ask(m.TurnAssignments(at=at, **_CLOCK)).result(_PATIENCE_S)

    def _warn(self, known: Known, at: datetime) -> None:
        if self._watch.has_due(known, at):
            self._engine.ask(m.WarnOfBreaches(at=at, **_CLOCK)).result(_PATIENCE_S)

    def _turn_closures(self, known: Known, at: datetime) -> None:
        due = [
            (closure, turn)
            for name, closure in known.closures.items()
            if (turn := find_turn(closure, at, holding=name in known.holding)) is not None
        ]
        if not due:
            return
        said = self._said(at)
        self._engine.ask(m.TurnClosures(**said)).result(_PATIENCE_S)
        for closure, turn in due:
            self._attribute(closure, turn.value, held=closure.id in known.holding, said=said)

    def _turn_crews(self, known: Known, at: datetime) -> None:
        if any(due <= at for due in known.due.values()):
            crews = m.TurnCrews(at=at, **_CLOCK, put_off_duty=self._put_off_duty)
            self._engine.ask(crews).result(_PATIENCE_S)

    def _turn_operations(self, known: Known, at: datetime) -> None:
        if any(find_operation_turn(operation, at) is not None for operation in known.operations.values()):
            self._engine.ask(m.TurnOperations(at=at, **_CLOCK)).result(_PATIENCE_S)

    def _release_due(self, known: Known, at: datetime) -> None:
        held = (one.held_until for one in known.incidents.values() if one.closed_at is None)
        if any(until is not None and until <= at for until in held):
            self._engine.ask(m.ReleaseDue(at=at, **_CLOCK)).result(_PATIENCE_S)

    def _look_at_fences(self, known: Known, at: datetime) -> None:
        """Whoever has plainly arrived has; whoever has plainly left is asked about."""
        fence, said = self._fence, self._said(at)
        if fence is None:
            return
        for one in arrivals_of(known, fence):
            arrived = m.Advance(**said, assignment=one.id, act=Act.ARRIVE, via="geofence")
            self._engine.ask(arrived).result(_PATIENCE_S)
        for one in leavings_of(known, fence):
            self._engine.ask(m.NoteLeaving(**said, assignment=one.id)).result(_PATIENCE_S)

    def _forget_callers(self, known: Known, at: datetime) -> None:
        if not known.callers:
            return
        until = at - self._forget_after
        wanted = {incident.call_id for incident in known.incidents.values()}
        if any(call.heard_at < until and name not in wanted for name, call in known.callers.items()):
            self._engine.ask(m.ForgetCallers(at=at, **_CLOCK, before=until)).result(_PATIENCE_S)

    def _look_at_pairings(self, known: Known, at: datetime) -> None:
        """Let it be noted what has been odd for a while, and what is no longer."""
        if self._looked_at is not None and at - self._looked_at < _LOOK_EVERY:
            return
        odd = find_misfits(known, at)
        self._looked_at, self._odd = at, {doubt.key: self._odd.get(doubt.key, at) for doubt in odd}
        lasting = tuple(it for it in odd if it.key in known.doubts or at - self._odd[it.key] >= _ODD_FOR)
        if {it.key for it in lasting} != set(known.doubts):
            self._engine.ask(m.NoteMisfits(at=at, **_CLOCK, doubts=lasting)).result(_PATIENCE_S)

    @staticmethod
    def _said(at: datetime) -> dict[str, Any]:
        return {"at": at, **_CLOCK}

    def _attribute(self, closure: Closure, act: ClosureAct, *, held: bool, said: dict[str, Any]) -> None:
        at, known = said["at"], self._engine.known
        change = change_of(closure, act, known, at, held=held, holds=closure.holds_at(at))
        if change.before != change.after:
            reorderings = effect_of(change, known, self._roads, at)
            self._engine.ask(m.NoteReordering(**said, closure=closure.id, act=act, reorderings=reorderings))

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_S):
            self.tick()
