"""Pairings that cannot be right: a radio far from its unit, one that nobody carries, a unit that nobody heard.

It decides what is odd at one instant. How long that must last before anybody is told is the ticker's to decide, and
what is right is for people: no pairing is ever moved by itself.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations, islice
from typing import TYPE_CHECKING

from arls.track import SHORTEST_INTERVAL_S, apart_m
from arls.unit import PairingDoubt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from arls.fix import Fix
    from arls.state import Known
    from arls.unit import Callsign, Unit

# All ours. Devices of one unit are not so far apart, beyond what a car drives between their fixes at FAST_MPS.
FAR_M, FAST_MPS = 2_000.0, 45.0
# A device that spoke so long ago says nothing of now.
RECENT = timedelta(minutes=5)
# So many of its expected intervals after book-on a unit should have been heard, and not before so many seconds.
HEARD_AFTER, HEARD_AFTER_S = 3.0, 120.0
# Whoever forges names fills neither memory nor screen with them.
MOST_NOBODYS = 100


def find_misfits(known: Known, at: datetime) -> list[PairingDoubt]:
    """Everything that is odd about pairings at the UTC instant `at`, units first."""
    return [*_of_units(known, at), *islice(_nobodys(known, at), MOST_NOBODYS)]


def _of_units(known: Known, at: datetime) -> Iterator[PairingDoubt]:
    for callsign, sources in known.sources.items():
        state = known.states.get(callsign)
        if not sources or (state is not None and not state.tracked):
            continue
        if len(sources) > 1:
            yield from _far_apart(callsign, sources, known, at)
        yield from _never_heard(known.units[callsign], sources, known, at)


def _far_apart(callsign: Callsign, sources: tuple[str, ...], known: Known, at: datetime) -> Iterator[PairingDoubt]:
    fixes = [fix for source in sources if (fix := _find_recent(source, known, at)) is not None]
    pairs = [(one, other, apart_m(one, other)) for one, other in combinations(fixes, 2)]
    far = [(one, other, metres) for one, other, metres in pairs if metres > _reach_m(one, other)]
    for fix in fixes:
        # The odd one out is that which is far from the most; of two each is.
        others = [(one, other, metres) for one, other, metres in far if fix in {one, other}]
        if others and len(others) == max(sum(fix in pair[:2] for pair in far) for fix in fixes):
            km = min(metres for _, _, metres in others) / 1000
            text = f"{fix.source} is {km:.1f} km from the other devices of {callsign}: is it on the wrong unit?"
            yield PairingDoubt(kind="far_apart", source=fix.source, callsign=callsign, text=text)


def _find_recent(source: str, known: Known, at: datetime) -> Fix | None:
    track = known.tracks.get(source)
    believed = track.believed if track is not None else None
    since = known.pairings[source][-1].since
    if believed is None or believed.received_at < since or at - believed.true_at > RECENT:
        return None
    return believed


def _reach_m(one: Fix, other: Fix) -> float:
    between_s = abs((one.true_at - other.true_at).total_seconds())
    return FAR_M + (one.accuracy_m or 0.0) + (other.accuracy_m or 0.0) + FAST_MPS * between_s


def _never_heard(unit: Unit, sources: tuple[str, ...], known: Known, at: datetime) -> Iterator[PairingDoubt]:
    since = max(known.pairings[source][-1].since for source in sources)
    patience_s = max(HEARD_AFTER_S, HEARD_AFTER * max(SHORTEST_INTERVAL_S, unit.expected_interval_s))
    if (at - since).total_seconds() <= patience_s:
        return
    heard = (known.tracks[source].heard_at for source in sources if source in known.tracks)
    if not any(heard_at >= known.pairings[sources[0]][-1].since for heard_at in heard):
        text = f"nothing was heard of {', '.join(sources)} since {unit.callsign} was booked on: switched off?"
        yield PairingDoubt(kind="never_heard", callsign=unit.callsign, text=text)


def _nobodys(known: Known, at: datetime) -> Iterator[PairingDoubt]:
    for source, track in known.tracks.items():
        held = known.pairings.get(source, ())
        if (held and held[-1].until is None) or at - track.heard_at > RECENT:
            continue
        last = f": {held[-1].callsign} had it last" if held else ""
        yield PairingDoubt(kind="nobody_carries", source=source, text=f"{source} reports, and no unit carries it{last}")
