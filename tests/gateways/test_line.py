"""A line that is up and brings nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gateways.decoders.message import DecodeError, Located
from gateways.line import Line
from gateways.listeners.tcp import TcpListener
from gateways.roll import Roll
from tests.gateways.test_gateway import Script

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from gateways.decoders.message import Outcome
    from gateways.payloads import LineStatus

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)


class Ear:
    """A gateway that keeps everything."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def source_for(self, dialect: str, peer: str) -> str:
        return f"{dialect}:{peer}"

    def hear(self, outcomes: Sequence[Outcome], *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        assert (dialect, received_at) == ("tetra-pei", NOW)
        self.outcomes += outcomes
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept.set_result(True)
        return kept


def said_after(
    monkeypatch: pytest.MonkeyPatch, silent_s: float, *, every_s: float = 1.0, reason: str | None = "interval"
) -> LineStatus:
    """A line that has brought twenty reports, and so long afterwards."""
    ear = Ear()
    line = Line(TcpListener("tetra-pei", port=4800), ear, Roll(), started_at=NOW, number=1)

    async def listen() -> None:
        for n in range(20):
            monkeypatch.setattr("gateways.line.monotonic", lambda n=n: n * every_s)
            report = Located(device_id=f"itsi:{n % 3}", lat=52.0, lon=-1.0, reason=reason)
            assert await line.hear([report, DecodeError("truncated")], dialect="tetra-pei", received_at=NOW)

    asyncio.run(listen())
    assert len(ear.outcomes) == 40
    return line.status(19 * every_s + silent_s)


def test_a_line_says_what_came_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = said_after(monkeypatch, 5)
    assert (said.name, said.over, said.dialect) == ("tcp 127.0.0.1:4800", "tcp", "tetra-pei")
    assert (said.received, said.rejected, said.last_heard_at, said.since) == (40, 20, NOW, NOW)
    assert (said.connections, said.is_silent) == (0, False)


def test_a_busy_line_is_silent_after_a_minute_and_a_slow_one_after_five_of_its_silences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not said_after(monkeypatch, 59).is_silent
    assert said_after(monkeypatch, 61).is_silent
    assert not said_after(monkeypatch, 1499, every_s=300).is_silent
    assert said_after(monkeypatch, 1501, every_s=300).is_silent


def test_a_line_whose_devices_may_all_be_silent_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not said_after(monkeypatch, 3600, reason="distance").is_silent


def test_a_line_that_never_brought_anything_has_nothing_to_miss() -> None:
    line = Line(Script(), Ear(), Roll(), started_at=NOW, number=3)
    assert (line.status(1e6).name, line.status(1e6).is_silent) == ("line 3", False)
