"""Messages a second that one core decodes, dialect by dialect, beside pynmeagps and takproto on the same messages.

python -m tests.bench decoders

The aims are 50,000 a second of LIP and of Teltonika records, and 20,000 of text dialects. Each decoder is fed as its
listener feeds it, and what it says is counted: a payload that stops being understood stops the bench. Traccar's
published claim is 8,000 messages a second for a whole server; it is not measured here.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import takproto
from pynmeagps import NMEAReader

from gateways.decoders import tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import Report
from gateways.dialects import DIALECTS, OVER_UDP
from tests.gateways.teltonika_frames import datagram, frame, login, record

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
ROUND_S = 0.4
ROUNDS = 3
RECORDS = 20
VECTORS = Path(__file__).parents[1] / "gateways" / "vectors"

RMC = b"$GPRMC,142530.50,A,5228.7820,N,00154.1560,W,24.5,270.5,060626,,,A*7D\r\n"
GGA = b"$GPGGA,142530.50,5228.7820,N,00154.1560,W,1,09,0.9,142.0,M,48.1,M,,*72\r\n"
PV = b">RPV50395+5247970-0019026002418012;ID=4711;*75<\r\n"
EV = b">REV012421650395+5247970-0019026002418012;ID=4711<\r\n"
FRCMD = b"$FRCMD,4711,_SendMessage,,5228.7820,N,00154.1560,W,142,24.5,270.5,060626,142530,1*42\r\n"
SDS = b"+CTSDSR: 12,234009900004711,1,234009900001000,1,84\r\n0A0FEA5A4A551A3964681\r\n"
OBJECT = b'{"_type": "location", "lat": 52.4797, "lon": -1.9026, "tst": 1780000000, "vel": 90, "cog": 181, "acc": 8}'
LRRP = bytes.fromhex("0D11220101664E30F84FFED97DFD6C0D405687")


def rate(once: Callable[[], int]) -> float:
    """Messages a second of CPU by a call that says how many it decoded: the best of a few rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        decoded, started = 0, process_time()
        while (took_s := process_time() - started) < ROUND_S:
            decoded += once()
        best = max(best, decoded / took_s)
    return best


def fed(make: Callable[[str | None], Any], payload: bytes, reports: int, opening: bytes = b"") -> Callable[[], int]:
    """A call that feeds a payload to one decoder and insists on the reports in it."""
    decoder = make("bench:1")
    decoder.feed(opening, received_at=NOW)

    def once() -> int:
        said = sum(isinstance(outcome, Report) for outcome in decoder.feed(payload, received_at=NOW))
        assert said == reports, f"{said} of {reports} reports in {payload!r}"
        return reports

    return once


def flushed(make: Callable[[str | None], Any], payload: bytes) -> Callable[[], int]:
    """The same for what waits for more of its epoch, which never comes."""
    decoder = make("bench:1")

    def once() -> int:
        decoder.feed(payload, received_at=NOW)
        (said,) = decoder.flush()
        assert isinstance(said, Report)
        return 1

    return once


def vector(dialect: str, says: str) -> bytes:
    """The payload of a dialect's vector that says so."""
    rows = map(json.loads, (VECTORS / f"{dialect}.jsonl").read_text(encoding="utf-8").splitlines())
    (row,) = [row for row in rows if row["says"] == says]
    return bytes.fromhex(row["hex"]) if "hex" in row else row["text"].encode()


def lip() -> int:
    """One short report, from its digits."""
    tetra_sds.decode(Bits("0A0FEA5A4A551A3964681", length=84), source="issi:4711", received_at=NOW)
    return 1


def peer(sentence: bytes) -> int:
    """One sentence by pynmeagps."""
    NMEAReader.parse(sentence, validate=1)
    return 1


def tak(frame: bytes) -> int:
    """One datagram of the mesh by takproto: its protobuf, with neither detail nor judgement."""
    assert takproto.parse_proto(bytearray(frame)).cotEvent.uid
    return 1


def main() -> None:
    """Prints one line a dialect."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; messages a second of CPU, best of {ROUNDS}")
    where: dict[str, Any] = {"at": NOW, "lat": 52.4797, "lon": -1.9026}
    records = {codec: [record(codec, **where) for _ in range(RECORDS)] for codec in (0x08, 0x8E, 0x10)}
    teltonika = {codec: frame(*records[codec], codec=codec) for codec in records}
    tcp, udp = DIALECTS["teltonika"], OVER_UDP["teltonika"]
    runs: dict[str, Callable[[], int]] = {
        "LIP short report": lip,
        "LIP in +CTSDSR lines": fed(DIALECTS["tetra-pei"], SDS, 1),
        "LRRP": fed(DIALECTS["lrrp"], LRRP, 1),
        "Teltonika 8 records, TCP": fed(tcp, teltonika[0x08], RECORDS, login()),
        "Teltonika 8E records, TCP": fed(tcp, teltonika[0x8E], RECORDS, login()),
        "Teltonika 16 records, TCP": fed(tcp, teltonika[0x10], RECORDS, login()),
        "Teltonika 8 records, one a frame": fed(tcp, frame(records[0x08][0]), 1, login()),
        "Teltonika 8 records, UDP": fed(udp, datagram(*records[0x08]), RECORDS),
        "NMEA epochs of RMC and GGA": fed(DIALECTS["nmea0183"], RMC + GGA, 1),
        "NMEA, one RMC as an epoch over UDP": flushed(OVER_UDP["nmea0183"], RMC),
        "pynmeagps, one RMC": partial(peer, RMC),
        "pynmeagps, one GGA": partial(peer, GGA),
        "TAIP PV": fed(DIALECTS["taip"], PV, 1),
        "TAIP EV": fed(DIALECTS["taip"], EV, 1),
        "GpsGate": fed(DIALECTS["gpsgate"], FRCMD, 1),
        "OwnTracks": fed(DIALECTS["owntracks"], OBJECT, 1),
        "OsmAnd, query": fed(DIALECTS["osmand"], vector("osmand", "a query counts in knots") + b"\n", 1),
        "Traccar, forwarded": fed(DIALECTS["traccar"], vector("traccar", "a position as forwarded, in knots"), 1),
        "raw short data": fed(DIALECTS["raw-sds"], vector("raw-sds", "a report of a full identity") + b"\n", 1),
        "CoT, XML": fed(DIALECTS["cot-xml"], vector("cot-xml", "a tablet on a vest"), 1),
        "CoT, protobuf of a stream": fed(DIALECTS["cot-protobuf"], vector("cot-protobuf", "a frame of a stream"), 1),
        "CoT, protobuf of the mesh": fed(OVER_UDP["cot-protobuf"], vector("cot-protobuf", "a datagram of the mesh"), 1),
        "takproto, protobuf of the mesh": partial(tak, vector("cot-protobuf", "a datagram of the mesh")),
        "AML, SMS": fed(DIALECTS["aml-sms"], vector("aml-sms", "version 1"), 1),
        "AML, HTTPS": fed(DIALECTS["aml-https"], vector("aml-https", "a form"), 1),
        "PIDF-LO": fed(DIALECTS["pidf-lo"], vector("pidf-lo", "a circle that says how sure it is"), 1),
    }
    for name, once in runs.items():
        print(f"{name:34} {rate(once):>10,.0f}/s")


if __name__ == "__main__":
    main()
