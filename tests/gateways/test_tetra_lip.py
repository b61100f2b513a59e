"""LIP: whatever shape, velocity and time type a long report has, its fields are read where they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.fix import AccuracyKind
from gateways.decoders import tetra_sds
from gateways.decoders.bits import Bits
from gateways.decoders.message import DecodeError, Located, NoFix
from gateways.decoders.tetra_pei import TetraPei

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)

# protocols.md 1.4, "Location shapes": the widths of what follows longitude and latitude, and which of them is what.
SHAPES = {
    1: "",
    2: "r",
    3: "rr?c",
    4: "a",
    5: "ra",
    6: "rr?ac",
    7: "rau",
    8: "rr?auc",
    10: "e",
}
WIDTHS = {"r": 6, "?": 8, "c": 3, "a": 12, "u": 3, "e": 3}
LENGTHS = {1: 49, 2: 55, 3: 72, 4: 61, 5: 67, 6: 84, 7: 70, 8: 87, 10: 52}
# The same, "Velocity type": speed 7, uncertainties 3, vertical 8, direction 8.
VELOCITIES = {0: [], 1: [7], 2: [7, 3], 3: [7, 8], 4: [7, 3, 8, 3], 5: [7, 8], 6: [7, 3, 8, 3], 7: [7, 3, 8, 3, 8, 3]}
DIRECTION_AT = {5: 1, 6: 2, 7: 4}
# The same, "Time type": elapsed 2; day, hour, minute, second.
TIMES = {0: [], 1: [2], 2: [5, 5, 6, 6]}
RADII_M = {0: 0.98, 10: 26.81, 30: 1177.34, 63: None}
HEIGHTS_M = {0: None, 1: -200, 1201: 1000, 1202: 1002, 1926: 2450, 1927: 2525, 2047: 11525}


def packed(fields: list[tuple[int, int]]) -> Bits:
    """Values and widths behind the protocol identifier, padded to whole digits."""
    bits = "00001010" + "".join(f"{value:0{width}b}" for value, width in fields)
    return Bits(f"{int(bits.ljust(-(-len(bits) // 4) * 4, '0'), 2):0{-(-len(bits) // 4)}X}", length=len(bits))


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[tuple[int, int]], dict[str, object]]:
    """A long report, field by field, and what it says."""

    def some(width: int) -> tuple[int, int]:
        return draw(st.integers(0, 2**width - 1)), width

    says: dict[str, object] = {}
    time_type = draw(st.sampled_from([0, 1]))
    times = [some(width) for width in TIMES[time_type]]
    if times:
        says["age_max_s"] = {0: 5, 1: 300, 2: 1800, 3: None}[times[0][0]]
    shape = draw(st.sampled_from(list(SHAPES)))
    place, said = _place(draw, SHAPES[shape])
    assert sum(width for _, width in place) == LENGTHS[shape]
    velocity_type = draw(st.sampled_from(list(VELOCITIES)))
    velocity = [some(width) for width in VELOCITIES[velocity_type]]
    if velocity:
        code = velocity[0][0]
        kmh = code if code < 29 else 16 * 1.038 ** (code - 13)
        says["speed_mps"] = None if code > 125 else pytest.approx(kmh / 3.6)
    at = DIRECTION_AT.get(velocity_type)
    says["course_deg"] = None if at is None else pytest.approx(velocity[at][0] * 360 / 256)
    fields = [(0b010011, 6), (time_type, 2), *times, (shape, 4), *place, (velocity_type, 3), *velocity]
    return [*fields, some(1), (0, 1), (129, 8)], says | said


def _place(draw: st.DrawFn, parts: str) -> tuple[list[tuple[int, int]], dict[str, object]]:
    lon, lat = draw(st.integers(-(2**24), 2**24 - 1)), draw(st.integers(-(2**23), 2**23 - 1).filter(bool))
    fields = [(lon % 2**25, 25), (lat % 2**24, 24)]
    says: dict[str, object] = {"lon": pytest.approx(lon * 360 / 2**25), "lat": pytest.approx(lat * 180 / 2**24)}
    radii: list[float | None] = []
    for part in parts:
        if part == "r":
            code = draw(st.sampled_from(list(RADII_M)))
            radii.append(RADII_M[code])
        elif part == "a":
            code = draw(st.sampled_from(list(HEIGHTS_M)))
            says["altitude_m"] = HEIGHTS_M[code]
        else:
            code = draw(st.integers(0, 2 ** WIDTHS[part] - 1))
        if part == "c":
            says["accuracy_confidence"] = dict(enumerate([0.5, 0.68, 0.8, 0.9, 0.95, 0.98, 0.99])).get(code)
        if part == "e":
            bound_m = dict(enumerate([2, 20, 200, 2_000, 20_000, 200_000])).get(code)
            says |= {"accuracy_m": bound_m, "accuracy_kind": bound_m and AccuracyKind.CLASS_BOUND}
        fields.append((code, WIDTHS[part]))
    if radii:
        known = [radius_m for radius_m in radii if radius_m is not None]
        says["accuracy_m"] = pytest.approx(max(known), abs=0.01) if len(known) == len(radii) else None
    return fields, says


@given(reports())
def test_every_field_of_a_long_report_is_read_where_it_stands(
    report: tuple[list[tuple[int, int]], dict[str, object]],
) -> None:
    fields, says = report
    said = tetra_sds.decode(packed(fields), received_at=NOW)
    assert isinstance(said, Located)
    assert said.reason == "max_interval"
    assert {name: getattr(said, name) for name in says} == says


@given(reports(), st.integers(1, 40))
def test_a_long_report_without_its_end_is_cut(
    report: tuple[list[tuple[int, int]], dict[str, object]], missing: int
) -> None:
    whole = packed(report[0])
    digits = f"{whole.take(whole.left):0{-(-whole.left // 4)}X}"
    length = sum(width for _, width in report[0]) + 8 - missing
    value = int(digits or "0", 16) >> missing
    with pytest.raises(DecodeError, match="truncated"):
        tetra_sds.decode(Bits(f"{value << (-length % 4):0{-(-length // 4)}X}", length=length), received_at=NOW)


@given(st.integers(0, 31), st.integers(0, 31), st.integers(0, 63), st.integers(0, 63))
def test_a_time_of_position_is_the_latest_such_day_that_a_clock_can_show(
    day: int, hour: int, minute: int, second: int
) -> None:
    point = [(0b010011, 6), (2, 2), (day, 5), (hour, 5), (minute, 6), (second, 6), (1, 4), (1, 25), (1, 24), (0, 3)]
    said = tetra_sds.decode(packed([*point, (0, 1), (0, 1), (129, 8)]), received_at=NOW)
    assert isinstance(said, Located)
    if day == 0 or hour > 23 or minute > 59 or second > 60:
        assert (said.time, said.flags) == (None, ("time_suspect",))
        return
    # Backwards second by second would be the plain way; a day at a time finds the same.
    candidate = next(
        at
        for back in range(-1, 70)
        if (midnight := (NOW + timedelta(minutes=5)).replace(hour=0, minute=0, second=0) - timedelta(days=back)).day
        == day
        and (at := midnight + timedelta(hours=hour, minutes=minute, seconds=second)) <= NOW + timedelta(minutes=5)
    )
    ahead = candidate > NOW + timedelta(seconds=120)
    assert said.time == (None if ahead else candidate)
    assert said.flags == (("time_suspect",) if ahead else ())


def test_a_report_without_a_place_still_says_how_old_its_silence_is() -> None:
    said = tetra_sds.decode(
        packed([(0b010011, 6), (1, 2), (1, 2), (0, 4), (0, 3), (0, 1), (0, 1), (21, 8)]), received_at=NOW
    )
    assert isinstance(said, NoFix)
    assert (said.age_max_s, said.reason) == (300, "location_lost")


@given(st.integers(0, 255))
def test_an_element_of_any_kind_is_skipped_by_its_length(value: int) -> None:
    point = [(0b010011, 6), (0, 2), (1, 4), (1, 25), (1, 24), (0, 3), (0, 1), (0, 1), (129, 8)]
    for element in range(1, 32):
        unknown = [(element, 5), (7, 6), (value >> 1, 7)]
        said = tetra_sds.decode(packed([*point, *unknown, (12, 5), (8, 6), (200, 8)]), received_at=NOW)
        assert isinstance(said, Located)
        assert said.result_code == 200


def test_user_data_that_comes_long_after_its_header_belongs_to_something_else() -> None:
    decoder = TetraPei()
    decoder.feed(b"+CTSDSR: 12,4711,0,1000,0,84\r\n", received_at=NOW)
    (late,) = decoder.feed(b"0A0FFE8C1249FE61000810\r\n", received_at=NOW + timedelta(minutes=1))
    assert isinstance(late, DecodeError)
    assert late.reason == "half_message"
