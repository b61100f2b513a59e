"""Cutting ways by whole arrays gives the same streets as cutting them one by one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.network import Access
from maps.extract import UNDEFINED, Extract, NodeCollector, WayCollector
from maps.osm_tags import KEYS, Road, road_of
from maps.report import MapError, Tally
from maps.streets import streets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Refs = Sequence[int]
    Shape = tuple[int, tuple[int, ...]]  # way, and its nodes

MISSING = {8, 9}
BOLLARDS = {6, 7}
NODES = range(10)


def _cut_one_by_one(ways: Sequence[Refs]) -> list[Shape]:
    """The plain algorithm: runs of known nodes, cut wherever a node is used again, ends a run or holds a bollard."""
    runs = [(number, run) for number, refs in enumerate(ways) for run in _runs(refs)]
    used = Counter(node for _, run in runs for node in run)
    ends = {node for _, run in runs for node in (run[0], run[-1])}
    streets = []
    for number, run in runs:
        street = [run[0]]
        for node in run[1:]:
            street.append(node)
            if used[node] > 1 or node in ends or node in BOLLARDS:
                streets.append((number, tuple(street)))
                street = [node]
    return streets


def _runs(refs: Refs) -> Iterator[list[int]]:
    run: list[int] = []
    for node in (*refs, next(iter(MISSING))):
        if node in MISSING:
            if len(run) > 1:
                yield run
            run = []
        elif not run or run[-1] != node:
            run.append(node)


def _cut_by_arrays(ways: Sequence[Refs]) -> list[Shape]:
    tally = Tally()
    taken, nodes = WayCollector(tally), NodeCollector(tally)
    for number, refs in enumerate(ways):
        assert taken.take(number, {"highway": "residential"})
        places = [UNDEFINED if node in MISSING else node * 10_000 for node in refs]
        taken.trace(refs, places, places)
    for node in BOLLARDS:
        nodes.take(node, {"barrier": "bollard"})
    extract = Extract(ways=taken.ways(), nodes=nodes.nodes(), restrictions=(), driving_sides=Counter(), timestamp=None)
    try:
        streets = streets_of(extract, left_hand=True, tally=tally)
    except MapError:
        return []
    shapes = np.split(np.rint(streets.point_lat * 1_000).astype(int), streets.street_point_start[1:-1])
    for shape, first, last in zip(shapes, streets.street_from, streets.street_to, strict=True):
        assert shape[0] == round(streets.junction_lat[first] * 1_000)
        assert shape[-1] == round(streets.junction_lat[last] * 1_000)
    return [(int(way), tuple(shape.tolist())) for way, shape in zip(streets.street_way, shapes, strict=True)]


@given(st.lists(st.lists(st.sampled_from(NODES), max_size=7), max_size=5))
def test_arrays_cut_as_the_plain_algorithm_does(ways: list[list[int]]) -> None:
    assert _cut_by_arrays(ways) == _cut_one_by_one(ways)


_VALUES = st.sampled_from(["yes", "no", "private", "-1", "30 mph", "GB:nsl_dual", "opposite", ";", "", "gate"])


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), _VALUES | st.text(max_size=9)))
def test_no_tags_are_too_odd_to_be_understood_or_refused(tags: dict[str, str]) -> None:
    road = road_of(tags)
    assert road if isinstance(road, str) else isinstance(road, Road)


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), _VALUES))
def test_who_may_drive_may_do_so_with_the_owners_leave(tags: dict[str, str]) -> None:
    road = road_of(tags | {"highway": "residential", "route": "", "area": ""})
    if isinstance(road, Road):
        for mask in (road.forward_access, road.backward_access):
            assert Access.MOTOR not in mask or Access.PRIVATE in mask
