"""Radios that were asked where they are: which, for what, and what their answers were expected to be worth."""

from __future__ import annotations

from datetime import datetime

import msgspec

from arls.unit import Callsign


class RadioAsk(msgspec.Struct, frozen=True, kw_only=True):
    """One radio, by which gateway it is asked, and the seconds that its answer is expected to save."""

    callsign: Callsign
    source: str
    gateway: str
    age_s: float  # of its fix when it was asked
    value_s: float


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """The radios that were last asked for an incident, and when (UTC)."""

    at: datetime
    radios: tuple[RadioAsk, ...]
