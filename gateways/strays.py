"""Presses of the emergency button from devices that no unit carries: nobody's alarm, and somebody's need all the same.

It decides which are remembered. What the engine refuses it journals; this is for whoever looks now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

# Whoever forges names fills neither memory nor screen with them.
_MOST = 100


class Strays:
    """`note` belongs to one thread; any may read."""

    def __init__(self) -> None:
        self._pressed_at: dict[str, datetime] = {}

    def note(self, source: str, at: datetime) -> None:
        """Somebody pressed. The newest are kept, by their last press."""
        kept = {other: then for other, then in self._pressed_at.items() if other != source}
        self._pressed_at = dict([*kept.items(), (source, at)][-_MOST:])

    def since(self, at: datetime, within: timedelta, *, carried: Collection[str]) -> dict[str, datetime]:
        """Who pressed within so long before `at`, and is carried by nobody yet; the newest last."""
        return {
            source: pressed_at
            for source, pressed_at in self._pressed_at.items()
            if pressed_at > at - within and source not in carried
        }
