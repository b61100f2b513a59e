"""A lineup is in the order of tier, ETA, age and callsign, and every column is in that order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.lineup import lineup_of, queue_of
from arls.lists import STANDS
from arls.roads.profile import PROFILES
from arls.timing import Party, Times
from arls.unit import Callsign

UNITS = st.lists(
    st.fixed_dictionaries(
        {
            "party": st.integers(0, 1),
            "mid_s": st.sampled_from([60.0, 60.0004, 61.0, 300.25]),
            "age_s": st.sampled_from([1.0, 1.0002, 7.0]),
            "known": st.booleans(),
            "stand": st.integers(0, len(STANDS) - 1),
            "name": st.sampled_from("ABCDEFGHIJKL"),
        }
    ),
    unique_by=lambda told: told["name"],
)


@given(told=UNITS)
def test_list_by_list_who_is_sooner_goes_first_then_who_was_heard_later_then_by_callsign(
    told: list[dict[str, float]],
) -> None:
    callsigns = tuple(Callsign(str(one["name"])) for one in told)
    age_s = np.array([one["age_s"] for one in told], np.float64)
    parties, times = [], []
    for which, profile in enumerate(("car-response", "foot")):
        numbers = np.array([n for n, one in enumerate(told) if one["party"] == which], np.int64)
        if not len(numbers):
            continue
        mid_s = np.array([told[n]["mid_s"] for n in numbers])
        party = Party(
            mobility=PROFILES[profile],
            numbers=numbers,
            age_s=age_s[numbers],
            mobilise_s=10.0 * numbers,
            stand=np.array([told[n]["stand"] for n in numbers], np.int64),
        )
        parties.append(party)
        times.append(
            Times(
                known=np.array([bool(told[n]["known"]) for n in numbers]),
                guessed=numbers % 2 == 0,
                low_s=mid_s - 1.0,
                mid_s=mid_s,
                high_s=mid_s + 1.0,
                distance_m=100.0 * numbers,
            )
        )
    lineup = lineup_of(parties, times, queue_of(callsigns, age_s))

    def tier(n: int) -> int:
        return STANDS[int(told[n]["stand"])].tier

    expected = sorted(
        (n for n, one in enumerate(told) if one["known"]),
        key=lambda n: (tier(n), round(told[n]["mid_s"], 3), round(told[n]["age_s"], 3), told[n]["name"]),
    )
    assert lineup.numbers.tolist() == expected
    assert lineup.mid_s.tolist() == [round(told[n]["mid_s"], 3) for n in expected]
    assert lineup.age_s.tolist() == [told[n]["age_s"] for n in expected]
    assert lineup.mobilise_s.tolist() == [10.0 * n for n in expected]
    assert lineup.distance_m.tolist() == [100.0 * n for n in expected]
    assert lineup.stand.tolist() == [told[n]["stand"] for n in expected]
    assert lineup.tier.tolist() == [tier(n) for n in expected]
    assert lineup.guessed.tolist() == [n % 2 == 0 for n in expected]
    names = ("car-response", "foot")
    assert [lineup.mobility(i).name for i in range(len(lineup))] == [names[int(told[n]["party"])] for n in expected]
