"""What is wrong with a gateway, by its own status: sentences for whoever can put it right.

It decides what is wrong and what is only worth knowing. It changes nothing, and reads no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from gateways.polls import POLLS
from gateways.statuses import ONLINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateways.payloads import ClockStatus, GatewayStatus, LineStatus
    from gateways.statuses import GatewaySeen

# A gateway speaks every 3 s, and its will waits for 15.
_SPEAKS_WITHIN = timedelta(seconds=30)
# Receipts come within a second, and what has none after 5 s is sent again.
_OLDEST_S = 60.0
# TETRA's shortest class of age is 5 s (protocols.md 1.4): a clock that is off by more than a second shows.
_CLOCK_S = 1.0
_LATE_S = 60.0
_MOST_REJECTED, _ENOUGH_RECEIVED = 0.5, 50
# A line that brings nothing, as its listener says; `refused` and `lost` are those of a radio's PEI.
_DOWN = frozenset({"down", "lost", "refused"})
_CONNECTS_WITHIN = timedelta(seconds=30)
_HEARD_SOON = timedelta(minutes=10)
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing worth saying; `wrong` where somebody must do something."""

    said: str
    wrong: bool = True


def concerns_of(seen: GatewaySeen, at: datetime) -> list[Concern]:
    """What is wrong with this gateway, and what is worth knowing, at an instant of the reader's clock."""
    status = seen.status
    if status.state != ONLINE:
        since = f" since {seen.said_at:%H:%M:%S} UTC" if seen.said_at else ""
        return [
            Concern(said=f"it is offline{since}: start it (arls gateway run), or look at its machine and its network")
        ]
    said_at = seen.said_at if seen.was_retained else seen.seen_at
    if said_at is not None and at - said_at > _SPEAKS_WITHIN:
        silent = _told((at - said_at).total_seconds())
        return [Concern(said=f"it says that it is online, and has said nothing for {silent}: does its machine hang?")]
    return [
        *_of_clock(status.clock),
        *(concern for line in status.lines for concern in _of_line(line, status, at)),
        *_of_spool(status),
        *_of_messages(status),
        *_of_sources(status),
    ]


def _of_clock(clock: ClockStatus) -> Iterator[Concern]:
    offset_s, error_s = clock.offset_s, clock.offset_error_s or 0.0
    vouched = False
    if offset_s is not None:
        vouched = abs(offset_s) <= _CLOCK_S + error_s
        if not vouched:
            which = "ahead of" if offset_s > 0 else "behind"
            yield Concern(
                said=f"its clock is {abs(offset_s):.1f} s {which} the engine's: "
                "set both by NTP, since a TETRA position is only as right as they are"
            )
    if clock.gnss_lag_s is not None and clock.gnss_lag_s < -_CLOCK_S:
        yield Concern(said=f"its clock is {-clock.gnss_lag_s:.1f} s behind the satellites': set it by NTP")
    elif clock.gnss_lag_s is not None and clock.gnss_lag_s > _LATE_S:
        late = _told(clock.gnss_lag_s)
        yield Concern(
            said=f"positions come {late} after the satellites' time: late radios, or its clock is ahead", wrong=False
        )
    if clock.is_synchronised is False:
        yield Concern(
            said="its kernel says that no NTP disciplines its clock: start chrony or the like", wrong=not vouched
        )


def _of_line(line: LineStatus, status: GatewayStatus, at: datetime) -> Iterator[Concern]:
    if line.state in _DOWN or (
        line.state == "connecting" and line.since is not None and at - line.since > _CONNECTS_WITHIN
    ):
        yield Concern(said=f"{line.name} is {line.state}{f': {line.detail}' if line.detail else ''}")
    elif line.dialect == POLLS:
        return  # it speaks when somebody asks
    elif line.is_silent and line.last_heard_at is not None:
        silent, usual = _told((at - line.last_heard_at).total_seconds()), _told(line.expected_s or 0.0)
        yield Concern(
            said=f"{line.name} is up and has brought nothing for {silent}, where {usual} is usual: {_look_at(line)}"
        )
    elif line.received == 0 and status.started_at is not None and at - status.started_at > _HEARD_SOON:
        yield Concern(said=f"{line.name} has heard nothing since the start: {_look_at(line)}", wrong=False)


def _look_at(line: LineStatus) -> str:
    """What to look at when a line brings nothing."""
    if line.dialect.startswith("tetra"):
        return "has the radio lost its registration (AT+CTSP), its cable or its network?"
    if line.over == "mqtt":
        return "do the phones still publish to this broker?"
    if line.connections:
        return "its connections are open, so look at the devices and the network behind them"
    return "look at the firewall and the network on the way, and at the address the devices send to"


def _of_spool(status: GatewayStatus) -> Iterator[Concern]:
    spool = status.spool
    if spool.fault:
        yield Concern(said=f"its spool is not safe: {spool.fault}")
    if spool.oldest_s > _OLDEST_S:
        yield Concern(
            said=f"{spool.depth} publications wait for the engine, the oldest for {_told(spool.oldest_s)}: "
            "does `arls serve` run, for this force and at this broker?"
        )
    if spool.dropped:
        yield Concern(said=f"{spool.dropped} reports had to go for want of room: raise gateway.spool_mb or spool_hours")


def _of_messages(status: GatewayStatus) -> Iterator[Concern]:
    received, rejected = status.counters.get("received", 0), status.counters.get("rejected", 0)
    if received >= _ENOUGH_RECEIVED and rejected > _MOST_REJECTED * received:
        reason = max(status.rejected, key=lambda reason: status.rejected[reason], default="?")
        yield Concern(
            said=f"{rejected} of {received} messages were rejected, most as {reason}: "
            "is the dialect of that port the right one? (samples: --json)"
        )
    unknown = status.counters.get("unknown_devices", 0)
    if unknown:
        yield Concern(said=f"{unknown} devices are carried by no unit: book them on", wrong=False)


def _of_sources(status: GatewayStatus) -> Iterator[Concern]:
    lost = [silent for silent in status.sources.silent if silent.freshness == "lost"][:_NAMED]
    if status.sources.lost:
        names = ", ".join(f"{silent.source} for {_told(silent.silent_s)}" for silent in lost)
        more = "" if status.sources.lost <= len(lost) else " and others"
        yield Concern(said=f"{status.sources.lost} devices are lost: {names}{more}", wrong=False)


def _told(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
