"""One member of the made-up force: it patrols, parks, goes silent, loses GPS, takes calls, and may need help.

It decides what the member does next, by chance and the seconds that pass. It reads no clock: every `_s` that is an
instant is counted from the member's own beginning.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from arls.geo import Position, metres_between, moved
from arls.roads.network import Places
from arls.roads.path import find_path
from arls.roads.profile import MAIN_COMPONENT, off_main
from gateways.simulator.movement import Mover
from gateways.simulator.sayings import EMERGENCY, Answer, Report, Saying, StateSaid
from gateways.simulator.writers import Sight

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from datetime import datetime

    from arls.roads.live import Roads
    from arls.roads.path import Path
    from arls.roads.profile import Weights
    from gateways.simulator.roster import Member

# How often something happens to one member, per hour, and for how many seconds.
_PARKS_PER_H, _PARKED_S = 3.0, (30.0, 90.0)
_SILENT_PER_H, _SILENT_S = 0.5, (90.0, 300.0)
_NO_GPS_PER_H, _NO_GPS_S = 0.8, (30.0, 120.0)

_ANSWER_S, _AT_SCENE_S = (2.0, 8.0), (60.0, 240.0)
_REFUSES = 0.03
# A terminal that is switched off, or whose crew has other things to do: nobody answers.
_DEAF = 0.04
_EMERGENCY_INTERVAL_S = 5.0
# Everybody reports within the first second: all at one instant would be more datagrams than a socket holds.
_FIRST_REPORT_S = 1.0

# How often a radio with a distance trigger looks how far it has moved.
_LOOKS_EVERY_S = 2.0

# A receiver's usual error, one sigma in metres; what it says of that; and how old a fix is when it goes out.
_ERROR_M, _ACCURACY_M, _DELAY_MS = 3.0, (4.0, 15.0), (20, 250)

_FREE, _EN_ROUTE, _AT_SCENE = 2, 5, 6


class Duty(StrEnum):
    """What a member is doing."""

    PATROL = "patrol"
    ASKED = "asked"  # a deployment has come, not yet answered
    EN_ROUTE = "en_route"
    AT_SCENE = "at_scene"


class Crew:
    """A member at work; `step` says what it says. When `calm`, it always answers and reports, and never refuses."""

    def __init__(self, member: Member, roads: Roads, chance: random.Random, *, calm: bool) -> None:
        self.member = member
        self.duty = Duty.PATROL
        self.in_need = False
        self._roads = roads
        self._chance = chance
        self._calm = calm
        self.mover = self._placed()
        self._assignment, self._unheard = "", ""
        self._goal: Position | None = None
        self._sayings: list[Saying] = [StateSaid(member=member, code=_FREE)]
        self._now_s = 0.0
        self._report_s = chance.uniform(0.0, _FIRST_REPORT_S)
        self._reported, self._looks_s = self.mover.place()[0], 0.0  # where it reported last, and when it looks again
        self._next_duty_s = 0.0  # also when it stops being parked
        self._parks_s = self._after(_PARKS_PER_H)
        self._silent_s, self._heard_again_s = self._after(_SILENT_PER_H), 0.0
        self._blind_s, self._sees_again_s = self._after(_NO_GPS_PER_H), 0.0
        self._stands = self._is_off = self._is_deaf = False

    def deploy(self, assignment: str, goal: Position) -> None:
        """A deployment reaches its terminal."""
        if assignment in {self._assignment, self._unheard}:
            return  # the broker delivers at least once
        if self._is_deaf or (not self._calm and self._chance.random() < _DEAF):
            self._unheard = assignment
            return
        self.duty, self._goal, self._assignment = Duty.ASKED, goal, assignment
        self._next_duty_s = self._now_s + self._chance.uniform(*_ANSWER_S)
        self._answer("delivered")

    def release(self, assignment: str) -> None:
        """The desk ends a deployment."""
        if assignment != self._assignment:
            return
        if self.duty is not Duty.ASKED:
            self._set_state(_FREE)
        self._patrol()

    def stand(self) -> None:
        """It waits where it is until it is sent somewhere."""
        self._stands = self.mover.parked = True

    def switch(self, *, radio: bool) -> None:
        """Its radio is switched on, and reports at once, or off."""
        self._is_off = not radio
        self._report_s = self._now_s

    def leave_terminal(self) -> None:
        """Nobody looks at its terminal any more: no deployment is answered there."""
        self._is_deaf = True

    def say(self, code: int) -> None:
        """It presses the key of a state."""
        self._set_state(code)

    def go(self, goal: Position) -> None:
        """It was told by voice where to go: it says so by its radio's states alone."""
        self._goal = goal
        self._set_off()

    def need_help(self) -> None:
        """The button: it stays where it is, and its radio is heard whatever ailed it."""
        if self.in_need:
            return
        self.in_need = True
        self._heard_again_s = self._sees_again_s = 0.0
        self._report_s = self._now_s
        self._set_state(EMERGENCY)

    def calm_down(self) -> None:
        """All is well again."""
        self.in_need = False

    def step(self, seconds: float, at: datetime) -> Iterator[Saying]:
        """Everything that it says in the next so many seconds, which end at the UTC instant `at`."""
        self._now_s += seconds
        if not self.in_need:
            self.mover.move(seconds)
            self._go_on()
            if not self._calm:
                self._suffer()
        if self._sayings:
            yield from self._sayings
            self._sayings.clear()
        due, moved_far = self._now_s >= self._report_s, self._has_moved_far()
        if due or moved_far:
            self._beat(due=due)
            if self._now_s >= self._heard_again_s and not self._is_off:
                yield Report(member=self.member, sight=self._sight(at, moved_far=not due))

    # --- where it begins ---

    def _placed(self) -> Mover:
        weights, network = self._roads.weights(self.member.unit.profile), self._roads.network
        arc, fraction = self._find_start(weights) or self._anywhere(weights)
        along_m = fraction * float(network.arc_length_m[arc])
        return Mover(network=network, weights=weights, chance=self._chance, arc=arc, along_m=along_m)

    def _find_start(self, weights: Weights) -> tuple[int, float] | None:
        """The arc beside its start; None where it has no start, or would be cut off there."""
        if self.member.start is None:
            return None
        places = self._roads.places_of([self.member.start], weights)
        joined = np.flatnonzero(~off_main(weights, places.arc))
        return (int(places.arc[joined[0]]), float(places.fraction[joined[0]])) if len(joined) else None

    def _anywhere(self, weights: Weights) -> tuple[int, float]:
        main = np.flatnonzero(weights.component == MAIN_COMPONENT)
        return int(main[self._chance.randrange(len(main))]), self._chance.random()

    # --- its duties ---

    def _go_on(self) -> None:
        match self.duty:
            case Duty.PATROL:
                self._wander()
            case Duty.ASKED if self._now_s >= self._next_duty_s:
                self._set_off()
            case Duty.EN_ROUTE if self.mover.arrived:
                self.duty = Duty.AT_SCENE
                self._next_duty_s = self._now_s + self._chance.uniform(*_AT_SCENE_S)
                self._answer("arrived")
                self._set_state(_AT_SCENE)
            case Duty.AT_SCENE if self._now_s >= self._next_duty_s:
                self._answer("clear")
                self._set_state(_FREE)
                self._patrol()
            case _:
                pass

    def _wander(self) -> None:
        if self._stands:
            return
        if self._now_s >= self._parks_s:
            self.mover.parked = True
            self._next_duty_s = self._now_s + self._chance.uniform(*_PARKED_S)
            self._parks_s = self._next_duty_s + self._after(_PARKS_PER_H)
        elif self.mover.parked and self._now_s >= self._next_duty_s:
            self.mover.patrol()

    def _set_off(self) -> None:
        path = None if self._chance.random() < _REFUSES and not self._calm else self._find_path()
        if path is None:
            self._answer("refused")
            self._patrol()
            return
        self.mover.send(path)
        self.duty = Duty.EN_ROUTE
        self._answer("accepted")
        self._set_state(_EN_ROUTE)

    def _find_path(self) -> Path | None:
        """From the very arc that it is on, so that it never jumps to the one beside."""
        if self._goal is None:
            return None
        weights, network = self.mover.weights, self._roads.network
        here = Places(
            start=np.array([0, 1]),
            arc=np.array([self.mover.arc], np.int32),
            fraction=np.array([self.mover.fraction]),
            off_road_m=np.zeros(1),
            extra_ms=np.zeros(1, np.uint32),
        )
        goal = self._roads.places_of([self._goal], weights, ends=True)
        return find_path(network, weights, self._roads.reverse, goal=goal, units=here, unit=0)

    def _patrol(self) -> None:
        self.duty, self._goal, self._assignment = Duty.PATROL, None, ""
        self._stands = False
        self.mover.patrol()

    def _answer(self, answer: str) -> None:
        if self._is_deaf:
            return
        self._sayings.append(Answer(member=self.member, assignment=self._assignment, answer=answer))

    def _set_state(self, code: int) -> None:
        self._sayings.append(StateSaid(member=self.member, code=code))

    # --- its radio ---

    def _suffer(self) -> None:
        if self._now_s >= self._silent_s:
            self._heard_again_s = self._now_s + self._chance.uniform(*_SILENT_S)
            self._silent_s = self._heard_again_s + self._after(_SILENT_PER_H)
        if self._now_s >= self._blind_s:
            self._sees_again_s = self._now_s + self._chance.uniform(*_NO_GPS_S)
            self._blind_s = self._sees_again_s + self._after(_NO_GPS_PER_H)

    def _after(self, per_hour: float) -> float:
        """Seconds until something that comes so often by chance comes next."""
        return self._chance.expovariate(per_hour / 3600)

    def _has_moved_far(self) -> bool:
        """True when its radio looks and finds itself as far from its last report as its distance trigger says."""
        every_m = self.member.unit.reports_every_m
        if every_m is None or self._now_s < max(self._looks_s, self._sees_again_s):
            return False
        self._looks_s = self._now_s + _LOOKS_EVERY_S
        return metres_between(self.mover.place()[0], self._reported) >= every_m

    def _beat(self, *, due: bool) -> None:
        """The next report is due one interval on; the one after the first sooner, so that each has its own beat."""
        if not due:
            self._report_s = self._now_s
        interval_s = _EMERGENCY_INTERVAL_S if self.in_need else self.member.interval_s
        share = self._chance.uniform(0.5, 1.0) if self._report_s < _FIRST_REPORT_S else 1.0
        self._report_s = max(self._report_s + share * interval_s, self._now_s)

    def _sight(self, at: datetime, *, moved_far: bool) -> Sight:
        truth, course_deg = self.mover.place()
        self._reported = truth
        error_m = abs(self._chance.gauss(0.0, _ERROR_M))
        seen = moved(truth, course_deg=self._chance.uniform(0, 360), distance_m=error_m)
        return Sight(
            at=at - timedelta(milliseconds=self._chance.randrange(*_DELAY_MS)),
            position=seen if self._now_s >= self._sees_again_s else None,
            speed_mps=0.0 if self.in_need else self.mover.speed_mps,
            course_deg=course_deg,
            accuracy_m=self._chance.uniform(*_ACCURACY_M),
            emergency=self.in_need,
            moved=moved_far,
        )
