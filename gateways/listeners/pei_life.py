"""One radio's PEI line kept alive: set up, registered for what it shall deliver, asked again, lost and found again.

It decides which AT command goes out when, and what an answer, a silence or a restart means; what may follow what is in
`pei_states`. It has no clock and no port: octets come in with the seconds of a monotonic clock, and octets to send are
taken out.
"""

from __future__ import annotations

import random
import re
from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from gateways.decoders.lines import Lines
from gateways.decoders.message import DecodeError
from gateways.decoders.tetra_pei import HEADER, is_spoken, without_prompt
from gateways.listeners.pei_states import ASKING, LIFE, READY, Happening, LineState

if TYPE_CHECKING:
    from collections.abc import Callable

# EN 300 392-5, 6.17 by protocols.md 1.3: +CTSP=<service profile>,<service layer 1>,<layer 2>. What the radio shall hand
# to us: LIP, the location system with and without SDS-TL, and status.
REGISTRATIONS = ("1,3,10", "1,3,131", "1,3,3", "1,2,20")

# The answer that ends a command's answers.
_FINAL = re.compile(r"(?P<ok>OK)$|ERROR$|\+CM[ES] ERROR:.*", re.ASCII)
_OWN_IDENTITY = re.compile(r"\+CNUMF:\s*\d\s*,\s*(\d{1,17})$", re.ASCII)
_LONGEST_LINE = 600

EXPIRED = "expired"  # what came to its turn too late

_ATTEMPTS = 2  # what stood half written in the radio's buffer spoils the first command behind it
_MOST_DELIVERED = 5_000  # short data a minute; one control channel carries a fifth of it
_SEND_S = 15.0  # for the user data to cross the air
_SETTLE_S = 1.0  # a radio that starts says several lines
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 5.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeiSetup:
    """How a line is kept."""

    registrations: tuple[str, ...] = REGISTRATIONS
    answer_s: float = 3.0  # a radio answers within
    pause_s: float = 0.1  # some need it between commands (protocols.md 1.3)
    renew_s: float = 300.0  # registered again after
    silent_s: float = 120.0  # and after so long without an octet


@dataclass(slots=True, kw_only=True)
class _Command:
    text: str
    body: str = ""  # user data behind the first line
    is_registration: bool = False
    told: Callable[[str | None], None] | None = None  # None: done; else why not
    until_s: float = inf  # not asked any more after
    attempts_left: int = _ATTEMPTS


class PeiLife:
    """One line's life. The one who owns the port calls `opened`, `heard`, `tick` and `closed`, then sends `take()`."""

    def __init__(self, setup: PeiSetup | None = None) -> None:
        self.setup = setup or PeiSetup()
        self.state = LineState.CONNECTING
        self.own_identity: str | None = None  # the radio's own as it said it: country, network and subscriber
        self.refused = 0  # commands answered with an error, since the start
        self.unanswered = 0
        self._refusals: dict[str, str] = {}  # by command, the latest answer
        self._lines = Lines(_LONGEST_LINE)
        self._queue: deque[_Command] = deque()
        self._asked: _Command | None = None
        self._asked_until_s = inf
        self._free_s = -inf
        self._heard_s = -inf
        self._due_s = inf
        self._accepted = 0
        self._failures = 0
        self._out: list[str] = []
        self._delivered_s: deque[float] = deque(maxlen=_MOST_DELIVERED)

    @property
    def next_s(self) -> float:
        """When `tick` has something to do, if nothing is heard before."""
        if self._asked is not None:
            return self._asked_until_s
        if self._queue:
            return self._free_s
        quiet_s = self._heard_s + self.setup.silent_s if self.state is LineState.REGISTERED else inf
        return min(self._due_s, quiet_s)

    @property
    def detail(self) -> str:
        """A sentence for whoever looks after the line; empty when all is well."""
        refusals = ", ".join(f"{text} ({answer})" for text, answer in self._refusals.items())
        counted = f"so far {self.refused} commands refused and {self.unanswered} unanswered"
        match self.state:
            case LineState.LOST:
                return f"The radio does not answer ({counted})."
            case LineState.REFUSED:
                return f"The radio will deliver nothing to us: {refusals} ({counted})."
            case _:
                return f"The radio refused {refusals} ({counted})." if refusals else ""

    def delivered(self, *, since_s: float) -> int:
        """How many short data the radio has handed over since."""
        return sum(at_s >= since_s for at_s in self._delivered_s)

    def take(self) -> bytes:
        """What is to be sent now."""
        out, self._out = "".join(self._out), []
        return out.encode("ascii")

    def opened(self, now_s: float) -> None:
        """The port is open."""
        self._lines = Lines(_LONGEST_LINE)
        self._heard_s = self._free_s = now_s
        self._happened(Happening.OPENED, now_s)

    def closed(self, now_s: float) -> None:
        """The port is gone."""
        self._happened(Happening.CLOSED, now_s)

    def heard(self, data: bytes, now_s: float) -> None:
        """Octets came, in whatever pieces."""
        self._heard_s = now_s
        for line in self._lines.feed(data):
            words = "" if isinstance(line, DecodeError) else without_prompt(line)
            if isinstance(line, DecodeError) or not is_spoken(words):
                self._happened(Happening.RESTARTED, now_s)
            elif (final := _FINAL.match(words)) is not None:
                self._answered(None if final["ok"] else words, now_s)
            elif (own := _OWN_IDENTITY.match(words)) is not None:
                self.own_identity = own[1]
            elif words.startswith(HEADER):
                self._delivered_s.append(now_s)
        self.tick(now_s)

    def tick(self, now_s: float) -> None:
        """Whatever is due."""
        if self._asked is not None and now_s >= self._asked_until_s:
            self._not_answered(now_s)
        if self.state is LineState.REGISTERED and now_s >= self._heard_s + self.setup.silent_s:
            self._happened(Happening.QUIET, now_s)
        if now_s >= self._due_s:
            self._due_s = inf
            self._happened(Happening.DUE if self.state is LineState.REGISTERED else Happening.AGAIN, now_s)
        self._ask_next(now_s)

    def send(
        self, called: int, digits: str, bits: int, told: Callable[[str | None], None], *, now_s: float, until_s: float
    ) -> None:
        """Has the radio send user data (SDS type 4) to a subscriber; `told` hears None once it has, else why not.

        What has to wait for its turn until later than `until_s` is `expired`.
        """
        if self.state not in READY:
            told(f"line_{self.state}")
            return
        # protocols.md 1.3: the service is chosen first, and Ctrl-Z ends the user data. Nothing is sent twice.
        text, body = f"AT+CMGS={called},{bits}", f"{digits}\x1a"
        self._queue.append(_Command(text="AT+CTSDS=12,0,0,0,1", until_s=until_s))
        self._queue.append(_Command(text=text, body=body, told=told, until_s=until_s, attempts_left=1))
        self._ask_next(now_s)

    def _happened(self, happening: Happening, now_s: float) -> None:
        state = LIFE.get((self.state, happening))
        if state is None:
            return
        self.state = state
        if happening is Happening.RESTARTED:
            self._free_s = now_s + _SETTLE_S
        if state in ASKING:
            if state is LineState.INITIALISING:
                self._drop("line_restarted")
            self._accepted = 0
            self._due_s = inf
            self._queue.extend(self._commands())
        elif state is LineState.REGISTERED:
            self._failures = 0
            self._due_s = now_s + self.setup.renew_s
        elif state is LineState.CONNECTING:
            self._drop("line_closed")
            self._due_s = inf
        elif happening is Happening.AGAIN:
            self._queue.append(_Command(text="AT"))
        else:
            self._drop(f"line_{state}")
            # Doubling waits with jitter, as everywhere: radios behind one switch come back together.
            ceiling_s = min(_LONGEST_WAIT_S, _SHORTEST_WAIT_S * 2**self._failures)
            self._failures = min(self._failures + 1, 16)
            self._due_s = now_s + ceiling_s * random.uniform(0.5, 1.0)  # noqa: S311  # spread, not secrecy

    def _commands(self) -> list[_Command]:
        # A line that registers for nothing is asked all the same whether anybody is there.
        texts = [f"AT+CTSP={words}" for words in self.setup.registrations] or ["AT"]
        asks = [_Command(text=text, is_registration=True) for text in texts]
        if self.state is not LineState.INITIALISING:
            return asks
        # Echo off, so that what we say is not taken for what the radio says; then who the radio is.
        return [_Command(text="AT"), _Command(text="ATE0"), _Command(text="AT+CNUMF?"), *asks]

    def _drop(self, why: str) -> None:
        """Forgets what was to be asked, and tells those who wanted something sent."""
        dropped = [command for command in (self._asked, *self._queue) if command is not None]
        self._asked, self._asked_until_s = None, inf
        self._queue.clear()
        for command in dropped:
            if command.told is not None:
                command.told(why)

    def _ask_next(self, now_s: float) -> None:
        if self._asked is not None or now_s < self._free_s:
            return
        while self._queue and self._queue[0].until_s < now_s:
            expired = self._queue.popleft()
            if expired.told is not None:
                expired.told(EXPIRED)
        if not self._queue:
            return
        command = self._asked = self._queue.popleft()
        command.attempts_left -= 1
        self._asked_until_s = now_s + (_SEND_S if command.body else self.setup.answer_s)
        self._out.append(f"{command.text}\r\n{command.body}")

    def _answered(self, error: str | None, now_s: float) -> None:
        command, self._asked, self._asked_until_s = self._asked, None, inf
        self._free_s = now_s + self.setup.pause_s
        self._happened(Happening.ANSWERED, now_s)
        if command is None:
            return  # an answer that came after we had given up on it
        self._refusals.pop(command.text, None)
        if error is not None:
            self.refused += 1
            if command.told is None:
                self._refusals[command.text] = error
        elif command.is_registration:
            self._accepted += 1
        if command.told is not None:
            command.told(error)
        self._conclude(now_s)

    def _not_answered(self, now_s: float) -> None:
        command, self._asked, self._asked_until_s = self._asked, None, inf
        if command is None:
            return
        self.unanswered += 1
        if command.attempts_left:
            self._queue.appendleft(command)
            return
        if command.told is not None:
            command.told("unanswered")
        self._happened(Happening.UNANSWERED, now_s)

    def _conclude(self, now_s: float) -> None:
        """After the last answer of a round: has the radio taken any registration?"""
        if self.state in ASKING and not any(command.is_registration for command in self._queue):
            self._happened(Happening.ACCEPTED if self._accepted else Happening.DECLINED, now_s)
