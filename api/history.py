"""Where a unit was: the fixes that its devices reported while it carried them, from the journal.

It decides which fixes are a unit's. An erased batch is no longer known to anyone, so it is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls import messages as m
from arls.folds.fixes import BODY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from arls.fix import Fix
    from arls.ports import Recorded
    from arls.unit import Callsign, Pairing


def fixes_of(callsign: Callsign, records: Iterable[Recorded], *, start: datetime, end: datetime) -> list[Fix]:
    """The unit's fixes with a position that were true from `start` to `end` (UTC), each once, in journal order."""
    carried: dict[str, list[Pairing]] = {}
    found: dict[str, Fix] = {}
    for record in records:
        match record.entry.event:
            case m.DevicePaired(pairing=pairing):
                _end(carried, pairing.source, pairing.since)
                if pairing.callsign == callsign:
                    carried.setdefault(pairing.source, []).append(pairing)
            case m.DeviceUnpaired(source=source, at=at):
                _end(carried, source, at)
            case m.FixesRecorded(at=at) if carried and at >= start and record.entry.body is not None:
                found |= {
                    fix.id: fix
                    for fix in BODY.decode(record.entry.body).fixes
                    if start <= fix.true_at <= end and fix.lat is not None and _carried(carried, fix)
                }
            case _:
                pass
    return list(found.values())


def _carried(carried: dict[str, list[Pairing]], fix: Fix) -> bool:
    return any(pairing.holds_at(fix.received_at) for pairing in carried.get(fix.source, ()))


def _end(carried: dict[str, list[Pairing]], source: str, at: datetime) -> None:
    pairings = carried.get(source)
    if pairings and pairings[-1].until is None:
        pairings[-1] = replace(pairings[-1], until=at)
