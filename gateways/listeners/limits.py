"""How much of a gateway one peer, one device and everybody together may take, and who has taken more.

It decides no more than that. What becomes of what is too much is the door's and the server's.
"""

from __future__ import annotations

from dataclasses import dataclass

# Sources told apart. Names are free to whoever forges them, so beyond this all newcomers are one source.
_MOST_SOURCES = 20_000
_SWEEP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of each listener; the defaults let a fleet of 2,000 trackers behind one address through, backlogs included."""

    connections: int = 5_000
    connections_per_address: int = 2_500  # half, so that one address alone cannot shut the others out
    handshake_s: float = 10.0  # until TLS stands
    message_s: float = 60.0  # from the first octet of a message until it is whole
    idle_s: float = 600.0  # protocols.md 5: about ten minutes without a word
    device_per_s: float = 20.0  # reports; the fastest trackers say ten a second
    device_burst: int = 3_000  # at once: what a tracker has kept in an hour without a network
    address_per_s: float = 2_000.0
    address_burst: int = 20_000


class Buckets:
    """A token bucket for each source: `per_s` reports in the long run and `burst` at once. `now_s` never goes back.

    Only full buckets are forgotten, so that forgetting changes no answer. When none is full and there are too many,
    newcomers share one bucket; who is known keeps its own.
    """

    def __init__(self, *, per_s: float, burst: int, most: int = _MOST_SOURCES) -> None:
        self._token_s = 1 / per_s
        self._depth_s = burst / per_s
        self._most = most
        self._full_at_s: dict[str, float] = {}  # when the bucket of a source is full again
        self._crowd_full_at_s = 0.0
        self._swept_s = -_SWEEP_S

    def __len__(self) -> int:
        return len(self._full_at_s)

    def take(self, source: str, count: int, *, now_s: float) -> bool:
        """True while something is left, however much is taken then: what comes together stays together."""
        full_at_s = self._full_at_s.get(source)
        if full_at_s is None and len(self._full_at_s) >= self._most and not self._has_swept(now_s):
            allowed, self._crowd_full_at_s = self._after(self._crowd_full_at_s, count, now_s)
            return allowed
        allowed, self._full_at_s[source] = self._after(full_at_s or 0.0, count, now_s)
        return allowed

    def _after(self, full_at_s: float, count: int, now_s: float) -> tuple[bool, float]:
        full_at_s = max(full_at_s, now_s)
        # A hair of tolerance: thousands of steps of a float do not end on the very number.
        allowed = full_at_s - now_s < self._depth_s - self._token_s / 2
        return allowed, full_at_s + count * self._token_s if allowed else full_at_s

    def _has_swept(self, now_s: float) -> bool:
        """Forgets what is full, now and then; true when that made room."""
        if now_s - self._swept_s >= _SWEEP_S:
            self._swept_s = now_s
            self._full_at_s = {source: at_s for source, at_s in self._full_at_s.items() if at_s > now_s}
        return len(self._full_at_s) < self._most
