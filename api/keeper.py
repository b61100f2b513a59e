"""Rankings kept current: who has moved is placed and labelled at once, and whoever is asked is told who is first now.

It decides how often that is looked at. It runs in a thread of its own, behind the engine: commits only stir it, and
however many come while it works, it looks once at what is known after them. What it works out nobody depends on: a
question that comes before it works out the same.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import structlog

from arls.board import board_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from arls.engine import Engine
    from arls.incident import IncidentId
    from arls.ports import Recorded
    from arls.roads.live import Roads
    from arls.state import Known
    from arls.unit import Callsign

    Firsts = Mapping[IncidentId, Callsign | None]

_log = structlog.get_logger(__name__)

# No sooner again than after this, so that a burst of commits is looked at a few times.
_PAUSE_S = 0.2
# The orders of all open incidents are made no more often; nobody is told of one incident twice in less.
BOARD_EVERY_S = 1.0


class Keeper:
    """An outbox that keeps places, labels and first places current."""

    def __init__(
        self, engine: Engine, roads: Roads, *, tell: Callable[[Firsts], None], now: Callable[[], datetime]
    ) -> None:
        self._engine, self._roads, self._tell, self._now = engine, roads, tell, now
        self._firsts: dict[IncidentId, Callsign | None] = {}
        self._board_at: datetime | None = None
        self._stirred, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def deliver(self, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - what is known after them counts
        """Something was committed. Called by the engine's thread, and never waits."""
        self._stirred.set()

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    def stop(self) -> None:
        """End, when what is being done is done."""
        self._stopping.set()
        self._stirred.set()
        self._thread.join()

    def step(self) -> None:
        """Catch up with what is known now."""
        known, at = self._engine.known, self._now()
        self._place(known, at)
        if self._board_at is None or (at - self._board_at).total_seconds() >= BOARD_EVERY_S:
            self._board_at = at
            self._look(known, at)

    def _place(self, known: Known, at: datetime) -> None:
        """Each unit by its own profile; by another it is placed when a board or a ranking asks for that."""
        by_profile: defaultdict[str, list[int]] = defaultdict(list)
        for number in np.flatnonzero(known.picture.located).tolist():
            by_profile[known.roster.doings[number].unit.profile].append(number)
        closures = known.closures_at(at)
        for name, numbers in by_profile.items():
            if self._roads.profile(name).kind == "road":
                self._roads.keep(known.picture.asked_of(np.array(numbers), name), closures=closures)

    def _look(self, known: Known, at: datetime) -> None:
        board = board_of(known, self._roads, at)
        firsts = {incident: next(iter(board.first(incident)), None) for incident in board.orders}
        # Of a new incident whoever opens it asks anyway.
        changed = {name: one for name, one in firsts.items() if name in self._firsts and self._firsts[name] != one}
        self._firsts = firsts
        if changed:
            self._tell(changed)

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Without a word units are lost and closures begin all the same.
            self._stirred.wait(BOARD_EVERY_S)
            self._stirred.clear()
            try:
                self.step()
            except Exception:  # noqa: BLE001 - whatever broke, the next look may do better
                _log.exception("the keeper broke")
            self._stopping.wait(_PAUSE_S)
