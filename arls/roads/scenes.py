"""The scenes of one network: each profile on the open roads, and under the closures that were last asked for.

It decides whom a closure binds, which scenes are kept, and from which of them a new one is made: from the one that
differs in the fewest arcs, for what is the same is taken over. The thread that asks makes it; others that ask for the
same scene wait for it, and everybody else does not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from arls.closure import Passer
from arls.roads.closures import stretches_of
from arls.roads.cordon import Cordon
from arls.roads.cut import Cut
from arls.roads.hierarchy.customise import customise
from arls.roads.profile import weights_of
from arls.roads.scene import Scene
from arls.roads.search import reverse_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from arls.closure import Closure, ClosureId, Closures
    from arls.roads.hierarchy.order import Order
    from arls.roads.network import Network
    from arls.roads.packs import Profile
    from arls.roads.snap import Snapper

# So many scenes of a profile under closures are kept: those of now, of a moment ago, and of one closure less.
KEPT = 3
# What so many closures shut is kept.
_CORDONS_KEPT = 512


_T = TypeVar("_T")


class _Once(Generic[_T]):
    """A value that the first who asks for it makes, while others who ask wait."""

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._value: _T | None = None
        self._lock = threading.Lock()

    @property
    def made(self) -> _T | None:
        """The value, if it is there by now."""
        return self._value

    def get(self) -> _T:
        """The value; raises what making it raises, and then the next who asks tries again."""
        with self._lock:
            if self._value is None:
                self._value = self._make()
            return self._value


class Scenes:
    """Many threads may ask at once."""

    def __init__(
        self, network: Network, *, order: Order | None, profiles: Mapping[str, Profile], snapper: Snapper
    ) -> None:
        """Without an order of the network the search does all."""
        self.reverse = reverse_of(network)
        self._network, self._order, self._profiles, self._snapper = network, order, profiles, snapper
        self._lock = threading.Lock()
        self._open: dict[str, _Once[Scene]] = {}
        self._closed: dict[str, OrderedDict[tuple[Cordon, ...], _Once[Scene]]] = {}
        self._cordons: OrderedDict[ClosureId, tuple[Closure, _Once[Cordon]]] = OrderedDict()

    def apart(self) -> Scenes:
        """The same open roads, customised once for both, for other units and other closures."""
        other = Scenes(self._network, order=self._order, profiles=self._profiles, snapper=self._snapper)
        other._open = {name: _Once(partial(self._apart, name)) for name in self._profiles}
        return other

    def _apart(self, profile: str) -> Scene:
        return self.scene(profile).apart()

    def scene(self, profile: str, closures: Closures = ()) -> Scene:
        """The scene of one of the profiles under those of these closures that bind it."""
        return self._held(profile, closures).get()

    def open(self, profiles: Iterable[str], closures: Closures) -> None:
        """Makes those of several profiles that are not there side by side: most of the work needs no interpreter."""
        missing = [held for held in (self._held(one, closures) for one in profiles) if held.made is None]
        if len(missing) > 1:
            with ThreadPoolExecutor(len(missing)) as threads:
                list(threads.map(_Once.get, missing))

    def _held(self, profile: str, closures: Closures) -> _Once[Scene]:
        cordons = tuple(cordon for _, cordon in self.binding(profile, closures))
        with self._lock:
            opened = self._open.setdefault(profile, _Once(partial(self._make_open, profile)))
            if not cordons:
                return opened
            kept = self._closed.setdefault(profile, OrderedDict())
            held = kept.setdefault(cordons, _Once(partial(self._make_closed, profile, cordons)))
            kept.move_to_end(cordons)
            _shorten(kept, KEPT)
            return held

    def binding(self, profile: str, closures: Closures) -> list[tuple[Closure, Cordon]]:
        """Those of the closures that bind the profile and shut any arc, and what they shut."""
        passes = self._profiles[profile].passes
        cordons = [(one, self.cordon(one)) for one in closures if passes.isdisjoint(one.passable)]
        return [(closure, cordon) for closure, cordon in cordons if len(cordon.shut.arcs)]

    def cordon(self, closure: Closure) -> Cordon:
        """What a closure shuts, worked out once."""
        with self._lock:
            known, cordon = self._cordons.get(closure.id, (None, None))
            if known is None or cordon is None or (known.shape, known.passable) != (closure.shape, closure.passable):
                cordon = _Once(partial(_cordon_of, closure, self._snapper))
                self._cordons[closure.id] = closure, cordon
            self._cordons.move_to_end(closure.id)
            _shorten(self._cordons, _CORDONS_KEPT)
        return cordon.get()

    def _make_open(self, profile: str) -> Scene:
        weights = weights_of(self._network, self._profiles[profile])
        hierarchy = customise(self._order, weights) if self._order is not None else None
        return Scene(weights, reverse=self.reverse, snapper=self._snapper, hierarchy=hierarchy)

    def _make_closed(self, profile: str, cordons: tuple[Cordon, ...]) -> Scene:
        with self._lock:
            opened, kept = self._open[profile], list(self._closed[profile].values())
        weights, u_turn_ms = opened.get().weights, self._profiles[profile].u_turn_ms
        cut = Cut(self._snapper.streets, self.reverse, weights, cordons, u_turn_ms=u_turn_ms)
        if not len(cut.shut.arcs):
            return opened.get()
        near = [opened.get(), *(scene for one in reversed(kept) if (scene := one.made) is not None)]
        return min(near, key=lambda scene: len(np.setxor1d(scene.shut, cut.shut.arcs))).after(cut)


def _cordon_of(closure: Closure, snapper: Snapper) -> Cordon:
    stretches = stretches_of(closure.shape, snapper.streets)
    return Cordon(snapper.streets, stretches, on_foot=Passer.FOOT in closure.passable)


def _shorten(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
