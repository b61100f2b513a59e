"""Which dialects there are, by name, and what makes a decoder of each.

It decides the names. What a name decodes to is the decoder's own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateways.decoders.gpsgate import GpsGate
from gateways.decoders.lrrp import Lrrp
from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.owntracks import OwnTracks
from gateways.decoders.taip import Taip
from gateways.decoders.teltonika import Teltonika, TeltonikaDatagrams
from gateways.decoders.tetra_pei import TetraPei

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.decoders.message import Decoder

DIALECTS: dict[str, Callable[[str | None], Decoder]] = {
    "gpsgate": GpsGate,
    "lrrp": Lrrp,
    "nmea0183": Nmea0183,
    "owntracks": OwnTracks,
    "taip": Taip,
    "teltonika": Teltonika,
    "tetra-pei": TetraPei,
}

# What these say is octets that tell their own length. The others are text, where a line end completes what there is.
BINARY = frozenset({"lrrp", "teltonika"})

# Over UDP anything can be forged or cut, so there a sentence must bring its checksum (protocols.md 3).
OVER_UDP = DIALECTS | {
    "nmea0183": partial(Nmea0183, checksum_required=True),
    "teltonika": TeltonikaDatagrams,
}
