"""`arls simulate`: the made-up force alone, for an ARLS that runs elsewhere.

It decides where the force's radios are connected. With an API to ask, every unit is booked on first, as a roster
would; without, its devices are unknown to the engine until somebody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from msgspec import to_builtins

from api.networks import find_ground, read_roads
from api.outside import WiringError
from api.wiring import utc_now
from gateways.simulator.force import Force
from gateways.simulator.radios import Radios
from gateways.simulator.roster import made_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.mqtt import BrokerAddress
    from gateways.simulator.roster import Member

_BOOKED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What was asked for on the command line."""

    roads: str | None
    units: int
    seed: int
    force: str
    broker: BrokerAddress
    pei: tuple[str, int]
    nmea: tuple[str, int]
    url: str | None = None
    token: str | None = None


def run_simulation(wanted: Simulated, *, until: Callable[[], None], progress: Callable[[str, float], None]) -> None:
    """Drive and report until `until` returns. Raises the rooms' own errors, each a sentence."""
    ground = find_ground(wanted.roads, progress=progress)
    roster = made_roster(wanted.units, seed=wanted.seed)
    if wanted.url is not None:
        book_on(wanted.url, wanted.token or "", roster)
    radios = Radios(
        Force(read_roads(ground.directory), roster, seed=wanted.seed),
        broker=wanted.broker,
        force_name=wanted.force,
        pei=wanted.pei,
        nmea=wanted.nmea,
        now=utc_now,
    )
    radios.start()
    try:
        until()
    finally:
        radios.stop()


def book_on(url: str, token: str, roster: Sequence[Member]) -> None:
    """Book everybody on over the API. Raises WiringError where that cannot be done, in a sentence."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        for first in range(0, len(roster), _BOOKED_AT_ONCE):
            units = [_booking(member) for member in roster[first : first + _BOOKED_AT_ONCE]]
            try:
                answer = api.post("/v1/book-on", json={"units": units})
            except httpx.HTTPError as error:
                raise WiringError(f"no ARLS answers at {url} ({error}): start one, or leave --url out") from error
            if not answer.is_success:
                raise WiringError(f"{url} does not take the roster ({answer.status_code}): {answer.text[:200]}")


def _booking(member: Member) -> dict[str, object]:
    unit = member.unit
    said = unit.booked or unit
    return {
        "callsign": unit.callsign,
        "kind": unit.kind,
        "profile": said.profile,
        "capabilities": said.capabilities,
        "crew": said.crew,
        "station": unit.station,
        "role": unit.role,
        "organisation": unit.organisation,
        "members": to_builtins(unit.members),
        "vehicle": to_builtins(unit.vehicle),
        "expected_interval_s": unit.expected_interval_s,
        "reports_every_m": unit.reports_every_m,
        "sources": [member.source],
    }
