"""A made-up force at large: where everybody truly is from second to second, and what their radios said of it.

It is the truth against which intervals are scored, so it owes nothing to the model that makes them: units patrol, run
errands by the soonest way, park beside the road or off it, walk; streets and drivers are quicker or slower than the
profile says; receivers err; radios speak by their triggers, late, or not at all.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from arls import messages as m
from arls.engine import Engine
from arls.fix import AccuracyKind, Fix
from arls.geo import Position
from arls.roads.network import NO_ARC, Places
from arls.roads.path import find_path
from arls.roads.profile import FORBIDDEN, MAIN_COMPONENT
from arls.roads.search import eta_to
from arls.unit import Callsign, Unit, UnitKind
from gateways.simulator.movement import PATROL_SHARE, Mover
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.roads.live import Roads
    from arls.roads.profile import Weights
    from arls.state import Known

BEGIN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
STEP_S = 1.0
_UNHEARD = 0.03  # of its time a radio is not heard at all
_PARKS_S, _WAITS_S = (20.0, 240.0), (120.0, 1800.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """How a device reports. `late_s`: what it says is up to so much older than it says; `sigma_m`: its error."""

    name: str
    interval_s: float
    every_m: float | None = None
    late_s: float = 0.0  # the band in which the age of a fix is told, where that is not exact
    sigma_m: tuple[float, float] = (2.0, 6.0)
    class_m: float | None = None  # the class in which it tells its error; None: it tells the radius that holds 68 %


RADIOS = (
    Radio(name="modem, 2 s", interval_s=2.0),
    Radio(name="LIP, 5 s", interval_s=5.0, late_s=5.0, class_m=20.0),
    Radio(name="phone, 20 s", interval_s=20.0),
    Radio(name="LIP, 60 s", interval_s=60.0, late_s=5.0, class_m=20.0),
    Radio(name="LIP, 60 s or 100 m", interval_s=60.0, every_m=100.0, late_s=5.0, class_m=20.0),
    Radio(name="LIP, 300 s", interval_s=300.0, late_s=5.0, class_m=20.0),
    Radio(name="LIP, 300 s or 500 m", interval_s=300.0, every_m=500.0, late_s=5.0, class_m=20.0),
    Radio(name="LIP, 30 s, up to 200 m", interval_s=30.0, late_s=5.0, sigma_m=(30.0, 80.0), class_m=200.0),
    Radio(name="LIP, 60 s, up to 300 s old", interval_s=60.0, late_s=300.0, class_m=20.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """How drives differ from the model: by factors whose logarithm is normal."""

    street_sigma: float = 0.25  # of each street, mean 1; a walker is held up by a third of it
    driver_sigma: float = 0.18  # of each drive, median 1
    quick: float = 1.0  # all drivers together


# How fast one goes about without a call, of what the profile says; each keeps its own pace.
_ABOUT_SHARE = (0.4, 0.9)
_AS_TOLD = Nature()


class Someone:
    """One unit: where it truly is, and what its radio said."""

    def __init__(self, number: int, profile: str, radio: Radio, roads: Roads, seed: float) -> None:
        self.chance = random.Random(seed)
        self.radio = radio
        self.roads = roads
        kind = UnitKind.FOOT if profile == "foot" else UnitKind.CYCLE if profile == "cycle" else UnitKind.CAR
        self.unit = Unit(
            callsign=Callsign(f"{profile[0].upper()}{number}"),
            kind=kind,
            profile=profile,
            crew=2,
            expected_interval_s=radio.interval_s,
            reports_every_m=radio.every_m,
        )
        self.source = f"issi:{number}"
        weights = roads.weights(profile)
        main = np.flatnonzero(weights.component == MAIN_COMPONENT)
        arc = int(main[self.chance.randrange(len(main))])
        along_m = self.chance.random() * float(roads.network.arc_length_m[arc])
        self.mover = Mover(network=roads.network, weights=weights, chance=self.chance, arc=arc, along_m=along_m)
        self.pace = self.chance.uniform(*_ABOUT_SHARE)
        self.errands = self.chance.random() < 0.5
        self.off_road_m, self.waits_until_s = 0.0, 0.0
        self.sigma_m = self.chance.uniform(*radio.sigma_m)
        self.reports_at_s = self.chance.uniform(0.0, radio.interval_s)
        self.unheard_until_s = 0.0
        self.reported: Position | None = None
        self.fixes: list[Fix] = []
        self.past: list[tuple[float, Position, float, float]] = []  # second, place, speed, course

    def live(self, now_s: float) -> None:
        """One step."""
        if self.mover.parked or self.mover.arrived:
            if now_s >= self.waits_until_s:
                self._set_off()
        elif self.chance.random() < STEP_S / 300.0 and self.mover.stop_m is None:
            self._park(now_s, _PARKS_S)
        if not self.mover.parked:
            # On patrol the mover is slow by itself.
            self.mover.move(STEP_S * self.pace / (PATROL_SHARE if self.mover.stop_m is None else 1.0))
            if self.mover.arrived:
                self._park(now_s, _WAITS_S)

    def _park(self, now_s: float, wait_s: tuple[float, float]) -> None:
        self.mover.parked = True
        low, high = (math.log(bound) for bound in wait_s)
        self.waits_until_s = now_s + math.exp(self.chance.uniform(low, high))
        self.off_road_m = self.chance.uniform(10.0, 60.0) if self.chance.random() < 0.25 else 0.0

    def _set_off(self) -> None:
        self.off_road_m = 0.0
        self.mover.patrol()
        path = None
        if self.errands:
            network = self.roads.network
            point = self.chance.randrange(len(network.point_lat))
            weights, reverse = self.roads.weights(self.unit.profile), self.roads.reverse
            aim = Position(lat=float(network.point_lat[point]), lon=float(network.point_lon[point]))
            goal = self.roads.places_of([aim], weights, ends=True)
            path = find_path(network, weights, reverse, goal=goal, units=self.places(), unit=0)
        if path is not None:
            self.mover.send(path)

    def places(self) -> Places:
        """Where it may set out from: forward when it drives, either way when it stands."""
        arcs, fractions = [self.mover.arc], [self.mover.fraction]
        twin = int(self.roads.network.arc_twin[self.mover.arc])
        if self.mover.parked and twin != NO_ARC and self.mover.weights.arc_ms[twin] < FORBIDDEN:
            arcs.append(twin)
            fractions.append(1.0 - self.mover.fraction)
        return Places(
            start=np.array([0, len(arcs)]),
            arc=np.array(arcs, np.int32),
            fraction=np.array(fractions),
            off_road_m=np.zeros(len(arcs)),
            extra_ms=np.zeros(len(arcs), np.uint32),
        )

    def speak(self, now_s: float) -> None:
        """Report if a trigger says so and somebody hears it."""
        if self.chance.random() < STEP_S / 200.0 * _UNHEARD:
            self.unheard_until_s = now_s + self.chance.uniform(60.0, 340.0)
        due, looks = now_s >= self.reports_at_s, self.radio.every_m is not None and now_s % 2.0 == 0.0
        if not due and not looks and now_s < self.reports_at_s - self.radio.late_s:
            return
        here = self._look(now_s)
        moved_m = math.inf if self.reported is None else _apart_m(here, self.reported)
        if due or (looks and moved_m >= (self.radio.every_m or math.inf)):
            self.reports_at_s = now_s + self.radio.interval_s
            self.reported = here
            if now_s >= self.unheard_until_s:
                self._report(now_s)

    def _look(self, now_s: float) -> Position:
        """Where it is, which it remembers for as long as what it says may be late."""
        here, course_deg = self.mover.place()
        if self.off_road_m:
            here = _beside(here, course_deg, self.off_road_m)
        self.past.append((now_s, here, self.mover.speed_mps * self.pace, course_deg))
        while self.past[0][0] < now_s - self.radio.late_s:
            del self.past[0]
        return here

    def _report(self, now_s: float) -> None:
        true_s = now_s - self.chance.uniform(0.0, self.radio.late_s)
        _, seen, speed_mps, course_deg = min(self.past, key=lambda one: abs(one[0] - true_s))
        north_m, east_m = (self.chance.gauss(0.0, self.sigma_m) for _ in range(2))
        at = BEGIN + timedelta(seconds=now_s)
        lip = self.radio.class_m is not None
        moving = speed_mps >= 0.5
        self.fixes.append(
            Fix(
                id=f"{self.source} {now_s}",
                source=self.source,
                received_at=at,
                fix_time=at,
                fix_time_error_s=self.radio.late_s or None,
                lat=seen.lat + north_m / 111_195.0,
                lon=seen.lon + east_m / 111_195.0 / math.cos(math.radians(seen.lat)),
                accuracy_m=self.radio.class_m or 1.51 * self.sigma_m * self.chance.uniform(0.8, 1.25),
                accuracy_kind=AccuracyKind.CLASS_BOUND if lip else AccuracyKind.MEASURED,
                speed_mps=max(0.0, speed_mps + self.chance.gauss(0.0, 0.1)),
                course_deg=(course_deg + self.chance.gauss(0.0, 8.0)) % 360.0 if moving else None,
            )
        )


def _beside(here: Position, course_deg: float, off_m: float) -> Position:
    x, y = math.cos(math.radians(course_deg)) * off_m, -math.sin(math.radians(course_deg)) * off_m
    return Position(lat=here.lat + y / 111_195.0, lon=here.lon + x / 111_195.0 / math.cos(math.radians(here.lat)))


def _apart_m(one: Position, other: Position) -> float:
    x = (one.lon - other.lon) * math.cos(math.radians(one.lat))
    return math.hypot(x, one.lat - other.lat) * 111_195.0


class Force:
    """Everybody, and the engine that hears them."""

    def __init__(self, roads: Roads, members: Sequence[tuple[str, Radio]], *, seed: int) -> None:
        self.roads = roads
        self.chance = random.Random(seed)
        self.everybody = [
            Someone(number, profile, radio, roads, self.chance.random())
            for number, (profile, radio) in enumerate(members)
        ]
        self.now_s = 0.0
        self._engine = Engine(MemoryJournal(), ListOutbox())
        self._engine.start()
        for someone in self.everybody:
            said = {"at": BEGIN, "operator": "bench", "desk": "bench"}
            self._engine.ask(m.PutUnit(**said, unit=someone.unit, sources=(someone.source,)))
            self._engine.ask(m.SetState(**said, callsign=someone.unit.callsign, code=2))

    @property
    def at(self) -> datetime:
        return BEGIN + timedelta(seconds=self.now_s)

    def somewhere_near(self, within_m: float) -> Position:
        """A place beside a street, at most so far from one of them."""
        network, (here, _) = self.roads.network, self.chance.choice(self.everybody).mover.place()
        while True:
            point = self.chance.randrange(len(network.point_lat))
            place = Position(lat=float(network.point_lat[point]), lon=float(network.point_lon[point]))
            if _apart_m(place, here) <= within_m:
                return place

    def live(self, seconds: float) -> None:
        """Everybody moves and speaks for so long."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s += STEP_S
            for someone in self.everybody:
                someone.live(self.now_s)
                someone.speak(self.now_s)

    def known(self) -> Known:
        """What the engine knows of all that was said."""
        for first in range(0, len(self.everybody), 50):
            heard = [fix for someone in self.everybody[first : first + 50] for fix in someone.fixes[-8:]]
            self._engine.ask(m.RecordFixes(at=self.at, operator="bench", desk="bench", fixes=tuple(heard))).result(30)
        for someone in self.everybody:
            someone.fixes.clear()
        return self._engine.known

    def stop(self) -> None:
        self._engine.stop()

    def truths_s(self, goal: Position, nature: Nature = _AS_TOLD) -> dict[Callsign, float]:
        """When everybody would truly be there; infinite where no way leads."""
        truths: dict[Callsign, float] = {}
        for profile in sorted({someone.unit.profile for someone in self.everybody}):
            weights = self._true_weights(profile, nature)
            alike = [someone for someone in self.everybody if someone.unit.profile == profile]
            units = _together([someone.places() for someone in alike])
            goals = self.roads.places_of([goal], self.roads.weights(profile), ends=True)
            found = eta_to(weights, self.roads.reverse, goal=goals, units=units)
            for someone, ms in zip(alike, found.cost_ms.tolist(), strict=True):
                drive_s = math.inf if ms == 2**32 - 1 else ms / 1000.0
                driver = math.exp(self.chance.gauss(0.0, nature.driver_sigma)) / nature.quick
                walk_s = someone.off_road_m / self.chance.uniform(1.4, 4.0)
                truths[someone.unit.callsign] = drive_s * driver + walk_s
        return truths

    def _true_weights(self, profile: str, nature: Nature) -> Weights:
        weights, network = self.roads.weights(profile), self.roads.network
        sigma = nature.street_sigma / (3.0 if profile == "foot" else 1.0)
        factor = np.exp(np.random.default_rng(17).normal(-0.5 * sigma**2, sigma, len(network.street_class)))
        ms = np.rint(weights.arc_ms * factor[network.arc_street])
        arc_ms = np.where(weights.arc_ms < FORBIDDEN, np.clip(ms, 1, FORBIDDEN - 1), FORBIDDEN)
        return replace(weights, arc_ms=arc_ms.astype(np.uint32))


def _together(places: Sequence[Places]) -> Places:
    return Places(
        start=np.append(0, np.cumsum([len(one.arc) for one in places])),
        arc=np.concatenate([one.arc for one in places]),
        fraction=np.concatenate([one.fraction for one in places]),
        off_road_m=np.concatenate([one.off_road_m for one in places]),
        extra_ms=np.concatenate([one.extra_ms for one in places]),
    )
