"""Epochs of NMEA 0183: what belongs together, and how wrong a receiver says that it may be."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from math import hypot
from operator import xor

import pytest

from arls.fix import AccuracyKind
from gateways.decoders.message import Located, Outcome, Partial
from gateways.decoders.nmea0183 import Nmea0183

NOW = datetime(2026, 6, 6, 14, 26, tzinfo=UTC)


def sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


def epoch(second: int, *formatters: str, error: str = "1.5,2.0") -> bytes:
    clock = f"1425{second:02}.00"
    said = {
        "RMC": f"GNRMC,{clock},A,5228.7820,N,00154.1560,W,24.5,270.5,060626,,,A",
        "GGA": f"GNGGA,{clock},5228.7820,N,00154.1560,W,1,12,0.8,140.2,M,48.1,M,,",
        "GST": f"GNGST,{clock},3.1,2.2,1.9,45.0,{error},4.4",
        "VTG": "GNVTG,270.5,T,,M,24.5,N,45.4,K,A",
    }
    return b"".join(sentence(said[formatter]) for formatter in formatters)


def heard(decoder: Nmea0183, *pieces: bytes) -> list[Outcome]:
    return [outcome for piece in pieces for outcome in decoder.feed(piece, received_at=NOW)]


def test_a_receiver_that_says_how_wrong_it_may_be_is_believed_before_any_guess() -> None:
    decoder = Nmea0183("nmea:1")
    first, second, third = heard(decoder, *(epoch(n, "RMC", "GGA", "GST") for n in (1, 2, 3)))
    assert isinstance(first, Located)
    assert (first.accuracy_m, first.accuracy_kind) == (pytest.approx(4.0), AccuracyKind.ESTIMATED)
    for fix in (second, third):
        assert isinstance(fix, Located)
        assert (fix.accuracy_m, fix.accuracy_kind) == (pytest.approx(hypot(1.5, 2.0)), AccuracyKind.MEASURED)
        assert fix.accuracy_confidence == 0.63


@pytest.mark.parametrize("order", [("GST", "RMC", "GGA"), ("RMC", "GST", "GGA"), ("GGA", "VTG", "GST", "RMC")])
def test_it_counts_wherever_it_stands_in_its_epoch(order: tuple[str, ...]) -> None:
    decoder = Nmea0183("nmea:1")
    *_, fix = heard(decoder, epoch(1, *order), epoch(2, *order))
    assert isinstance(fix, Located)
    assert fix.accuracy_kind is AccuracyKind.MEASURED


def test_a_receiver_that_has_stopped_saying_it_is_waited_for_once() -> None:
    decoder = Nmea0183("nmea:1")
    assert len(heard(decoder, epoch(1, "RMC", "GGA", "GST"))) == 1
    assert heard(decoder, epoch(2, "RMC", "GGA")) == []
    (fix,) = decoder.flush()
    assert isinstance(fix, Located)
    assert fix.accuracy_kind is AccuracyKind.ESTIMATED
    assert len(heard(decoder, epoch(3, "RMC", "GGA"))) == 1


def test_the_quiet_between_two_epochs_makes_nobody_forget_it() -> None:
    decoder = Nmea0183("nmea:1")
    heard(decoder, epoch(1, "RMC", "GGA", "GST"))
    assert decoder.flush() == []
    assert heard(decoder, epoch(2, "RMC", "GGA")) == []
    (fix,) = heard(decoder, epoch(2, "GST"))
    assert isinstance(fix, Located)
    assert fix.accuracy_kind is AccuracyKind.MEASURED


def test_an_error_of_no_epoch_is_partial_and_an_empty_one_says_nothing() -> None:
    decoder = Nmea0183("nmea:1")
    heard(decoder, epoch(1, "GST"))
    (said,) = decoder.flush()
    assert isinstance(said, Partial)
    decoder = Nmea0183("nmea:1")
    (fix,) = heard(decoder, epoch(1, "GST", "RMC", "GGA", error=","))
    assert isinstance(fix, Located)
    assert fix.accuracy_kind is AccuracyKind.ESTIMATED
