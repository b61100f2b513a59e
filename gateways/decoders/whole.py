"""What decoders share whose carrier hands over whole payloads: one message each, or one fault, and nothing held back.

It decides nothing of what a payload says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from gateways.decoders.message import DecodeError

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.message import Message, Outcome


class Whole(ABC):
    """A `message.Decoder` whose dialect says only what one payload means."""

    @abstractmethod
    def said(self, data: bytes, received_at: datetime | None) -> Message:
        """The one message of `data`. Raises DecodeError."""

    def feed(self, data: bytes, *, received_at: datetime | None) -> list[Outcome]:
        """The one message of `data`, or the fault in it."""
        try:
            return [self.said(data, received_at)]
        except DecodeError as error:
            return [error]

    def flush(self) -> list[Outcome]:
        """Nothing."""
        return []
