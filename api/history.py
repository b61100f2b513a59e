"""Where a unit was: the fixes that its devices reported while it carried them, from the journal.

It decides which fixes are a unit's, and reads no further back than these can lie. An erased batch is no longer known to
anyone, so it is left out. Which of them were believed is the track's to say.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arls import messages as m
from arls.folds.fixes import BODY
from arls.track import doubts_against, folded, track_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from arls.fix import Fix
    from arls.ports import Past
    from arls.track import Track
    from arls.unit import Callsign, Pairing

# Instants in the journal are out of order by moments, and a device's clock runs ahead by less than is believed.
_DISORDER = timedelta(minutes=2)


def fixes_of(
    callsign: Callsign, pairings: Mapping[str, Sequence[Pairing]], past: Past, *, start: datetime, end: datetime
) -> list[Fix]:
    """The unit's fixes with a position that were true from `start` to `end` (UTC), each once, the oldest first.

    `pairings` are all there ever were, by source.
    """
    carried = {source: [one for one in held if one.callsign == callsign] for source, held in pairings.items()}
    found: dict[str, Fix] = {}
    # Nothing is recorded before it was true.
    for record in past.read(after=past.find_position(start - _DISORDER)):
        if isinstance(record.entry.event, m.FixesRecorded) and record.entry.body is not None:
            found |= {
                fix.id: fix
                for fix in BODY.decode(record.entry.body).fixes
                if start <= fix.true_at <= end
                and fix.lat is not None
                and any(pairing.holds_at(fix.received_at) for pairing in carried.get(fix.source, ()))
            }
    return sorted(found.values(), key=lambda fix: (fix.true_at, fix.id))


def believed_in(fixes: Iterable[Fix]) -> list[bool]:
    """Of fixes in order, which the track of their device believed when they came to it."""
    tracks: dict[str, Track] = {}
    believed = []
    for fix in fixes:
        track = tracks.get(fix.source)
        believed.append(not doubts_against(track, fix))
        tracks[fix.source] = folded(track, fix) if track else track_of(fix)
    return believed
