"""Turn restrictions: from OSM relations to the bans of `assemble`, via a junction and via streets.

It decides which restrictions can be obeyed and counts the rest by reason. Which moves they forbid in the end is
`assemble`'s business. Source: OSM wiki, "Relation:restriction".
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.assemble import Bans
from arls.roads.network import Access
from arls.roads.sequences import LongBan
from maps.report import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from arls.roads.network import Ints, Longs, Masks
    from maps.report import Tally

    Tags = Mapping[str, str]

# A sign binds all that drives; nobody on foot.
_DRIVERS = Access.VEHICLES | Access.PRIVATE
_CARS = Access.MOTOR | Access.EMERGENCY | Access.PRIVATE

# What `except=` and `restriction:<kind>` name. Kinds that no profile knows (hgv, taxi, motorcycle) have no bit.
_KINDS: dict[str, Access] = {
    "vehicle": _DRIVERS,
    "motor_vehicle": _CARS | Access.BUS,
    "motorcar": _CARS,
    "emergency": Access.EMERGENCY,
    "psv": Access.BUS,
    "bus": Access.BUS,
    "bicycle": Access.CYCLE,
}
# A gap in a reservation is one street, a way across a square a few; the ways through more grow beyond counting.
_MOST_VIA_SIDES = 40
_TURNS = re.compile(r"(no|only)_(left_turn|right_turn|straight_on|u_turn)|(no)_(entry|exit)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One sign, by OSM ids: from a way over a node, or over other ways, to a way."""

    from_way: int
    via_node: int | None  # None: via ways
    via_ways: frozenset[int]
    to_way: int
    only: bool
    binds: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a relation: `kind` is `n`, `w` or `r`."""

    kind: str
    ref: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetEnds:
    """What finding a restriction's streets takes: J junctions, S streets."""

    junction_node: Longs  # [J] OSM id, ascending
    street_way: Longs  # [S]
    street_from: Ints  # [S] junction
    street_to: Ints  # [S] junction
    forward_access: Masks  # [S]
    backward_access: Masks  # [S]


def restrictions_of(tags: Tags, members: Sequence[Member], tally: Tally) -> Iterator[Restriction]:
    """The restrictions that one relation makes; none, and a count by reason, where it cannot be obeyed."""
    tally.count_conditional(tags)
    signs = list(_signs_of(tags, tally))
    ways = {role: [m.ref for m in members if m.role == role and m.kind == "w"] for role in ("from", "via", "to")}
    nodes = [m.ref for m in members if m.role == "via" and m.kind == "n"]
    if not signs:
        return
    if len(nodes) != (0 if ways["via"] else 1):
        tally.restrictions_ignored["neither one via node nor via ways"] += 1
    elif not ways["from"] or not ways["to"]:
        tally.restrictions_ignored["no from or no to"] += 1
    else:
        for (only, binds), from_way, to_way in product(signs, ways["from"], ways["to"]):
            yield Restriction(
                from_way=from_way,
                via_node=nodes[0] if nodes else None,
                via_ways=frozenset(ways["via"]),
                to_way=to_way,
                only=only,
                binds=binds,
            )


def bans_of(restrictions: Sequence[Restriction], ends: StreetEnds, tally: Tally) -> tuple[Bans, tuple[LongBan, ...]]:
    """The restrictions whose streets can be told, via a junction and via streets; the others are counted."""
    finder, long_finder = _StreetFinder(restrictions, ends), _SideFinder(restrictions, ends)
    rows, long_bans = [], []
    for restriction in restrictions:
        found: list[tuple[int, int, int]] | tuple[int, ...] | str
        if restriction.via_node is None:
            found = long_finder.sides_of(restriction)
            if not isinstance(found, str):
                long_bans.append(LongBan(sides=found, only=restriction.only, binds=int(restriction.binds)))
        else:
            found = finder.streets_of(restriction)
            if not isinstance(found, str):
                rows += [(*streets, restriction.only, int(restriction.binds)) for streets in found]
        if isinstance(found, str):
            tally.restrictions_ignored[found] += 1
        else:
            tally.restrictions_obeyed += 1
    return _bans(rows), tuple(long_bans)


def _bans(rows: list[tuple[int, int, int, bool, int]]) -> Bans:
    from_street, via, to_street, only, binds = np.array(rows, np.int64).reshape(-1, 5).T
    return Bans(
        from_street=from_street.astype(np.int32),
        via_junction=via.astype(np.int32),
        to_street=to_street.astype(np.int32),
        only=only.astype(np.bool_),
        binds=binds.astype(np.uint16),
    )


def _signs_of(tags: Tags, tally: Tally) -> Iterator[tuple[bool, Access]]:
    """Pairs (only, whom it binds)."""
    excepted = Access(0)
    for kind in tags.get("except", "").split(";"):
        excepted |= _KINDS.get(kind.strip(), Access(0))
    keys = [key for key in tags if key == "restriction" or key.startswith("restriction:")]
    whom = tags.get("type", "").partition(":")[2]  # `type=restriction:hgv`: an old way to say `restriction:hgv=*`
    for key in keys or ["restriction"]:
        turn = _TURNS.fullmatch(tags.get(key, ""))
        binds = _KINDS.get(key.partition(":")[2] or whom or "vehicle", Access(0)) & ~excepted
        if key.endswith(":conditional") or not HOURS.isdisjoint(tags):
            tally.restrictions_ignored["holds only at times"] += 1
        elif not turn:
            tally.restrictions_ignored["turn not understood"] += 1
        elif not binds:
            tally.restrictions_ignored["binds nobody who is routed"] += 1
        else:
            # Who by policy ignores bans of turns is bound by a no entry all the same.
            yield turn[1] == "only", binds | (Access.BANNED_TURN if turn[4] else Access(0))


class _StreetFinder:
    """Knows which streets of a way arrive at a via node, and which leave it."""

    def __init__(self, restrictions: Sequence[Restriction], ends: StreetEnds) -> None:
        self._ways = set(ends.street_way.tolist())
        self._junction_of = _find_junctions(restrictions, ends)
        self._arrive: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self._leave: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        vias = np.array(sorted(set(self._junction_of.values())), np.int64)
        for junction, away, back in (
            (ends.street_from, ends.forward_access, ends.backward_access),
            (ends.street_to, ends.backward_access, ends.forward_access),
        ):
            for street in np.flatnonzero(np.isin(junction, vias)).tolist():
                place = (int(ends.street_way[street]), int(junction[street]))
                if away[street] & _DRIVERS:
                    self._leave[place].append(street)
                if back[street] & _DRIVERS:
                    self._arrive[place].append(street)

    def streets_of(self, restriction: Restriction) -> list[tuple[int, int, int]] | str:
        """Triples (from street, via junction, to street), or why there is none."""
        via = self._junction_of.get(restriction.via_node or 0)
        if not {restriction.from_way, restriction.to_way} <= self._ways:
            return "from or to not among the roads"
        if via is None:
            return "via not among the junctions"
        arriving = self._arrive[restriction.from_way, via]
        leaving = self._leave[restriction.to_way, via]
        if restriction.from_way == restriction.to_way:
            # Each U-turn leads back into its own street.
            return [(street, via, street) for street in arriving if street in leaving] or "nobody could turn so"
        if not arriving or not leaving:
            return "nobody could turn so"
        if len(arriving) > 1 or len(leaving) > 1:
            return "more than one street fits"
        return [(arriving[0], via, leaving[0])]


class _SideFinder:
    """Knows the sides of those streets that restrictions via ways name: side 2 s is street s forward, 2 s + 1 backward.

    Of a way that runs on at a junction two sides may fit; the one meant is then known only if no other leads on.
    """

    def __init__(self, restrictions: Sequence[Restriction], ends: StreetEnds) -> None:
        ways = {way for r in restrictions if r.via_node is None for way in (r.from_way, *r.via_ways, r.to_way)}
        self._sides: defaultdict[int, list[int]] = defaultdict(list)  # by way
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        for street in np.flatnonzero(np.isin(ends.street_way, list(ways))).tolist():
            first, last = int(ends.street_from[street]), int(ends.street_to[street])
            for side, open_to, start, end in (
                (2 * street, ends.forward_access[street], first, last),
                (2 * street + 1, ends.backward_access[street], last, first),
            ):
                if open_to & _DRIVERS:
                    self._sides[int(ends.street_way[street])].append(side)
                    self._starts[side], self._ends[side] = start, end

    def sides_of(self, restriction: Restriction) -> tuple[int, ...] | str:
        """The sides driven from the first way to the last, or why they cannot be told."""
        if not {restriction.from_way, *restriction.via_ways, restriction.to_way} <= self._sides.keys():
            return "from, via or to not among the roads"
        if sum(len(self._sides[way]) for way in restriction.via_ways) > _MOST_VIA_SIDES:
            return "via is too many streets"
        found = [sides for start in self._sides[restriction.from_way] for sides in self._onward((start,), restriction)]
        if not found:
            return "nobody could turn so"
        return found[0] if len(found) == 1 else "more than one street fits"

    def _onward(self, driven: tuple[int, ...], restriction: Restriction) -> Iterator[tuple[int, ...]]:
        """Every way to go on over via ways, never twice on one street, to the last way."""
        here = self._ends[driven[-1]]
        if len(driven) > 1:
            yield from ((*driven, side) for side in self._sides[restriction.to_way] if self._fits(side, here, driven))
        for side in chain.from_iterable(self._sides[way] for way in restriction.via_ways):
            if self._fits(side, here, driven):
                yield from self._onward((*driven, side), restriction)

    def _fits(self, side: int, here: int, driven: tuple[int, ...]) -> bool:
        return self._starts[side] == here and all(side >> 1 != before >> 1 for before in driven)


def _find_junctions(restrictions: Iterable[Restriction], ends: StreetEnds) -> dict[int, int]:
    nodes = np.unique(np.array([r.via_node for r in restrictions if r.via_node is not None], np.int64))
    at = np.searchsorted(ends.junction_node, nodes)
    known = ends.junction_node[np.minimum(at, len(ends.junction_node) - 1)] == nodes
    return dict(zip(nodes[known].tolist(), at[known].tolist(), strict=True))
