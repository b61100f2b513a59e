"""Which dialects there are, by name, and what makes a decoder of each.

It decides the names. What a name decodes to is the decoder's own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateways.decoders.aml_https import AmlHttps
from gateways.decoders.aml_sms import AmlSms
from gateways.decoders.cot_protobuf import CotDatagrams, CotProtobuf
from gateways.decoders.cot_xml import CotXml
from gateways.decoders.gpsgate import GpsGate
from gateways.decoders.lrrp import Lrrp
from gateways.decoders.nmea0183 import Nmea0183
from gateways.decoders.osmand import OsmAnd
from gateways.decoders.owntracks import OwnTracks
from gateways.decoders.pidf_lo import PidfLo
from gateways.decoders.raw_sds import RawSds
from gateways.decoders.taip import Taip
from gateways.decoders.teltonika import Teltonika, TeltonikaDatagrams
from gateways.decoders.tetra_pei import TetraPei
from gateways.decoders.traccar import Traccar

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.decoders.message import Decoder

DIALECTS: dict[str, Callable[[str | None], Decoder]] = {
    "aml-https": AmlHttps,
    "aml-sms": AmlSms,
    "cot-protobuf": partial(CotProtobuf, own_units_only=True),
    "cot-xml": partial(CotXml, own_units_only=True),
    "gpsgate": GpsGate,
    "lrrp": Lrrp,
    "nmea0183": Nmea0183,
    "osmand": OsmAnd,
    "owntracks": OwnTracks,
    "pidf-lo": PidfLo,
    "raw-sds": RawSds,
    "taip": Taip,
    "teltonika": Teltonika,
    "tetra-pei": TetraPei,
    "traccar": Traccar,
}

# What these say is octets, and a line end would be one more of them. The others are text, where it completes what
# there is.
BINARY = frozenset({"aml-sms", "cot-protobuf", "lrrp", "teltonika"})

# Decoders that keep what they have for a while, in the hope of more of the same epoch: these are told when it is quiet.
HOLDING_BACK = frozenset({"gpsgate", "nmea0183"})

# One line of these brings many devices: a radio hands over what all the others send, and an adaptor speaks for a fleet.
SHARED = frozenset({"raw-sds", "tetra-pei"})

# Much of what these say is no message, and says nothing of one that is not whole.
CHATTING = frozenset({"tetra-pei"})

# Over UDP anything can be forged or cut, so there a sentence must bring its checksum (protocols.md 3).
OVER_UDP = DIALECTS | {
    "cot-protobuf": partial(CotDatagrams, own_units_only=True),
    "cot-xml": partial(CotDatagrams, own_units_only=True),
    "gpsgate": partial(GpsGate, checksum_required=True),
    "nmea0183": partial(Nmea0183, checksum_required=True),
    "teltonika": TeltonikaDatagrams,
}
