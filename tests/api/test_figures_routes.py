"""Figures over HTTP: response times against target, and fix ages per gateway, beside a plain computation."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from api.fix_ages import KEPT, OTHERS, POINTS_LIMIT, SERIES_LIMIT, FixAges
from api.routes import figures
from arls import messages as m
from arls.fix import Fix
from tests.api.room import DRAWN

if TYPE_CHECKING:
    from tests.api.room import Room


def heard(room: Room, callsign: str, *, gateway: str, protocol: str = "tetra-lip", late_s: float = 0.0) -> None:
    """A fix of the unit's radio by a gateway, `late_s` old already."""
    now, place = room.clock(), DRAWN.node("B")
    fix = Fix(
        id=f"{callsign}/{gateway}/{now.timestamp()}",
        source=f"issi:{callsign}",
        received_at=now,
        fix_time=now - timedelta(seconds=late_s),
        gateway=gateway,
        protocol=protocol,
        lat=place.lat,
        lon=place.lon,
    )
    room.ask(m.RecordFixes(**room.said(), fixes=(fix,)))


def sample(room: Room) -> None:
    room.system.fix_ages.sample(room.system.engine.known, room.clock())


def fix_ages(room: Room, **query: str) -> dict[tuple[str, str], list[list[Any]]]:
    said = room.client.get("/v1/figures/fix-age", params=query).json()
    return {(one["gateway"], one["protocol"]): one["points"] for one in said["series"]}


def test_response_times_of_a_shift_stand_beside_their_targets(room: Room) -> None:
    room.book("AB12", DRAWN.node("A"))
    first = room.incident(grade="1")
    assert room.assign(first["id"], "AB12").status_code == 201
    (assignment,) = room.client.get(f"/v1/incidents/{first['id']}").json()["assignments"]
    room.clock.advance(seconds=300)
    room.client.post(f"/v1/assignments/{assignment['id']}/arrived", json={"via": "voice"})
    room.incident(grade="1")
    room.clock.advance(seconds=1200)
    said = room.client.get("/v1/figures/response").json()
    assert [(row["result"], row["elapsed_s"], row["attended"]) for row in said["attendances"]] == [
        ("met", 300.0, True),
        ("overdue", 1200.0, False),
    ]
    (share,) = said["shares"]
    assert (share["n"], share["share"], share["label"], share["targets_s"]) == (2, 0.5, "Emergency", [900.0])
    assert "1 of 2 within target, 50%; with so few" in share["text"]


def test_an_incident_is_in_the_window_in_which_it_was_created_and_in_no_other(room: Room) -> None:
    room.incident()
    noon = room.clock()
    room.clock.advance(seconds=60)
    asked = [(noon - timedelta(hours=1), noon), (noon, room.clock()), (room.clock(), noon + timedelta(hours=1))]
    found = [
        room.client.get("/v1/figures/response", params={"from": a.isoformat(), "to": b.isoformat()}).json()
        for a, b in asked
    ]
    assert [len(said["attendances"]) for said in found] == [0, 1, 0]


@pytest.mark.parametrize("path", ["response", "fix-age"])
def test_a_window_that_is_none_is_refused_in_words(room: Room, path: str) -> None:
    now = room.clock()
    windows = [(now, now), (now, now - timedelta(hours=1)), (now - timedelta(days=8), now)]
    for start, end in windows:
        query = {"from": start.isoformat(), "to": end.isoformat()}
        refused = room.client.get(f"/v1/figures/{path}", params=query)
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_window")
    ancient = room.client.get(f"/v1/figures/{path}", params={"to": "0001-01-01T00:00:00Z"})
    assert ancient.status_code == 422
    assert room.stranger.get(f"/v1/figures/{path}").status_code == 401


def test_more_incidents_than_are_told_at_once_are_refused_with_their_number(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "INCIDENTS_LIMIT", 1)
    room.incident()
    assert room.client.get("/v1/figures/response").status_code == 200
    room.incident()
    refused = room.client.get("/v1/figures/response")
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many")
    assert refused.json()["detail"].startswith("2 incidents were created then, and at most 1")


def test_fix_ages_are_those_of_a_plain_computation_per_gateway_and_protocol(room: Room) -> None:
    chance = random.Random(6)
    late_s: dict[tuple[str, str], list[float]] = {}
    for number in range(20):
        gateway, protocol = chance.choice(["north", "south"]), chance.choice(["tetra-lip", "nmea0183"])
        callsign, late = f"AB{number}", round(chance.uniform(0, 60), 3)
        room.book(callsign)
        heard(room, callsign, gateway=gateway, protocol=protocol, late_s=late)
        late_s.setdefault((gateway, protocol), []).append(late)
    sample(room)
    room.clock.advance(seconds=1)
    found = fix_ages(room)
    assert set(found) == set(late_s)
    for name, expected in late_s.items():
        ((_, n, p50_s, p95_s),) = found[name]
        assert (n, p50_s) == (len(expected), pytest.approx(median(expected), abs=0.06))
        assert p95_s == pytest.approx(np.percentile(expected, 95), abs=0.06)


def test_a_radio_that_falls_silent_ages_sample_by_sample_and_who_is_off_duty_is_not_looked_at(room: Room) -> None:
    room.book("AB12")
    heard(room, "AB12", gateway="north")
    begun = room.clock()
    for _ in range(3):
        sample(room)
        room.clock.advance(seconds=10)
    room.ask(m.BookOff(**room.said(), callsigns=(next(iter(room.system.engine.known.units)),)))
    sample(room)
    room.clock.advance(seconds=1)
    points = fix_ages(room, **{"from": begun.isoformat(), "to": (begun + timedelta(minutes=10)).isoformat()})
    assert [row[1:] for row in points["north", "tetra-lip"]] == [[1, 0.0, 0.0], [1, 10.0, 10.0], [1, 20.0, 20.0]]


def test_a_day_of_samples_is_kept_and_no_more_and_told_in_points_that_a_chart_can_show(room: Room) -> None:
    room.book("AB12")
    heard(room, "AB12", gateway="north")
    ages, known, at = FixAges(), room.system.engine.known, room.clock()
    for _ in range(KEPT // timedelta(seconds=10) + 5):
        ages.sample(known, at)
        at += timedelta(seconds=10)
    view = ages.view(start=at - KEPT, end=at)
    (series,) = view.series
    assert view.sampled_from == at - KEPT
    assert 0.9 * POINTS_LIMIT < len(series.points) <= POINTS_LIMIT
    # Of a step the worst is told: the last sample of each, since nothing was heard.
    oldest = (at - KEPT - room.clock()).total_seconds()
    assert series.points[0].p95_s == oldest + view.step_s - 10


def test_forged_gateways_fill_no_memory(room: Room) -> None:
    for number in range(SERIES_LIMIT + 3):
        room.book(f"AB{number}")
        heard(room, f"AB{number}", gateway=f"gateway-{number}")
    sample(room)
    room.clock.advance(seconds=1)
    found = fix_ages(room)
    assert len(found) == SERIES_LIMIT + 1
    assert found[OTHERS][0][1] == 3


def test_before_the_first_sample_nothing_is_claimed(room: Room) -> None:
    said = room.client.get("/v1/figures/fix-age").json()
    assert (said["series"], said["sampled_from"]) == ([], None)
    assert datetime.fromisoformat(said["to"]).tzinfo == UTC
