"""Teltonika's trackers over TCP and UDP: logins, frames, keep-alives, and what each is answered.

It decides where a message begins and ends, whether it came whole, and which octets acknowledge it. The device throws
away what is acknowledged, so an Answer stands behind the records it covers and may follow only when they are safe.
The IMEI is all the identity there is and easily guessed: the carrier needs TLS or a private network (protocols.md 5).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from gateways.decoders.crc16 import crc_of
from gateways.decoders.message import Answer, DecodeError, KeepAlive, Login, Outcome, OutOfStepError
from gateways.decoders.teltonika_records import read_data

if TYPE_CHECKING:
    from datetime import datetime

_LOGIN, _FRAME = b"\x00\x0f", b"\x00\x00\x00\x00"
_KEEP_ALIVES = re.compile(rb"\xff+")
_IMEI = re.compile(rb"\d{15}")
_LOGIN_OCTETS = 17
_ACCEPTED, _REFUSED = b"\x01", b"\x00"

# Four octets of zeros and four of length before the data, four of checksum behind.
_AROUND_DATA = 12
# Devices send 1280 octets at most; whoever says more than this is none.
_MOST_DATA = 65_536

# A device that stopped in the middle of a frame begins again with the whole of it.
_PAUSE = timedelta(seconds=60)

# What may begin a message, to be looked for when the place has been lost.
_BEGINNING = re.compile(rb"\x00[\x00\x0f]")


class Teltonika:
    """The decoder of one TCP connection. Before its login nothing is believed, unless a file is read."""

    def __init__(self, source: str | None = None, *, login_required: bool = True) -> None:
        self._source = None if login_required else source
        self._login_required = login_required
        self._rest = bytearray()
        self._lost = False
        self._heard_at: datetime | None = None

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """What each message says, in order, and behind it what acknowledges it.

        Of a run of octets that nobody can read only the first is a fault. What is held never exceeds one frame of the
        longest kind and `data`.
        """
        outcomes: list[Outcome] = list(self._given_up(received_at))
        self._rest += data
        while self._rest:
            try:
                size = _size_of(self._rest)
                if size is None or size > len(self._rest):
                    break
                outcomes += self._said(bytes(self._rest[:size]), received_at)
                self._lost = False
            except OutOfStepError as error:
                outcomes += [] if self._lost else [error]
                self._lost = True
                size = _step_to_beginning(self._rest)
            except DecodeError as error:
                outcomes.append(error)
            del self._rest[:size]
        return outcomes

    def flush(self) -> list[Outcome]:
        """Nothing: a slow network pauses within a frame."""
        return []

    def _given_up(self, received_at: datetime | None) -> list[Outcome]:
        """Drops half a message that was left alone for too long."""
        heard_at, self._heard_at = self._heard_at, received_at
        if not self._rest or heard_at is None or received_at is None or received_at - heard_at <= _PAUSE:
            return []
        self._rest.clear()
        return [DecodeError("half_message", f"nothing more in {_PAUSE.total_seconds():.0f} s")]

    def _said(self, message: bytes, received_at: datetime | None) -> list[Outcome]:
        """What one whole message says. Raises DecodeError."""
        if _KEEP_ALIVES.match(message):
            return [KeepAlive(device_id=self._source, received_at=received_at)]
        if message.startswith(_LOGIN):
            self._source = _device(message[2:])
            return [
                Login(device_id=self._source, received_at=received_at),
                Answer(device_id=self._source, received_at=received_at, octets=_ACCEPTED, refusal=_REFUSED),
            ]
        if self._login_required and self._source is None:
            raise DecodeError("login_missing")
        data, checksum = message[8:-4], int.from_bytes(message[-4:], "big")
        computed = crc_of(data)
        if computed != checksum:
            raise DecodeError("checksum_wrong", f"{checksum:08X}, computed {computed:04X}")
        said, records = read_data(data, self._source, received_at)
        if not records:
            return said
        answer = Answer(device_id=self._source, received_at=received_at, octets=records.to_bytes(4, "big"))
        return [*said, answer]


class TeltonikaDatagrams:
    """The decoder of one address: each datagram names its device and is whole, so nothing is held back."""

    def __init__(self, source: str | None = None) -> None:
        """The address is no identity here."""

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """The records of one datagram and their acknowledgement, or the fault in it."""
        try:
            return _datagram(data, received_at)
        except DecodeError as error:
            return [error]

    def flush(self) -> list[Outcome]:
        """Nothing."""
        return []


class TeltonikaRecording:
    """The decoder of what was written down somewhere, when nobody says over which carrier it came."""

    def __init__(self, source: str | None = None) -> None:
        self._datagrams = TeltonikaDatagrams(source)
        self._stream = Teltonika(source, login_required=False)

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """As the one or the other."""
        decoder = self._datagrams if _is_datagram(data) else self._stream
        return decoder.feed(data, received_at=received_at)

    def flush(self) -> list[Outcome]:
        """Nothing."""
        return self._stream.flush()


def _size_of(rest: bytearray) -> int | None:
    """How many octets the message at the front has; None while too few have come to say.

    Raises OutOfStepError where none can begin.
    """
    if keep_alives := _KEEP_ALIVES.match(rest):
        return keep_alives.end()
    if rest.startswith(_LOGIN):
        return _LOGIN_OCTETS
    if not _FRAME.startswith(rest[:4]):
        raise OutOfStepError("no_start", rest[:8].hex())
    if len(rest) < 8:
        return None
    length = int.from_bytes(rest[4:8], "big")
    if not 0 < length <= _MOST_DATA:
        raise OutOfStepError("length_out_of_range", length)
    return _AROUND_DATA + length


def _step_to_beginning(rest: bytearray) -> int:
    """How many octets to leave behind; at least one."""
    found = _BEGINNING.search(rest, 1)
    if found is not None:
        return found.start()
    return len(rest) - 1 if len(rest) > 1 and rest[-1] == 0 else len(rest)


def _device(digits: bytes) -> str:
    if _IMEI.fullmatch(digits) is None:
        raise OutOfStepError("bad_imei", digits.hex())
    return f"imei:{digits.decode('ascii')}"


def _is_datagram(data: bytes) -> bool:
    """True for what begins as a datagram does: length, packet, 1, packet of records, length of the IMEI."""
    return len(data) > 8 and not data.startswith(_FRAME) and data[4] == 1 and data[6:8] == _LOGIN


def _datagram(data: bytes, received_at: datetime | None) -> list[Outcome]:
    length = int.from_bytes(data[:2], "big")
    if length > len(data) - 2:
        raise DecodeError("shorter_than_declared", f"{len(data) - 2} of {length} octets")
    if not _is_datagram(data):
        raise DecodeError("no_start", data[:8].hex())
    device_id = _device(data[8:23])
    said, records = read_data(data[23 : 2 + length], device_id, received_at)
    # 0005, the packet's number, 01, the number of the packet of records, how many there were.
    octets = b"\x00\x05" + data[2:4] + b"\x01" + data[5:6] + bytes([records])
    return [*said, Answer(device_id=device_id, received_at=received_at, octets=octets)]
