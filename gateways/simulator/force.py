"""The made-up force: all its crews, moved together, and the button that one of them presses now and then.

It decides in which order crews live and when somebody needs help. It reads no clock and opens no socket: what is said
comes out of `step`, for `radios` to send. The same seed and the same steps give the same sayings.
"""

from __future__ import annotations

import queue
import random
from functools import partial
from typing import TYPE_CHECKING

from arls.unit import Callsign
from gateways.simulator.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from arls.geo import Position
    from arls.roads.live import Roads
    from gateways.simulator.roster import Member
    from gateways.simulator.sayings import Saying

_HELP_PER_H = 3.0


class Force:
    """All crews. One thread calls `step`; what they are told may come from any thread and is heard at the next step.

    When `calm`, nobody goes silent, loses GPS, refuses or needs help.
    """

    def __init__(self, roads: Roads, roster: Sequence[Member], *, seed: int, calm: bool = False) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a made-up force needs no secrets
        self._crews = {
            member.unit.callsign: Crew(member, roads, random.Random(self._chance.random()), calm=calm)  # noqa: S311
            for member in roster
        }
        self._calm = calm or not roster
        self._told: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._now_s = 0.0
        self._help_s = self._chance.expovariate(_HELP_PER_H / 3600)

    def deploy(self, callsign: str, assignment: str, goal: Position) -> None:
        """What a terminal shows its crew; a callsign that is not ours is left alone, here and below."""
        self.tell(callsign, lambda crew: crew.deploy(assignment, goal))

    def release(self, callsign: str, assignment: str) -> None:
        """The desk ends a deployment."""
        self.tell(callsign, lambda crew: crew.release(assignment))

    def need_help(self, callsign: str) -> None:
        """The crew presses the emergency button."""
        self.tell(callsign, Crew.need_help)

    def calm_down(self, callsign: str) -> None:
        """By voice: the crew that pressed the button is all right again."""
        self.tell(callsign, Crew.calm_down)

    def step(self, seconds: float, at: datetime) -> Iterator[Saying]:
        """Everything that is said in the next so many seconds, which end at the UTC instant `at`."""
        while not self._told.empty():
            self._told.get()()
        self._now_s += seconds
        if self._now_s >= self._help_s and not self._calm:
            self._help_s = self._now_s + self._chance.expovariate(_HELP_PER_H / 3600)
            self._chance.choice(list(self._crews.values())).need_help()
        for crew in self._crews.values():
            yield from crew.step(seconds, at)

    def tell(self, callsign: str, what: Callable[[Crew], None]) -> None:
        """Have a crew do this at the next step."""
        crew = self._crews.get(Callsign(callsign))
        if crew is not None:
            self._told.put(partial(what, crew))
