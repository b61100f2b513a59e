"""What a device's message becomes for the core: a Fix, and events beside it.

It decides which messages are worth publishing and under which identity. The core sees nothing else of a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

import msgspec
from msgspec.structs import replace

from arls.fix import COURSE_SPEED_MPS, Fix, FixKind, TimeBasis, fix_id_of
from gateways.decoders.message import Alarm, Estimated, Located, Login, Message, NoFix, Report, Status
from gateways.payloads import Event

if TYPE_CHECKING:
    from datetime import datetime

# LIP's own words for reasons that every protocol has (protocols.md 12). That somebody listens in is nobody's business
# (protocols.md 15, privacy).
_REASONS = {
    "max_interval": "interval",
    "max_distance": "distance",
    "immediate_response": "request",
    "ambience_listening": "unknown",
}

# protocols.md 12: the protocol of a fix, where it is not called as the dialect is that carried it.
_PROTOCOLS = {
    "tetra-pei": "tetra-lip",
    "raw-sds": "tetra-lip",
    "lrrp": "dmr-lrrp",
    "cot-xml": "cot",
    "cot-protobuf": "cot",
}

# Faster than anything that a police force moves, helicopters included (protocols.md 12): it is said, and not believed.
_FASTEST_MPS = 150.0
SPEED_IMPLAUSIBLE = "speed_implausible"

EMERGENCY = "emergency"  # the type of an event, and a reason for a report

_POWER = frozenset({"power_on", "power_off", "positioning_on", "positioning_off"})

# A radio that stands still sends the same bits again and again, and each is a new observation; two gateways that
# hear one report stamp it within far less than this.
_SAME_REPORT_S = 10

# Whoever presses again after an operator has ended the first alarm needs help again, so two presses may look alike only
# for as long as nobody can have answered. Several paths of one press are one alarm by the unit's state, not by this.
_SAME_PRESS_S = 1

# EN 300 392-2 via protocols.md 1.2: status 0 is emergency.
_STATUS_EMERGENCY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a message came to us."""

    source: str  # the device
    gateway: str
    protocol: str
    received_at: datetime


def is_fix(message: Message) -> TypeGuard[Located | Estimated | NoFix | Alarm]:
    """True for a message that says where its device is, or that it does not know."""
    return isinstance(message, Located | Estimated | NoFix) or (isinstance(message, Alarm) and message.lat is not None)


def is_event(message: Message) -> bool:
    """True for a message that says what its device did."""
    return _happened(message) is not None


def calls_for_help(message: Message) -> bool:
    """True for a message that says that somebody is in danger: nothing may hold it back."""
    happened = _happened(message)
    return happened is not None and happened[0] == EMERGENCY


def fix_of(message: Located | Estimated | NoFix | Alarm, heard: Heard) -> Fix:
    """The Fix of a report."""
    slow = message.speed_mps is not None and message.speed_mps < COURSE_SPEED_MPS
    reason = _REASONS.get(message.reason, message.reason) if message.reason else None
    return Fix(
        id=_id_of(message, heard),
        source=heard.source,
        received_at=heard.received_at,
        kind=_kind_of(message),
        gateway=heard.gateway,
        protocol=_protocol_of(message, heard),
        lat=message.lat,
        lon=message.lon,
        accuracy_m=message.accuracy_m,
        accuracy_confidence=message.accuracy_confidence,
        accuracy_kind=message.accuracy_kind,
        altitude_m=message.altitude_m,
        altitude_ref=message.altitude_ref,
        speed_mps=message.speed_mps,
        course_deg=None if slow else message.course_deg,
        fix_time=message.time,
        fix_time_basis=message.time_basis,
        fix_time_error_s=message.age_max_s,
        reason=reason,
        emergency=reason == EMERGENCY,
        satellites=message.satellites,
        hdop=message.hdop,
        battery_pct=message.battery_pct,
        ignition=message.ignition,
        flags=(*message.flags, SPEED_IMPLAUSIBLE) if _is_implausible(message.speed_mps) else message.flags,
    )


def event_of(message: Message, heard: Heard, fix: Fix | None) -> Event:
    """What the device did, beside where it is: a flag in a fix is not enough to carry an emergency.

    Raises ValueError for a message that is no event.
    """
    happened = _happened(message)
    if happened is None:
        raise ValueError(f"{message} is no event")
    event_type, code, text = happened
    return Event(
        id=fix_id_of(heard.source, event_type, code, text, _when(message, heard)),
        source=heard.source,
        received_at=heard.received_at,
        type=event_type,
        gateway=heard.gateway,
        protocol=_protocol_of(message, heard),
        code=code,
        text=text,
        fix_id=fix.id if fix else None,
    )


def _protocol_of(message: Message, heard: Heard) -> str:
    return message.protocol or _PROTOCOLS.get(heard.protocol, heard.protocol)


def _is_implausible(speed_mps: float | None) -> bool:
    return speed_mps is not None and speed_mps > _FASTEST_MPS


def _happened(message: Message) -> tuple[str, int | None, str | None] | None:
    """Type, state code and text of the event in a message; None where nothing happened."""
    match message:
        case Status(code=code) if code == _STATUS_EMERGENCY:
            return EMERGENCY, code, None
        case Status(code=code, text=text):
            return "status", code, text
        case Login():
            return "login", None, None
        case Report(reason=reason) if reason == EMERGENCY:
            return EMERGENCY, None, None
        case Report(reason=reason) if reason in _POWER:
            return "power", None, reason
        case _:
            return None


def _kind_of(message: Located | Estimated | NoFix | Alarm) -> FixKind:
    match message:
        case Located(last_known=True):
            return FixKind.LAST_KNOWN
        case Located() | Alarm():
            return FixKind.FIX
        case Estimated():
            return FixKind.ESTIMATED
        case NoFix():
            return FixKind.NO_FIX


def _id_of(message: Report, heard: Heard) -> str:
    """The same for the same observation, also when two gateways heard it.

    A time from the device tells observations apart; without one the content does, and roughly when it came.
    """
    if message.time is not None and message.time_basis is not TimeBasis.DERIVED:
        return fix_id_of(heard.source, message.time, message.lat, message.lon)
    content = msgspec.json.encode(replace(message, time=None, received_at=None, device_id=None))
    return fix_id_of(heard.source, content, _moment(heard.received_at, _SAME_REPORT_S))


def _when(message: Message, heard: Heard) -> datetime | str:
    """What tells one happening from the next: when the device noted it, else roughly when it came.

    A tracker sends again what was not acknowledged, and a press of its button must not alarm twice. The time of a
    satellite fix will not do: a radio indoors sends the same one with every press.
    """
    if isinstance(message, Report) and message.time is not None and message.time_basis is TimeBasis.DEVICE:
        return message.time
    return _moment(heard.received_at, _SAME_PRESS_S)


def _moment(received_at: datetime, within_s: int) -> str:
    return str(int(received_at.timestamp()) // within_s)
