"""The Fix of protocols.md 12, field by field, of whatever the vectors of every dialect become."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
import pytest

from arls.fix import FUTURE_LIMIT, AccuracyKind, Fix, TimeBasis, doubts_of
from gateways.decode import Vector
from gateways.decoders import tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError, Located, Message, NoFix
from gateways.dialects import BINARY, DIALECTS
from gateways.fixes import Heard, event_of, fix_of, is_fix
from gateways.runner import Gateway

VECTORS = Path(__file__).parent / "vectors"
NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)

PROTOCOLS = {
    *("tetra-lip", "tetra-lrrp", "nmea0183", "taip", "teltonika", "owntracks", "osmand", "cot", "dmr-lrrp"),
    *("gpsgate", "traccar"),  # spoken here too, and not named there
}
FLAGS = {
    *("mock", "rollover_corrected", "time_suspect", "speed_implausible", "checksum_absent", "replayed", "backlog"),
    *("partly_read", "vendor_scheme", "more_locations", "length_differs"),  # ours
}


def heard(dialect: str, source: str = "issi:1") -> Heard:
    return Heard(source=source, gateway="yard", protocol=dialect, received_at=NOW)


def messages_of(dialect: str, vector: Vector) -> list[Message]:
    received_at = vector.receive_time or NOW
    if dialect in {"tetra-lip", "tetra-sds-location"}:
        bits = Bits(vector.hexadecimal or vector.text or "", length=vector.bits)
        return [tetra_sds.decode(bits, source="issi:1", received_at=received_at, vendor_schemes=True)]
    decoder = DIALECTS[dialect]("issi:1")
    pieces = vector.pieces
    pieces[-1] += b"" if vector.is_stream or dialect in BINARY else b"\n"
    said = [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=received_at)]
    return [outcome for outcome in said + decoder.flush() if isinstance(outcome, Message)]


@cache
def fixes() -> tuple[tuple[Message, Fix], ...]:
    """Every fix that the vectors hold, as a gateway would publish it."""
    made = []
    for file in sorted(VECTORS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            words = {key: value for key, value in json.loads(line).items() if key in Vector.__struct_encode_fields__}
            with suppress(DecodeError, msgspec.ValidationError):
                for message in messages_of(file.stem, msgspec.convert(words, Vector)):
                    if is_fix(message):
                        at = message.received_at or NOW
                        how = Heard(source="issi:1", gateway="yard", protocol=carrier_of(file.stem), received_at=at)
                        made.append((message, fix_of(message, how)))
    return tuple(made)


def carrier_of(dialect: str) -> str:
    """Short data reach a gateway in the lines of a radio."""
    return "tetra-pei" if dialect in {"tetra-lip", "tetra-sds-location"} else dialect


def test_the_vectors_hold_fixes_of_every_protocol_that_has_any() -> None:
    assert len(fixes()) > 150
    assert {fix.protocol for _, fix in fixes()} >= PROTOCOLS - {"traccar"}


@pytest.mark.parametrize("number", range(10))
def test_every_fix_keeps_to_the_model(number: int) -> None:
    for _, fix in fixes()[number::10]:
        assert fix.schema == "arls.fix/1"
        assert fix.protocol in PROTOCOLS
        assert set(fix.flags) <= FLAGS
        assert (fix.lat is None) == (fix.lon is None)
        assert (fix.lat, fix.lon) != (0, 0)
        assert (fix.accuracy_m is None) == (fix.accuracy_kind is None)
        assert fix.accuracy_confidence is None or fix.accuracy_m is not None
        assert fix.accuracy_kind is not AccuracyKind.CLASS_BOUND or fix.accuracy_confidence is None
        assert fix.altitude_m is None or fix.altitude_ref is not None
        assert fix.fix_time is None or fix.fix_time <= fix.received_at + FUTURE_LIMIT
        assert fix.course_deg is None or fix.speed_mps is None or fix.speed_mps >= 0.5
        assert not any("future" in doubt for doubt in doubts_of(fix))


def test_a_time_reckoned_from_the_receipt_says_so_and_how_wrong_it_may_be() -> None:
    derived = [fix for _, fix in fixes() if fix.fix_time_basis is TimeBasis.DERIVED]
    assert {fix.fix_time_error_s for fix in derived} >= {5.0, 300.0}
    assert all(fix.fix_time == fix.received_at for fix in derived)


def test_a_report_of_a_class_is_bound_by_it_and_no_more() -> None:
    (lip,) = messages_of("tetra-lip", Vector(hexadecimal="0A00B8C31A53EB496D6200"))
    assert isinstance(lip, Located)
    fix = fix_of(lip, heard("tetra-pei"))
    assert (fix.accuracy_kind, fix.accuracy_confidence) == (AccuracyKind.CLASS_BOUND, None)


def test_who_listens_in_is_nobodys_business() -> None:
    for message in (NoFix(reason="ambience_listening"), Located(lat=52.0, lon=-1.0, reason="ambience_listening")):
        assert fix_of(message, heard("tetra-pei")).reason == "unknown"


def test_a_speed_of_a_jet_is_said_and_flagged() -> None:
    fast = fix_of(Located(lat=52.0, lon=-1.0, speed_mps=151.0), heard("teltonika"))
    assert (fast.speed_mps, fast.flags) == (151.0, ("speed_implausible",))
    assert fix_of(Located(lat=52.0, lon=-1.0, speed_mps=149.0), heard("teltonika")).flags == ()


def test_lrrp_is_called_by_the_air_it_came_through() -> None:
    document = bytes.fromhex("0D11220101664E30F84FFED97DFD6C0D405687")
    (over_ip,) = messages_of("lrrp", Vector(hexadecimal=document.hex()))
    in_short_data = tetra_sds.decode(Bits("83001180" + document.hex()), received_at=NOW)
    assert is_fix(over_ip)
    assert is_fix(in_short_data)
    assert fix_of(over_ip, heard("lrrp")).protocol == "dmr-lrrp"
    assert fix_of(in_short_data, heard("tetra-pei")).protocol == "tetra-lrrp"


def test_an_event_is_of_the_same_protocol_as_its_fix() -> None:
    press = Located(device_id="cot:1", lat=52.0, lon=-1.0, reason="emergency")
    assert event_of(press, heard("cot-xml"), None).protocol == fix_of(press, heard("cot-xml")).protocol == "cot"


@pytest.mark.parametrize(
    ("dialect", "peer", "source"),
    [
        ("nmea0183", "10.0.0.7:4711", "nmea:yard/10.0.0.7:4711"),
        ("lrrp", "12.0.18.103:4001", "dmr:yard/4711"),
        ("lrrp", "::1:4001", "lrrp:yard/::1:4001"),
        ("taip", "10.0.0.7:4711", "taip:yard/10.0.0.7:4711"),
        ("cot-xml", "10.0.0.7:4711", "cot:yard/10.0.0.7:4711"),
    ],
)
def test_a_peer_that_has_not_named_itself_is_called_by_its_protocol(dialect: str, peer: str, source: str) -> None:
    gateway = object.__new__(Gateway)
    gateway.name = "yard"
    assert gateway.source_for(dialect, peer) == source
