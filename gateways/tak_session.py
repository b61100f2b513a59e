"""Our side of one connection to a TAK Server: XML first, TAK protocol 1 once the server grants it.

It decides what is said when, and in which encoding; no socket. What events mean is the decoders', what is told of our
units `out`'s. Source of every step: protocol.txt of ATAK, streaming connections.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from gateways.cot_writing import frame_of, ping, request
from gateways.decoders.cot_event import Negotiation
from gateways.decoders.cot_protobuf import CotProtobuf
from gateways.decoders.message import Answer

if TYPE_CHECKING:
    from datetime import datetime

    from gateways.decoders.message import Outcome

_SPOKEN = 1


class Speech(Enum):
    """What this side speaks. The other is understood in either encoding at any time."""

    XML = auto()
    SILENT = auto()  # we have asked, and until the answer comes nothing may be said in XML
    PROTOBUF = auto()


# Speech x what the server grants -> speech; None: it offers.
_LIFE = {
    (Speech.XML, None): Speech.SILENT,
    (Speech.SILENT, True): Speech.PROTOBUF,
    (Speech.SILENT, False): Speech.XML,
}


class TakSession:
    """One connection, from its beginning. With `negotiate` False it stays with XML, which every server speaks."""

    def __init__(self, *, uid: str, negotiate: bool = True) -> None:
        self.speech = Speech.XML
        self._uid = uid
        self._negotiate = negotiate
        self._decoder = CotProtobuf(own_units_only=True)

    def feed(self, data: bytes, *, received_at: datetime) -> tuple[list[Outcome], bytes]:
        """What the server said, and what it is to hear at once."""
        heard: list[Outcome] = []
        reply = b""
        for outcome in self._decoder.feed(data, received_at=received_at):
            if isinstance(outcome, Answer):
                reply += b"" if self.speech is Speech.SILENT else outcome.octets
                continue
            if isinstance(outcome, Negotiation):
                reply += self._negotiated(outcome, received_at)
            heard.append(outcome)
        return heard, reply

    def words(self, xml: bytes) -> bytes:
        """An event as it goes out now; nothing while an answer is awaited."""
        match self.speech:
            case Speech.XML:
                return xml
            case Speech.PROTOBUF:
                return frame_of(xml)
            case Speech.SILENT:
                return b""

    def ping(self, *, at: datetime) -> bytes:
        """What keeps the connection alive."""
        return self.words(ping(self._uid, at=at))

    def _negotiated(self, said: Negotiation, at: datetime) -> bytes:
        offered = said.accepted is None
        if offered and not (self._negotiate and _SPOKEN in said.versions):
            return b""
        after = _LIFE.get((self.speech, said.accepted), self.speech)
        asks = after is Speech.SILENT and self.speech is Speech.XML
        self.speech = after
        return request(said.uid, at=at) if asks else b""
