"""How much of a gateway one peer, one device and everybody together may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of each listener; the defaults let a fleet of 2,000 trackers behind one address through, backlogs included."""

    connections: int = 5_000
    connections_per_address: int = 2_500  # half, so that one address alone cannot shut the others out
    handshake_s: float = 10.0  # until TLS stands
    message_s: float = 60.0  # from the first octet of a message until it is whole
    idle_s: float = 600.0  # protocols.md 5: about ten minutes without a word
