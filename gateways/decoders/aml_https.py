"""Advanced Mobile Location by HTTPS (ETSI TS 103 625): the form that an emergency caller's phone posts.

It decides what the fields say and, where a key is shared, whether the form is genuine. Who calls is not read. The
answer is 2xx whatever stands here, and its speed is the listener's.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from gateways.decoders.caller import CallerLocated, CallerNoFix, caller_of, find_telling, named, share_of
from gateways.decoders.forms import fields_of
from gateways.decoders.instants import TIME_SUSPECT, from_epoch, judged
from gateways.decoders.message import DecodeError, course_of, decimal_of, known
from gateways.decoders.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateways.decoders.caller import NameCall

MOST_OCTETS = 65_536

_DIGEST = re.compile(rb"[0-9a-fA-F]{40}")
_METHODS = {"gps": "gnss", "gnss": "gnss", "wifi": "wifi", "wlan": "wifi", "cell": "cell"}
_FLOOR = re.compile(r"[ -~]{1,8}", re.ASCII)

HMAC_UNCHECKED = "hmac_unchecked"


class AmlHttps(Whole):
    """The decoder of posted forms, each whole, so nothing is held back. With a `key` only genuine ones are read."""

    def __init__(self, source: str | None = None, *, key: str | None = None) -> None:  # noqa: ARG002  # see below
        """Who sent it is the caller, and is dropped."""
        self._key = None if key is None else key.encode()

    def said(self, data: bytes, received_at: datetime | None) -> CallerLocated | CallerNoFix:
        """The one location of `data`. Raises DecodeError."""
        return decode(data, key=self._key, received_at=received_at)


def decode(
    body: bytes, *, key: bytes | None = None, received_at: datetime | None = None, name_call: NameCall | None = None
) -> CallerLocated | CallerNoFix:
    """What one form says. Raises DecodeError, whose detail names fields and repeats none.

    With `name_call` number, IMSI or IMEI become the id of the call.
    """
    if len(body) > MOST_OCTETS:
        raise DecodeError("too_long", f"{len(body)} octets")
    covered, doubts = _vouched(body.strip(), key)
    words = fields_of(covered.decode("utf-8", "replace"))
    if not any(name.startswith("location_") for name in words) and "v" not in words:
        raise DecodeError("not_aml")
    caller = words.get("device_number") or find_telling(words.get("device_imei"), words.get("device_imsi"))
    return named(_located(words, doubts, received_at), caller, name_call)


def _located(
    words: Mapping[str, str], doubts: tuple[str, ...], received_at: datetime | None
) -> CallerLocated | CallerNoFix:
    at, flags = _time(words.get("location_time"), received_at)
    flags += doubts
    lat, lon = words.get("location_latitude"), words.get("location_longitude")
    if not lat and not lon:
        return CallerNoFix(received_at=received_at, time=at, flags=flags)
    floor = words.get("location_floor", "")
    return caller_of(
        lat=decimal_of(lat),
        lon=decimal_of(lon),
        time=at,
        accuracy_m=known(decimal_of(words.get("location_accuracy"))),
        confidence=_confidence(words),
        method=_METHODS.get(words.get("location_source", "").lower()),
        altitude_m=decimal_of(words.get("location_altitude")),
        speed_mps=known(decimal_of(words.get("location_speed"))),
        course_deg=course_of(decimal_of(words.get("location_bearing"))),
        floor=floor if _FLOOR.fullmatch(floor) else None,
        received_at=received_at,
        flags=flags,
    )


def _vouched(body: bytes, key: bytes | None) -> tuple[bytes, tuple[str, ...]]:
    """The part of a form that its HMAC-SHA1 covers: everything in front. Raises DecodeError where it is not genuine."""
    covered, mark, digest = body.rpartition(b"&hmac=")
    if not mark:
        covered = body
    if key is None:
        return covered, (HMAC_UNCHECKED,) if mark else ()
    if not mark:
        raise DecodeError("hmac_missing")
    if _DIGEST.fullmatch(digest) is None:
        raise DecodeError("hmac_malformed")
    if not hmac.compare_digest(hmac.digest(key, covered, "sha1"), bytes.fromhex(digest.decode())):
        raise DecodeError("hmac_wrong")
    return covered, ()


def find_newest(body: bytes) -> datetime | None:
    """The latest instant that a form names, of the call's beginning (`time`) and the location's; None for none.

    By it a form that was sent before is told from one whose phone only remembers where it was.
    """
    words = fields_of(body.decode("utf-8", "replace"))
    said = (decimal_of(words.get(name)) for name in ("time", "location_time"))
    instants = (from_epoch(milliseconds / 1000) for milliseconds in said if milliseconds is not None)
    return max((at for at in instants if at is not None), default=None)


def _time(text: str | None, received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    """Milliseconds since 1970. Every field may be missing or wrong, and the place is worth having without a time."""
    if not text:
        return None, ()
    milliseconds = decimal_of(text)
    at = None if milliseconds is None else from_epoch(milliseconds / 1000)
    return judged(at, received_at) if at else (None, (TIME_SUSPECT,))


def _confidence(words: Mapping[str, str]) -> float | None:
    """`location_confidence` is a share of 1, the older `location_certainty` a percentage; senders mix them up."""
    value = decimal_of(words.get("location_confidence") or words.get("location_certainty"))
    return value if value is not None and 0 < value <= 1 else share_of(value)
