"""What a change of closures does to one incident's ranking: the first few before and after, and who moved.

It decides what is said of a change. Who is where in a ranking is `ranking`'s to decide.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from arls.incident import IncidentId
from arls.unit import Callsign

Act = Literal["closed", "lifted", "began", "paused", "expired"]


class EtaChange(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds until a unit is there, before and after; None: no road leads there for it."""

    before: float | None
    after: float | None


class Moved(msgspec.Struct, frozen=True, kw_only=True, rename={"was": "from", "now": "to"}):
    """A unit whose place in the order or whose ETA changed; 1 is first, None not in the order at all."""

    callsign: Callsign
    was: int | None
    now: int | None
    eta_s: EtaChange


class Reordering(msgspec.Struct, frozen=True, kw_only=True):
    """The first few of an incident before and after, and those of them that moved."""

    incident: IncidentId
    before: tuple[Callsign, ...]
    after: tuple[Callsign, ...]
    moved: tuple[Moved, ...]
    text: str  # `C0017 moved BX21 from 1st to 4th`
