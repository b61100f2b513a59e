"""What is written from columns is, byte for byte, what the Structs say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arls.crew import Shift
from arls.ranking import Question, bytes_of, rank, shown
from arls.shifts import find_shift_reasons, speaks_from
from arls.tail import _decimal, _whole
from arls.unit import Callsign, Unit
from tests.arls.test_pipeline import ASKED, DRAWN, ROADS, UNITS, Force
from tests.arls.test_ranking import NOW


@pytest.mark.parametrize("places", [1, 3])
@given(number=st.integers(0, 10**12))
def test_a_decimal_is_written_as_json_has_it(number: int, places: int) -> None:
    out = np.zeros(40, np.uint8)
    size = _decimal(number, places, out, 0)
    assert out[:size].tobytes() == msgspec.json.encode(number / 10**places)
    assert out[: _whole(number, out, 0)].tobytes() == str(number).encode()


@settings(max_examples=25, deadline=None)
@given(
    told=st.lists(UNITS, min_size=3, max_size=4).map(lambda some: [one for units in some for one in units]),
    asked=ASKED,
    shifts=st.lists(st.sampled_from([None, 0.1, 1.0, 3.5, 9.0]), min_size=1, max_size=3),
    later_s=st.sampled_from([0.0, 31.0]),
)
def test_the_bytes_that_are_shown_are_those_of_the_ranking(
    told: list[dict[str, Any]], asked: tuple[str, str], shifts: list[float | None], later_s: float
) -> None:
    force = Force([])
    for number, one in enumerate(told):
        left_h = shifts[number % len(shifts)]
        ends_at = NOW + timedelta(hours=left_h or 0.0)
        shift = Shift(begins_at=ends_at - timedelta(hours=9), ends_at=ends_at) if left_h else None
        force.add(f"U{number}", **one, shift=shift)
    force.room.engine.stop()
    known, (node, incident) = force.room.engine.known, asked
    for at in (NOW, NOW + timedelta(seconds=later_s)):
        for grade in ("1", "3", None):
            question = Question(position=DRAWN.node(node), at=at, grade=grade)
            found, body = shown(question, known, ROADS)
            whole = rank(question, known, ROADS)
            assert body == bytes_of(whole)
            assert found.candidates == tuple(whole.candidates[one.rank - 1] for one in found.candidates)
    assert incident in known.incidents


@given(left_h=st.floats(-2, 12), long_h=st.floats(1, 12), arrival_s=st.floats(0, 7_200))
def test_a_shift_that_may_not_speak_says_nothing(left_h: float, long_h: float, arrival_s: float) -> None:
    ends_at = NOW + timedelta(hours=left_h)
    shift = Shift(begins_at=ends_at - timedelta(hours=long_h), ends_at=ends_at)
    unit = Unit(callsign=Callsign("U1"), shift=shift)
    early = NOW + timedelta(seconds=arrival_s) < speaks_from(shift)
    assert not early or find_shift_reasons(unit, NOW, arrival_s) == ()
