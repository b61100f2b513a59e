"""What goes over the broker as JSON, written and read, also where it is hostile.

It decides how a publication is written and how one is read. A fix topic carries one Fix object or a JSON array of
them; every object of one publication carries the same `gw_session` and `gw_seq`, the first of them also `gw_void`, so
that an array stays a plain array of fixes to whoever ignores them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence  # noqa: TC003  # msgspec reads the fields' types at run time
from dataclasses import dataclass
from datetime import datetime  # the same
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import replace

from arls.fix import FUTURE_LIMIT, SCHEMA, Fix, FixKind, fix_id_of
from gateways.topics import find_address

if TYPE_CHECKING:
    from gateways.topics import Address

EVENT_SCHEMA = "arls.event/1"

FIX_EXPIRY_S = 3_600
EVENT_EXPIRY_S = 86_400

# protocols.md 13: the broker refuses more as well.
MOST_OCTETS = 65_536
MOST_FIXES = 1_000

_T = TypeVar("_T")

_DETAIL_CHARS = 160
_FIRST_YEAR = 2000
_LONGEST_ERROR_S = 366 * 86_400.0


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something a device did, beside where it is: `type` is emergency, status, power or login."""

    id: str
    source: str
    received_at: datetime
    type: str
    schema: str = EVENT_SCHEMA
    gateway: str = ""
    protocol: str = ""
    code: int | None = None  # a state code as the radio sent it: its meaning is a table per force
    text: str | None = None
    fix_id: str | None = None  # the fix that came with it
    flags: tuple[str, ...] = ()  # `backlog`: it comes late


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's word that everything of this session up to `seq` is in the journal."""

    session: int
    seq: int
    unknown_devices: int = 0  # heard through this gateway, and carried by no unit
    at: datetime | None = None  # the engine's clock as it signed: by it a gateway knows how wrong its own is


class SpoolStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a gateway still holds for the engine."""

    depth: int = 0  # publications that have no receipt yet
    octets: int = 0  # of cargo
    oldest_s: float = 0.0  # how long the oldest has waited
    dropped: int = 0  # reports that had to make room before anybody had signed for them, since the start
    replayed: int = 0  # reports sent again, or late, since the start
    fault: str | None = None  # while what comes in cannot be kept on the disk


class LineStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a gateway: a port, a radio behind a serial line, a subscription."""

    name: str  # as a person calls it, unique in its gateway: `tcp 0.0.0.0:5027`
    over: str  # the carrier: udp, tcp, http, mqtt, serial ...
    dialect: str = ""  # empty where a line carries several
    state: str = "listening"  # a word: listening, connecting, connected, registered ... down
    since: datetime | None = None  # when that state began
    connections: int | None = None  # open now; None where a line has none
    last_heard_at: datetime | None = None  # when it last brought a message, good or bad
    received: int = 0
    rejected: int = 0
    expected_s: float | None = None  # how long it is usually quiet, at most; None: not known yet
    is_silent: bool = False  # up, and quiet for much longer than that
    detail: str = ""  # a sentence for whoever looks after it; empty: nothing to say


class SilentSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A device that was heard, and not for longer than one expects of it."""

    source: str
    freshness: str  # stale or lost; quiet: it may be silent, since it speaks only when something happens
    silent_s: float
    expected_s: float


class SourcesStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The devices heard through a gateway, by how long they have been silent (protocols.md 12)."""

    fresh: int = 0
    stale: int = 0
    lost: int = 0
    quiet: int = 0  # silent, as whoever stands still may be
    off: int = 0  # they said that they were switched off
    silent: tuple[SilentSource, ...] = ()  # some of the stale and lost, those for the shortest time first


class ClockStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How right a gateway's clock is: without it every position that brings no time of its own is wrong."""

    is_synchronised: bool | None = None  # what the kernel says of NTP; None: it does not say
    kernel_error_s: float | None = None  # its own estimate, at most
    offset_s: float | None = None  # gateway less engine: positive means ours is ahead
    offset_error_s: float | None = None  # the offset is right to within this
    gnss_lag_s: float | None = None  # received less the satellites' time, median: negative means ours is behind


class GatewayStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A gateway's own report, retained. An offline of an older session than the last online means nothing."""

    state: str  # online or offline
    session: int
    at: datetime | None = None
    counters: dict[str, int] = msgspec.field(default_factory=dict)
    rejected: dict[str, int] = msgspec.field(default_factory=dict)  # by reason
    passed_by: dict[str, int] = msgspec.field(default_factory=dict)  # understood, and of no use to a picture
    samples: tuple[dict[str, str], ...] = ()  # the latest rejects
    last_received_at: datetime | None = None
    unsettled: int = 0  # publications that have no receipt yet
    lag_s: float = 0.0  # how long the oldest of them has waited
    spool: SpoolStatus = SpoolStatus()
    started_at: datetime | None = None
    lines: tuple[LineStatus, ...] = ()
    sources: SourcesStatus = SourcesStatus()
    clock: ClockStatus = ClockStatus()


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Which publication of which session of its gateway an object came in; None where a publisher keeps no count."""

    gateway: str = ""  # as read: whose count it is
    gw_session: int | None = None
    gw_seq: int | None = None
    gw_void: tuple[int, ...] = ()  # numbers under which the same was sent before: they need no message of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Something published that cannot be read: a stable reason to count by, and what was wrong."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one publication on a fix topic holds; one bad object leaves its neighbours whole."""

    fixes: tuple[Fix, ...]
    rejects: tuple[Reject, ...]
    mark: Mark


class _RejectError(Exception):
    def __init__(self, reason: str, detail: object = "") -> None:
        self.reject = Reject(reason=reason, detail=str(detail)[:_DETAIL_CHARS])
        super().__init__(reason)


def write_fixes(fixes: Sequence[Fix], mark: Mark) -> bytes:
    """The payload of one publication: an object for one fix, an array for more."""
    # Said even where they are the defaults: a payload explains itself (protocols.md 13).
    stamped = [{"schema": fix.schema, "kind": fix.kind, **msgspec.to_builtins(fix), **words_of(mark)} for fix in fixes]
    for later in stamped[1:]:
        later.pop("gw_void", None)
    return msgspec.json.encode(stamped[0] if len(stamped) == 1 else stamped)


def write_event(event: Event, mark: Mark) -> bytes:
    """The payload of one event."""
    return msgspec.json.encode({"schema": event.schema, **msgspec.to_builtins(event), **words_of(mark)})


def read_fixes(topic: str, payload: bytes, *, arrived_at: datetime) -> Reading:
    """What one publication on a fix topic holds. Nothing is raised.

    A publisher of few words may leave out `source` (the topic says it), `received_at` (then it is `arrived_at`) and
    `id` (then it is made from the rest). A `received_at` that no clock shows now is `arrived_at` too.
    """
    try:
        source = _address_of(topic, "fix").name
        objects = _objects_of(payload)
    except _RejectError as refusal:
        return Reading(fixes=(), rejects=(refusal.reject,), mark=Mark())
    fixes, rejects = [], []
    for raw in objects:
        try:
            fixes.append(_fix_of(raw, source, arrived_at))
        except _RejectError as refusal:
            rejects.append(refusal.reject)
    return Reading(fixes=tuple(fixes), rejects=tuple(rejects), mark=_mark_of(objects))


def read_event(topic: str, payload: bytes, *, arrived_at: datetime) -> tuple[Event | Reject, Mark]:
    """What one publication on an event topic holds. Nothing is raised; what may be left out is as in a fix."""
    mark = Mark()
    try:
        address = _address_of(topic, "event")
        objects = _objects_of(payload)
        mark = _mark_of(objects)
        return _event_of(objects, address, arrived_at), mark
    except _RejectError as refusal:
        return refusal.reject, mark


def read_receipt(payload: bytes) -> Receipt | None:
    """The engine's receipt; None for anything else."""
    try:
        return _RECEIPTS.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def read_status(payload: bytes) -> GatewayStatus | None:
    """A gateway's status; None for anything else."""
    try:
        return _STATUSES.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


_FIXES = msgspec.json.Decoder(Fix)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_MARKS = msgspec.json.Decoder(Mark)
_EVENTS = msgspec.json.Decoder(Event)
_WORDS = msgspec.json.Decoder(dict[str, Any])
_RECEIPTS = msgspec.json.Decoder(Receipt)
_STATUSES = msgspec.json.Decoder(GatewayStatus)


def _objects_of(payload: bytes) -> list[msgspec.Raw]:
    if len(payload) > MOST_OCTETS:
        raise _RejectError("too_large", f"{len(payload)} octets")
    if not payload.lstrip().startswith(b"["):
        return [msgspec.Raw(payload)]
    try:
        objects = _decoded(_RAWS, payload)
    except _RejectError:
        objects = _salvaged(payload)
    if not 0 < len(objects) <= MOST_FIXES:
        raise _RejectError("wrong_shape", f"an array of {len(objects)}")
    return objects


def _salvaged(payload: bytes) -> list[msgspec.Raw]:
    """An array with NaN or Infinity, read as words: it is no JSON, and only the objects around them are lost."""
    try:
        items = json.loads(payload, parse_constant=str)
        return [msgspec.Raw(msgspec.json.encode(item)) for item in items]
    except ValueError as error:
        raise _RejectError("not_json", error) from error
    except RecursionError as error:
        raise _RejectError("too_deep") from error


def _decoded(decoder: msgspec.json.Decoder[_T], raw: bytes | msgspec.Raw) -> _T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _RejectError("invalid_field", error) from error
    except UnicodeDecodeError as error:
        raise _RejectError("not_utf8", error) from error
    except msgspec.DecodeError as error:
        raise _RejectError("not_json", error) from error
    except RecursionError as error:
        raise _RejectError("too_deep") from error


def _address_of(topic: str, kind: str) -> Address:
    address = find_address(topic)
    if address is None or address.kind != kind:
        raise _RejectError(f"not_a_topic_of_{kind}", topic)
    return address


def _mark_of(objects: Sequence[msgspec.Raw]) -> Mark:
    """The count of a publication, from the first object that has one; none where it is not given or makes no sense."""
    for raw in objects:
        try:
            mark = _decoded(_MARKS, raw)
        except _RejectError:
            continue
        if mark.gw_seq is not None:
            return mark
    return Mark()


def words_of(mark: Mark) -> dict[str, object]:
    """A mark as an object's fields."""
    words: dict[str, object] = {"gw_session": mark.gw_session, "gw_seq": mark.gw_seq}
    return words | {"gw_void": mark.gw_void} if mark.gw_void else words


def _fix_of(raw: msgspec.Raw, source: str, arrived_at: datetime) -> Fix:
    try:
        fix = _FIXES.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fix = _completed(_decoded(_WORDS, raw), source, arrived_at)
    if fix.schema != SCHEMA:
        raise _RejectError("schema_unknown", fix.schema)
    if fix.lat is None and fix.kind is not FixKind.NO_FIX:
        raise _RejectError("position_missing")
    if fix.fix_time_error_s is not None and fix.fix_time_error_s > _LONGEST_ERROR_S:
        raise _RejectError("invalid_field", "fix_time_error_s")
    return fix if is_stamp(fix.received_at, arrived_at) else replace(fix, received_at=arrived_at)


def _completed(words: dict[str, Any], source: str, arrived_at: datetime) -> Fix:
    """A fix of few words, with what the topic and the clock know; also where a fix with all words is told its fault."""
    at = words.get("fix_time", arrived_at)
    words.setdefault("source", source)
    words.setdefault("received_at", arrived_at)
    words.setdefault("id", fix_id_of(str(words["source"]), str(at), str(words.get("lat")), str(words.get("lon"))))
    try:
        return msgspec.convert(words, Fix)
    except msgspec.ValidationError as error:
        raise _RejectError("invalid_field", error) from error


def _event_of(objects: Sequence[msgspec.Raw], address: Address, arrived_at: datetime) -> Event:
    if len(objects) > 1:
        raise _RejectError("wrong_shape", "an event comes alone")
    words = _decoded(_WORDS, objects[0])
    words.setdefault("source", address.name)
    words.setdefault("type", address.type)
    words.setdefault("received_at", arrived_at)
    words.setdefault("id", fix_id_of(str(words["source"]), str(words["type"]), str(words["received_at"])))
    try:
        event = msgspec.convert(words, Event)
    except msgspec.ValidationError as error:
        raise _RejectError("invalid_field", error) from error
    if event.received_at.tzinfo is None:
        raise _RejectError("invalid_field", "received_at has no time zone")
    return event if is_stamp(event.received_at, arrived_at) else replace(event, received_at=arrived_at)


def is_stamp(received_at: datetime, arrived_at: datetime) -> bool:
    """True for an instant that a gateway's clock can have shown before this arrived."""
    return received_at.year >= _FIRST_YEAR and received_at <= arrived_at + FUTURE_LIMIT
