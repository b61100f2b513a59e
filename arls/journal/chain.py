"""The chain of hashes that makes a change to the record show: one link per event, each sealed over the one before.

It decides the form in which an event is kept for good, what its hash covers, and whether records follow from each
other. It opens no file: where records lie is the store's business. A body stands beside the chain, which holds only
its hash (in the event), so that retention can erase the body without breaking the proof.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from arls.messages import CallerLocated, Event, FixesRecorded
from arls.ports import Entry, Recorded

if TYPE_CHECKING:
    from collections.abc import Iterable


class JournalError(Exception):
    """The journal cannot be opened, read or written; its text is one sentence that names the fix."""


class Head(NamedTuple):
    """The newest record: its position and its hash, which vouches for every record before it."""

    position: int
    hash: bytes


# The hash "before the first record". It names the format, so that another format can never pass for this one.
START = Head(position=0, hash=hashlib.sha256(b"arls.journal/1").digest())

# Dictionaries are sorted by key, so that equal events have equal bytes.
_EVENT_TO_JSON = msgspec.json.Encoder(order="deterministic")
_EVENT_OF_JSON: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
# MessagePack marks where each value ends: no two different links have the same bytes.
_LINK = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it is kept: `event` in JSON, `body` as it came, or None with `erased` telling why."""

    position: int
    stream: str
    key: str | None
    request: str | None
    event: bytes
    hash: bytes
    body: bytes | None = None
    erased: bool = False

    @property
    def head(self) -> Head:
        """Where the journal ends when this is the newest record."""
        return Head(self.position, self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check of the chain found: the last sound record, bodies erased so far, and the first fault or None."""

    head: Head
    erased: int
    fault: str | None


def seal(entry: Entry, *, after: Head) -> Record:
    """The record that keeps `entry` directly behind `after`.

    Raises ValueError for an event that could not be read again as it was (a number that is not finite), and for a
    body without its hash in the event or the other way round: what is kept once is kept for good.
    """
    event = _EVENT_TO_JSON.encode(entry.event)
    if _find_event(event) != entry.event:
        raise ValueError(f"{entry.stream}: this {type(entry.event).__name__} cannot be read again as it was")
    if not _is_body_of(entry.event, entry.body):
        raise ValueError(f"{entry.stream}: the body is not the one whose SHA-256 the event holds")
    position = after.position + 1
    return Record(
        position=position,
        stream=entry.stream,
        key=entry.key,
        request=entry.request,
        event=event,
        hash=_link_hash(after.hash, position, entry.stream, entry.key, entry.request, event),
        body=entry.body,
    )


def recorded_of(record: Record) -> Recorded:
    """The record in the engine's words. Raises JournalError for an event that this version does not know."""
    event = event_of(record)
    entry = Entry(stream=record.stream, event=event, key=record.key, request=record.request, body=record.body)
    return Recorded(position=record.position, entry=entry)


def event_of(record: Record) -> Event:
    """What happened. Raises JournalError for an event that this version does not know."""
    event = _find_event(record.event)
    if event is None:
        raise JournalError(f"record {record.position} holds an event that this ARLS cannot read: use a newer one")
    return event


def verify(records: Iterable[Record], *, after: Head = START) -> Verdict:
    """Follow the chain from `after`, up to its end or to the first record that does not follow from the last.

    Records that end early are not a fault that the chain can see: compare `head` with one kept elsewhere.
    """
    head, erased, fault = after, 0, None
    try:
        for record in records:
            fault = _find_fault(record, after=head)
            if fault is not None:
                break
            head = record.head
            erased += record.erased
    except JournalError as error:
        fault = f"record {head.position + 1} cannot be read: {error}"
    return Verdict(head=head, erased=erased, fault=fault)


def _find_fault(record: Record, *, after: Head) -> str | None:
    position = after.position + 1
    if record.position != position:
        return f"record {position} is missing"
    sealed = _link_hash(after.hash, position, record.stream, record.key, record.request, record.event)
    if record.hash != sealed:
        return f"record {position} is not what was recorded: its hash does not follow from it"
    if not record.erased and not _is_body_of(event_of(record), record.body):
        return f"record {position} has not the body that was recorded: its SHA-256 differs"
    return None


def _link_hash(before: bytes, position: int, stream: str, key: str | None, request: str | None, event: bytes) -> bytes:
    return hashlib.sha256(_LINK.encode((before, position, stream, key, request, event))).digest()


def _find_event(data: bytes) -> Event | None:
    try:
        return _EVENT_OF_JSON.decode(data)
    except msgspec.DecodeError:
        return None


def _is_body_of(event: Event, body: bytes | None) -> bool:
    held = event.sha256 if isinstance(event, CallerLocated | FixesRecorded) else None
    return held == (None if body is None else hashlib.sha256(body).hexdigest())
