"""Which dialects there are, by name, and what makes a decoder of each.

It decides the names. What a name decodes to is the decoder's own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.owntracks import OwnTracks
from gateways.decoders.tetra_pei import TetraPei

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.decoders.message import Decoder

DIALECTS: dict[str, Callable[[str | None], Decoder]] = {
    "nmea0183": Nmea0183,
    "owntracks": OwnTracks,
    "tetra-pei": TetraPei,
}

# Over UDP anything can be forged or cut, so there a sentence must bring its checksum (protocols.md 3).
OVER_UDP = DIALECTS | {"nmea0183": partial(Nmea0183, checksum_required=True)}
