"""Where a caller is, as JSON over the broker, written and read, also where it is hostile.

It decides how the payload of `.../caller/<call id>/location` is written and how one is read. No fault repeats a word of
what was sent: it may be anybody's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from arls.caller import SCHEMA, CallerLocation, CallId, is_call_id
from arls.fix import fix_id_of
from gateways.calls import CallReport
from gateways.payloads import MOST_OCTETS, Mark, Reject, is_stamp, words_of
from gateways.topics import find_address

if TYPE_CHECKING:
    from datetime import datetime

# No broker keeps a caller's place for longer than the engine does without an incident.
CALLER_EXPIRY_S = 900

_WORDS = msgspec.json.Decoder(dict[str, Any])


def write_call(report: CallReport, mark: Mark) -> bytes:
    """The payload of where a caller is."""
    said = msgspec.to_builtins(report.location)
    return msgspec.json.encode({"schema": SCHEMA, "call_id": report.call, **said, **words_of(mark)})


def read_call(topic: str, payload: bytes, *, arrived_at: datetime) -> tuple[CallReport | Reject, Mark]:
    """Where a caller is, by one publication. Nothing is raised.

    A call-taking system of few words may leave out `id` and `received_at`, as a publisher of fixes may.
    """
    address = find_address(topic)
    words = _words_of(payload)
    if isinstance(words, str):
        return _reject(words), Mark()
    mark = _mark_of(words)
    if address is None or address.kind != "caller" or not is_call_id(address.name):
        return _reject("no_call_id"), mark
    if words.get("schema", SCHEMA) != SCHEMA:
        return _reject("schema_unknown"), mark
    try:
        location = _location_of(words, address.name, arrived_at)
    except msgspec.ValidationError:
        return _reject("invalid_field"), mark
    return CallReport(call=CallId(address.name), location=location), mark


def _words_of(payload: bytes) -> dict[str, Any] | str:
    """The object of a payload, or why there is none."""
    if len(payload) > MOST_OCTETS:
        return "too_large"
    try:
        return _WORDS.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "not_json"
    except RecursionError:
        return "too_deep"


def _mark_of(words: dict[str, Any]) -> Mark:
    try:
        return msgspec.convert(words, Mark)
    except msgspec.ValidationError:
        return Mark()


def _location_of(words: dict[str, Any], call: str, arrived_at: datetime) -> CallerLocation:
    said = (words.get(name) for name in ("time", "lat", "lon", "accuracy_m"))
    words.setdefault("received_at", arrived_at)
    words.setdefault("id", fix_id_of(call, *map(str, said)))
    location = msgspec.convert(words, CallerLocation)
    return location if is_stamp(location.received_at, arrived_at) else replace(location, received_at=arrived_at)


def _reject(reason: str) -> Reject:
    return Reject(reason=reason, detail="")
