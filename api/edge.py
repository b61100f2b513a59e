"""A gateway as the settings describe it, at work: which listener each line of `gateway.listen` stands for.

It decides nothing that a listener decides.
"""

from __future__ import annotations

import resource
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from api.listen import (
    HttpListen,
    Listen,
    MqttListen,
    MulticastListen,
    SerialListen,
    TakListen,
    TcpClientListen,
    TcpListen,
    UdpListen,
)
from api.outside import WiringError, broker_of, find_tls, is_loopback, read_secrets
from gateways.clockcheck import kernel_clock
from gateways.listeners.dial import Dialled
from gateways.listeners.http import HttpListener
from gateways.listeners.limits import Limits
from gateways.listeners.mqtt_bridge import TOPICS, MqttBridge
from gateways.listeners.multicast import MulticastListener
from gateways.listeners.pei_life import REGISTRATIONS, PeiSetup
from gateways.listeners.poll_desk import PollDesk
from gateways.listeners.ports import SerialPort, TcpPort
from gateways.listeners.tak import TakListener
from gateways.listeners.tcp import TcpListener
from gateways.listeners.udp import UdpListener
from gateways.polls import PollRules
from gateways.runner import Gateway, mqtt_uplink
from gateways.shelf import Room, Shelf
from gateways.tak_line import TakServer
from gateways.tls import client_context_of
from gateways.topics import feed_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from api.settings import GatewaySettings
    from gateways.listeners.listener import Listener
    from gateways.mqtt import BrokerAddress

_Listener = UdpListener | TcpListener | HttpListener | MqttBridge | Dialled | MulticastListener | TakListener


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A running gateway, and where it listens."""

    gateway: Gateway
    host: str
    listening: tuple[tuple[Listen, _Listener], ...]

    def port_of(self, over: str, dialect: str | None = None) -> int | None:
        """The port of the first listener of that carrier and dialect; None where there is none."""
        ports = (
            listener.port
            for said, listener in self.listening
            if said.over == over
            and not isinstance(listener, MqttBridge | Dialled | TakListener)
            and getattr(said, "dialect", None) == dialect
        )
        return next(ports, None)


@contextmanager
def gateway_running(settings: GatewaySettings, address: BrokerAddress, *, force: str, data: Path) -> Iterator[Edge]:
    """The listeners that the settings name, on their way to a broker. Raises WiringError where the clock forbids it."""
    if settings.require_clock and not kernel_clock().is_synchronised:
        raise WiringError(
            "the clock of this machine is not synchronised, and gateway.require_clock is set: start an NTP client "
            "(chrony, systemd-timesyncd) and wait for `timedatectl` to say so, or every TETRA position is wrong"
        )
    room = Room(octets=round(settings.spool_mb * 1e6), age_s=settings.spool_hours * 3600)
    shelf = Shelf(data / f"{settings.name}.spool.sqlite", room)
    listening = tuple(
        (said, _listener_of(said, settings, address, force=force, patient=shelf.has_met_broker))
        for said in settings.listen
    )
    listeners: list[Listener] = [listener for _, listener in listening]
    if settings.polling.enabled:
        listeners.append(_poll_desk(settings, address, listeners, force=force, patient=shelf.has_met_broker))
    gateway = Gateway(
        settings.name,
        force=force,
        shelf=shelf,
        listeners=listeners,
        connect=mqtt_uplink(address, force=force, name=settings.name),
        replay_per_s=settings.replay_per_s,
        expected_s=settings.expected_s,
    )
    _let_in_a_fleet()
    gateway.start()
    try:
        yield Edge(gateway=gateway, host=settings.host, listening=listening)
    finally:
        gateway.stop()


def _let_in_a_fleet() -> None:
    """As many connections as the system grants: many a shell starts its programs with 1,024 files, a socket is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _listener_of(  # noqa: PLR0911 - one arm a carrier
    said: Listen, settings: GatewaySettings, address: BrokerAddress, *, force: str, patient: bool
) -> _Listener:
    limits = Limits(**settings.limits.model_dump())
    match said:
        case UdpListen():
            return UdpListener(
                said.dialect, host=said.host or settings.host, port=said.port, allowed=said.allow, limits=limits
            )
        case TcpListen():
            return TcpListener(
                said.dialect,
                host=said.host or settings.host,
                port=said.port,
                allowed=said.allow,
                tls=find_tls(said.tls),
                limits=limits,
                pei=_pei_of(said) if said.registrations is not None else None,
            )
        case TcpClientListen():
            tls = find_tls(said.tls)
            context = client_context_of(tls) if tls is not None else None
            port = TcpPort(host=said.host or settings.host, port=said.port, context=context)
            return Dialled(said.dialect, port, pei=_pei_of(said), limits=limits, allowed=said.allow)
        case SerialListen():
            device = SerialPort(device=said.device, baud=said.baud, has_flow_control=said.flow_control)
            # However long a cable is silent, opening it again would change nothing.
            limits = replace(limits, idle_s=inf, message_s=inf)
            return Dialled(said.dialect, device, pei=_pei_of(said), limits=limits, allowed=said.allow)
        case HttpListen():
            return _posts_of(said, settings, limits)
        case MqttListen():
            return _bridge_of(said, settings, address, limits, patient=patient)
        case MulticastListen():
            return MulticastListener(
                group=str(said.group),
                port=said.port,
                interfaces=tuple(map(str, said.interfaces)),
                allowed=said.allow,
                limits=limits,
                ours=feed_prefix(force),
            )
        case TakListen():
            server = TakServer(
                host=said.server,
                port=said.port,
                tls=find_tls(said.tls),
                server_name=said.server_name,
                negotiate=said.protobuf,
            )
            uid = f"{feed_prefix(force)}gw.{settings.name}"
            return TakListener(server, uid=uid, allowed=said.allow, limits=limits, ours=feed_prefix(force))


def _poll_desk(
    settings: GatewaySettings, address: BrokerAddress, listeners: Sequence[Listener], *, force: str, patient: bool
) -> PollDesk:
    rules = PollRules(
        budget_per_min=settings.polling.budget_per_min,
        longest_s=settings.polling.longest_rate_s,
        most_rates=settings.polling.rates,
    )
    return PollDesk(address, listeners, rules, force=force, gateway=settings.name, patient=patient)


def _posts_of(said: HttpListen, settings: GatewaySettings, limits: Limits) -> HttpListener:
    """Phones, servers and callers over HTTP. Raises WiringError where strangers could post."""
    host, secrets = said.host or settings.host, read_secrets(settings)
    open_to_all = [dialect for dialect in said.dialects if not secrets.get(dialect)]
    if open_to_all and not (said.anonymous or is_loopback(host)):
        raise WiringError(
            f"anybody could post {open_to_all[0]} to {host}:{said.port}: give its senders accounts in "
            f"gateway.secrets.{open_to_all[0]}, or say anonymous = true for this listener"
        )
    return HttpListener(
        said.dialects,
        host=host,
        port=said.port,
        secrets={dialect: accounts for dialect, accounts in secrets.items() if accounts},
        allowed=said.allow,
        caller_key=settings.caller_key.get_secret_value().encode() if settings.caller_key else None,
        tls=find_tls(said.tls),
        limits=limits,
    )


def _bridge_of(
    said: MqttListen, settings: GatewaySettings, address: BrokerAddress, limits: Limits, *, patient: bool
) -> MqttBridge:
    """What is published to a broker. Another's may be away when we start: that is its status to say."""
    number = settings.listen.index(said)
    return MqttBridge(
        address if said.broker_host is None else broker_of(said),
        client_id=f"arls-{'-'.join(said.dialects)}-{settings.name}" + (f"-{number}" if number else ""),
        topics={dialect: said.topic or TOPICS[dialect] for dialect in said.dialects},
        patient=patient or said.broker_host is not None,
        allowed=said.allow,
        limits=limits,
    )


def _pei_of(said: TcpListen | TcpClientListen | SerialListen) -> PeiSetup | None:
    """How the radio on a line is spoken to; None where the line is no radio's."""
    if said.dialect != "tetra-pei":
        return None
    wanted = REGISTRATIONS if said.registrations is None else said.registrations
    return PeiSetup(registrations=wanted, answer_s=said.answer_s, renew_s=said.renew_s, silent_s=said.silent_s)
