"""Why nobody fills what a plan asks for, in a dispatcher's words, and who from elsewhere could.

It decides on the words. That nobody fills it was found out by `filling`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arls.eligibility import ago
from arls.eta import Eta
from arls.lists import STANDS, Listed
from arls.pool import names_of
from arls.unit import Callsign

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from arls.lineup import Lineup
    from arls.plan import Requirement
    from arls.pool import Pool, Suits
    from arls.state import Known

# So many are named of those who could fill a slot, or would if they were free.
_NAMED = 4
_NEEDED = "needed for another part of the plan"


class CouldFill(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A unit that is not ours to send at once, and could fill what nobody fills."""

    callsign: Callsign
    list: Listed
    eta_s: Eta
    text: str


_ASKED = {
    Listed.NEIGHBOUR: "neighbour: {} {}, ask",
    Listed.AIR: "air: {} {}, ask",
    Listed.DIVERSION: "diversion: {} {}, from {}",
}


def could_fill(slot: int, pool: Pool, lineup: Lineup, known: Known) -> tuple[CouldFill, ...]:
    """The soonest of those from elsewhere who suit a slot."""
    able = pool.others[(pool.suits >> slot & 1) != 0]
    places = able[np.argsort(lineup.mid_s[able], kind="stable")][:_NAMED].tolist()
    return tuple(
        CouldFill(
            callsign=callsign,
            list=STANDS[row.stand].listed,
            eta_s=Eta(low=row.low_s, mid=row.mid_s, high=row.high_s),
            text=_ASKED[STANDS[row.stand].listed].format(callsign, ago(row.mid_s), _doing_of(callsign, known)),
        )
        for row, callsign in zip(lineup.rows(places), names_of(places, lineup, known), strict=True)
    )


def whereabouts_of(reasons: Mapping[Callsign, str], here: Collection[Callsign], known: Known) -> dict[Callsign, str]:
    """What keeps each unit that is kept: being here, another incident, or the reason for which it is not ranked."""
    elsewhere = {callsign: f"at {_doing_of(callsign, known)}" for callsign in known.active}
    return {**reasons, **elsewhere, **dict.fromkeys(here, "already sent here")}


def shortfall_of(
    one: Requirement, lacking: int, slot: int, *, suits: Suits, known: Known, whereabouts: Mapping[Callsign, str]
) -> str:
    """`1 dog unit: 2 exist, AC100 at grade 1 INC0007, BX9 off duty`: what is lacking, and what keeps who suits."""
    existing = [
        callsign
        for number in np.flatnonzero(suits.masks >> slot & 1).tolist()
        if not known.units[callsign := known.picture.callsigns[number]].organisation
    ]
    if not existing:
        return f"{lacking} {one.said}: none is booked on"
    said = [f"{callsign} {whereabouts.get(callsign, _NEEDED)}" for callsign in sorted(existing)[:_NAMED]]
    more = f" and {len(existing) - _NAMED} more" if len(existing) > _NAMED else ""
    exist = "exists" if len(existing) == 1 else "exist"
    return f"{lacking} {one.said}: {len(existing)} {exist}, {', '.join(said)}{more}"


def _doing_of(callsign: Callsign, known: Known) -> str:
    held = known.active.get(callsign)
    if held is not None:
        incident = known.incidents[known.assignments[held].incident]
        return f"grade {incident.grade} {incident.id}"
    state = known.states.get(callsign)
    return state.label if state is not None else "what it does"
