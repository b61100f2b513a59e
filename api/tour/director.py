"""Who plays the tour: one scene after another, each caption as long as it takes to read, or as those who watch wish."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx
from msgspec.structs import replace

from api.captions import Caption, Fact, OpenIncident, OpenUnit, Wish
from api.tour.desk import TourError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from api.tour.desk import TourDesk

_LOOK_S = 0.25
# An unhurried reader reads some 14 characters a second, and looks at the map as well.
_CHARACTERS_PER_S, _GLANCE_S = 14.0, 8.0


class Over(Exception):  # noqa: N818 - nothing went wrong
    """Those who watch leave, or the demo ends."""


class Director:
    """Shows captions and waits. `pace` 1 is for readers, less is quicker; `stopped` ends it at once."""

    def __init__(self, desk: TourDesk, *, scenes: int, pace: float, stopped: threading.Event) -> None:
        self._desk = desk
        self._of = scenes
        self._pace = pace
        self._stopped = stopped
        self._step = 0
        self._number = 0
        self._seen = 0  # wishes of this process of the engine
        self.caption: Caption | None = None

    def begin(self, step: int) -> None:
        """The next scene."""
        self._step = step

    def say(
        self,
        title: str,
        text: str,
        *facts: tuple[str, Any],
        incident: str | None = None,
        unit: str | None = None,
        panel: str | None = None,
    ) -> None:
        """Show this, and open what it is about; then go on at once."""
        self._number += 1
        opened = OpenIncident(id=incident) if incident else OpenUnit(callsign=unit) if unit else None  # type: ignore[arg-type]
        self._show(
            Caption(
                number=self._number,
                step=self._step,
                of=self._of,
                title=title,
                text=text,
                facts=tuple(Fact(name=name, value=str(value)) for name, value in facts),
                open=opened,
                panel=panel,
            )
        )

    def hold(self) -> None:
        """As long as the caption takes to read, or until somebody wishes to go on. Raises Over."""
        caption = self.caption
        if caption is None:
            return
        read = len(caption.text) + sum(len(fact.name) + len(fact.value) for fact in caption.facts)
        left_s, looked_s = (_GLANCE_S + read / _CHARACTERS_PER_S) * self._pace, monotonic()
        paused = False
        while left_s > 0 or paused:
            self.wait(_LOOK_S if paused else min(_LOOK_S, left_s))
            now_s = monotonic()
            left_s, looked_s = left_s - (0.0 if paused else now_s - looked_s), now_s
            for wish in self._new_wishes():
                match wish:
                    case Wish.NEXT:
                        return
                    case Wish.LEAVE:
                        raise Over
                    case Wish.PAUSE | Wish.GO_ON:
                        paused = wish is Wish.PAUSE
                        self._show(replace(caption, paused=paused))

    def until(self, truth: Callable[[], object], what: str, *, within_s: float) -> Any:
        """What becomes true. Raises TourError, in a sentence, when it does not; Over when those who watch leave."""
        until_s = monotonic() + within_s
        while not (found := truth()):
            if monotonic() > until_s:
                raise TourError(f"after {within_s:.0f} s: {what}")
            if Wish.LEAVE in self._new_wishes():
                raise Over
            self.wait(_LOOK_S)
        return found

    def until_watched(self) -> None:
        """Returns once a screen listens. Raises Over."""
        while not self._desk.screens():
            self.wait(_LOOK_S)

    def wait(self, seconds: float) -> None:
        """So long, at the pace of the world. Raises Over."""
        if self._stopped.wait(seconds):
            raise Over

    def began_again(self) -> None:
        """The engine's process is another: it knows of no wishes."""
        self._seen = 0

    def end(self) -> None:
        """Nothing is shown any more."""
        self._show(None)

    def _show(self, caption: Caption | None) -> None:
        self.caption = caption
        self._desk.show(caption)

    def _new_wishes(self) -> list[Wish]:
        try:
            wishes = self._desk.wishes()
        except httpx.TransportError:
            return []  # it is away: asked again at the next look
        new, self._seen = list(wishes[self._seen :]), len(wishes)
        return new
