"""The kernels of map-matching: the best way through columns of places, and what each place is worth at the end.

They decide which places of two successive fixes a drive can join, by which arcs, and how plausible that is. Where the
places come from, and how well each explains its fix, is told by `evidence`.

The hidden Markov model is Newson and Krumm's (ACM GIS 2009): a drive between two fixes is about as long as the straight
line between them, the difference falling off exponentially. States are places on *arcs*, so that turn restrictions,
one-way streets and the side of a dual carriageway need no rules of their own.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from arls.roads.network import NO_ARC

if TYPE_CHECKING:
    from arls.roads.network import Floats, Longs

NO_PLACE = -1
NO_COLUMN = -1
TURNED = -2
_ALONG, _THROUGH, _ROUND = 0, 1, 2  # on the same arc; by the arc's start; turning round on its street

# Mean of |driven - straight| by the seconds between two fixes. On the tracks of Kubicka et al. 2015 it is 0.6 m at 1 s,
# 4 m at 10 s, 17 m at 30 s without the noise of the fixes, which adds metres at any interval.
_BETA_M, _BETA_M_PER_S = 3.0, 0.2
# Newson and Krumm: nothing drives faster than 50 m/s, nor 2 km further than the straight line.
_FASTEST_MPS = 50.0
_FURTHEST_DETOUR_M = 2_000.0
# Who was silent for longer may have been anywhere.
_LONGEST_SILENCE_S = 600.0
# Below e**-30 of the best, a place or a detour is looked at only where there is nothing better.
_PLAUSIBLE_NATS = 30.0
# Turning round where the network has no such turn: in a gateway, across the road.
_U_TURN_NATS = 12.0
# What leaving a fix out costs, and what a fix must cost for that to be asked. After three that join nothing a drive is
# broken.
_OUTLIER_NATS = 20.0
_DOUBTFUL_NATS = 10.0
_MOST_OUTLIERS = 3


class Ground(NamedTuple):
    """What may be driven: arcs, and from the end of arc a on to onward[onward_start[a]:onward_start[a + 1]]."""

    length_m: Floats  # [A]
    twin: Longs  # [A] the arc onto which one may turn round anywhere, at a price, or NO_ARC
    onward_start: Longs  # [A + 1]
    onward: Longs


class Columns(NamedTuple):
    """T fixes in order, and the places each may have been reported from: start[t]:end[t] of the M places."""

    x: Floats  # [T]
    y: Floats  # [T]
    time_s: Floats  # [T]
    left_s: Floats  # [T] when the unit was last heard at the same place
    sigma_m: Floats  # [T]
    start: Longs  # [T]
    end: Longs  # [T]
    arc: Longs  # [M]
    fraction: Floats  # [M]
    seen: Floats  # [M] log-likelihood of the fix, had the unit been there


class Room(NamedTuple):
    """One search's labels; between searches as new but for what `touched` names."""

    start_m: Floats  # [A] from the source to the start of the arc, infinity where it was not reached
    before: Longs  # [A] the arc driven before it; TURNED: the source's twin, after a turn round on the source
    touched: Longs  # [A]
    marks: Longs  # [1] how many are touched


class Beliefs(NamedTuple):
    """What is known of each place, given the fixes up to its own; -infinity where no drive leads to it."""

    best: Floats  # [M] log-likelihood of the best drive that ends there (Viterbi)
    total: Floats  # [M] of all drives that end there (the forward algorithm)
    before: Longs  # [M] the place before it on the best drive, or NO_PLACE


class _Step(NamedTuple):
    """What is asked of a drive between two fixes."""

    crow_m: float
    beta_m: float
    furthest_m: float
    back_m: float  # this much backwards on one arc is noise of a unit that stands


class Route(NamedTuple):
    """The arcs driven, and where in them things are."""

    arc: Longs
    position: Longs  # [T] of each fix, NO_PLACE for those with no place
    start: Longs  # of each unbroken drive


@njit(cache=True, nogil=True)
def follow_each(ground: Ground, columns: Columns, start: Longs, room: Room, beliefs: Beliefs) -> None:
    """Fills the beliefs of several units: the columns of unit i are start[i]:start[i + 1]."""
    for unit in range(len(start) - 1):
        first, end = start[unit], start[unit + 1]
        own = Columns(
            columns.x[first:end],
            columns.y[first:end],
            columns.time_s[first:end],
            columns.left_s[first:end],
            columns.sigma_m[first:end],
            columns.start[first:end],
            columns.end[first:end],
            columns.arc,
            columns.fraction,
            columns.seen,
        )
        follow(ground, own, room, beliefs)


@njit(cache=True, nogil=True)
def follow(ground: Ground, columns: Columns, room: Room, beliefs: Beliefs) -> None:
    """Fills the beliefs: one column after the other, a new drive where none leads on."""
    earlier, last, at = NO_COLUMN, NO_COLUMN, 0
    while at < len(columns.x):
        reached = at
        if last != NO_COLUMN:
            reached = _next_joined(ground, columns, room, beliefs, earlier, last, at)
        if NO_COLUMN in (last, reached):
            last, reached = NO_COLUMN, at
            _begin(columns, beliefs, at)
        if columns.start[reached] < columns.end[reached]:
            earlier, last = last, reached
        at = reached + 1


@njit(cache=True, nogil=True)
def _next_joined(
    ground: Ground, columns: Columns, room: Room, beliefs: Beliefs, earlier: int, last: int, at: int
) -> int:
    """The first column from `at` on to which a drive leads on, past a few outliers; NO_COLUMN: none does."""
    for column in range(at, min(at + _MOST_OUTLIERS + 1, len(columns.x))):
        joined = _join(ground, columns, room, beliefs, last, column, 0.0)
        if earlier != NO_COLUMN and (not joined or _is_doubtful(columns, beliefs, earlier, last)):
            joined |= _join(ground, columns, room, beliefs, earlier, column, _OUTLIER_NATS)
        if joined:
            return column
    return NO_COLUMN


@njit(cache=True, nogil=True)
def _is_doubtful(columns: Columns, beliefs: Beliefs, earlier: int, last: int) -> bool:
    """True where it may be likelier that the last fix is an outlier."""
    before, behind = _best_of(columns, beliefs, earlier), _best_of(columns, beliefs, last)
    return bool(beliefs.best[behind] < beliefs.best[before] - _DOUBTFUL_NATS)


@njit(cache=True, nogil=True)
def best_places(columns: Columns, beliefs: Beliefs) -> Longs:
    """[T] the place of each fix on the best drive; NO_PLACE for outliers and where no road is near."""
    chosen = np.full(len(columns.x), NO_PLACE, np.int64)
    onward = NO_PLACE
    for column in range(len(columns.x) - 1, -1, -1):
        if onward == NO_PLACE:
            onward = _best_of(columns, beliefs, column)
        if columns.start[column] <= onward < columns.end[column]:
            chosen[column] = onward
            onward = beliefs.before[onward]
    return chosen


@njit(cache=True, nogil=True)
def drive(ground: Ground, columns: Columns, room: Room, before: Longs, chosen: Longs) -> Route:
    """The arcs between the chosen places."""
    arcs, starts, last = [0 for _ in range(0)], [0 for _ in range(0)], NO_COLUMN
    position = np.full(len(chosen), NO_PLACE, np.int64)
    for column in range(len(chosen)):
        place = chosen[column]
        if place == NO_PLACE:
            continue
        if before[place] == NO_PLACE:
            starts.append(len(arcs))
            arcs.append(columns.arc[place])
        else:
            _drive_on(ground, columns, room, last, column, chosen, arcs)
        position[column], last = len(arcs) - 1, column
    return Route(np.array(arcs, np.int64), position, np.array(starts, np.int64))


@njit(cache=True, nogil=True)
def _begin(columns: Columns, beliefs: Beliefs, column: int) -> None:
    for place in range(columns.start[column], columns.end[column]):
        beliefs.best[place] = beliefs.total[place] = columns.seen[place]


@njit(cache=True, nogil=True)
def _best_of(columns: Columns, beliefs: Beliefs, column: int) -> int:
    best = NO_PLACE
    for place in range(columns.start[column], columns.end[column]):
        if beliefs.best[place] > (beliefs.best[best] if best != NO_PLACE else -np.inf):
            best = place
    return best


@njit(cache=True, nogil=True)
def _join(
    ground: Ground, columns: Columns, room: Room, beliefs: Beliefs, last: int, column: int, price_nats: float
) -> bool:
    """Beliefs of a column from those of an earlier one, at a price; false where no drive joins the two."""
    near, far = _steps(columns, last, column)
    if far.furthest_m < 0.0 or columns.start[column] == columns.end[column]:
        return False
    return _spread(ground, columns, room, beliefs, last, column, near, price_nats) or (
        far.furthest_m > near.furthest_m and _spread(ground, columns, room, beliefs, last, column, far, price_nats)
    )


@njit(cache=True, nogil=True)
def _steps(columns: Columns, last: int, column: int) -> tuple[_Step, _Step]:
    """What is asked of a plausible drive, and of any."""
    crow_m = np.hypot(columns.x[column] - columns.x[last], columns.y[column] - columns.y[last])
    elapsed_s = columns.time_s[column] - columns.left_s[last]
    beta_m = _BETA_M + _BETA_M_PER_S * elapsed_s
    noise_m = 3.0 * np.hypot(columns.sigma_m[column], columns.sigma_m[last])
    furthest_m = min(crow_m + _FURTHEST_DETOUR_M, elapsed_s * _FASTEST_MPS + noise_m)
    if elapsed_s > _LONGEST_SILENCE_S:
        furthest_m = -1.0
    plausible_m = min(furthest_m, crow_m + _PLAUSIBLE_NATS * beta_m)
    return _Step(crow_m, beta_m, plausible_m, noise_m), _Step(crow_m, beta_m, furthest_m, noise_m)


@njit(cache=True, nogil=True)
def _spread(
    ground: Ground,
    columns: Columns,
    room: Room,
    beliefs: Beliefs,
    last: int,
    column: int,
    step: _Step,
    price_nats: float,
) -> bool:
    """One step of Viterbi and of the forward algorithm."""
    first, end = columns.start[column], columns.end[column]
    top, joined = _best_of(columns, beliefs, last), False
    for source in range(columns.start[last], columns.end[last]):
        if beliefs.best[source] < beliefs.best[top] - _PLAUSIBLE_NATS:
            continue
        _search(ground, room, columns.arc[source], columns.fraction[source], step)
        for place in range(first, end):
            way_m, _ = _way(ground, columns, room, source, place, step)
            if way_m > step.furthest_m:
                continue
            joined = True
            fits = columns.seen[place] - abs(way_m - step.crow_m) / step.beta_m - price_nats
            beliefs.total[place] = np.logaddexp(beliefs.total[place], beliefs.total[source] + fits)
            if beliefs.best[source] + fits > beliefs.best[place]:
                beliefs.best[place], beliefs.before[place] = beliefs.best[source] + fits, source
    return joined


@njit(cache=True, nogil=True)
def _way(ground: Ground, columns: Columns, room: Room, source: int, place: int, step: _Step) -> tuple[float, int]:
    """Metres from one place to another, infinity where there is no way, and of which kind it is.

    A turn round counts as so many metres as make it implausible.
    """
    arc, twin = columns.arc[place], ground.twin[columns.arc[place]]
    here_m = columns.fraction[source] * ground.length_m[columns.arc[source]]
    there_m = columns.fraction[place] * ground.length_m[arc]
    way_m, kind = room.start_m[arc] + there_m, _THROUGH
    if arc == columns.arc[source] and there_m >= here_m - step.back_m:
        way_m, kind = max(0.0, there_m - here_m), _ALONG
    if twin != NO_ARC:
        # As metres from the start of the twin, the other way along the same street.
        there_m = ground.length_m[arc] - there_m
        round_m = abs(there_m - here_m) if twin == columns.arc[source] else room.start_m[twin] + there_m
        round_m += _U_TURN_NATS * step.beta_m
        if round_m < way_m:
            way_m, kind = round_m, _ROUND
    return way_m, kind


@njit(cache=True, nogil=True)
def _search(ground: Ground, room: Room, source: int, fraction: float, step: _Step) -> None:
    """Labels every arc whose start is within the furthest metres of a place: Dijkstra, turning round at a price."""
    for i in range(room.marks[0]):
        room.start_m[room.touched[i]] = np.inf
    room.marks[0] = 0
    heap = [(0.0, 0) for _ in range(0)]
    here_m, u_turn_m = fraction * ground.length_m[source], _U_TURN_NATS * step.beta_m
    _leave(ground, room, heap, source, source, ground.length_m[source] - here_m, u_turn_m, step.furthest_m)
    if ground.twin[source] != NO_ARC:
        _leave(ground, room, heap, ground.twin[source], TURNED, here_m + u_turn_m, u_turn_m, step.furthest_m)
    while heap:
        start_m, arc = heappop(heap)
        if start_m == room.start_m[arc]:
            _leave(ground, room, heap, arc, arc, start_m + ground.length_m[arc], u_turn_m, step.furthest_m)


@njit(cache=True, nogil=True)
def _leave(
    ground: Ground,
    room: Room,
    heap: list[tuple[float, int]],
    arc: int,
    before: int,
    end_m: float,
    u_turn_m: float,
    furthest_m: float,
) -> None:
    """Labels the arcs on which one may go on from the end of an arc."""
    for i in range(ground.onward_start[arc], ground.onward_start[arc + 1]):
        _label(room, heap, ground.onward[i], before, end_m, furthest_m)
    if ground.twin[arc] != NO_ARC:
        _label(room, heap, ground.twin[arc], before, end_m + u_turn_m, furthest_m)


@njit(cache=True, nogil=True)
def _label(room: Room, heap: list[tuple[float, int]], arc: int, before: int, start_m: float, furthest_m: float) -> None:
    if start_m > furthest_m or start_m >= room.start_m[arc]:
        return
    if room.start_m[arc] == np.inf:
        room.touched[room.marks[0]] = arc
        room.marks[0] += 1
    room.start_m[arc], room.before[arc] = start_m, before
    heappush(heap, (start_m, arc))


@njit(cache=True, nogil=True)
def _drive_on(
    ground: Ground, columns: Columns, room: Room, last: int, column: int, chosen: Longs, arcs: list[int]
) -> None:
    """Appends the arcs behind the one of the last place, down to the one of this."""
    source, place = chosen[last], chosen[column]
    arc, kind = columns.arc[source], _ALONG
    for step in _steps(columns, last, column):
        _search(ground, room, arc, columns.fraction[source], step)
        way_m, kind = _way(ground, columns, room, source, place, step)
        if way_m <= step.furthest_m:
            break
    if kind == _ALONG:
        return
    at = columns.arc[place]
    behind = [at]
    if kind == _ROUND and ground.twin[at] != arc:
        at = ground.twin[at]
        behind.append(at)
    if kind == _THROUGH or len(behind) > 1:
        at = room.before[at]
        while at not in (arc, TURNED):
            behind.append(at)
            at = room.before[at]
        if at == TURNED:
            behind.append(ground.twin[arc])
    arcs.extend(behind[::-1])
