"""Where forgotten callers were, off the disk: the bodies that held it are erased as soon as they are forgotten.

It decides when. Who is forgotten, and in which records that stands, the engine has decided. What a start finds undone
is done again, so that no crash keeps a place.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

import structlog

from arls import messages as m

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from arls.engine import Engine
    from arls.ports import Recorded

_log = structlog.get_logger(__name__)

# What could not be erased, since the disk did not answer, is tried again after so long.
_AGAIN_S = 30.0


class Erasing(Protocol):
    """A journal that can lose the bodies of its records."""

    def erase(self, positions: Iterable[int]) -> int:
        """Erase those bodies; how many were there."""
        ...


class Eraser:
    """An outbox that hears who is forgotten, and erases from a thread of its own."""

    def __init__(self, journal: Erasing, engine: Engine) -> None:
        self._journal = journal
        self._engine = engine
        self._done: set[int] = set()
        self._due = threading.Event()
        self._due.set()  # a start does what the last run left undone
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eraser", daemon=True)

    def start(self) -> None:
        """Begin to erase."""
        self._thread.start()

    def stop(self) -> None:
        """Erase what is due and end."""
        self._stopping.set()
        self._due.set()
        self._thread.join()

    def deliver(self, recorded: Sequence[Recorded]) -> None:
        """Take what was committed: `ports.Outbox`."""
        if any(isinstance(record.entry.event, m.CallersForgotten) for record in recorded):
            self._due.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._due.wait()
            self._due.clear()
            try:
                forgotten = set(self._engine.known.forgotten)
                self._journal.erase(sorted(forgotten - self._done))
                self._done = forgotten
            except Exception:  # noqa: BLE001 - whatever broke, the disk may answer later
                _log.exception("callers are forgotten, and not yet erased")
                self._stopping.wait(_AGAIN_S)
                self._due.set()
