"""The state of every unit on the broker, retained: position and what it is doing, for other screens and systems.

It decides what is told of a unit and how often. A unit off duty is told of no more, and what was retained of it goes.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.engine import Engine
    from arls.fix import Fix
    from arls.state import Known
    from arls.unit import Callsign
    from gateways.mqtt import Link

_EVERY_S = 1.0
# A source is lost after five of its intervals; what is retained of it goes after four times that (protocols.md 13).
_EXPIRES_AFTER_INTERVALS = 20


class UnitTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the retained topic of a unit says; unknown is null."""

    callsign: str
    kind: str
    at: datetime  # of the newest thing that changed it
    lat: float | None
    lon: float | None
    course_deg: float | None
    speed_mps: float | None
    accuracy_m: float | None
    fix_time: datetime | None
    state: int | None
    label: str | None
    availability: str | None
    emergency: bool
    assignment: str | None
    incident: str | None
    schema: str = "arls.unit/1"


def state_topic(force: str, callsign: str) -> str:
    """Where a unit's state is retained."""
    return f"arls/v1/{quote(force, safe='')}/unit/{quote(callsign, safe='')}/state"


class Beacon:
    """Publishes what changed, once a second, from a thread of its own."""

    def __init__(self, link: Link, engine: Engine, *, force: str, now: Callable[[], datetime]) -> None:
        self._link = link
        self._engine = engine
        self._force = force
        self._now = now
        self._told: dict[Callsign, tuple[Any, ...]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beacon", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is retained stays until it expires."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_S):
            if self._link.is_up:
                self._tell(self._engine.known, self._now())

    def _tell(self, known: Known, at: datetime) -> None:
        for callsign in known.units:
            facts = _facts_of(known, callsign)
            if self._told.get(callsign) == facts:
                continue
            payload = msgspec.json.encode(_told_of(known, callsign, at)) if facts else b""
            expiry_s = round(_EXPIRES_AFTER_INTERVALS * known.units[callsign].expected_interval_s)
            if self._link.publish(state_topic(self._force, callsign), payload, retain=True, expiry_s=max(60, expiry_s)):
                self._told[callsign] = facts


def _facts_of(known: Known, callsign: Callsign) -> tuple[Any, ...]:
    """What a change is noticed by; empty for a unit that is not to be told of."""
    state, emergency = known.states.get(callsign), callsign in known.emergencies
    if state is not None and not state.tracked and not emergency:
        return ()
    held = known.active.get(callsign)
    return _fix_of(known, callsign), state, emergency, known.assignments[held] if held else None


def _fix_of(known: Known, callsign: Callsign) -> Fix | None:
    return known.picture.find_fix(callsign)


def _told_of(known: Known, callsign: Callsign, at: datetime) -> UnitTold:
    state, fix = known.states.get(callsign), _fix_of(known, callsign)
    held = known.active.get(callsign)
    return UnitTold(
        callsign=callsign,
        kind=known.units[callsign].kind,
        at=at,
        lat=fix.lat if fix else None,
        lon=fix.lon if fix else None,
        course_deg=fix.course_deg if fix else None,
        speed_mps=fix.speed_mps if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        fix_time=fix.fix_time if fix else None,
        state=state.code if state else None,
        label=state.label if state else None,
        availability=state.availability if state else None,
        emergency=callsign in known.emergencies,
        assignment=held,
        incident=known.assignments[held].incident if held else None,
    )
