"""What one message of a device says, in words that every dialect shares, and what a decoder promises.

It decides which kinds of message there are and what their fields mean. How bytes become a message is each dialect's
own; what a message does to a unit is decided in the core, which sees only fixes and events.
"""

from __future__ import annotations

import re
from datetime import datetime  # msgspec reads a message's types at run time
from math import isfinite
from typing import Protocol

import msgspec

from arls.fix import AccuracyKind, AltitudeRef, TimeBasis  # the same

_DECIMAL = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)

# A reject keeps this much of what was sent: enough to see the fault, too little to fill a status page.
SAMPLE_CHARS = 80


class DecodeError(ValueError):
    """They sent nonsense: `reason` is a stable word to count by, `detail` what stood there.

    `peer` is the address that it came from, where the carrier has said so.
    """

    peer = ""

    def __init__(self, reason: str, detail: object = "") -> None:
        self.reason = reason
        self.detail = str(detail)[:SAMPLE_CHARS]
        super().__init__(f"{reason}: {self.detail}" if self.detail else reason)


class OutOfStepError(DecodeError):
    """Nobody can tell where the next message of this stream begins: the carrier had better close it."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One message understood. `device_id` is `<scheme>:<value>`, None when neither message nor carrier names one."""

    device_id: str | None = None
    received_at: datetime | None = None  # the gateway's stamp, as handed in; None when decoded from a file
    protocol: str | None = None  # what it was said in, where a dialect carries more than its own


class Report(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What a report may say besides where. Unknown is None, never 0 or -1."""

    lat: float | None = None  # degrees WGS 84; both or neither
    lon: float | None = None
    time: datetime | None = None  # UTC, when it was true
    time_basis: TimeBasis | None = None
    age_max_s: float | None = None  # the fix was at most this old when it was sent
    accuracy_m: float | None = None
    accuracy_confidence: float | None = None
    accuracy_kind: AccuracyKind | None = None
    altitude_m: float | None = None
    altitude_ref: AltitudeRef | None = None
    speed_mps: float | None = None
    course_deg: float | None = None  # 0 <= course < 360, true
    satellites: int | None = None
    hdop: float | None = None
    battery_pct: float | None = None
    ignition: bool | None = None
    reason: str | None = None
    result_code: int | None = None  # TETRA LIP: why there is no position
    flags: tuple[str, ...] = ()


class Located(Report, frozen=True, kw_only=True, omit_defaults=True, tag="fix"):
    """The device says where it is, or, when `last_known`, where it was before it lost GPS."""

    last_known: bool = False


class Estimated(Report, frozen=True, kw_only=True, omit_defaults=True, tag="estimated"):
    """The device says where it thinks it is: dead reckoning, not a satellite fix."""


class NoFix(Report, frozen=True, kw_only=True, omit_defaults=True, tag="nofix"):
    """The device is alive and does not know where it is."""


class Partial(Report, frozen=True, kw_only=True, omit_defaults=True, tag="partial"):
    """Fields that belong to a fix of the same epoch, and no such fix came."""


class Transition(Report, frozen=True, kw_only=True, omit_defaults=True, tag="event"):
    """The device crossed the border of a region that it watches by itself; `event` is `enter` or `leave`."""

    event: str


class Alarm(Report, frozen=True, kw_only=True, omit_defaults=True, tag="event"):
    """Someone pressed for help: `device_id` is who, and where is said when it is known."""


class Login(Message, frozen=True, kw_only=True, omit_defaults=True, tag="login"):
    """The device says who it is."""


class KeepAlive(Message, frozen=True, kw_only=True, omit_defaults=True, tag="keepalive"):
    """The device is there, and says nothing else."""


class Status(Message, frozen=True, kw_only=True, omit_defaults=True, tag="status"):
    """A state code of 16 bits as a radio sends it (its meaning is a table per force), or a word about the device."""

    code: int | None = None
    text: str | None = None
    time: datetime | None = None


class Text(Message, frozen=True, kw_only=True, omit_defaults=True, tag="text"):
    """Words for people, which this gateway passes by."""


class Control(Message, frozen=True, kw_only=True, omit_defaults=True, tag="control"):
    """Talk about reporting: who shall report how often, and what the radio answered."""

    pdu: str
    report_type: str | None = None
    destination_ssi: int | None = None
    ack_requested: bool | None = None
    result_code: int | None = None
    reporting_enabled: bool | None = None
    backlog_enabled: bool | None = None
    min_report_interval_s: int | None = None


class Header(Message, frozen=True, kw_only=True, omit_defaults=True, tag="header"):
    """The first line of a message whose second has not come yet."""

    called_id: str | None = None
    pdu_bits: int


class Ignored(Message, frozen=True, kw_only=True, omit_defaults=True, tag="ignore"):
    """Well formed, and of no use to a picture; `why` is a stable word to count by."""

    why: str


class Unsupported(Message, frozen=True, kw_only=True, omit_defaults=True, tag="unsupported"):
    """It may hold a position, but in a form that is not decoded here; `why` is a stable word to count by."""

    why: str


class Answer(Message, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """What the device waits to hear, not what it said: sent once everything before it is safe, and never sooner.

    A device forgets what it has heard acknowledged, so `octets` may follow only a synced spool. `refusal` is what a
    device hears instead when this gateway will not have it.
    """

    octets: bytes
    refusal: bytes = b""


Outcome = Message | DecodeError


class Decoder(Protocol):
    """One peer's side of one dialect: bytes in, in whatever pieces the carrier gives, outcomes out, in order.

    A fault is an outcome too, so that what is well formed behind it is not lost. Nothing is raised.
    """

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """What can be said now that `data` has come."""
        ...

    def flush(self) -> list[Outcome]:
        """What was held back in the hope of more; the carrier calls it when it has been quiet for a while."""
        ...


def number_of(value: object) -> float | None:
    """A finite number of a decoded JSON value; None for anything else, also for true and false."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def decimal_of(text: str | None) -> float | None:
    """A finite number written in ASCII digits, with a point and perhaps an exponent; None for anything else."""
    if text is None or _DECIMAL.fullmatch(text) is None:
        return None
    number = float(text)
    return number if isfinite(number) else None


def position_of(lat: float | None, lon: float | None) -> tuple[float, float]:
    """Latitude and longitude. Raises DecodeError where one is unknown or no such place exists.

    The fault repeats no number: what stands in the wrong field may be somebody's identity.
    """
    if lat is None or lon is None:
        raise DecodeError("position_missing", "latitude" if lat is None else "longitude")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise DecodeError("position_out_of_range", "longitude" if -90 <= lat <= 90 else "latitude")
    return lat, lon


def course_of(degrees: float | None) -> float | None:
    """A course in 0 <= course < 360; a full circle is north, anything outside is unknown."""
    if degrees is None or not 0 <= degrees <= 360:
        return None
    return degrees % 360


def known(value: float | None) -> float | None:
    """A size, or None where the device writes a negative number for unknown."""
    return None if value is None or value < 0 else value


def is_null_island(lat: float, lon: float) -> bool:
    """True for 0/0, which no device on land can mean (protocols.md 15)."""
    return lat == 0 and lon == 0
