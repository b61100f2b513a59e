"""OwnTracks: one JSON object a message, over MQTT or HTTP (booklet: owntracks.org/booklet/tech/json).

It decides what an object says. Who sent it is the carrier's to say (the MQTT topic, the HTTP account); only when the
carrier does not know is the `topic` inside the object believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, from_epoch, judged
from gateways.decoders.json_object import object_of
from gateways.decoders.message import (
    DecodeError,
    Ignored,
    Located,
    Message,
    NoFix,
    Status,
    Transition,
    course_of,
    is_null_island,
    known,
    number_of,
)
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_KMH = 1 / 3.6

# Booklet, "_type=location", element t: what made the phone report.
_REASONS = {
    "p": "interval",
    "t": "interval",
    "v": "interval",
    "u": "manual",
    "r": "request",
    "c": "region",
    "C": "region",
    "b": "beacon",
}


class OwnTracks(Whole):
    """The decoder of one phone: every payload is whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        self._source = source

    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""
        return decode(data, source=self._source, received_at=received_at)


def source_of(topic: str, *, base: str = "owntracks") -> str | None:
    """`owntracks:<user>/<device>` of an MQTT topic, also of one below it; None for a topic of another shape."""
    match topic.removeprefix(f"{base}/").split("/"):
        case [user, device, *_] if user and device and topic.startswith(f"{base}/"):
            return f"owntracks:{user}/{device}"
        case _:
            return None


def decode(payload: bytes, *, source: str | None = None, received_at: datetime | None = None) -> Message:
    """What one object says. Raises DecodeError."""
    words = object_of(payload)
    topic = words.get("topic")
    device_id = source or (source_of(topic) if isinstance(topic, str) else None)
    match words.get("_type"):
        case "location":
            return _location(words, device_id, received_at)
        case "transition":
            return _transition(words, device_id, received_at)
        case "lwt":
            # Its tst is when the connection was made, not when it was lost.
            return Status(device_id=device_id, received_at=received_at, text="offline")
        case "status":
            return Status(device_id=device_id, received_at=received_at, text="status")
        case str(other):
            why = other if other in _OTHERS else "other_type"
            return Ignored(device_id=device_id, received_at=received_at, why=why)
        case _:
            raise DecodeError("type_missing", "_type")


# `encrypted` needs a key that this gateway does not hold.
_OTHERS = frozenset({"waypoint", "waypoints", "card", "cmd", "configuration", "encrypted", "steps", "beacon", "dump"})


def _location(words: Mapping[str, object], device_id: str | None, received_at: datetime | None) -> Message:
    lat, lon = _position(words)
    at, flags = _time(words, received_at)
    if is_null_island(lat, lon):
        return NoFix(device_id=device_id, received_at=received_at, time=at, flags=flags)
    # iOS writes -1 for an unknown vel, cog, acc, vac and batt.
    speed_kmh = known(number_of(words.get("vel")))
    accuracy_m = known(number_of(words.get("acc")))
    altitude_m = number_of(words.get("alt"))
    return Located(
        device_id=device_id,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=at,
        time_basis=TimeBasis.DEVICE if at else None,
        accuracy_m=accuracy_m,
        accuracy_kind=None if accuracy_m is None else AccuracyKind.MEASURED,
        altitude_m=altitude_m,
        # Phones differ: iOS counts from the sea, Android from the ellipsoid.
        altitude_ref=None if altitude_m is None else AltitudeRef.UNKNOWN,
        speed_mps=None if speed_kmh is None else speed_kmh * _KMH,
        course_deg=course_of(number_of(words.get("cog"))),
        battery_pct=known(number_of(words.get("batt"))),
        reason=_reason(words.get("t")),
        flags=flags,
    )


def _transition(words: Mapping[str, object], device_id: str | None, received_at: datetime | None) -> Message:
    event = words.get("event")
    if event not in {"enter", "leave"}:
        raise DecodeError("event_unknown", event)
    at, flags = _time(words, received_at)
    lat, lon = _position(words) if "lat" in words else (None, None)
    return Transition(
        device_id=device_id,
        received_at=received_at,
        event=str(event),
        lat=lat,
        lon=lon,
        time=at,
        time_basis=TimeBasis.DEVICE if at else None,
        accuracy_m=known(number_of(words.get("acc"))),
        flags=flags,
    )


def _position(words: Mapping[str, object]) -> tuple[float, float]:
    lat, lon = number_of(words.get("lat")), number_of(words.get("lon"))
    if lat is None or lon is None:
        raise DecodeError("position_missing", f"lat {words.get('lat')!r}, lon {words.get('lon')!r}")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise DecodeError("position_out_of_range", f"lat {lat}, lon {lon}")
    return lat, lon


def _time(words: Mapping[str, object], received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    seconds = number_of(words.get("tst"))
    if seconds is None:
        raise DecodeError("time_missing", f"tst {words.get('tst')!r}")
    at = from_epoch(seconds)
    return judged(at, received_at) if at else (None, (TIME_SUSPECT,))


def _reason(trigger: object) -> str | None:
    return _REASONS.get(trigger) if isinstance(trigger, str) else None
