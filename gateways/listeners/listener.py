"""What a listener is, and what it may ask of the gateway behind it.

It decides only the words between the two. Each carrier has a file of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gateways.decoders.message import Outcome
    from gateways.listeners.pei_talk import PeiTalk
    from gateways.payloads import LineStatus

# protocols.md 3: an epoch of NMEA is over when half a second has brought nothing more.
QUIET_S = 0.5


class ListenerError(Exception):
    """A listener that cannot listen; its text is a sentence for the person who started it."""


class Ear(Protocol):
    """The gateway, as a listener sees it. Both methods belong to the thread of the gateway's event loop."""

    def source_for(self, dialect: str, peer: str) -> str:
        """The device that a peer is taken for until it names itself."""
        ...

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        """Takes what a decoder made of what came in; True once all of it is safe, False when it could not be kept.

        A device forgets what it has heard acknowledged, so whatever tells it (octets, a 200, an MQTT acknowledgement)
        may follow only a True. Whoever has nobody to tell need not wait: what comes of it is published either way.
        """
        ...


class Listener(Protocol):
    """One carrier: bytes in, acknowledgements out."""

    async def start(self, ear: Ear) -> None:
        """Begins to listen. Raises ListenerError."""
        ...

    async def stop(self) -> None:
        """Ends every connection."""
        ...


@runtime_checkable
class Described(Protocol):
    """A listener that can say which line it is and how that line is."""

    @property
    def line(self) -> LineStatus:
        """Name, carrier, dialect, state and detail; what has come over it is counted by the gateway."""
        ...


@runtime_checkable
class OfRadios(Protocol):
    """A listener with radios behind it that can be asked to send something."""

    @property
    def radios(self) -> Sequence[PeiTalk]:
        """Those there are now."""
        ...


@contextmanager
def sentence_for(carrier: str, host: str, port: int) -> Iterator[None]:
    """Turns the operating system's refusal of an address into a sentence."""
    try:
        yield
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ListenerError(f"Nothing can listen on {carrier} {host}:{port}: {why}. Choose another port.") from error
