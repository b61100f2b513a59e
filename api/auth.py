"""Who may come in: bearer tokens, single-use tickets for the screen, and the sessions they are exchanged for.

It decides who is asking. Everything but the few paths in `OPEN` and the screen's own files is shut to strangers,
known routes and unknown ones alike. What an operator may do is the same for all until roles exist.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from api.problems import Problem, response_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from api.sessions import SessionFile

# Health says nothing of anybody; the pages and their files hold no data, and `/?ticket=` is the sign-in.
PAGES = ("/", "/map", "/board", "/wall", "/replay")
# A caller's phone is nobody's operator: `/locate` is its page, and the questions beside it want the token of a link.
CALLERS = ("/locate", "/locate/about", "/locate/answer")
OPEN = frozenset({"/healthz", "/readyz", *PAGES, *CALLERS})
FILES = "/static/"

COOKIE = "arls_session"
TICKET_S = 10 * 60.0
SESSION_S = 12 * 3600.0

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DESK = re.compile(r"[\w .:-]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, from which desk, and for how many seconds more; the journal keeps operator and desk."""

    operator: str
    desk: str
    left_s: float | None = None  # None: a token does not expire


class _Passes:
    """Secrets of 256 bits that stand for an operator until they expire; only their hashes are kept."""

    def __init__(self, life_s: float, clock: Callable[[], float]) -> None:
        self._life_s = life_s
        self._clock = clock
        self._held: dict[bytes, tuple[str, float]] = {}

    def put(self, held: Mapping[bytes, tuple[str, float]]) -> None:
        """Take in passes by their hashes, each an operator and the seconds left: never more than a new one has."""
        now_s = self._clock()
        self._held |= {
            digest: (operator, now_s + min(left_s, self._life_s)) for digest, (operator, left_s) in held.items()
        }

    def left(self) -> dict[bytes, tuple[str, float]]:
        """What `put` takes."""
        now_s = self._clock()
        return {digest: (operator, until_s - now_s) for digest, (operator, until_s) in list(self._held.items())}

    def mint(self, operator: str) -> str:
        now_s = self._clock()
        # Other threads mint too, so what has expired goes one by one and nothing else is lost.
        for digest, (_, until_s) in list(self._held.items()):
            if until_s <= now_s:
                self._held.pop(digest, None)
        secret = secrets.token_urlsafe(32)
        self._held[_digest(secret)] = operator, now_s + self._life_s
        return secret

    def find(self, secret: str) -> tuple[str, float] | None:
        """The operator and the seconds left."""
        return self._alive(self._held.get(_digest(secret)))

    def take(self, secret: str) -> tuple[str, float] | None:
        """The same, and it is gone."""
        return self._alive(self._held.pop(_digest(secret), None))

    def _alive(self, held: tuple[str, float] | None) -> tuple[str, float] | None:
        left_s = held[1] - self._clock() if held else 0.0
        return (held[0], left_s) if held and left_s > 0 else None


class Keyring:
    """Operators by bearer token, and the tickets and sessions given out.

    Expiry is counted on a clock that only goes forward: a wall clock set back would prolong every session.
    """

    def __init__(
        self,
        tokens: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
        kept: SessionFile | None = None,
    ) -> None:
        """`tokens` is operator -> token; only the hashes are kept. `kept` are sessions that outlive the process."""
        self._operators = {operator: _digest(token) for operator, token in tokens.items()}
        self._tickets = _Passes(TICKET_S, clock)
        self._sessions = _Passes(SESSION_S, clock)
        self._kept = kept
        if kept is not None:
            self._sessions.put(kept.read(self._operators))

    def find_operator(self, token: str) -> str | None:
        """Whose bearer token this is."""
        digest = _digest(token)
        # Every token is compared in full, so that the time it takes tells nothing.
        found = [operator for operator, known in self._operators.items() if compare_digest(known, digest)]
        return found[0] if found else None

    def mint_ticket(self, operator: str) -> str:
        """A secret that opens the screen once, within ten minutes."""
        return self._tickets.mint(operator)

    def find_session(self, ticket: str) -> str | None:
        """The session that a ticket is exchanged for; None for one that was used, has expired or never was."""
        taken = self._tickets.take(ticket)
        if taken is None:
            return None
        return self.open_session(taken[0])

    def open_session(self, operator: str) -> str:
        """A secret that is an operator's for twelve hours."""
        session = self._sessions.mint(operator)
        if self._kept is not None:
            self._kept.write(self._sessions.left(), self._operators)
        return session

    def admit(self, connection: HTTPConnection) -> Principal:
        """Who this is. Raises Problem: 401 for a stranger, 403 for another site's page in an operator's browser."""
        is_socket = connection.scope["type"] == "websocket"
        if is_socket and "origin" in connection.headers and not _same_origin(connection):
            raise Problem(403, "another site's page may not listen to the live feed")
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            operator = self.find_operator(token.strip())
            return _principal((operator, None) if operator else None, connection, door="api")
        session = connection.cookies.get(COOKIE)
        # SameSite=Strict keeps other sites' requests without the cookie; this holds where a browser does not obey.
        if session and (is_socket or connection.scope["method"] not in _SAFE) and not _same_origin(connection):
            raise Problem(403, "a session is good only for requests from the screen itself: use a bearer token")
        if session is None and is_socket:
            session = self.find_session(connection.query_params.get("ticket", ""))
        return _principal(self._sessions.find(session or ""), connection, door="screen")


class Gate:
    """The middleware in front of everything: open paths pass, an operator passes, anybody else is refused."""

    def __init__(self, app: ASGIApp, *, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or refuse."""
        if scope["type"] != "lifespan" and not _is_open(scope["path"]):
            try:
                scope.setdefault("state", {})["principal"] = self._keyring.admit(HTTPConnection(scope))
            except Problem as problem:
                await _refuse(problem, scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(FILES)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).send_denial_response(response_of(problem))
    else:
        await response_of(problem)(scope, receive, send)


def _principal(found: tuple[str, float | None] | None, connection: HTTPConnection, *, door: str) -> Principal:
    if found is None:
        raise Problem(
            401,
            "not signed in: send a bearer token, or open the sign-in link",
            headers={"WWW-Authenticate": "Bearer"},
        )
    desk = connection.headers.get("x-desk", door)
    if not _DESK.fullmatch(desk):
        raise Problem(422, "X-Desk has 1 to 32 letters, figures, spaces, dots, colons or hyphens")
    return Principal(operator=found[0], desk=desk, left_s=found[1])


def _same_origin(connection: HTTPConnection) -> bool:
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(origin).netloc == connection.headers.get("host")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
