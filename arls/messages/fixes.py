"""What comes from radios: fixes, payloads that were none, presses and codes of devices; and that it was kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from arls.fix import Fix
from arls.messages.said import Said


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """A payload that did not parse: counted by reason, a sample kept (at most 512 octets)."""

    topic: str
    reason: str
    sample: bytes
    received_at: datetime


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of a gateway, by which the engine tells it what is safe."""

    gateway: str
    session: int
    seq: int


# --- commands -----------------------------------------------------------------------------------------------------


class RecordFixes(Said, frozen=True, kw_only=True):
    """What came from the broker: fixes, payloads that were none, and the publications they came in."""

    fixes: tuple[Fix, ...] = ()
    rejects: tuple[Reject, ...] = ()
    publications: tuple[Publication, ...] = ()


class RadioEvent(Said, frozen=True, kw_only=True):
    """An emergency press, or a state code, from a device whose unit the engine knows."""

    source: str
    kind: Literal["emergency", "state"]
    code: int | None = None
    # Of one that comes late, when its gateway heard it (the gateway's clock): what was done since outweighs it.
    happened_at: datetime | None = None


# --- events -------------------------------------------------------------------------------------------------------


class FixBatch(msgspec.Struct, frozen=True, kw_only=True):
    """The erasable body of FixesRecorded: it stands beside the chain, which holds only its hash."""

    fixes: tuple[Fix, ...] = ()
    rejects: tuple[Reject, ...] = ()


class FixesRecorded(Said, frozen=True, kw_only=True):
    """A batch of fixes and rejects came in; the batch itself is the body with this hash."""

    sha256: str
    fixes: int
    rejects: dict[str, int]  # by reason
    withheld: int = 0  # routine fixes of units off duty, discarded unread
    publications: tuple[Publication, ...] = ()
