"""How right the gateway's clock is, by three witnesses: the kernel, the engine, and the satellites.

It decides what each of them can say and how surely. A TETRA report carries its age and no time, so a gateway whose
clock is wrong makes every one of them wrong (protocols.md 15).
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

from arls.fix import TimeBasis
from gateways.cargo import BACKLOG
from gateways.payloads import ClockStatus

if TYPE_CHECKING:
    from datetime import datetime

    from arls.fix import Fix
    from gateways.payloads import Receipt

# Of so many comparisons the surest, and the middle, are taken; each comes anew every few seconds.
_COMPARED = 8
_LAGS = 64
_ENOUGH_LAGS = 8

# adjtimex(2): the state of a clock that nobody disciplines, and the bit that says so.
_TIME_ERROR, _STA_UNSYNC = 5, 0x40


class _Timex(ctypes.Structure):
    """`struct timex` of <sys/timex.h>."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # microseconds
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("fraction", ctypes.c_long),
        ("rest", ctypes.c_long * 32),
    )


def kernel_clock() -> ClockStatus:
    """What the kernel knows of NTP; nothing where it is not Linux or does not let us ask."""
    if not sys.platform.startswith("linux"):
        return ClockStatus()
    asked = _Timex(modes=0)  # 0: read only, which anybody may
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(asked))
    except (OSError, AttributeError):
        return ClockStatus()
    if state < 0:
        return ClockStatus()
    is_synchronised = state != _TIME_ERROR and not asked.status & _STA_UNSYNC
    return ClockStatus(
        is_synchronised=is_synchronised, kernel_error_s=asked.maxerror / 1e6 if is_synchronised else None
    )


class ClockCheck:
    """Compares the gateway's clock with the engine's, by receipts, and with the satellites', by fixes."""

    def __init__(self) -> None:
        self._asked: tuple[int, int, datetime] | None = None  # session, number and instant of a publication
        self._offsets: deque[tuple[float, float]] = deque(maxlen=_COMPARED)  # how sure, and how far off
        self._lags: deque[float] = deque(maxlen=_LAGS)

    def sent(self, session: int, seq: int, at: datetime) -> None:
        """A publication went out; one at a time is waited for."""
        if self._asked is None or self._asked[0] != session:
            self._asked = session, seq, at

    def receipted(self, receipt: Receipt, at: datetime) -> None:
        """The engine signed after it had the publication, and before its receipt came: so its clock lies between."""
        if self._asked is None or receipt.at is None or receipt.session != self._asked[0]:
            return
        if receipt.seq < self._asked[1]:
            return
        sent_at, self._asked = self._asked[2], None
        half_s = (at - sent_at).total_seconds() / 2
        if half_s >= 0:  # else the clock was set back meanwhile
            self._offsets.append((half_s, (at - receipt.at).total_seconds() - half_s))

    def heard(self, fix: Fix) -> None:
        """A fix whose time is a satellite's."""
        if fix.fix_time is not None and fix.fix_time_basis is TimeBasis.GNSS and BACKLOG not in fix.flags:
            self._lags.append((fix.received_at - fix.fix_time).total_seconds())

    def status(self) -> ClockStatus:
        """What the three say."""
        kernel = kernel_clock()
        error_s, offset_s = min(self._offsets, default=(None, None))
        return ClockStatus(
            is_synchronised=kernel.is_synchronised,
            kernel_error_s=kernel.kernel_error_s,
            offset_s=offset_s,
            offset_error_s=error_s,
            gnss_lag_s=median(self._lags) if len(self._lags) >= _ENOUGH_LAGS else None,
        )
