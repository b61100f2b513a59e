"""Tables that only ever grow, handed out after each change without being copied: what is new lies over what is old.

It decides how much is copied. A control room's record of a year has a hundred thousand incidents, and a commit touches
one: copying all of them took 27 ms a commit, of fixes too (tests/bench/bench_assignments.py).
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many changes lie over the old table before both are made one: copying them costs 20 us a commit at most, and
# copying all once in so many commits next to nothing.
MOST_NEW = 2_000

_K = TypeVar("_K")
_V = TypeVar("_V")


class Growing(dict[_K, _V]):
    """A dict that is written by `table[key] = value` alone, and notes which keys were since it was last asked."""

    def __init__(self, table: Mapping[_K, _V]) -> None:
        super().__init__(table)
        self._written: dict[_K, None] = {}

    def __setitem__(self, key: _K, value: _V) -> None:
        super().__setitem__(key, value)
        self._written[key] = None

    def take_written(self) -> list[_K]:
        """The keys written since the last call, in their order."""
        written, self._written = list(self._written), {}
        return written

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("this table only grows: write table[key] = value")

    __delitem__ = pop = popitem = clear = update = setdefault = __ior__ = _refuse


class Layered(Mapping[_K, _V]):
    """An immutable table: `new` over `old`, in the order in which keys first came. Neither may change any more."""

    __slots__ = ("_added", "_new", "_old")

    def __init__(self, old: dict[_K, _V], new: dict[_K, _V]) -> None:
        self._old, self._new = old, new
        self._added = [key for key in new if key not in old]

    def __getitem__(self, key: _K) -> _V:
        return self._new[key] if key in self._new else self._old[key]

    def __contains__(self, key: object) -> bool:
        return key in self._new or key in self._old

    def __len__(self) -> int:
        return len(self._old) + len(self._added)

    def __iter__(self) -> Iterator[_K]:
        yield from self._old
        yield from self._added

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == other if isinstance(other, dict) else super().__eq__(other)

    def __hash__(self) -> int:
        raise TypeError("a table is no key")

    def values(self) -> ValuesView[_V]:
        """As of a dict, and nearly as fast."""
        return _Values(self)

    def items(self) -> ItemsView[_K, _V]:
        """The same."""
        return _Items(self)

    def pairs(self) -> Iterator[tuple[_K, _V]]:
        """Keys with their values."""
        new = self._new
        for key, value in self._old.items():
            yield key, new.get(key, value)
        for key in self._added:
            yield key, new[key]


class _Values(ValuesView[_V]):
    def __init__(self, table: Layered[Any, _V]) -> None:
        super().__init__(table)
        self._table = table

    def __iter__(self) -> Iterator[_V]:
        return (value for _, value in self._table.pairs())


class _Items(ItemsView[_K, _V]):
    def __init__(self, table: Layered[_K, _V]) -> None:
        super().__init__(table)
        self._table = table

    def __iter__(self) -> Iterator[tuple[_K, _V]]:
        return self._table.pairs()


class Shelf(Mapping[str, Any]):
    """Hands out what growing tables hold, as it is at that moment."""

    def __init__(self, tables: Mapping[str, Growing[Any, Any]]) -> None:
        self._tables = tables
        self._old: dict[str, dict[Any, Any]] = {name: dict(table) for name, table in tables.items()}
        self._new: dict[str, dict[Any, Any]] = {name: {} for name in tables}
        for table in tables.values():
            table.take_written()

    def __getitem__(self, name: str) -> Layered[Any, Any]:
        table = self._tables[name]
        written = table.take_written()
        if written:
            self._new[name] = self._new[name] | {key: table[key] for key in written}
        if len(self._new[name]) > MOST_NEW:
            self._old[name], self._new[name] = dict(table), {}
        return Layered(self._old[name], self._new[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)
