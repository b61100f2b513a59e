"""How often something is usually heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateways.rhythm import Rhythm


def heard_at(*instants_s: float) -> Rhythm:
    rhythm = Rhythm()
    for now_s in instants_s:
        rhythm.beat(now_s)
    return rhythm


def test_what_was_heard_too_seldom_has_no_rhythm() -> None:
    assert heard_at(0, 60, 120, 180).expected_s is None
    assert heard_at(0, 60, 120, 180, 240).expected_s == 60


def test_one_tunnel_does_not_stretch_it() -> None:
    assert heard_at(*range(0, 100, 10), 900, *range(910, 950, 10)).expected_s == 10


def test_the_records_of_one_frame_are_one_word() -> None:
    assert heard_at(*[start + record / 1000 for start in range(0, 300, 60) for record in range(50)]).expected_s == 60


@given(st.floats(0.01, 3600), st.integers(20, 200))
def test_an_interval_is_found_again(interval_s: float, times: int) -> None:
    rhythm = heard_at(*[n * interval_s for n in range(times)])
    if rhythm.expected_s is not None:
        # It counts in single precision.
        assert max(0.2, interval_s) * 0.99 <= rhythm.expected_s <= max(0.4, interval_s) * 1.01
    assert not rhythm.is_irregular


def test_who_reports_when_something_happens_is_irregular() -> None:
    assert heard_at(0, 5, 10, 15, 600, 605, 610, 1400, 1405, 1410).is_irregular
