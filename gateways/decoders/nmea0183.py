"""NMEA 0183 as a stream: who speaks, and the sentences of one epoch made into one fix.

It decides which sentences belong together: those of the same speaker with the same time of day. NMEA names no
device; the carrier's name stands until a prefix or a sentence of its own says better (protocols.md 3).
"""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis
from gateways.decoders.instants import TIME_SUSPECT, from_parts, full_year, judged, nearest_day
from gateways.decoders.lines import Lines
from gateways.decoders.message import (
    DecodeError,
    Estimated,
    Ignored,
    Located,
    Login,
    Message,
    NoFix,
    Outcome,
    Partial,
    is_null_island,
)
from gateways.decoders.nmea_sentence import LONGEST, Sentence, Standing, parse, split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# HDOP times the usual 95 % error of one receiver: a guess, and marked as one (protocols.md 3).
_HDOP_M = 5.0
_HDOP_CONFIDENCE = 0.95

# What GST says is one sigma of each axis; their root mean square is a radius that holds 1 - 1/e of a circular error.
_GST_CONFIDENCE = 0.63

CHECKSUM_ABSENT = "checksum_absent"

# Whose word counts where several sentences of one epoch fill the same field.
_PREFERENCE = ("RMC", "GGA", "GNS", "GLL", "ZDA", "VTG", "GST")
_COMPLETE = ({"RMC", "GGA"}, {"RMC", "GNS"})

_IMEI = re.compile(r"\d{15}", re.ASCII)
_PREFIX = re.compile(r"(?:[\w.:-]+/)?([\w.:-]{1,64})[,/]?", re.ASCII)
# An IMEI, or the hardware address of a modem's interface.
_BARE_IDENTITY = re.compile(r"(?:IMEI[ :,=]?)?(\d{15})|([0-9A-F]{12})", re.ASCII)
_SENTENCE_IDENTITY = re.compile(r"(?:PGID|IMEI|DEVID|GPFID)[,=]([\w.:-]{1,64})", re.ASCII)


class Nmea0183:
    """The decoder of one speaker, or of several behind one carrier that prefix their sentences."""

    def __init__(self, source: str | None = None, *, checksum_required: bool = False) -> None:
        self._source = source
        self._checksum_required = checksum_required
        self._lines = Lines(LONGEST)
        self._epoch: _Epoch | None = None
        self._tells_error = False  # the receiver has sent GST with its last epoch, and will with the next

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """Logins and faults at once; a fix when its epoch is complete, or over."""
        outcomes: list[Outcome] = []
        for line in self._lines.feed(data):
            try:
                outcomes += [line] if isinstance(line, DecodeError) else self._line(line, received_at)
            except DecodeError as error:
                outcomes.append(error)
        return outcomes

    def flush(self) -> list[Outcome]:
        """The epoch that still waits for another sentence; call it when half a second has brought none."""
        epoch, self._epoch = self._epoch, None
        if epoch is None:
            return []
        self._tells_error = epoch.tells_error
        return epoch.close()

    def _line(self, line: str, received_at: datetime | None) -> list[Outcome]:
        if bare := _BARE_IDENTITY.fullmatch(line):
            return [self.login(bare[1] or bare[2], received_at)]
        prefix, words, vouched = split(line, checksum_required=self._checksum_required)
        if len(words) <= 2 and (named := _SENTENCE_IDENTITY.fullmatch(",".join(words))):
            return [self.login(named[1], received_at)]
        device_id = _named(prefix) if prefix else self._source
        return self.sentence(words, device_id, received_at, vouched=vouched)

    def sentence(
        self, words: Sequence[str], device_id: str | None, received_at: datetime | None, *, vouched: bool
    ) -> list[Outcome]:
        """As if the sentence of these fields had come from this device, vouched for or not. Raises DecodeError."""
        sentence = parse(words)
        if sentence is None:
            return [Ignored(device_id=device_id, received_at=received_at, why="other_sentence")]
        return self._joined(sentence, device_id, received_at, vouched=vouched)

    def login(self, identity: str, received_at: datetime | None) -> Login:
        """Whose sentences come from now on."""
        self._source = _device(identity)
        return Login(device_id=self._source, received_at=received_at)

    def _joined(
        self, sentence: Sentence, device_id: str | None, received_at: datetime | None, *, vouched: bool
    ) -> list[Outcome]:
        over: list[Outcome] = []
        if self._epoch is None or not self._epoch.takes(sentence, device_id):
            over = self.flush()
            self._epoch = _Epoch(device_id, received_at)
        self._epoch.add(sentence, vouched=vouched)
        is_complete = self._epoch.is_complete and (self._epoch.tells_error or not self._tells_error)
        return over + (self._epoch.close() if is_complete else [])


class _Epoch:
    """The sentences of one speaker about one instant, and whether they have been published."""

    def __init__(self, device_id: str | None, received_at: datetime | None) -> None:
        self._device_id = device_id
        self._received_at = received_at
        self._said: list[Sentence] = []
        self._flags: tuple[str, ...] = ()
        self._closed = False

    def takes(self, sentence: Sentence, device_id: str | None) -> bool:
        """True when the sentence belongs here: same speaker, no other time of day, nothing said twice."""
        clocks = {said.clock for said in [*self._said, sentence]} - {None}
        repeated = any(said.formatter == sentence.formatter for said in self._said)
        return device_id == self._device_id and len(clocks) <= 1 and not repeated

    def add(self, sentence: Sentence, *, vouched: bool) -> None:
        """One sentence more; after the epoch is closed it changes nothing."""
        self._said.append(sentence)
        if not vouched:
            self._flags = (CHECKSUM_ABSENT,)

    @property
    def is_complete(self) -> bool:
        """True when nothing better can come, so that waiting would only make the fix older."""
        formatters = {said.formatter for said in self._said}
        return any(enough <= formatters for enough in _COMPLETE)

    @property
    def tells_error(self) -> bool:
        """True when the receiver has said how wrong it may be."""
        return any(said.formatter == "GST" for said in self._said)

    def close(self) -> list[Outcome]:
        """The one message of the epoch, the first time."""
        if self._closed:
            return []
        self._closed = True
        by_preference = sorted(self._said, key=lambda said: _PREFERENCE.index(said.formatter))
        return [_message(reduce(_merged, by_preference), self._device_id, self._received_at, self._flags)]


_FIELDS = Sentence.__struct_fields__


def _merged(first: Sentence, second: Sentence) -> Sentence:
    """What `first` leaves unknown filled from `second`; of two standings the worse."""
    gaps = {name: getattr(second, name) for name in _FIELDS if getattr(first, name) is None}
    standings = [s.standing for s in (first, second) if s.standing is not None]
    return replace(
        first,
        **gaps | {"standing": max(standings, default=None), "clock_wrong": first.clock_wrong or second.clock_wrong},
    )


def _message(said: Sentence, device_id: str | None, received_at: datetime | None, flags: tuple[str, ...]) -> Message:
    at, doubts = _instant(said, received_at)
    kind = _kind(said)
    placed = kind is not NoFix
    accuracy_m, confidence, accuracy_kind = _accuracy(said) if placed else _UNKNOWN
    return kind(
        device_id=device_id,
        received_at=received_at,
        lat=said.lat if placed else None,
        lon=said.lon if placed else None,
        time=at,
        time_basis=TimeBasis.GNSS if at else None,
        accuracy_m=accuracy_m,
        accuracy_confidence=confidence,
        accuracy_kind=accuracy_kind,
        altitude_m=said.altitude_m if placed else None,
        altitude_ref=AltitudeRef.MSL if placed and said.altitude_m is not None else None,
        speed_mps=said.speed_mps,
        course_deg=said.course_deg,
        satellites=said.satellites,
        hdop=said.hdop,
        flags=flags + doubts,
    )


_UNKNOWN = None, None, None


def _accuracy(said: Sentence) -> tuple[float, float, AccuracyKind] | tuple[None, None, None]:
    if said.error_m:
        return said.error_m, _GST_CONFIDENCE, AccuracyKind.MEASURED
    return (said.hdop * _HDOP_M, _HDOP_CONFIDENCE, AccuracyKind.ESTIMATED) if said.hdop else _UNKNOWN


def _kind(said: Sentence) -> type[Located | Estimated | NoFix | Partial]:
    if said.standing is None:
        return Partial
    if said.standing is Standing.NONE or said.lat is None or said.lon is None or is_null_island(said.lat, said.lon):
        return NoFix
    return Estimated if said.standing is Standing.ESTIMATED else Located


def _instant(said: Sentence, received_at: datetime | None) -> tuple[datetime | None, tuple[str, ...]]:
    if said.clock_wrong:
        return None, (TIME_SUSPECT,)
    if said.clock is None:
        return None, ()
    if said.date is None:
        return judged(nearest_day(said.clock, received_at), received_at) if received_at else (None, ())
    day, month, year = said.date
    at = from_parts(year if year >= 100 else full_year(year, received_at), month, day, said.clock)
    return judged(at, received_at) if at else (None, (TIME_SUSPECT,))


def _named(prefix: str) -> str:
    """The device of `4711,$GPRMC`, `4711$GPRMC` or `site/4711/$GPRMC`."""
    match = _PREFIX.fullmatch(prefix)
    if match is None:
        raise DecodeError("bad_prefix", prefix)
    return _device(match[1])


def _device(identity: str) -> str:
    return f"imei:{identity}" if _IMEI.fullmatch(identity) else f"nmea:{identity}"
