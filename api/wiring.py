"""The one place where the rooms are joined: engine, journal, roads, gateways and faces.

It decides who is handed what, and it is the only reader of the wall clock. It holds no rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.auth import Keyring
    from api.live import Hub
    from api.settings import Settings
    from arls.engine import Engine
    from arls.journal.sqlite import SqliteJournal
    from arls.roads.live import Roads
    from maps.tiles import Tileset


def utc_now() -> datetime:
    """The instant with which every command is stamped at the door."""
    return datetime.now(UTC)  # noqa: TID251 - the wiring is where time comes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the screen must say of itself, so that nobody takes a demo for the truth."""

    network: str  # `Arlshire`, `porto.osm.pbf`
    made_up: bool  # the roads are invented
    simulated: bool  # the units are invented
    broker: str  # `mosquitto`, or the warning that the demo broker may lose messages


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A running ARLS as the faces see it."""

    settings: Settings
    labels: Labels
    engine: Engine
    journal: SqliteJournal
    roads: Roads
    keyring: Keyring
    hub: Hub
    tileset: Tileset | None = None
    now: Callable[[], datetime] = field(default=utc_now)
