"""The roll of the devices that a gateway has heard: who speaks, who is silent, and of whom silence means something.

It decides when a silence is called stale or lost, by what each device was told or has shown to do and never by one
number for all. Which unit it is that is silent is the core's to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.track import SHORTEST_INTERVAL_S, Freshness
from gateways.decoders.message import Report
from gateways.payloads import SilentSource, SourcesStatus
from gateways.rhythm import Rhythm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateways.decoders.message import Message

# protocols.md 12: fresh up to two of its intervals, stale up to five, lost beyond.
STALE_AFTER, LOST_AFTER = 2.0, 5.0

# Until a device has shown its interval: the default of Motorola's codeplugs (protocols.md 1.5).
_UNKNOWN_INTERVAL_S = 300.0

# Whoever forges names fills no memory with them; the longest silent are forgotten first, and all of them after a day.
_MOST_SOURCES = 20_000
_FORGOTTEN_AFTER_S = 86_400.0

# So many are named in a status.
_NAMED = 20

_BY_INTERVAL = frozenset({"interval", "max_interval", "timer", "ping"})
_OFF = frozenset({"power_off", "positioning_off"})

QUIET, OFF = "quiet", "off"


class _Source:
    """One device."""

    __slots__ = ("excuse", "expected_s", "gives_no_reason", "last_reason", "reports_by_interval", "rhythm")

    def __init__(self) -> None:
        self.rhythm = Rhythm()
        self.reports_by_interval = False  # it has said so
        self.gives_no_reason = False  # of some reports
        self.last_reason: str | None = None
        self.expected_s = _UNKNOWN_INTERVAL_S
        self.excuse: str | None = None  # why its silence is no loss

    def reported(self, reason: str | None) -> None:
        """What it said of why it reports."""
        self.last_reason = reason
        self.gives_no_reason = self.gives_no_reason or reason is None
        self.reports_by_interval = self.reports_by_interval or reason in _BY_INTERVAL

    def judge(self, told_s: float | None) -> None:
        """What to expect of it, by what its owner says (None: nothing) and by what it has shown."""
        self.expected_s = max(told_s or self.rhythm.expected_s or _UNKNOWN_INTERVAL_S, SHORTEST_INTERVAL_S)
        if self.last_reason in _OFF:
            self.excuse = OFF
        elif self.last_reason == "emergency":
            self.excuse = None  # whoever has pressed for help is missed
        else:
            self.excuse = QUIET if (told_s == 0 if told_s is not None else self._reports_what_happens()) else None

    def _reports_what_happens(self) -> bool:
        if self.reports_by_interval:
            return False
        return self.rhythm.is_irregular if self.gives_no_reason else self.last_reason is not None


class Roll:
    """All devices heard; `told` is what their owner says of them, by device (`imei:356...`) or scheme (`imei`).

    It says how often each reports, in seconds; 0: only when something happens, so that it may be silent.
    """

    def __init__(self, told: Mapping[str, float] | None = None) -> None:
        self._told = dict(told or {})
        self._sources: dict[str, _Source] = {}  # the longest silent first

    def __len__(self) -> int:
        return len(self._sources)

    def heard(self, message: Message, now_s: float) -> None:
        """A device said something, whatever it was."""
        if message.device_id is None:
            return
        source = self._sources.pop(message.device_id, None) or _Source()
        self._sources[message.device_id] = source
        source.rhythm.beat(now_s)
        if isinstance(message, Report):
            source.reported(message.reason)
        source.judge(self._find_told(message.device_id))
        if len(self._sources) > _MOST_SOURCES:
            del self._sources[next(iter(self._sources))]

    def may_be_silent(self, name: str) -> bool:
        """True for a device whose silence may mean that nothing happens, and for one that is not known."""
        source = self._sources.get(name)
        return source is None or source.excuse is not None

    def status(self, now_s: float) -> SourcesStatus:
        """How many are how long silent, and who fell silent last."""
        self._forget(now_s)
        fresh = lost = 0
        excused: list[str] = []
        silent: list[SilentSource] = []
        for name, source in reversed(self._sources.items()):  # 20,000 in a few milliseconds, which nobody may wait for
            expected_s, silent_s = source.expected_s, now_s - source.rhythm.last_s
            if silent_s <= STALE_AFTER * expected_s:
                fresh += 1
            elif source.excuse is not None:
                excused.append(source.excuse)
            else:
                is_lost = silent_s > LOST_AFTER * expected_s
                lost += is_lost
                if len(silent) < _NAMED:
                    word = Freshness.LOST if is_lost else Freshness.STALE
                    silent.append(SilentSource(source=name, freshness=word, silent_s=silent_s, expected_s=expected_s))
        return SourcesStatus(
            fresh=fresh,
            stale=len(self._sources) - fresh - len(excused) - lost,
            lost=lost,
            quiet=excused.count(QUIET),
            off=excused.count(OFF),
            silent=tuple(silent),
        )

    def _find_told(self, name: str) -> float | None:
        """What their owner says of a device; None where nothing is said."""
        if not self._told:
            return None
        told_s = self._told.get(name)
        return self._told.get(name.partition(":")[0]) if told_s is None else told_s

    def _forget(self, now_s: float) -> None:
        while self._sources:
            name = next(iter(self._sources))
            if now_s - self._sources[name].rhythm.last_s <= _FORGOTTEN_AFTER_S:
                return
            del self._sources[name]
