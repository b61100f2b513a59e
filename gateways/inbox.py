"""What has come from the broker and nobody has taken yet: what presses before everything else.

It decides what is taken together and in which order. What it is, and when it is acknowledged, is `intake`'s.
"""

from __future__ import annotations

import queue
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.mqtt import Inbound

# Messages are taken together for as long as one commit takes anyway (operations.md: group commit <= 50 ms).
_GATHER_S = 0.02
_GATHERED = 500


class Taken(NamedTuple):
    """What is to be handed on together, `pressing` first."""

    pressing: list[Inbound]
    ordinary: list[Inbound]


class Inbox:
    """Any thread may put, one takes."""

    def __init__(self) -> None:
        self._ordinary: queue.SimpleQueue[Inbound | None] = queue.SimpleQueue()
        self._pressing: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._ended = False

    def put(self, message: Inbound) -> None:
        """To be taken in its turn."""
        self._ordinary.put(message)

    def press(self, message: Inbound) -> None:
        """To be taken next, however much waits."""
        self._pressing.put(message)
        self._ordinary.put(None)  # wakes whoever waits

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._ordinary.put(None)

    def take(self) -> Taken | None:
        """What came in a moment, once something has; None when it has ended and everything is taken."""
        while not (self._ended and self._ordinary.empty() and self._pressing.empty()):
            ordinary = list(self._gathered())
            # Looked at last, so that what presses waits for nobody's company.
            pressing = list(self._pressed())
            if ordinary or pressing:
                return Taken(pressing, ordinary)
        return None

    def _gathered(self) -> Iterator[Inbound]:
        message, until_s = self._ordinary.get(), monotonic() + _GATHER_S
        with suppress(queue.Empty):
            for _ in range(_GATHERED):
                if message is None:
                    return  # something presses, or it has ended
                yield message
                message = self._ordinary.get(timeout=max(0.0, until_s - monotonic()))
            if message is not None:
                yield message

    def _pressed(self) -> Iterator[Inbound]:
        with suppress(queue.Empty):
            for _ in range(_GATHERED):
                yield self._pressing.get_nowait()
