"""Bans via streets keep drivers from the sequences that they name, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arls.roads.assemble import Bans, assemble
from arls.roads.network import NO_ARC, Access
from arls.roads.sequences import LongBan
from tests.strategies import streets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from arls.roads.assemble import Streets
    from arls.roads.network import Network

    Walk = tuple[int, ...]  # sides: 2 * street, and 1 more where it is driven backward
    Turns = Mapping[int, Mapping[int, int]]  # by arc: the arcs behind it, and who may move so

LONGEST = 5
_NONE = np.empty(0, np.int32)
NO_BANS = Bans(
    from_street=_NONE,
    via_junction=_NONE,
    to_street=_NONE,
    only=np.empty(0, np.bool_),
    binds=np.empty(0, np.uint16),
)


@st.composite
def streets_with_long_bans(draw: st.DrawFn) -> Streets:
    """Streets with up to three bans of three or four sides, which may overlap and contradict each other."""
    drawn = replace(draw(streets(most=7)), bans=NO_BANS)
    network = assemble(drawn)
    sides, turns = sides_of(network), turns_of(network)
    bans, arcs = [], list[int]()
    for _ in range(draw(st.integers(1, 3))):
        # One in two begins within the one before it, for bans that share a piece are where a plain copy would err.
        arcs = arcs[1:3] if len(arcs) > 3 and draw(st.booleans()) else [draw(st.integers(0, network.arcs - 1))]
        while len(arcs) < draw(st.integers(3, 4)) and turns[arcs[-1]]:
            arcs.append(draw(st.sampled_from(sorted(turns[arcs[-1]]))))
        if len(arcs) > 2:
            path = tuple(sides[arc] for arc in arcs)
            binds = draw(st.sampled_from([Access.VEHICLES | Access.PRIVATE, Access.MOTOR, Access.FOOT]))
            bans.append(LongBan(sides=path, only=draw(st.booleans()), binds=int(binds)))
    return replace(drawn, long_bans=tuple(bans))


@given(streets_with_long_bans(), st.sampled_from([Access.MOTOR, Access.FOOT]))
def test_each_walk_is_open_as_the_bans_alone_say(drawn: Streets, kind: Access) -> None:
    plain, network = assemble(replace(drawn, long_bans=())), assemble(drawn)
    sides, turns = sides_of(network), turns_of(network)
    starts = [arc for arc in range(plain.arcs) if network.arc_access[arc] & kind]
    driven = set()
    for start in starts:
        driven |= {tuple(sides[arc] for arc in walk) for walk in walks_in(turns, (start,), kind)}
    assert driven == {walk for start in starts for walk in walks_by_rule(plain, drawn.long_bans, start, kind)}


@given(streets_with_long_bans())
def test_a_copy_lies_where_its_origin_lies_and_stands_behind_all_others(drawn: Streets) -> None:
    plain, network = assemble(replace(drawn, long_bans=())), assemble(drawn)
    assert np.array_equal(network.arc_access[: plain.arcs], plain.arc_access)
    assert np.array_equal(network.point_lat[: len(plain.point_lat)], plain.point_lat)
    of_side = {side: arc for arc, side in enumerate(sides_of(plain))}
    for copy in range(plain.arcs, network.arcs):
        origin = of_side[sides_of(network)[copy]]
        for column in (network.arc_from, network.arc_to, network.arc_length_m, network.arc_access, network.arc_waits):
            assert column[copy] == column[origin]


def sides_of(network: Network) -> list[int]:
    """Of each arc, the side it is: the ways of drawn streets are numbered from 100."""
    street = network.street_way[network.arc_street] - 100
    return [int(side) for side in 2 * street + network.arc_backward]


def turns_of(network: Network) -> Turns:
    turns: dict[int, dict[int, int]] = {}
    for arc in range(network.arcs):
        out = slice(network.turn_start[arc], network.turn_start[arc + 1])
        turns[arc] = dict(zip(network.turn_to[out].tolist(), network.turn_access[out].tolist(), strict=True))
    return turns


def walks_in(turns: Turns, walk: Walk, kind: Access) -> Iterator[Walk]:
    yield walk
    if len(walk) < LONGEST:
        for arc, access in turns[walk[-1]].items():
            if access & kind:
                yield from walks_in(turns, (*walk, arc), kind)


def walks_by_rule(plain: Network, bans: tuple[LongBan, ...], start: int, kind: Access) -> Iterator[Walk]:
    """The plain algorithm: at every step ask each ban."""
    sides, turns = sides_of(plain), turns_of(plain)
    arc_of = {side: arc for arc, side in enumerate(sides)}

    def may_step(arc: int, onto: int) -> bool:
        """Whether the sign speaks of a move that is there; turning round is one, though not done where a way is on."""
        back = plain.arc_twin[arc] == onto
        access = plain.arc_access[arc] & plain.arc_access[onto] if back else turns[arc].get(onto, 0)
        return bool(access & kind)

    binding = [ban for ban in bans if ban.binds & kind and all(may_step(*step) for step in steps(ban, arc_of))]

    def onward(walk: Walk) -> Iterator[Walk]:
        yield walk
        if len(walk) == LONGEST:
            return
        arc = arc_of[walk[-1]]
        twin = int(plain.arc_twin[arc])
        ahead = [sides[to] for to, access in turns[arc].items() if access & kind and to != twin]
        free = [side for side in ahead if not is_banned(binding, walk, side)]
        can_turn = twin != NO_ARC and plain.arc_access[arc] & plain.arc_access[twin] & kind
        if not free and can_turn and not is_banned(binding, walk, sides[twin]):
            free = [sides[twin]]
        for side in free:
            yield from onward((*walk, side))

    yield from onward((sides[start],))


def steps(ban: LongBan, arc_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    arcs = [arc_of[side] for side in ban.sides]
    return pairwise(arcs)


def is_banned(bans: list[LongBan], walk: Walk, side: int) -> bool:
    for ban in bans:
        if not ban.only and (*walk, side)[-len(ban.sides) :] == ban.sides:
            return True
        begun = (n for n in range(1, len(ban.sides)) if walk[-n:] == ban.sides[:n])
        if ban.only and any(side != ban.sides[n] for n in begun):
            return True
    return False
