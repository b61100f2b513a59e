"""Links that a caller's phone opens to say where it is: unguessable, good for one answer, over after minutes.

It decides who may answer and how often. Links live in the memory alone: after a restart they are all over. What came of
each stands in the log of its incident.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import deque
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from arls.incident import IncidentId

MOST_OPEN: Final = 2_000
MOST_OF_AN_INCIDENT: Final = 5
# A phone that cannot say where it is says why; more than a few times is nobody's doing but a script's.
MOST_FAILURES: Final = 5
# Wrong tokens of all the world together: 256 bits are not guessed, but nobody shall keep the door busy.
_WRONG_A_MINUTE: Final = 60
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationLink:
    """One link that was made, and may be answered until `expires_at`."""

    id: str
    incident: IncidentId
    operator: str
    desk: str
    asked_by: str  # who asks, as the caller reads it
    why: str
    made_at: datetime
    expires_at: datetime
    failures: int = 0


class TooManyError(Exception):
    """So many links are open already, or so many wrong ones were tried; the text says which."""


class LocationLinks:
    """The open links, by the hash of their tokens. Many threads may ask."""

    def __init__(self) -> None:
        self._open: dict[bytes, LocationLink] = {}
        self._wrong_at: deque[datetime] = deque(maxlen=_WRONG_A_MINUTE)
        self._lock = threading.Lock()

    def mint(
        self, incident: IncidentId, *, operator: str, desk: str, asked_by: str, why: str, now: datetime, life: timedelta
    ) -> tuple[LocationLink, str]:
        """A new link and its token, which is kept nowhere. Raises TooManyError."""
        token = secrets.token_urlsafe(32)
        link = LocationLink(
            id=f"L{secrets.token_hex(6)}",
            incident=incident,
            operator=operator,
            desk=desk,
            asked_by=asked_by,
            why=why,
            made_at=now,
            expires_at=now + life,
        )
        with self._lock:
            self._forget(now)
            if len(self._open) >= MOST_OPEN:
                raise TooManyError(f"{MOST_OPEN:,} links are open already: revoke some")
            if sum(one.incident == incident for one in self._open.values()) >= MOST_OF_AN_INCIDENT:
                raise TooManyError(f"{MOST_OF_AN_INCIDENT} links of {incident} are open already: revoke some")
            self._open[_digest(token)] = link
        return link, token

    def find(self, token: str, now: datetime) -> LocationLink | None:
        """The link of a token; None: over, answered, revoked or never made. Raises TooManyError after many of those."""
        with self._lock:
            self._forget(now)
            link = self._open.get(_digest(token))
            if link is None:
                if len(self._wrong_at) == _WRONG_A_MINUTE and now - self._wrong_at[0] < _MINUTE:
                    raise TooManyError("too many links that are none: wait a minute")
                self._wrong_at.append(now)
            return link

    def take(self, token: str) -> LocationLink | None:
        """The link, which is over with this; None for all but the first who take it."""
        with self._lock:
            return self._open.pop(_digest(token), None)

    def put_back(self, token: str, link: LocationLink) -> None:
        """The answer was not kept: the link is good for another."""
        with self._lock:
            self._open[_digest(token)] = link

    def failed(self, token: str) -> bool:
        """Note that the phone could not say where it is; False once it said so often enough, or the link is over."""
        with self._lock:
            link = self._open.get(_digest(token))
            if link is None or link.failures >= MOST_FAILURES:
                return False
            self._open[_digest(token)] = replace(link, failures=link.failures + 1)
            return True

    def of(self, incident: IncidentId, now: datetime) -> list[LocationLink]:
        """The open links of an incident, the oldest first."""
        with self._lock:
            self._forget(now)
            return [link for link in self._open.values() if link.incident == incident]

    def revoke(self, incident: IncidentId, identity: str) -> LocationLink | None:
        """The link, which is over with this; None: there is no such open link."""
        with self._lock:
            for digest, link in list(self._open.items()):
                if (link.incident, link.id) == (incident, identity):
                    return self._open.pop(digest)
        return None

    def _forget(self, now: datetime) -> None:
        for digest, link in list(self._open.items()):
            if link.expires_at <= now:
                del self._open[digest]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
