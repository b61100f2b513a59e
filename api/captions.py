"""What a scripted demonstration says on every screen, and what those who watch it wish: go on, wait, leave it.

It decides the shape of a caption. Who shows one, and when, is the tour's to decide; no other system has captions.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from arls.incident import IncidentId
from arls.unit import Callsign


class Wish(StrEnum):
    """What somebody who watches may ask for."""

    NEXT = "next"
    PAUSE = "pause"
    GO_ON = "go_on"
    LEAVE = "leave"


class OpenIncident(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="incident"):
    """An incident that the screens are to open."""

    id: IncidentId


class OpenUnit(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="unit"):
    """A unit that the screens are to open."""

    callsign: Callsign


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what a caption lists: what it is called, and what was read from the system."""

    name: str
    value: str


class Caption(msgspec.Struct, frozen=True, kw_only=True):
    """What is said now. A screen obeys `open` and `panel` once for each `number`."""

    number: int
    step: int
    of: int
    title: str
    text: str
    facts: tuple[Fact, ...] = ()
    open: OpenIncident | OpenUnit | None = None
    panel: str | None = None  # a part of what is open that is to be unfolded: `excluded`
    paused: bool = False  # it stays until somebody goes on


class Stage:
    """Where a tour stands: what is shown, and every wish since it began. Whoever runs no tour has no stage."""

    def __init__(self) -> None:
        self.caption: Caption | None = None
        self.wishes: list[Wish] = []
