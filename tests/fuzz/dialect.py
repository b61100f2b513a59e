"""One decoder under libFuzzer: what an input is, and what an answer may be."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable  # noqa: TC003 - an alias is made of it
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import atheris
import msgspec

with atheris.instrument_imports(include=["gateways.decoders"]):
    from gateways.decode import Vector
    from gateways.decoders import tetra_sds
    from gateways.decoders.bits import Bits
    from gateways.decoders.crc16 import crc_of
    from gateways.decoders.message import DecodeError, Located, Message, Report
    from gateways.dialects import DIALECTS, OVER_UDP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.decoders.message import Decoder, Outcome

VECTORS = Path(__file__).parents[1] / "gateways" / "vectors"
NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
PEER = "nmea:fuzz/peer"

_UDP = {f"{name}-udp": make for name, make in OVER_UDP.items() if make is not DIALECTS[name]}
_STREAMS: dict[str, Callable[[str | None], Decoder]] = DIALECTS | _UDP
_SHORT_DATA = {"tetra-lip": False, "tetra-sds-location": True}


def _framed(octets: bytes) -> bytes:
    """A TCP frame of Teltonika's round what may be its records, with the length and the sum that it asks for."""
    records = octets[8:-4]
    return bytes(4) + len(records).to_bytes(4, "big") + records + crc_of(records).to_bytes(4, "big")


def _summed(octets: bytes) -> bytes:
    """Every sentence with the sum that NMEA 0183 asks for."""

    def sentence(found: re.Match[bytes]) -> bytes:
        total = 0
        for octet in found[1]:
            total ^= octet
        return b"$" + found[1] + f"*{total:02X}".encode()

    return re.sub(rb"\$([^*\r\n]*)\*..", sentence, octets)


# No mutation hits upon a checksum: half of the inputs to these have theirs put right.
_REPAIRED: dict[str, Callable[[bytes], bytes]] = {
    "teltonika": _framed,
    "nmea0183": _summed,
    "nmea0183-udp": _summed,
    "gpsgate": _summed,
}
_REPAIR, _CUT = 0x80, 0x7F

FUZZED = (*_STREAMS, *_SHORT_DATA)


def seeds_of(name: str) -> Iterator[bytes]:
    """The messages of a decoder's vector file, each behind the octet that says how it is cut."""
    for line in (VECTORS / f"{name.removesuffix('-udp')}.jsonl").read_text(encoding="utf-8").splitlines():
        words = {key: value for key, value in json.loads(line).items() if key in Vector.__struct_encode_fields__}
        with suppress(DecodeError, msgspec.ValidationError):
            octets = b"".join(msgspec.convert(words, Vector).pieces)
            yield b"\0" + octets
            if name in _REPAIRED:
                yield bytes([_REPAIR]) + octets


def check_stream(name: str, data: bytes) -> None:
    """The first octet says where the rest is cut in two, for a carrier cuts anywhere, and whether it is repaired."""
    if not data:
        return
    cut, octets = data[0] & _CUT, data[1:]
    if data[0] & _REPAIR and name in _REPAIRED:
        octets = _REPAIRED[name](octets)
    decoder = _STREAMS[name](PEER)
    for piece in (octets[:cut], octets[cut:]):
        if piece:
            check(decoder.feed(piece, received_at=NOW))
    check(decoder.flush())


def check_short_data(vendor_schemes: bool, data: bytes) -> None:  # noqa: FBT001 - partial sets it
    """The first octet takes up to three bits off the end: short data end anywhere."""
    if len(data) > 1:
        digits = data[1:].hex()
        with suppress(DecodeError):
            bits = Bits(digits, length=len(digits) * 4 - data[0] % 4)
            check([tetra_sds.decode(bits, received_at=NOW, vendor_schemes=vendor_schemes)])


def check(outcomes: list[Outcome]) -> None:
    """Messages and faults, each with a place that is one, and numbers that are."""
    for outcome in outcomes:
        assert isinstance(outcome, Message | DecodeError), type(outcome)
        if isinstance(outcome, Located):
            assert outcome.lat is not None
            assert outcome.lon is not None
            assert -90 <= outcome.lat <= 90, outcome.lat
            assert -180 <= outcome.lon <= 180, outcome.lon
            assert (outcome.lat, outcome.lon) != (0, 0)
        if isinstance(outcome, Report):
            numbers = (outcome.speed_mps, outcome.course_deg, outcome.accuracy_m, outcome.altitude_m, outcome.hdop)
            assert all(number is None or isfinite(number) for number in numbers), numbers
            assert outcome.course_deg is None or 0 <= outcome.course_deg < 360, outcome.course_deg


def main() -> None:
    name = sys.argv[1]
    one = partial(check_stream, name) if name in _STREAMS else partial(check_short_data, _SHORT_DATA[name])
    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
