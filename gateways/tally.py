"""What a gateway has heard and done, in numbers: how one sees that a link is up and brings nothing.

It decides what is counted and which rejects are kept as samples, masked: nothing here says who or where.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from gateways.masking import masked, masked_address
from gateways.payloads import GatewayStatus

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.message import DecodeError
    from gateways.spool import Spool

_SAMPLES = 10
# A reason is a word of ours, but a few carry a code that the sender chose.
_MOST_REASONS = 200
_OTHER = "other"


class Tally:
    """Counters since the start."""

    def __init__(self) -> None:
        self.received = 0
        self.decoded = 0
        self.published = 0
        self.unknown_devices = 0
        self.last_received_at: datetime | None = None
        self._kinds: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._samples: deque[dict[str, str]] = deque(maxlen=_SAMPLES)

    @property
    def samples(self) -> tuple[dict[str, str], ...]:
        """The latest rejects, oldest first."""
        return tuple(self._samples)

    def came(self, outcomes: int, received_at: datetime) -> None:
        """So many outcomes of one arrival."""
        self.received += outcomes
        self.last_received_at = received_at

    def passed_by(self, kind: str) -> None:
        """A message understood and of no use to the core."""
        self._kinds[kind if kind in self._kinds or len(self._kinds) < _MOST_REASONS else _OTHER] += 1

    def rejected(self, error: DecodeError, *, dialect: str, received_at: datetime) -> None:
        """Nonsense, counted by reason; the latest are kept."""
        known = error.reason in self._rejected or len(self._rejected) < _MOST_REASONS
        self._rejected[error.reason if known else _OTHER] += 1
        self._samples.append(
            {
                "at": received_at.isoformat(timespec="milliseconds"),
                "dialect": dialect,
                "reason": error.reason,
                "detail": masked(error.detail),
                "peer": masked_address(error.peer),
            }
        )

    def status(self, spool: Spool, *, state: str, at: datetime) -> GatewayStatus:
        """All of it, and what the spool holds, as the gateway publishes it."""
        held = spool.status()
        return GatewayStatus(
            state=state,
            session=spool.session,
            at=at,
            counters={
                "received": self.received,
                "decoded": self.decoded,
                "published": self.published,
                "rejected": self._rejected.total(),
                "unknown_devices": self.unknown_devices,
                "dropped": held.dropped,
            },
            passed_by=dict(self._kinds),
            rejected=dict(self._rejected),
            samples=self.samples,
            last_received_at=self.last_received_at,
            unsettled=held.depth,
            lag_s=held.oldest_s,
            spool=held,
        )
