"""What is wrong with a gateway, in sentences that say what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateways.concerns import concerns_of
from gateways.payloads import ClockStatus, GatewayStatus, LineStatus, SilentSource, SourcesStatus, SpoolStatus
from gateways.statuses import GatewaySeen

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
HOUR_AGO = NOW - timedelta(hours=1)
WELL = GatewayStatus(
    state="online",
    session=3,
    at=NOW,
    started_at=HOUR_AGO,
    counters={"received": 1000, "rejected": 2},
    lines=(LineStatus(name="tcp 10.0.0.1:4800", over="tcp", dialect="tetra-pei", received=1000, last_heard_at=NOW),),
    clock=ClockStatus(is_synchronised=True, offset_s=0.01, offset_error_s=0.02),
)
LINE = WELL.lines[0]


def said_of(**words: Any) -> tuple[list[str], list[str]]:
    """What is wrong, and what is worth knowing."""
    seen = GatewaySeen(gateway="yard", status=replace(WELL, **words), seen_at=NOW, was_retained=True)
    concerns = concerns_of(seen, NOW)
    wrong = [concern.said for concern in concerns if concern.wrong]
    return wrong, [concern.said for concern in concerns if not concern.wrong]


def test_of_a_gateway_that_is_well_nothing_is_said() -> None:
    assert said_of() == ([], [])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"state": "offline"}, "it is offline since 14:00:00 UTC: start it"),
        ({"state": "offline", "at": None}, "it is offline: start it"),
        ({"at": NOW - timedelta(seconds=31)}, "has said nothing for 31 s"),
        ({"lines": (replace(LINE, state="down", detail="no such port"),)}, "is down: no such port"),
        ({"lines": (replace(LINE, state="lost", detail="The radio does not answer"),)}, "is lost: The radio does not"),
        ({"lines": (replace(LINE, state="connecting", since=NOW - timedelta(minutes=1)),)}, "is connecting"),
        (
            {"lines": (replace(LINE, is_silent=True, last_heard_at=HOUR_AGO, expected_s=4.0),)},
            "is up and has brought nothing for 60 min, where 4 s is usual: has the radio lost its registration",
        ),
        ({"spool": SpoolStatus(fault="the disk is full")}, "its spool is not safe: the disk is full"),
        ({"spool": SpoolStatus(depth=9, oldest_s=61)}, "9 publications wait for the engine, the oldest for 61 s"),
        ({"spool": SpoolStatus(dropped=5)}, "raise gateway.spool_mb"),
        (
            {"counters": {"received": 100, "rejected": 60}, "rejected": {"no_start": 50, "not_ascii": 10}},
            "60 of 100 messages were rejected, most as no_start: is the dialect of that port the right one?",
        ),
        ({"clock": ClockStatus(offset_s=-2.5, offset_error_s=0.1)}, "its clock is 2.5 s behind the engine's"),
        ({"clock": ClockStatus(offset_s=90.0, offset_error_s=0.1)}, "its clock is 90.0 s ahead of the engine's"),
        ({"clock": ClockStatus(gnss_lag_s=-30.0)}, "its clock is 30.0 s behind the satellites'"),
        ({"clock": ClockStatus(is_synchronised=False)}, "no NTP disciplines its clock"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(words: dict[str, Any], sentence: str) -> None:
    (wrong,), _ = said_of(**words)
    assert sentence in wrong


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"lines": (replace(LINE, received=0, last_heard_at=None),)}, "has heard nothing since the start"),
        ({"counters": {"unknown_devices": 4}}, "4 devices are carried by no unit: book them on"),
        ({"clock": ClockStatus(gnss_lag_s=600.0)}, "positions come 10 min after the satellites' time"),
        (
            {"clock": ClockStatus(is_synchronised=False, offset_s=0.0, offset_error_s=0.0)},
            "no NTP disciplines its clock",
        ),
        (
            {
                "sources": SourcesStatus(
                    lost=5, silent=(SilentSource(source="itsi:1", freshness="lost", silent_s=7200, expected_s=60),)
                )
            },
            "5 devices are lost: itsi:1 for 2.0 h and others",
        ),
    ],
)
def test_what_is_worth_knowing_is_not_called_wrong(words: dict[str, Any], sentence: str) -> None:
    wrong, (note,) = said_of(**words)
    assert wrong == []
    assert sentence in note


def test_an_offset_that_may_be_the_way_there_is_no_offset() -> None:
    assert said_of(clock=ClockStatus(is_synchronised=True, offset_s=3.0, offset_error_s=2.5)) == ([], [])


def test_what_came_just_now_is_no_silence_whatever_its_clock_says() -> None:
    tomorrow = NOW + timedelta(days=1)
    for was_retained in (True, False):
        seen = GatewaySeen(gateway="yard", status=WELL, seen_at=tomorrow, was_retained=was_retained)
        assert bool(concerns_of(seen, tomorrow)) == was_retained
