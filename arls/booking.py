"""A line of a shift change: a unit, its devices, its state code, and when that begins; and what was odd about one.

It decides nothing: what stands in the way of a booking is `clashes` and the rules' to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from arls.unit import Callsign, Unit


class Booking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is on board of a unit from `begins_at` (UTC; None: now) on."""

    unit: Unit
    sources: tuple[str, ...] | None = None  # None: as they are
    code: int | None = None  # None: as it is
    begins_at: datetime | None = None


class Clash(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something odd about a booking that does not forbid it: a code for machines, a text for a dispatcher."""

    callsign: Callsign
    code: str
    text: str
    source: str | None = None  # the device it is about
    taken_from: Callsign | None = None  # the other unit


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was not carried out, and why not."""

    callsign: Callsign
    code: str
    reason: str


# What becomes of a unit at the end of its shift: somebody is asked, it is put off duty, or it was already.
Ending = Literal["asked", "off_duty", "was_off"]
