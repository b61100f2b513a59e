"""The tokens of an LRRP document: what each says, in SI.

It decides what a token means and how long it is. Nothing can be read behind a token that is not known; what stood
before it still counts. The meanings are those of answers and reports; in requests the same octets mean other things.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateways.decoders.instants import from_parts, time_of_day
from gateways.decoders.message import DecodeError, course_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

# Five octets hold 35 bits, more than any quantity here has.
_LONGEST_NUMBER = 5


@dataclass(frozen=True, slots=True)
class Said:
    """What the tokens of one document say, in SI."""

    lat: float | None = None
    lon: float | None = None
    time: datetime | None = None
    time_wrong: bool = False
    accuracy_m: float | None = None
    confidence: float | None = None
    altitude_m: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    result_code: int | None = None
    unknown_token: int | None = None


def read_tokens(body: bytes) -> Said:
    """All that the tokens say, up to the first unknown one. Raises DecodeError for a token cut short."""
    octets, said = _Octets(body), Said()
    while octets.left:
        token = octets.take_number()
        read = _TOKENS.get(token)
        if read is None:
            return replace(said, unknown_token=token)
        said = read(octets, said)
    return said


class _Octets:
    """Octets not read yet. Reading past the end raises DecodeError("truncated")."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._octets) - self._at

    def take(self, width: int) -> bytes:
        if width > self.left:
            raise DecodeError("truncated", f"{self.left} of {width} octets")
        self._at += width
        return self._octets[self._at - width : self._at]

    def take_number(self) -> int:
        return int.from_bytes(self.take(1), "big")

    def take_uintvar(self) -> tuple[int, int]:
        """Seven bits an octet, the high bit says that more follow; and how many octets there were."""
        value = 0
        for width in range(1, _LONGEST_NUMBER + 1):
            octet = self.take_number()
            value = value << 7 | octet & 0x7F
            if octet < 0x80:
                return value, width
        raise DecodeError("number_too_long", f"more than {_LONGEST_NUMBER} octets")

    def take_ufloatvar(self) -> float:
        """A uintvar, then a second of n octets that counts in 1/128^n: `0C 12` is 12 + 18/128."""
        whole, _ = self.take_uintvar()
        parts, width = self.take_uintvar()
        return whole + parts / (1 << 7 * width)

    def take_sfloatvar(self) -> float:
        """The same with a sign in bit 0x40 of the first octet."""
        first = self.take_number()
        whole = first & 0x3F
        if first & 0x80:
            more, width = self.take_uintvar()
            whole = whole << 7 * width | more
        parts, width = self.take_uintvar()
        size = whole + parts / (1 << 7 * width)
        return -size if first & 0x40 else size


def _skipped(width: int) -> Callable[[_Octets, Said], Said]:
    def read(octets: _Octets, said: Said) -> Said:
        octets.take(width)
        return said

    return read


def _request_id(octets: _Octets, said: Said) -> Said:
    octets.take(octets.take_number())
    return said


def _time(octets: _Octets, said: Said) -> Said:
    """Year 14, month 4, day 5, hour 5, minute 6, second 6 bits."""
    return _timed(octets.take(5), said)


def _time_of_any_length(octets: _Octets, said: Said) -> Said:
    stamp = octets.take(octets.take_number())
    return _timed(stamp, said) if len(stamp) == 5 else said


def _timed(stamp: bytes, said: Said) -> Said:
    value = int.from_bytes(stamp, "big")
    since_midnight = time_of_day(value >> 12 & 31, value >> 6 & 63, value & 63)
    at = None
    if since_midnight is not None:
        at = from_parts(value >> 26, value >> 22 & 15, value >> 17 & 31, since_midnight)
    return replace(said, time=at, time_wrong=at is None)


def _number(octets: _Octets, said: Said) -> Said:
    """A number that says nothing of a place."""
    octets.take_uintvar()
    return said


def _result(octets: _Octets, said: Said) -> Said:
    return replace(said, result_code=octets.take_uintvar()[0])


def _error(octets: _Octets, said: Said) -> Said:
    """A result with words behind it, for people."""
    said = _result(octets, said)
    if octets.left:
        octets.take(octets.take_number())
    return said


def _success(_: _Octets, said: Said) -> Said:
    return replace(said, result_code=0)


def _point(octets: _Octets, said: Said) -> Said:
    """Bit 31 of the latitude is the hemisphere and the rest its size; the longitude is two's complement."""
    latitude = int.from_bytes(octets.take(4), "big")
    size = (latitude & 0x7FFFFFFF) * 180 / (1 << 32)
    lon = int.from_bytes(octets.take(4), "big", signed=True) * 360 / (1 << 32)
    return replace(said, lat=-size if latitude >> 31 else size, lon=lon)


def _point_3d(octets: _Octets, said: Said) -> Said:
    return replace(_point(octets, said), altitude_m=octets.take_sfloatvar())


def _point_3d_accurate(octets: _Octets, said: Said) -> Said:
    said = _point_3d(octets, said)
    octets.take_ufloatvar()  # of the altitude
    return said


def _circle(octets: _Octets, said: Said) -> Said:
    return replace(_point(octets, said), accuracy_m=octets.take_ufloatvar())


def _circle_3d(octets: _Octets, said: Said) -> Said:
    said = replace(_circle(octets, said), altitude_m=octets.take_sfloatvar())
    octets.take_ufloatvar()  # of the altitude
    return said


def _course(octets: _Octets, said: Said) -> Said:
    """Steps of two degrees."""
    return replace(said, course_deg=course_of(octets.take_number() * 2))


def _confidence(octets: _Octets, said: Said) -> Said:
    per_cent = octets.take_number()
    return replace(said, confidence=per_cent / 100 if 0 < per_cent <= 100 else None)


def _speed(octets: _Octets, said: Said) -> Said:
    return replace(said, speed_mps=octets.take_ufloatvar())


def _vertical_speed(octets: _Octets, said: Said) -> Said:
    octets.take_sfloatvar()  # a picture has no use for it
    return said


_TOKENS: dict[int, Callable[[_Octets, Said], Said]] = {
    0x22: _request_id,
    0x23: _skipped(1),
    0x34: _time,
    0x35: _time_of_any_length,
    0x36: _number,
    0x37: _result,
    0x38: _success,
    0x39: _error,
    0x51: _circle,
    0x54: _circle_3d,
    0x55: _circle_3d,
    0x56: _course,
    0x65: _confidence,
    0x66: _point,
    0x69: _point_3d,
    0x6A: _point_3d_accurate,
    0x6B: _number,  # its length by one capture; what it counts nobody says
    0x6C: _speed,
    0x70: _vertical_speed,
}
