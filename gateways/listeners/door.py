"""Who may speak to a listener, and what a device is answered with.

It decides which devices are let in, and sorts what a decoder said into what the gateway hears and what the device
hears back. When the device hears it is the listener's: after the gateway has it safe, and never sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateways.decoders.message import Answer, DecodeError, OutOfStepError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gateways.decoders.message import Message, Outcome

# Enough to know a device by that one has in hand, too little to pretend to be it.
_SHOWN_CHARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """What came of one arrival: `answer` may follow only when `outcomes` are safe, `refusal` may go at once."""

    outcomes: Sequence[Outcome]
    answer: bytes = b""
    refusal: bytes = b""
    is_over: bool = False  # the conversation: a stranger, or octets in which nobody can find the next message


class Door:
    """Lets in the devices of a list (`imei:356307042441013`); without one, everybody."""

    def __init__(self, allowed: Collection[str] | None = None) -> None:
        self._allowed = None if allowed is None else frozenset(allowed)

    def admit(self, outcomes: Sequence[Outcome]) -> Admitted:
        """Sorts what a decoder said; what a stranger says is one fault each and nothing more."""
        heard: list[Outcome] = []
        answer, refusal, is_over = b"", b"", False
        for outcome in outcomes:
            if isinstance(outcome, DecodeError):
                heard.append(outcome)
                is_over = is_over or isinstance(outcome, OutOfStepError)
            elif not self._knows(outcome):
                is_over = True
                if isinstance(outcome, Answer):
                    refusal += outcome.refusal
                else:
                    heard.append(DecodeError("device_not_allowed", f"...{(outcome.device_id or '')[-_SHOWN_CHARS:]}"))
            elif isinstance(outcome, Answer):
                answer += outcome.octets
            else:
                heard.append(outcome)
        return Admitted(outcomes=heard, answer=answer, refusal=refusal, is_over=is_over)

    def _knows(self, message: Message) -> bool:
        # What names no device is nobody's to admit: the gateway counts it as such.
        return self._allowed is None or message.device_id is None or message.device_id in self._allowed
