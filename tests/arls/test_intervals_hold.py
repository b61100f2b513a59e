"""Nine in ten of a made-up force's arrivals lie in their intervals: a short run of the experiment of docs/eta.md.

The long one is `python -m tests.bench interval`; both are seeded, so that a run is the same each time.
"""

from __future__ import annotations

import pytest

from tests.bench.bench_interval import Sample, Verdicts, ask, before, force_of, hits, roads_of


@pytest.fixture(scope="module")
def asked() -> tuple[list[Sample], list[Verdicts]]:
    force = force_of(roads_of(), "car-response", 5)
    samples, verdicts, _ = ask(force, instants=3, places=7, within_m=6_000.0)
    force.stop()
    return samples, verdicts


def test_the_truth_lies_inside_nine_times_in_ten_whether_or_not_one_was_looked_at_closely(
    asked: tuple[list[Sample], list[Verdicts]],
) -> None:
    samples, _ = asked
    for close in (True, False):
        some = [sample for sample in samples if sample.close == close]
        assert len(some) > 200
        assert hits(some)[0] >= 0.87  # of 300: nine in ten, less what chance takes in one run of forty


def test_a_close_look_is_a_quarter_narrower_than_to_add_up_all_that_is_unknown(
    asked: tuple[list[Sample], list[Verdicts]],
) -> None:
    closely = [sample for sample in asked[0] if sample.close]
    (_, width_s, score_s), (_, wide_s, worse_s) = hits(closely), hits(closely, before)
    assert width_s < 0.8 * wide_s
    assert score_s < worse_s


def test_a_first_place_is_held_about_as_often_as_it_is_said(asked: tuple[list[Sample], list[Verdicts]]) -> None:
    _, verdicts = asked
    said = sum(verdict.probability for verdict in verdicts) / len(verdicts)
    held = sum(verdict.was_first for verdict in verdicts) / len(verdicts)
    assert held == pytest.approx(said, abs=0.25)  # of 21 rankings
    assert all(verdict.was_first for verdict in verdicts if verdict.probability >= 0.97)
