"""How often something is usually heard, learned from when it was heard.

It decides what "usually" is: longer than that it has been quiet but once of late. Whether a longer silence matters is
decided by whoever knows what is silent. It reads no clock: `now_s` is any that never goes back.
"""

from __future__ import annotations

from array import array
from math import inf

# So many silences are remembered, and with fewer than so many nothing is said.
_REMEMBERED, _ENOUGH = 16, 4

# What comes within this is one word: the records of one frame, the sentences of one epoch.
_TOGETHER_S = 0.2

# A silence that is so many times the usual one is no matter of intervals: whoever has such reports when something
# happens, and standing still nothing does.
_IRREGULAR = 6.0


class Rhythm:
    """The latest silences of one device or line."""

    __slots__ = ("_gaps", "_mark_s", "_next", "expected_s", "is_irregular", "last_s")

    def __init__(self) -> None:
        self.last_s = -inf
        self.expected_s: float | None = None  # the longest usual silence; None: heard too seldom to say
        self.is_irregular = False  # silent now for long, now for short, as those are who report by what happens
        self._gaps = array("f")
        self._next = 0
        self._mark_s = -inf

    def beat(self, now_s: float) -> None:
        """It was heard."""
        gap_s, self.last_s = now_s - self._mark_s, now_s
        if gap_s < _TOGETHER_S:
            return
        self._mark_s = now_s
        if gap_s == inf:
            return
        if len(self._gaps) < _REMEMBERED:
            self._gaps.append(gap_s)
        else:
            self._gaps[self._next] = gap_s
            self._next = (self._next + 1) % _REMEMBERED
        if len(self._gaps) >= _ENOUGH:
            # The longest but one: a tunnel or a night in the garage does not stretch it, two of them do.
            gaps_s = sorted(self._gaps)
            self.expected_s = gaps_s[-2]
            self.is_irregular = self.expected_s > _IRREGULAR * gaps_s[len(gaps_s) // 2]
