"""How the system is: for a supervisor, for Prometheus, and for the screen's header."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.desk import AtDesk, answer, describes
from api.problems import Problem
from api.shapes import Status
from api.views import open_incidents, status_of, unit_rows
from arls.backlog import backlog_of
from gateways.statuses import ONLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from prometheus_client import Metric

    from api.wiring import System
    from arls.state import Known
    from gateways.statuses import GatewaySeen

router = APIRouter(tags=["health"])


@router.get("/healthz", **describes("the process answers"))
async def healthz() -> Response:
    """Whether the process answers; open to all."""
    return answer({"status": "ok"})


@router.get("/readyz", **describes("commands are taken"))
async def readyz(request: Request) -> Response:
    """Whether commands are taken; open to all."""
    system: System = request.app.state.system
    if not system.engine.alive:
        raise Problem(503, "the engine does not run", headers={"Retry-After": "5"})
    if system.intake is not None and (fault := system.intake.fault) is not None:
        raise Problem(503, fault, headers={"Retry-After": "5"})
    return answer({"status": "ready"})


@router.get("/v1/status", **describes(Status))
def status(desk: AtDesk) -> Response:
    """What the screen's header says."""
    return answer(status_of(desk.system, desk.known, desk.now()))


@router.get("/metrics", **describes("Prometheus text", media_type="text/plain"))
def metrics(desk: AtDesk) -> Response:
    """What a control room watches, for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges(desk.system))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Gauges:
    """What a control room watches, read at the moment somebody asks."""

    def __init__(self, system: System) -> None:
        self._system = system

    def collect(self) -> Iterator[Metric]:
        engine, at = self._system.engine, self._system.now()
        known = engine.known
        yield GaugeMetricFamily("arls_engine_waiting", "Messages that wait to be taken", engine.waiting)
        yield CounterMetricFamily("arls_journal_position", "Events journalled", known.position)
        yield GaugeMetricFamily("arls_live_clients", "Screens that listen", self._system.hub.clients)
        yield GaugeMetricFamily("arls_incidents_open", "Incidents that are not closed", len(open_incidents(known)))
        yield from _backlog_of(known, at)
        yield GaugeMetricFamily("arls_emergencies", "Units that need help", len(known.emergencies))
        rejects = CounterMetricFamily("arls_rejects", "Payloads that were no fix", labels=["reason"])
        for reason, count in known.rejects.items():
            rejects.add_metric([reason], count)
        yield rejects
        units = GaugeMetricFamily("arls_units", "Units by the age of their fix", labels=["freshness"])
        for word, count in Counter(row.freshness for row in unit_rows(known, at)).items():
            units.add_metric([word], count)
        yield units
        yield from _outs_of(self._system)
        if self._system.intake is not None:
            yield from gateway_metrics(self._system.intake.gateways.seen.values())


def _backlog_of(known: Known, at: datetime) -> Iterator[Metric]:
    """What waits for somebody to be sent."""
    waits: dict[str, list[float]] = {}
    late: Counter[str] = Counter()
    for row in backlog_of(known, at):
        if row.unresourced_s is not None:
            waits.setdefault(row.grade, []).append(row.unresourced_s)
            late[row.grade] += row.due_at is not None and row.due_at < at
    unresourced = GaugeMetricFamily(
        "arls_incidents_unresourced", "Open incidents with nobody on them", labels=["grade"]
    )
    oldest = GaugeMetricFamily("arls_incident_oldest_unresourced_seconds", "The longest of those", labels=["grade"])
    overdue = GaugeMetricFamily("arls_incidents_overdue", "Those of them with a target that is past", labels=["grade"])
    for grade, waited_s in sorted(waits.items()):
        unresourced.add_metric([grade], len(waited_s))
        oldest.add_metric([grade], max(waited_s))
        overdue.add_metric([grade], late[grade])
    yield from (unresourced, oldest, overdue)


def gateway_metrics(seen: Iterable[GatewaySeen]) -> Iterator[Metric]:
    """What the gateways say of themselves."""
    by = ["gateway"]
    up = GaugeMetricFamily("arls_gateway_up", "1 while the gateway says that it is online", labels=by)
    spool = GaugeMetricFamily("arls_gateway_spool_depth", "Publications that have no receipt yet", labels=by)
    silent = GaugeMetricFamily("arls_gateway_lines_silent", "Lines that are up and bring nothing", labels=by)
    offset = GaugeMetricFamily("arls_gateway_clock_offset_seconds", "Gateway's clock less the engine's", labels=by)
    devices = GaugeMetricFamily("arls_gateway_devices", "Devices by their silence", labels=[*by, "freshness"])
    rejects = CounterMetricFamily("arls_gateway_rejects", "Messages rejected, by reason", labels=[*by, "reason"])
    for one in seen:
        name, said = one.gateway, one.status
        up.add_metric([name], said.state == ONLINE)
        spool.add_metric([name], said.spool.depth)
        silent.add_metric([name], sum(line.is_silent for line in said.lines))
        if said.clock.offset_s is not None:
            offset.add_metric([name], said.clock.offset_s)
        for word in ("fresh", "stale", "lost", "quiet", "off"):
            devices.add_metric([name, word], getattr(said.sources, word))
        for reason, count in said.rejected.items():
            rejects.add_metric([name, reason], count)
    yield from (up, spool, silent, offset, devices, rejects)


def _outs_of(system: System) -> Iterator[Metric]:
    """What became of what systems outside were to be told."""
    accounts = [out.account() for out in system.outs]
    for name, what in (
        ("sent", "Taken by the other side"),
        ("failed", "Attempts that failed"),
        ("refused", "Refused by the other side for good"),
        ("dropped", "Dropped for want of room"),
        ("overtaken", "Overtaken by something newer while it waited"),
    ):
        counter = CounterMetricFamily(f"arls_out_{name}", f"Outgoing: {what}", labels=["out"])
        for account in accounts:
            counter.add_metric([account.name], getattr(account, name))
        yield counter
    queued = GaugeMetricFamily("arls_out_queued", "Outgoing: what waits", labels=["out"])
    last_ok = GaugeMetricFamily("arls_out_last_ok_seconds", "Outgoing: when something was last taken", labels=["out"])
    for account in accounts:
        queued.add_metric([account.name], account.queued)
        if account.last_ok_at is not None:
            last_ok.add_metric([account.name], account.last_ok_at.timestamp())
    yield queued
    yield last_ok
