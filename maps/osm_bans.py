"""Turn restrictions: from OSM relations to the Bans of `assemble`.

It decides which restrictions can be obeyed and counts the rest by reason. Which moves they forbid in the end is
`assemble`'s business. Source: OSM wiki, "Relation:restriction".
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from arls.roads.assemble import Bans
from arls.roads.network import Access

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
_TURNS = re.compile(r"(no|only)_(left_turn|right_turn|straight_on|u_turn|entry|exit)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One sign, by OSM ids: from a way over a node to a way."""

    from_way: int
    via_node: int
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
    ways = {role: [m.ref for m in members if m.role == role and m.kind == "w"] for role in ("from", "to")}
    via = [member for member in members if member.role == "via"]
    if not signs:
        return
    if [member.kind for member in via] != ["n"]:
        tally.restrictions_ignored["via a way" if any(m.kind == "w" for m in via) else "no single via node"] += 1
    elif not ways["from"] or not ways["to"]:
        tally.restrictions_ignored["no from or no to"] += 1
    else:
        for (only, binds), from_way, to_way in product(signs, ways["from"], ways["to"]):
            yield Restriction(from_way=from_way, via_node=via[0].ref, to_way=to_way, only=only, binds=binds)


def bans_of(restrictions: Sequence[Restriction], ends: StreetEnds, tally: Tally) -> Bans:
    """The restrictions whose streets can be told, as streets and junctions; the others are counted."""
    finder = _StreetFinder(restrictions, ends)
    rows = []
    for restriction in restrictions:
        found = finder.streets_of(restriction)
        if isinstance(found, str):
            tally.restrictions_ignored[found] += 1
        else:
            rows += [(*streets, restriction.only, int(restriction.binds)) for streets in found]
            tally.restrictions_obeyed += 1
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
    for key in keys or ["restriction"]:
        turn = _TURNS.fullmatch(tags.get(key, ""))
        binds = _KINDS.get(key.partition(":")[2] or "vehicle", Access(0)) & ~excepted
        if key.endswith(":conditional"):
            tally.restrictions_ignored["holds only at times"] += 1
        elif not turn:
            tally.restrictions_ignored["turn not understood"] += 1
        elif not binds:
            tally.restrictions_ignored["binds nobody who is routed"] += 1
        else:
            yield turn[1] == "only", binds


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
        via = self._junction_of.get(restriction.via_node)
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


def _find_junctions(restrictions: Iterable[Restriction], ends: StreetEnds) -> dict[int, int]:
    nodes = np.unique(np.array([restriction.via_node for restriction in restrictions], np.int64))
    at = np.searchsorted(ends.junction_node, nodes)
    known = ends.junction_node[np.minimum(at, len(ends.junction_node) - 1)] == nodes
    return dict(zip(nodes[known].tolist(), at[known].tolist(), strict=True))
