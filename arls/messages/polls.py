"""Polls: radios that were asked where they are, because that costs the site's radio budget."""

from __future__ import annotations

from arls.incident import IncidentId
from arls.messages.said import Said
from arls.polled import RadioAsk

# --- commands -----------------------------------------------------------------------------------------------------


class NoteRadiosAsked(Said, frozen=True, kw_only=True):
    """These radios are being asked, for this incident."""

    incident: IncidentId
    radios: tuple[RadioAsk, ...]
    regret_s: float  # that sending who seems first was expected to cost
    left_s: float  # that is expected to be left once all have answered


# --- events -------------------------------------------------------------------------------------------------------


class RadiosAsked(Said, frozen=True, kw_only=True):
    """Radios were asked where they are: whose answers could change who is first, and what each is worth."""

    incident: IncidentId
    radios: tuple[RadioAsk, ...]
    regret_s: float
    left_s: float
