"""One line of a gateway: what has come over it, how often that usually is, and whether it has gone silent.

It decides when a line that is up and brings nothing is worth a warning: so one sees that a radio has lost its
registration, a firewall has changed or an antenna has come off. How the line itself is, its listener says.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateways.decoders.message import DecodeError
from gateways.listeners.listener import Described
from gateways.payloads import LineStatus
from gateways.rhythm import Rhythm

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence
    from datetime import datetime

    from gateways.decoders.message import Outcome
    from gateways.listeners.listener import Ear, Listener
    from gateways.roll import Roll

# Arrivals of many devices, each independent of the others, come by Poisson's law: then five times the longest silence
# but one of sixteen happens once in some 170,000 arrivals. For a busy line it would be less than a cell's hand-over.
_SILENT_AFTER = 5.0
_SHORTEST_SILENCE_S = 60.0

# Of so many of its devices a line remembers the names: enough to say whether all of them may be silent.
_MOST_NAMES = 64


class Line:
    """The gateway's ear at one listener."""

    def __init__(self, listener: Listener, ear: Ear, roll: Roll, *, started_at: datetime, number: int) -> None:
        self.listener = listener
        self._ear = ear
        self._roll = roll
        self._started_at = started_at
        self._name = f"line {number}"
        self._rhythm = Rhythm()
        self._received = 0
        self._rejected = 0
        self._last_heard_at: datetime | None = None
        self._devices: dict[str, None] = {}

    def source_for(self, dialect: str, peer: str) -> str:
        """As the gateway's."""
        return self._ear.source_for(dialect, peer)

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        """Counted, and handed on."""
        if outcomes:
            self._note(outcomes, received_at, monotonic())
        return self._ear.hear(outcomes, dialect=dialect, received_at=received_at)

    def status(self, now_s: float) -> LineStatus:
        """What the listener says of the line, and what was counted on it."""
        said = self.listener.line if isinstance(self.listener, Described) else LineStatus(name=self._name, over="")
        return replace(
            said,
            since=said.since or self._started_at,
            last_heard_at=self._last_heard_at,
            received=self._received,
            rejected=self._rejected,
            expected_s=self._rhythm.expected_s,
            is_silent=self._is_silent(now_s),
        )

    def _is_silent(self, now_s: float) -> bool:
        """True for one that brings nothing, although it did and some of its devices have no reason to be silent."""
        if self._rhythm.expected_s is None:
            return False
        longest_s = max(_SHORTEST_SILENCE_S, _SILENT_AFTER * self._rhythm.expected_s)
        return now_s - self._rhythm.last_s > longest_s and not all(map(self._roll.may_be_silent, self._devices))

    def _note(self, outcomes: Sequence[Outcome], received_at: datetime, now_s: float) -> None:
        self._rhythm.beat(now_s)
        self._last_heard_at = received_at
        self._received += len(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, DecodeError):
                self._rejected += 1
            else:
                self._roll.heard(outcome, now_s)
                if outcome.device_id is not None and len(self._devices) < _MOST_NAMES:
                    self._devices[outcome.device_id] = None
