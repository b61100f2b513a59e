"""What fixes mean: tracks move on, and what of each gateway is safe is known."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from arls import messages as m
from arls.bearer import stand_of
from arls.fix import doubts_of
from arls.state import Receipt, State
from arls.track import folded, track_of

if TYPE_CHECKING:
    from arls.fix import Fix
    from arls.unit import Callsign

BODY = msgspec.msgpack.Decoder(m.FixBatch)


def recorded(state: State, event: m.FixesRecorded, body: bytes | None) -> set[Callsign]:
    """Fixes and receipts of a batch."""
    for publication in event.publications:
        known = state.receipts.get(publication.gateway)
        state.receipts[publication.gateway] = received(known, publication)
    for reason, count in event.rejects.items():
        state.rejects[reason] = state.rejects.get(reason, 0) + count
    moved = set()
    # An erased body leaves the tracks as they were: its fixes are no longer known to anyone.
    for fix in BODY.decode(body).fixes if body is not None else ():
        track = state.tracks.get(fix.source)
        state.tracks[fix.source] = folded(track, fix) if track else track_of(fix)
        pairings = state.pairings.get(fix.source)
        if pairings and pairings[-1].until is None:
            callsign = pairings[-1].callsign
            moved.add(callsign)
            if len(state.sources[callsign]) > 1:
                _note_stand(state, fix)
    return moved


def _note_stand(state: State, fix: Fix) -> None:
    stands = None if doubts_of(fix) else stand_of(state.stands.get(fix.source), fix)
    if stands is not None:
        state.stands[fix.source] = stands
    elif not doubts_of(fix):
        state.stands.pop(fix.source, None)


def received(known: Receipt | None, publication: m.Publication) -> Receipt:
    """What is safe of a gateway's session, with one publication more."""
    if known is None or publication.session > known.session:
        # A session counts from 1.
        known = Receipt(session=publication.session, seq=0)
    if publication.session < known.session or publication.seq <= known.seq:
        return known
    seq, beyond = known.seq, known.beyond
    if publication.seq > seq + 1:
        # Sorted and far shorter than what is behind it: an emergency or two that overtook the fixes.
        at = bisect_left(beyond, publication.seq)
        if beyond[at : at + 1] != (publication.seq,):
            beyond = (*beyond[:at], publication.seq, *beyond[at:])
        return Receipt(session=known.session, seq=seq, beyond=beyond)
    seq, caught_up = publication.seq, 0
    while caught_up < len(beyond) and beyond[caught_up] == seq + 1:
        seq, caught_up = seq + 1, caught_up + 1
    return Receipt(session=known.session, seq=seq, beyond=beyond[caught_up:])
