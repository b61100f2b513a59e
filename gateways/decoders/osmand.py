"""OsmAnd: phones with Traccar Client or OsmAnd, as a query (`/?id=...&lat=...`) or as a JSON object over HTTP.

It decides what either form says; the two write the same fields in different units. The id is what the phone's owner
typed, so an account that the carrier has verified goes before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.forms import fields_of
from gateways.decoders.instants import from_epoch, from_iso, judged
from gateways.decoders.json_object import MOST_OCTETS, object_of, part_of
from gateways.decoders.message import (
    DecodeError,
    Located,
    Message,
    NoFix,
    course_of,
    decimal_of,
    is_null_island,
    known,
    number_of,
    position_of,
)
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_KNOT_MPS = 1852 / 3600
# A whole number of seconds from here on would lie after 2038, and is milliseconds (protocols.md 7).
_MILLISECONDS_FROM = 2**31

_IDENTITY = re.compile(r"[!-~]{1,64}", re.ASCII)
_PLUS = re.compile(r" (\d\d:?\d\d)$", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}

MOCK = "mock"


class _Said(NamedTuple):
    """What both forms say, in our units."""

    identity: object
    place: tuple[float, float] | None  # None when the phone only says that it is there, or calls for help
    timestamp: object
    speed_mps: float | None
    course: float | None
    altitude_m: float | None
    accuracy_m: float | None
    battery_pct: float | None
    mock: bool
    alarm: object
    hdop: float | None = None
    ignition: bool | None = None
    valid: bool = True


class OsmAnd(Whole):
    """The decoder of one phone: every request is whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        self._source = source

    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""
        return decode(data, source=self._source, received_at=received_at)


def decode(payload: bytes, *, source: str | None = None, received_at: datetime | None = None) -> Message:
    """What one request says: its path with the query, the body of a form, or a JSON object. Raises DecodeError."""
    if len(payload) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(payload)} octets")
    said = _of_json(payload) if payload.lstrip()[:1] == b"{" else _of_query(payload)
    device_id = source or _device(said.identity)
    at, flags = judged(_instant(said.timestamp), received_at)
    if said.mock:
        flags += (MOCK,)
    reason = "emergency" if said.alarm == "sos" else None
    basis = TimeBasis.DEVICE if at else None
    if said.place is None or not said.valid or is_null_island(*said.place):
        return NoFix(
            device_id=device_id, received_at=received_at, time=at, time_basis=basis, reason=reason, flags=flags
        )
    lat, lon = said.place
    return Located(
        device_id=device_id,
        received_at=received_at,
        lat=lat,
        lon=lon,
        time=at,
        time_basis=basis,
        accuracy_m=said.accuracy_m,
        accuracy_kind=None if said.accuracy_m is None else AccuracyKind.MEASURED,
        altitude_m=said.altitude_m,
        # Phones differ: iOS counts from the sea, Android from the ellipsoid.
        altitude_ref=None if said.altitude_m is None else AltitudeRef.UNKNOWN,
        speed_mps=said.speed_mps,
        course_deg=course_of(said.course),
        hdop=said.hdop,
        battery_pct=said.battery_pct if said.battery_pct is not None and said.battery_pct <= 100 else None,
        ignition=said.ignition,
        reason=reason,
        flags=flags,
    )


def _of_query(payload: bytes) -> _Said:
    """Speed is in knots."""
    words = _words(payload)
    knots = known(decimal_of(words.get("speed")))
    return _Said(
        identity=words.get("id") or words.get("deviceid"),
        place=_place_of(words),
        timestamp=words.get("timestamp"),
        speed_mps=None if knots is None else knots * _KNOT_MPS,
        course=decimal_of(words.get("bearing") or words.get("heading")),
        altitude_m=decimal_of(words.get("altitude")),
        accuracy_m=known(decimal_of(words.get("accuracy"))),
        battery_pct=known(decimal_of(words.get("batt"))),
        mock=_TRUTH.get(words.get("mock", ""), False),
        alarm=words.get("alarm"),
        hdop=known(decimal_of(words.get("hdop"))),
        ignition=_TRUTH.get(words.get("ignition", "")),
        valid=_TRUTH.get(words.get("valid", ""), True),
    )


def _words(payload: bytes) -> dict[str, str]:
    text = payload.decode("utf-8", "replace").strip()
    path, mark, query = text.partition("?")
    return fields_of(query if mark and "=" not in path else text)  # a form may ask something, too


def _place_of(words: Mapping[str, str]) -> tuple[float, float] | None:
    lat, lon = words.get("lat"), words.get("lon")
    if "location" in words:
        lat, _, lon = words["location"].partition(",")
    return None if lat is None and lon is None else position_of(decimal_of(lat), decimal_of(lon))


def _of_json(payload: bytes) -> _Said:
    """Speed is in m/s; -1 stands for what is unknown, and the battery's level is a share of 1."""
    words = object_of(payload)
    location = part_of(words.get("location"))
    coords = part_of(location.get("coords"))
    lat, lon = coords.get("latitude"), coords.get("longitude")
    level = known(number_of(part_of(location.get("battery")).get("level")))
    return _Said(
        identity=_written(words.get("device_id")),
        place=None if lat is None and lon is None else position_of(number_of(lat), number_of(lon)),
        timestamp=location.get("timestamp"),
        speed_mps=known(number_of(coords.get("speed"))),
        course=number_of(coords.get("heading")),
        altitude_m=number_of(coords.get("altitude")),
        accuracy_m=known(number_of(coords.get("accuracy"))),
        battery_pct=None if level is None else level * 100,
        mock=location.get("mock") is True,
        alarm=part_of(location.get("extras")).get("alarm"),
    )


def _written(identity: object) -> object:
    """An id as text, also where it was written as a number."""
    return str(identity) if isinstance(identity, int) and not isinstance(identity, bool) else identity


def _device(identity: object) -> str:
    if not isinstance(identity, str) or not identity:
        raise DecodeError("id_missing")
    if _IDENTITY.fullmatch(identity) is None:
        raise DecodeError("bad_identity", ascii(identity))
    return f"osmand:{identity}"


def _instant(stamp: object) -> datetime | None:
    """Seconds, milliseconds or a written instant; None where the phone says none. Raises DecodeError."""
    if stamp is None or stamp == "":
        return None
    number = decimal_of(stamp) if isinstance(stamp, str) else number_of(stamp)
    if number is not None:
        at = from_epoch(number / 1000 if number >= _MILLISECONDS_FROM else number)
    else:
        # A plus that nobody has encoded is a blank in a query.
        at = from_iso(_PLUS.sub(r"+\1", stamp)) if isinstance(stamp, str) else None
    if at is None:
        raise DecodeError("bad_time", ascii(stamp))
    return at
