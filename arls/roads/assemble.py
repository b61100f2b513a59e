"""Streets, junctions and banned turns in; a Network of arcs and turns out.

It decides which moves at a junction exist. What a street is and who may use it was decided by whoever read the map.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from arls.geo import distances_m
from arls.roads.network import NO_ARC, Access, Network, plane_of
from arls.roads.sequences import Sequences, sequences_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from arls.roads.network import Bools, Bytes, Floats, Ints, Longs, Masks, Speeds
    from arls.roads.sequences import LongBan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bans:
    """R turn restrictions via a junction: from one street over a junction to another."""

    from_street: Ints  # [R]
    via_junction: Ints  # [R]
    to_street: Ints  # [R]
    only: Bools  # [R] true: *only* this move is allowed from that street; false: this move is banned
    binds: Masks  # [R] Access: whom it binds; with BANNED_TURN, also who by policy ignores bans of turns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """J junctions and S streets as read from a map, in the units of `Network`, before there are arcs and turns."""

    left_hand: bool
    junction_lat: Floats  # [J]
    junction_lon: Floats  # [J]
    junction_flags: Bytes  # [J] JunctionFlag
    junction_access: Masks  # [J] Access: who may pass through (EVERYONE, unless a bollard or gate stands there)

    street_from: Ints  # [S] junction
    street_to: Ints  # [S] junction
    street_point_start: Longs  # [S + 1]
    point_lat: Floats  # [P]
    point_lon: Floats  # [P]
    street_way: Longs  # [S]
    street_name: Ints  # [S]
    street_ref: Ints  # [S]
    street_class: Bytes  # [S]
    street_flags: Masks  # [S]
    street_crossings: Bytes  # [S]
    forward_access: Masks  # [S] Access from the first point to the last; 0: nobody, and there is no such arc
    backward_access: Masks  # [S]
    forward_speed_kmh: Speeds  # [S] NaN where none is known
    backward_speed_kmh: Speeds  # [S]
    names: tuple[str, ...]
    bans: Bans
    long_bans: tuple[LongBan, ...] = ()
    # By side (2 s: street s driven forward, 2 s + 1: backward): those flags of the junction at its end that show their
    # back to who comes that way.
    turned_away: Mapping[int, int] = field(default_factory=dict)


_OF_A_STREET = (
    *("street_from", "street_to", "street_way", "street_name", "street_ref", "street_class", "street_flags"),
    *("street_crossings", "forward_speed_kmh", "backward_speed_kmh"),
)


def assemble(streets: Streets) -> Network:
    """The network of these streets: arcs in street order, forward before backward, and every move somebody may make.

    Raises ValueError when there is no street.
    """
    if not len(streets.street_from):
        raise ValueError("a network needs at least one street")
    arcs = _arcs_of(streets)
    moves = _moves_of(streets, arcs)
    sequences = _sequences_in(streets.long_bans, arcs, moves)
    if sequences.begun:
        moves = _remembering(sequences, moves)
        streets, arcs = _with_copies(sequences, streets, arcs)
    turns = _turns_of(moves)
    x, y = plane_of(lats=streets.point_lat, lons=streets.point_lon).metres_of(
        lats=streets.point_lat, lons=streets.point_lon
    )
    return Network(
        left_hand=streets.left_hand,
        junction_lat=_frozen(streets.junction_lat, np.float64),
        junction_lon=_frozen(streets.junction_lon, np.float64),
        junction_flags=_frozen(streets.junction_flags, np.uint8),
        street_point_start=_frozen(streets.street_point_start, np.int64),
        point_lat=_frozen(streets.point_lat, np.float64),
        point_lon=_frozen(streets.point_lon, np.float64),
        point_x=_frozen(x, np.float64),
        point_y=_frozen(y, np.float64),
        street_way=_frozen(streets.street_way, np.int64),
        street_name=_frozen(streets.street_name, np.int32),
        street_ref=_frozen(streets.street_ref, np.int32),
        street_class=_frozen(streets.street_class, np.uint8),
        street_flags=_frozen(streets.street_flags, np.uint16),
        street_crossings=_frozen(streets.street_crossings, np.uint8),
        names=streets.names,
        arc_street=_frozen(arcs.street, np.int32),
        arc_backward=_frozen(arcs.backward, np.bool_),
        arc_from=_frozen(arcs.start, np.int32),
        arc_to=_frozen(arcs.end, np.int32),
        arc_length_m=_frozen(_street_lengths_m(streets)[arcs.street], np.float64),
        arc_speed_kmh=_frozen(
            np.where(arcs.backward, streets.backward_speed_kmh[arcs.street], streets.forward_speed_kmh[arcs.street]),
            np.float32,
        ),
        arc_access=_frozen(arcs.access, np.uint16),
        arc_waits=_frozen(_waits(streets, arcs), np.uint8),
        arc_twin=_frozen(arcs.twin, np.int32),
        turn_start=_frozen(np.searchsorted(turns.leaving, np.arange(len(arcs.street) + 1)), np.int64),
        turn_to=_frozen(turns.entering, np.int32),
        turn_access=_frozen(turns.access, np.uint16),
        turn_angle_deg=_frozen(_angles_deg(streets, arcs, turns, x, y), np.float32),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Arcs:
    """A arcs; `of_street[2 * s]` is the forward arc of street s, `of_street[2 * s + 1]` the backward one, or NO_ARC."""

    street: Longs
    backward: Bools
    start: Ints
    end: Ints
    access: Masks
    twin: Longs
    of_street: Longs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moves:
    """Moves from arc `leaving` onto arc `entering`, sorted by both; `back` onto the other side of the same street."""

    leaving: Longs
    entering: Longs
    access: Masks
    back: Bools

    def __getitem__(self, chosen: Bools | Longs) -> _Moves:
        return _Moves(
            leaving=self.leaving[chosen],
            entering=self.entering[chosen],
            access=self.access[chosen],
            back=self.back[chosen],
        )


def _arcs_of(streets: Streets) -> _Arcs:
    access = np.column_stack((streets.forward_access, streets.backward_access)).ravel()
    directions = np.flatnonzero(access)
    of_street = np.full(len(access), NO_ARC, np.int64)
    of_street[directions] = np.arange(len(directions))
    street, backward = directions >> 1, (directions & 1).astype(np.bool_)
    first, last = streets.street_from[street], streets.street_to[street]
    return _Arcs(
        street=street,
        backward=backward,
        start=np.where(backward, last, first),
        end=np.where(backward, first, last),
        access=access[directions],
        twin=of_street[directions ^ 1],
        of_street=of_street,
    )


def _waits(streets: Streets, arcs: _Arcs) -> Bytes:
    """[A] what makes drivers wait at the end of each arc."""
    waits = streets.junction_flags[arcs.end]
    if streets.turned_away:
        arc = arcs.of_street[list(streets.turned_away)]
        hidden = np.array(list(streets.turned_away.values()), waits.dtype)
        waits[arc[arc != NO_ARC]] &= ~hidden[arc != NO_ARC]
    return waits


def _street_lengths_m(streets: Streets) -> Floats:
    """Geodesic, so that a length does not depend on where the map is centred."""
    first = streets.street_point_start[:-1]
    inner = np.ones(len(streets.point_lat), np.bool_)
    inner[streets.street_point_start[1:] - 1] = False
    here = np.flatnonzero(inner)
    steps_m = np.zeros(len(inner))
    steps_m[here] = distances_m(
        from_lats=streets.point_lat[here],
        from_lons=streets.point_lon[here],
        to_lats=streets.point_lat[here + 1],
        to_lons=streets.point_lon[here + 1],
    )
    return np.add.reduceat(steps_m, first)


def _moves_of(streets: Streets, arcs: _Arcs) -> _Moves:
    """Each arc with every arc that starts where it ends, and who may move so by barriers and bans."""
    leaving, entering = _pairs(arcs, junctions=len(streets.junction_lat))
    back = arcs.twin[leaving] == entering
    both = arcs.access[leaving] & arcs.access[entering]
    # A U-turn goes not through the junction: who is stopped by a bollard turns round before it.
    access = np.where(back, both, both & streets.junction_access[arcs.end[leaving]])
    access = _under(_banned(streets.bans, arcs, leaving, entering, access), access, back)
    return _Moves(leaving=leaving, entering=entering, access=access, back=back)


def _under(banned: Masks, access: Masks, back: Bools) -> Masks:
    """Who may still move so where signs ban some of them; a mark where the ban is one that a policy may ignore."""
    ignorable = (access & banned & Access.EMERGENCY != 0) & (banned & Access.BANNED_TURN == 0) & ~back
    return (access & ~banned) | np.where(ignorable, np.uint16(Access.BANNED_TURN), np.uint16(0))


def _turns_of(moves: _Moves) -> _Moves:
    """The moves that somebody may make. Who has a way on may not turn round: one does so at a dead end only."""
    way_on = np.zeros(moves.leaving[-1] + 1 if len(moves.leaving) else 0, moves.access.dtype)
    np.bitwise_or.at(way_on, moves.leaving[~moves.back], moves.access[~moves.back])
    access = np.where(moves.back, moves.access & ~way_on[moves.leaving], moves.access)
    return replace(moves, access=access)[access != 0]


def _pairs(arcs: _Arcs, *, junctions: int) -> tuple[Longs, Longs]:
    """Each arc with every arc that starts where it ends, sorted by both."""
    by_start = np.argsort(arcs.start, kind="stable")
    out_degree = np.bincount(arcs.start, minlength=junctions)
    out_start = np.cumsum(out_degree) - out_degree
    leaving, nth = _spread(out_degree[arcs.end])
    return leaving, by_start[out_start[arcs.end[leaving]] + nth]


def _spread(counts: Longs) -> tuple[Longs, Longs]:
    """For counts (2, 0, 3): the owners (0, 0, 2, 2, 2) and each one's number among its owner's (0, 1, 0, 1, 2)."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]


def _banned(bans: Bans, arcs: _Arcs, leaving: Longs, entering: Longs, access: Masks) -> Masks:
    """[moves] whom the turn restrictions keep from each move.

    Several `only` from one street add up. One whose move is not there for a kind of traffic (a one-way street, say)
    does not bind it, for else that traffic could go nowhere.
    """
    ban, move = _moves_named(bans, arcs, leaving, entering)
    only = bans.only[ban]
    banned, told = np.zeros_like(access), np.zeros_like(access)
    np.bitwise_or.at(banned, move[~only], bans.binds[ban[~only]])
    np.bitwise_or.at(told, move[only], bans.binds[ban[only]] & access[move[only]])
    directed = np.zeros(len(arcs.street), access.dtype)
    np.bitwise_or.at(directed, leaving[move[only]], told[move[only]])
    return banned | (directed[leaving] & ~told)


def _moves_named(bans: Bans, arcs: _Arcs, leaving: Longs, entering: Longs) -> tuple[Longs, Longs]:
    """Pairs (ban, move): the moves that each restriction names, by its streets and its junction."""
    arc = arcs.of_street[2 * bans.from_street.astype(np.int64)[:, None] + (0, 1)]
    ban, side = np.nonzero((arc != NO_ARC) & (arcs.end[arc] == bans.via_junction[:, None]))
    first, behind = (np.searchsorted(leaving, arc[ban, side], side=edge) for edge in ("left", "right"))
    pair, nth = _spread(behind - first)
    ban, move = ban[pair], first[pair] + nth
    named = arcs.street[entering[move]] == bans.to_street[ban]
    return ban[named], move[named]


def _sequences_in(bans: tuple[LongBan, ...], arcs: _Arcs, moves: _Moves) -> Sequences:
    paths = [(tuple(arcs.of_street[list(ban.sides)].tolist()), ban) for ban in bans]
    driven = [(path, ban) for path, ban in paths if NO_ARC not in path]
    exits = {}
    for arc in {arc for path, _ in driven for arc in path}:
        out = slice(*np.searchsorted(moves.leaving, (arc, arc + 1)))
        exits[arc] = dict(zip(moves.entering[out].tolist(), moves.access[out].tolist(), strict=True))
    return sequences_of(driven, exits, first_copy=len(arcs.street))


def _remembering(sequences: Sequences, moves: _Moves) -> _Moves:
    """The moves with those of the copies behind them; who begins a sequence moves onto the copy that knows it."""
    starts = {(arc,): arc for arc, *_ in sequences.begun}
    rows = [
        (path, number, move)
        for path, number in (starts | dict(sequences.begun)).items()
        for move in range(*np.searchsorted(moves.leaving, (path[-1], path[-1] + 1)))
    ]
    origin = np.array([move for *_, move in rows])
    onto = [(path, int(moves.entering[move])) for path, _, move in rows]
    banned = np.array([sequences.banned_after(*move) for move in onto], moves.access.dtype)
    others = moves[~np.isin(moves.leaving, list(starts.values()))]
    leaving = np.append(others.leaving, [number for _, number, _ in rows])
    return _Moves(
        leaving=leaving,
        entering=np.append(others.entering, [sequences.arc_after(*move) for move in onto]),
        access=np.append(others.access, _under(banned, moves.access[origin], moves.back[origin])),
        back=np.append(others.back, moves.back[origin]),
    )[np.argsort(leaving, kind="stable")]


def _with_copies(sequences: Sequences, streets: Streets, arcs: _Arcs) -> tuple[Streets, _Arcs]:
    """Each copy is an arc of a street of its own, so that whoever looks for a place on the road finds it too."""
    origin = np.array([path[-1] for path in sequences.begun])
    street, backward = arcs.street[origin], arcs.backward[origin]
    start = streets.street_point_start
    side, copy = (2 * street + backward).tolist(), 2 * (len(start) - 1 + np.arange(len(street))) + backward
    owner, nth = _spread(start[street + 1] - start[street])
    point = start[street][owner] + nth
    again: dict[str, Any] = {
        name: np.append(getattr(streets, name), getattr(streets, name)[street]) for name in _OF_A_STREET
    }
    grown = replace(
        streets,
        street_point_start=np.append(start, start[-1] + np.cumsum(start[street + 1] - start[street])),
        point_lat=np.append(streets.point_lat, streets.point_lat[point]),
        point_lon=np.append(streets.point_lon, streets.point_lon[point]),
        forward_access=np.append(streets.forward_access, streets.forward_access[street] * ~backward),
        backward_access=np.append(streets.backward_access, streets.backward_access[street] * backward),
        turned_away={
            **streets.turned_away,
            **dict(zip(copy.tolist(), (streets.turned_away.get(one, 0) for one in side), strict=True)),
        },
        **again,
    )
    return grown, replace(_arcs_of(grown), twin=np.append(arcs.twin, arcs.twin[origin]))


def _angles_deg(streets: Streets, arcs: _Arcs, turns: _Moves, x: Floats, y: Floats) -> Floats:
    """How far the driver turns, from the last piece of one polyline to the first of the next."""
    first, last = streets.street_point_start[:-1], streets.street_point_start[1:] - 1
    leaves_first, leaves_last = _heading_deg(x, y, first, first + 1), _heading_deg(x, y, last, last - 1)
    # An arc starts as its street leaves that end, and ends against the way in which its street leaves the other.
    start = np.where(arcs.backward, leaves_last[arcs.street], leaves_first[arcs.street])
    end = np.where(arcs.backward, leaves_first[arcs.street], leaves_last[arcs.street]) + 180.0
    return (start[turns.entering] - end[turns.leaving] + 180.0) % 360.0 - 180.0


def _heading_deg(x: Floats, y: Floats, here: Longs, there: Longs) -> Floats:
    return np.degrees(np.arctan2(x[there] - x[here], y[there] - y[here]))


def _frozen(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array
