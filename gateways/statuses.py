"""What the gateways of a force say of themselves, as their retained topics tell it.

It decides which word of a gateway counts: the newest of its latest session. An offline of an older session, a will that
comes late, means nothing (protocols.md 13); one of this session leaves what was counted standing.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateways.mqtt import Link
from gateways.payloads import read_status
from gateways.topics import every_status, find_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateways.mqtt import BrokerAddress, Inbound
    from gateways.payloads import GatewayStatus

OFFLINE, ONLINE = "offline", "online"

# Whoever forges names fills no memory with them.
_MOST_GATEWAYS = 1_000

# What is retained comes at once, one after the other; what comes now goes on coming.
_RETAINED_WITHIN_S, _RETAINED_AT_MOST_S = 0.5, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySeen:
    """A gateway's word, and when it came; what was retained may be older than that."""

    gateway: str
    status: GatewayStatus
    seen_at: datetime
    was_retained: bool

    @property
    def said_at(self) -> datetime | None:
        """When it was true, as far as that is known: a will that was retained does not say."""
        return self.status.at or (None if self.was_retained else self.seen_at)


class Statuses:
    """The latest word of each gateway. `take` belongs to one thread; `seen` may be read by any."""

    def __init__(self) -> None:
        self.seen: dict[str, GatewaySeen] = {}
        self._came = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Until another word has come, for so long at most; false when none has."""
        self._came.clear()
        return self._came.wait(seconds)

    def take(self, message: Inbound) -> None:
        """A message from a status topic; what is none is passed by."""
        self._came.set()
        address = find_address(message.topic)
        if address is None or address.kind != "status":
            return
        if not message.payload:  # somebody has cleared it away, as one does with a gateway that is no more
            self.seen = {name: seen for name, seen in self.seen.items() if name != address.name}
            return
        status = read_status(message.payload)
        before = self.seen.get(address.name)
        if status is None or (before is not None and status.session < before.status.session):
            return
        if before is None and len(self.seen) >= _MOST_GATEWAYS:
            return
        if status.at is None and before is not None and status.session == before.status.session:
            status = replace(before.status, state=status.state, at=None)
        self.seen = self.seen | {
            address.name: GatewaySeen(
                gateway=address.name, status=status, seen_at=message.received_at, was_retained=message.retain
            )
        }


@contextmanager
def statuses_at(address: BrokerAddress, *, force: str) -> Iterator[Statuses]:
    """What a broker retains of the gateways of a force, and what comes from then on. Raises BrokerError."""
    statuses = Statuses()
    link = Link(
        address,
        client_id=f"arls-look-{secrets.token_hex(6)}",
        on_message=statuses.take,
        subscriptions=(every_status(force),),
        is_passing=True,
        mqtt5=False,  # a passing client of MQTT 3.1.1 leaves nothing behind, and every broker speaks it
    )
    link.start()
    try:
        until_s = monotonic() + _RETAINED_AT_MOST_S
        while statuses.wait(_RETAINED_WITHIN_S) and monotonic() < until_s:
            pass
        yield statuses
    finally:
        link.stop()
