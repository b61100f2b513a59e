"""Asking radios for positions: what may be asked, by which rules, and how it is answered.

It decides whether a command is obeyed: it must be valid still, the radio one that can be asked, a line ready, and the
site's radio budget not spent. Off unless a site switches it on: sending to live radios needs the network's owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime  # msgspec reads it at run time
from typing import Annotated, Literal

import msgspec

POLLS = "poll"  # the dialect of the line that commands come in by
ANSWER_SCHEMA = "arls.poll-answer/1"

# protocols.md 1.4: intervals of LIP count in tens of seconds; nothing faster is ever asked of a control channel.
SHORTEST_EVERY_S = 10
_MOST_OCTETS = 4_096

_RADIO = re.compile(r"itsi:(?P<network>\d{7,9})(?P<full>\d{8})|issi:(?P<short>\d{1,8})", re.ASCII)
_MOST_SSI = 0xFFFFFF

# What a dispatcher reads; the word is for programs.
REASONS = {
    "not_a_command": "The command cannot be read.",
    "retained": "A command must not be retained: it would be obeyed again at each reconnection.",
    "expired": "The command came too late.",
    "not_a_tetra_radio": "Only TETRA radios can be asked, named itsi:<digits> or issi:<number>.",
    "foreign_network": "The radio belongs to another network than ours.",
    "no_line": "No radio of this gateway is registered and ready to send.",
    "own_identity_unknown": "Our radio has not said who it is, so nobody can report to it.",
    "radio_budget": "The site's radio budget for this minute is spent.",
    "too_many_rates": "Too many radios report at a raised rate already.",
    "too_long": "The raised rate would last longer than this site allows.",
    "no_rate": "This radio reports at no raised rate.",
}


class PollCommand(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants to know where a radio is, once or for a while."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    source: Annotated[str, msgspec.Meta(max_length=64)]
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)]
    act: Literal["locate", "rate", "stop"] = "locate"
    protocol: Literal["lip", "lrrp"] = "lip"
    every_s: Annotated[float, msgspec.Meta(ge=SHORTEST_EVERY_S, le=3_600)] = 30.0  # `rate`: asked again after
    for_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 300.0  # `rate`: and no longer than
    by: Annotated[str, msgspec.Meta(max_length=64)] = ""  # an operator, the ranking
    schema: Literal["arls.poll/1"] = "arls.poll/1"


class PollAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a command. `sent` means that our radio took it over: the answer is a fix with reason `request`."""

    id: str
    source: str
    state: Literal["sent", "refused", "failed", "done"]
    at: datetime
    gateway: str
    reason: str | None = None  # a word to count by
    detail: str = ""  # a sentence
    until: datetime | None = None  # a raised rate ends by itself
    requests: int = 0  # of a raised rate: sent so far
    skipped: int = 0  # not sent, for want of budget or line
    schema: str = ANSWER_SCHEMA


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRules:
    """What a site allows."""

    # protocols.md 1.5: two reports a second are the lower end of what one control channel fairly bears.
    budget_per_min: int = 120
    longest_s: float = 3_600.0  # a raised rate
    most_rates: int = 20  # radios at a raised rate at once


class PollRefusedError(Exception):
    """The rules say no; `reason` is a key of REASONS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail or REASONS[reason]
        super().__init__(reason)


_COMMANDS = msgspec.json.Decoder(PollCommand)


def read_command(payload: bytes) -> PollCommand:
    """The command. Raises PollRefusedError for anything else."""
    if len(payload) > _MOST_OCTETS:
        raise PollRefusedError("not_a_command", "The command is too long.")
    try:
        return _COMMANDS.decode(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise PollRefusedError("not_a_command", f"The command cannot be read: {error}"[:160]) from error


def ssi_of(source: str, own_identity: str | None) -> int:
    """The subscriber to ask. Raises PollRefusedError for whoever is no radio, or none of the network of our own."""
    radio = _RADIO.fullmatch(source)
    if radio is None or not 0 < (ssi := int(radio["full"] or radio["short"])) <= _MOST_SSI:
        raise PollRefusedError("not_a_tetra_radio")
    network = own_identity[:-8] if own_identity is not None and len(own_identity) > 8 else None
    if radio["network"] is not None and network is not None and radio["network"] != network:
        raise PollRefusedError("foreign_network")
    return ssi


def can_be_asked(source: str) -> bool:
    """Whether a device is a radio that some gateway could ask."""
    try:
        ssi_of(source, None)
    except PollRefusedError:
        return False
    return True


def must_be_valid(command: PollCommand, rules: PollRules, now: datetime, *, is_retained: bool) -> None:
    """Raises PollRefusedError for a command that is too late, would come again, or asks for too much."""
    if is_retained:
        raise PollRefusedError("retained")
    if now > command.expires_at:
        raise PollRefusedError("expired")
    if command.act == "rate" and command.for_s > rules.longest_s:
        raise PollRefusedError("too_long", f"A raised rate may last {rules.longest_s:g} s here.")


class Budget:
    """Requests and reports of the last minute. A request is allowed while there is room for it and for its answer."""

    def __init__(self, per_min: int) -> None:
        self.per_min = per_min
        self._requests_s: list[float] = []

    def used(self, delivered: int, now_s: float) -> int:
        """Of this minute, with so many reports delivered in it."""
        self._requests_s = [at_s for at_s in self._requests_s if at_s > now_s - 60]
        return delivered + len(self._requests_s)

    def take(self, delivered: int, now_s: float) -> None:
        """Counts one request. Raises PollRefusedError when nothing is left."""
        used = self.used(delivered, now_s)
        if used + 2 > self.per_min:
            raise PollRefusedError(
                "radio_budget", f"The site's radio budget is spent: {used} of {self.per_min} in this minute."
            )
        self._requests_s.append(now_s)
