"""Who may speak to a listener, and how much, and what a device is answered with.

It decides which devices are let in, what of theirs is too much, and sorts what a decoder said into what the gateway
hears and what the device hears back. When the device hears it is the listener's: after the gateway has it safe, and
never sooner. A call for help is let in whatever the limits say.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from gateways.decoders.message import Answer, DecodeError, OutOfStepError, Report
from gateways.fixes import calls_for_help, is_event, is_fix
from gateways.listeners.limits import Buckets, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from gateways.decoders.message import Message, Outcome

# Enough to know a device by that one has in hand, too little to pretend to be it.
_SHOWN_CHARS = 4


@dataclass(slots=True, kw_only=True)
class Admitted:
    """What came of one arrival: `answer` may follow only when `outcomes` are safe, `refusal` may go at once."""

    outcomes: list[Outcome] = field(default_factory=list)
    answer: bytes = b""
    refusal: bytes = b""
    is_over: bool = False  # the conversation: a stranger, or octets in which nobody can find the next message


class Door:
    """Lets in the devices of a list (`imei:356307042441013`), or everybody, and of each no more than the limits say.

    Where a line is shared by many devices a stranger among them does not end it for the others.
    """

    def __init__(
        self,
        allowed: Collection[str] | None = None,
        limits: Limits | None = None,
        *,
        is_shared: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        limits = limits or Limits()
        self._allowed = None if allowed is None else frozenset(allowed)
        self._is_shared = is_shared
        self._clock = clock
        self._devices = Buckets(per_s=limits.device_per_s, burst=limits.device_burst)
        self._addresses = Buckets(per_s=limits.address_per_s, burst=limits.address_burst)

    def admit(self, outcomes: Sequence[Outcome], address: str | None = None) -> Admitted:
        """Sorts what a decoder said of what came from `address`.

        What a stranger says, and what is too much, is one fault each and nothing more.
        """
        admitted = Admitted()
        for covered in _by_answer(outcomes):
            self._sort(covered, self._excess(covered, address), admitted)
        for outcome in admitted.outcomes if address else ():
            if isinstance(outcome, DecodeError):
                outcome.peer = address or ""
        return admitted

    def _sort(self, covered: Sequence[Outcome], excess: dict[str, str], admitted: Admitted) -> None:
        withheld = False
        for outcome in covered:
            if isinstance(outcome, DecodeError):
                admitted.outcomes.append(outcome)
                admitted.is_over = admitted.is_over or isinstance(outcome, OutOfStepError)
            elif not self._knows(outcome):
                admitted.is_over = admitted.is_over or not self._is_shared
                if isinstance(outcome, Answer):
                    admitted.refusal += outcome.refusal
                else:
                    admitted.outcomes.append(DecodeError("device_not_allowed", _shown(outcome)))
            elif isinstance(outcome, Answer):
                # What was not taken is not acknowledged: the device keeps it, and sends it again.
                admitted.answer += b"" if withheld else outcome.octets
            elif excess and _is_limited(outcome) and (reason := excess.get(outcome.device_id or "")):
                admitted.outcomes.append(DecodeError(reason, _shown(outcome)))
                withheld = withheld or isinstance(outcome, Report)
            else:
                admitted.outcomes.append(outcome)

    def _excess(self, covered: Sequence[Outcome], address: str | None) -> dict[str, str]:
        """The devices of which this is too much, and why."""
        counts = Counter(
            outcome.device_id or ""
            for outcome in covered
            if not isinstance(outcome, DecodeError) and _is_limited(outcome) and self._knows(outcome)
        )
        if not counts:
            return {}
        now_s = self._clock()
        excess = {
            device: "rate_of_device"
            for device, count in counts.items()
            if not self._devices.take(device, count, now_s=now_s)
        }
        # A device that has gone wild uses up nothing of what its neighbours behind the same address have.
        taken = sum(count for device, count in counts.items() if device not in excess)
        if address is not None and taken and not self._addresses.take(address, taken, now_s=now_s):
            return dict.fromkeys(counts, "rate_of_address") | excess
        return excess

    def _knows(self, message: Message) -> bool:
        # What names no device is nobody's to admit: the gateway counts it as such.
        return self._allowed is None or message.device_id is None or message.device_id in self._allowed


def _by_answer(outcomes: Sequence[Outcome]) -> Iterator[Sequence[Outcome]]:
    """What one answer covers, with it: it is taken whole or not at all."""
    start = 0
    for end, outcome in enumerate(outcomes, 1):
        if isinstance(outcome, Answer):
            yield outcomes[start:end]
            start = end
    if start < len(outcomes):
        yield outcomes[start:]


def _is_limited(message: Message) -> bool:
    """True for what costs the core something, unless somebody calls for help."""
    return (is_fix(message) or is_event(message)) and not calls_for_help(message)


def _shown(message: Message) -> str:
    return f"...{(message.device_id or '')[-_SHOWN_CHARS:]}"
