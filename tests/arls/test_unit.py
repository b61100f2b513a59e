"""A unit as it stands in journals of every age."""

from __future__ import annotations

import msgspec
import pytest

from arls.unit import Callsign, Unit


def test_a_unit_from_before_distance_triggers_reads_as_one_without() -> None:
    old = msgspec.msgpack.encode({"callsign": "AB1", "crew": 2, "expected_interval_s": 30.0})
    assert msgspec.msgpack.decode(old, type=Unit) == Unit(callsign=Callsign("AB1"), crew=2, expected_interval_s=30.0)
    again = msgspec.msgpack.encode(Unit(callsign=Callsign("AB1"), reports_every_m=100.0))
    assert msgspec.msgpack.decode(again, type=Unit).reports_every_m == 100.0


@pytest.mark.parametrize("every_m", [0.0, -5.0, float("nan"), float("inf")])
def test_no_radio_reports_every_nothing(every_m: float) -> None:
    with pytest.raises(ValueError, match="reports_every_m"):
        Unit(callsign=Callsign("AB1"), reports_every_m=every_m)
