"""What waits to be sent to one system outside, bounded, and the account of what became of it.

It decides what gives way when there is no room: the oldest goes, and is counted. A parcel whose key comes again takes
the place of the older one: of a place that is overtaken nobody needs to hear.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

import msgspec


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One sending. `id` stays when it is sent again, so that whoever has it already knows it."""

    id: str
    key: str
    body: bytes


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what was to be told to one system outside, since the start. `to` holds no secret."""

    name: str
    kind: str
    to: str
    sent: int = 0
    failed: int = 0  # attempts; what is not refused is tried again
    refused: int = 0  # by the other side, for good
    dropped: int = 0  # for want of room
    overtaken: int = 0  # by something newer, before it was sent
    queued: int = 0
    last_ok_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str = ""


class Parcels:
    """At most `most` parcels, the oldest first."""

    def __init__(self, most: int) -> None:
        self.dropped = 0
        self.overtaken = 0
        self._most = most
        self._waiting: OrderedDict[str, Parcel] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, parcel: Parcel) -> None:
        """At the end."""
        self.overtaken += self._waiting.pop(parcel.key, None) is not None
        self._waiting[parcel.key] = parcel
        if len(self._waiting) > self._most:
            self._waiting.popitem(last=False)
            self.dropped += 1

    def find_first(self) -> Parcel | None:
        """The one to send next; it stays until it is done with."""
        return next(iter(self._waiting.values()), None)

    def done(self, parcel: Parcel) -> None:
        """It is sent or refused. One that took its place meanwhile stays."""
        if self._waiting.get(parcel.key) is parcel:
            del self._waiting[parcel.key]
