"""What a caller's location becomes for the core: a report of one call, with nothing in it that says who calls.

It decides which call a message belongs to. A number, an IMSI, an IMEI or a SIP address becomes the name of a call here,
under the site's key, and is forgotten: of what leaves a gateway nobody finds the number without that key.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, TypeGuard

import msgspec

from arls.caller import CallerLocation, CallId
from arls.fix import fix_id_of
from gateways.decoders.caller import CallerLocated, CallerNoFix
from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.message import Message

_SCHEME = re.compile(r"^(tel|sips?|pres|urn:[a-z]+):")
_BETWEEN = re.compile(r"[ ().-]")
_NUMBER = re.compile(r"\+?\d{7,}", re.ASCII)
_NAME_CHARS = 24  # of 4 bits each: no two calls of a lifetime have one name


class CallReport(msgspec.Struct, frozen=True, kw_only=True):
    """A location and the call that it is of."""

    call: CallId
    location: CallerLocation


def call_of(identity: str, key: bytes) -> CallId:
    """The call that whoever has this number, IMSI, IMEI or address makes: the same for everybody who has the key.

    A number is its digits, however it is written: `tel:+44 7700 900123` is `+447700900123`. An address is itself in
    small letters. HMAC-SHA256 of that under the key, 24 hexadecimal digits behind an `n`.
    """
    address = identity.strip().lower()
    user = _BETWEEN.sub("", _SCHEME.sub("", address).partition(";")[0].partition("@")[0])
    named = user.removeprefix("+") if _NUMBER.fullmatch(user) else address
    return CallId("n" + hmac.digest(key, named.encode(), "sha256").hex()[:_NAME_CHARS])


def is_caller(message: Message) -> TypeGuard[CallerLocated | CallerNoFix]:
    """True for a message about a caller."""
    return isinstance(message, CallerLocated | CallerNoFix)


def report_of(
    message: CallerLocated | CallerNoFix, *, gateway: str, protocol: str, received_at: datetime
) -> CallReport:
    """The report of a caller's message. Raises DecodeError where nobody says which call it is of."""
    call = message.call_id
    if call is None:
        raise DecodeError("call_unnamed")
    located = message if isinstance(message, CallerLocated) else None
    location = CallerLocation(
        id=fix_id_of(call, message.time or received_at, message.lat, message.lon, message.accuracy_m),
        received_at=received_at,
        lat=message.lat,
        lon=message.lon,
        accuracy_m=message.accuracy_m,
        accuracy_confidence=message.accuracy_confidence,
        accuracy_kind=message.accuracy_kind,
        altitude_m=message.altitude_m,
        time=message.time,
        method=located.method if located else None,
        floor=located.floor if located else None,
        address=message.address,
        gateway=gateway,
        protocol=protocol,
        flags=message.flags,
    )
    return CallReport(call=CallId(call), location=location)
