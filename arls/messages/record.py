"""What is kept for the record: a ranking was shown, a command was refused."""

from __future__ import annotations

from arls.incident import IncidentId
from arls.messages.said import Said
from arls.unit import Callsign

# --- commands -----------------------------------------------------------------------------------------------------


class NoteRanking(Said, frozen=True, kw_only=True):
    """A ranking was shown: what it was made from, and its hash, so that it can be made again and compared."""

    incident: IncidentId | None
    lat: float
    lon: float
    profile: str | None
    picture: int  # the journal position of the picture
    network: str  # checksum
    verdict: str
    first: Callsign | None
    sha256: str
    first_eta_s: float | None = None  # the middle of the first's ETA
    k: int | None = None  # how many candidates it told of; None: all


# --- events -------------------------------------------------------------------------------------------------------


class RankingShown(Said, frozen=True, kw_only=True):
    """A ranking was shown to an operator."""

    incident: IncidentId | None
    lat: float
    lon: float
    profile: str | None
    picture: int
    network: str
    verdict: str
    first: Callsign | None
    sha256: str
    first_eta_s: float | None = None  # None also where it was shown before this was noted
    k: int | None = None  # the same


class CommandRefused(Said, frozen=True, kw_only=True):
    """The rules said no: what was asked, and why not."""

    command: str
    subject: str
    reason: str
