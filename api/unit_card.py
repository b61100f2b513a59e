"""What a desk sees of one unit when it opens it: who and what is on board, its devices, its jobs.

It decides which device is told to bear the position: the one by whose fix the unit is shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from api.shapes import TaskView
from arls.bearer import is_fixed
from arls.unit import Unit

if TYPE_CHECKING:
    from arls.state import Known
    from arls.unit import Callsign


class DeviceView(msgspec.Struct, frozen=True, kw_only=True):
    """A device of a unit: where it is carried, and what was last heard of it while this unit had it."""

    source: str
    where: Literal["vehicle", "carried"]
    member: str  # who carries it; empty: not said
    bears: bool  # it says where the unit is
    heard_at: datetime | None  # UTC, anything; null: not since it is the unit's
    protocol: str | None


class Aboard(msgspec.Struct, frozen=True, kw_only=True):
    """Who and what is on board of a unit, which device says where it is, and what it does next."""

    unit: Unit
    devices: tuple[DeviceView, ...]
    afoot_m: float | None  # its officers have left the vehicle, and are so far from it; null: they have not
    next_jobs: tuple[TaskView, ...]  # queued, in their order


def aboard_of(known: Known, callsign: Callsign) -> Aboard:
    """What is known of a unit that there is."""
    unit, fix = known.units[callsign], known.picture.find_fix(callsign)
    queued = [known.assignments[name] for name in known.next_jobs.get(callsign, ())]
    return Aboard(
        unit=unit,
        devices=tuple(
            _device(known, unit, source, bears=fix is not None and fix.source == source)
            for source in known.sources.get(callsign, ())
        ),
        afoot_m=known.roster.doings[known.picture.numbers[callsign]].afoot_m,
        next_jobs=tuple(TaskView(id=one.id, incident=one.incident, state=one.state) for one in queued),
    )


def _device(known: Known, unit: Unit, source: str, *, bears: bool) -> DeviceView:
    track, since = known.tracks.get(source), known.pairings[source][-1].since
    heard = track is not None and track.heard_at >= since
    return DeviceView(
        source=source,
        where="vehicle" if is_fixed(unit, source) else "carried",
        member=next((member.id for member in unit.members if source in member.devices), ""),
        bears=bears,
        heard_at=track.heard_at if track is not None and heard else None,
        protocol=track.fixes[-1].protocol or None if track is not None and heard and track.fixes else None,
    )
