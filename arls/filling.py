"""Which units fill which slots of a plan: as many slots as can be, then complete as soon as can be.

It decides on numbers alone: what a slot asks and when a unit can be there was worked out before. The answer is exact,
and it needs no search among sets of units: when a unit can be there does not depend on the slot it fills, so the sets
that can fill slots together are a transversal matroid (Edmonds and Fulkerson, Journal of Research of the National
Bureau of Standards 69B, 1965). Taking the units in their order, each unless the taken ones could then not all have a
slot of their own, gives the set whose first unit is the soonest possible, and the second, and so on to the last: the
time when the plan is complete, the sum of the times and the order of equals are least all at once. Hence the nearest
unit that suits a slot is always one of the set, but where one unit may fill several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# More slots than this no plan has; and so many that a unit may fill beside another one: the ways to put these together
# with others are tried one by one, and there are at most 10 x 11 x 12 of them.
MOST_SLOTS, MOST_SHARED = 12, 3


class Able(NamedTuple):
    """A unit that may be sent, or one on its way: when it is there, and what it can do. Free ones come in order."""

    suits: int  # bit s: it suits slot s
    eta_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What is to be filled: the requirement that each slot belongs to, and which may be filled by the way."""

    needs: tuple[int, ...]  # [s] slots of one requirement are alike
    shared: frozenset[int] = frozenset()  # slots that a unit may fill beside another one

    def __len__(self) -> int:
        return len(self.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Who fills which slot: places among those on their way, and places among the free ones."""

    held: dict[int, int]  # by slot
    sent: dict[int, int]  # by slot

    @property
    def send(self) -> tuple[int, ...]:
        """The free ones that are needed, each once, in their order."""
        return tuple(sorted(set(self.sent.values())))


_Group = tuple[int, ...]  # slots that one unit fills
_Score = tuple[int, int, int, int, tuple[int, ...]]


def fill(slots: Slots, held: Sequence[Able], free: Sequence[Able]) -> Filling:
    """The best filling. Those on their way are used first, since they come anyway: only the free ones cost time.

    Best: the fewest empty slots; then the free ones all there the soonest; then the least sum of their times; then as
    few of them as can be; then who comes first in the order. Raises ValueError for more slots than a plan may have.
    """
    if len(slots) > MOST_SLOTS or len(slots.shared) > MOST_SHARED:
        raise ValueError(f"a plan has at most {MOST_SLOTS} slots, of which {MOST_SHARED} are filled by the way")
    places = _worth(slots, free)
    everybody = [*held, *(free[place] for place in places)]
    best: tuple[_Score, _Matching] | None = None
    for groups in _groupings(slots):
        matched = _matched(groups, everybody)
        sent = sorted({places[who - len(held)] for who in matched.filled if who >= len(held)})
        empty = len(slots) - sum(len(groups[group]) for group in matched.filled.values())
        times_ms = [free[place].eta_ms for place in sent]
        score = (empty, max(times_ms, default=0), sum(times_ms), len(sent), tuple(sent))
        if best is None or score < best[0]:
            best = score, matched
    by_slot = _settled(best[1]) if best else {}
    return Filling(
        held={slot: who for slot, who in sorted(by_slot.items()) if who < len(held)},
        sent={slot: places[who - len(held)] for slot, who in sorted(by_slot.items()) if who >= len(held)},
    )


def _worth(slots: Slots, free: Sequence[Able]) -> list[int]:
    """The places of those that can matter: of the units that suit the same slots, as many as there are slots.

    Nobody else is in a best set: it would hold less than all of the sooner ones that suit the same, and with one of
    these in its stead the set fills the same slots no later.
    """
    left: dict[int, int] = {}
    worth = []
    for place, able in enumerate(free):
        if able.suits and left.setdefault(able.suits, len(slots)):
            left[able.suits] -= 1
            worth.append(place)
    return worth


def _groupings(slots: Slots) -> Iterator[tuple[_Group, ...]]:
    """Every way to say which slots one unit fills: at most one in each group is not shared. Alike ones once."""
    alone = tuple((slot,) for slot in range(len(slots)) if slot not in slots.shared)

    def joined(groups: tuple[_Group, ...], shared: list[int]) -> Iterator[tuple[_Group, ...]]:
        if not shared:
            yield groups
            return
        slot, *rest = shared
        yield from joined((*groups, (slot,)), rest)
        tried: set[tuple[int, ...]] = set()
        for place, group in enumerate(groups):
            alike = tuple(slots.needs[member] for member in group)
            if alike not in tried:
                tried.add(alike)
                yield from joined((*groups[:place], (*group, slot), *groups[place + 1 :]), rest)

    yield from joined(alone, sorted(slots.shared))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matching:
    """Which units fill which groups, each unit one."""

    groups: Sequence[_Group]
    suited: list[list[bool]]  # [group][unit]
    order: list[int]  # the groups, those of more slots first
    filled: dict[int, int]  # group by unit


def _matched(groups: Sequence[_Group], units: Sequence[Able]) -> _Matching:
    """The greedy set of the matroid, and of the groups that it could fill those that stand for most slots."""
    suited = [[mask & unit.suits == mask for unit in units] for mask in map(_mask, groups)]
    of_group: dict[int, int] = {}
    for who in range(len(units)):
        if len(of_group) == len(groups):
            break
        _takes(who, suited, of_group, set())
    chosen = sorted(of_group.values())
    order = sorted(range(len(groups)), key=lambda group: (-len(groups[group]), min(groups[group])))
    filled: dict[int, int] = {}
    for group in order:
        _is_taken(group, suited, filled, chosen, set())
    return _Matching(groups=groups, suited=suited, order=order, filled=filled)


def _takes(who: int, suited: list[list[bool]], of_group: dict[int, int], seen: set[int]) -> bool:
    """Give a unit a group, if need be by moving others on: an augmenting path (Kuhn 1955)."""
    for group, suits in enumerate(suited):
        if suits[who] and group not in seen:
            seen.add(group)
            if group not in of_group or _takes(of_group[group], suited, of_group, seen):
                of_group[group] = who
                return True
    return False


def _is_taken(
    group: int, suited: list[list[bool]], filled: dict[int, int], chosen: Sequence[int], seen: set[int]
) -> bool:
    """The same from the group's side; `filled` is by unit."""
    for who in chosen:
        if suited[group][who] and who not in seen:
            seen.add(who)
            if who not in filled or _is_taken(filled[who], suited, filled, chosen, seen):
                filled[who] = group
                return True
    return False


def _settled(matching: _Matching) -> dict[int, int]:
    """The same units in the same groups, the soonest unit in the first group that it can have: units by slot."""
    suited, chosen = matching.suited, sorted(matching.filled)
    wanted = [group for group in matching.order if group in matching.filled.values()]
    settled: dict[int, int] = {}
    for place, group in enumerate(wanted):
        for who in chosen:
            if who in settled or not suited[group][who]:
                continue
            rest = [other for other in chosen if other != who and other not in settled]
            trial: dict[int, int] = {}
            if all(_is_taken(other, suited, trial, rest, set()) for other in wanted[place + 1 :]):
                settled[who] = group
                break
    return {slot: who for who, group in settled.items() for slot in matching.groups[group]}


def _mask(group: _Group) -> int:
    return sum(1 << slot for slot in group)
