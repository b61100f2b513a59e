"""What a gateway may be told to listen to: the kinds of table under `gateway.listen`.

It decides the names, the units and the defaults of each carrier; docs/settings.md lists every one of them.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class Section(BaseModel):
    """A table of settings: an unknown name in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsFiles(Section):
    """PEM files for TLS, 1.2 at least; where none is named it is spoken in the open."""

    ca_file: Path | None = Field(default=None, description="who signs the other end's certificate")
    certificate_file: Path | None = Field(default=None, description="our own")
    key_file: Path | None = Field(default=None, description="None: the key stands in certificate_file")


class LimitSettings(Section):
    """How much of each listener one peer, and everybody together, may take."""

    connections: int = Field(default=5_000, ge=1, description="over TCP, at most")
    connections_per_address: int = Field(default=2_500, ge=1, description="of these, of one peer address")
    handshake_s: float = Field(default=10.0, gt=0, description="until TLS stands, at most")
    message_s: float = Field(default=60.0, gt=0, description="from a message's first octet to its last, at most")
    idle_s: float = Field(default=600.0, gt=0, description="without a word, at most")
    device_per_s: float = Field(default=20.0, gt=0, description="reports of one device in the long run, at most")
    device_burst: int = Field(default=3_000, ge=1, description="of these, at once")
    address_per_s: float = Field(default=2_000.0, gt=0, description="reports from one peer address, in the long run")
    address_burst: int = Field(default=20_000, ge=1, description="of these, at once")


class PollingSettings(Section):
    """Whether radios may be asked for positions, and how much."""

    enabled: bool = Field(default=False, description="sending to live radios needs the network owner's consent")
    budget_per_min: int = Field(default=120, ge=2, description="requests and what radios deliver, together")
    longest_rate_s: float = Field(default=3_600.0, gt=0, le=86_400, description="a raised rate, at most")
    rates: int = Field(default=20, ge=1, description="radios at a raised rate at once")


class _Heard(Section):
    host: str | None = Field(default=None, description="None: gateway.host")
    port: int = Field(ge=0, le=65_535, description="0: any free one")
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")


class _Pei(Section):
    """How the PEI of a radio is kept, where `dialect` is tetra-pei."""

    registrations: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,3}(,[0-9]{1,3}){1,3}$")], ...] | None = Field(
        default=None, description="of AT+CTSP; None: LIP, location system and status where we connect, else none at all"
    )
    answer_s: float = Field(default=3.0, gt=0, description="a radio answers a command within")
    renew_s: float = Field(default=300.0, gt=0, description="registered again after")
    silent_s: float = Field(default=120.0, gt=0, description="and after so long without an octet")

    @model_validator(mode="after")
    def _of_radios(self) -> Self:
        if self.registrations is not None and getattr(self, "dialect", None) != "tetra-pei":
            raise ValueError("registrations are for the dialect tetra-pei")
        return self


class UdpListen(_Heard):
    """Datagrams of one dialect on a port."""

    over: Literal["udp"]
    dialect: Literal["nmea0183", "gpsgate", "taip", "teltonika", "lrrp", "raw-sds", "cot-xml", "cot-protobuf"]


class TcpListen(_Heard, _Pei):
    """Streams of one dialect on a port."""

    over: Literal["tcp"]
    dialect: Literal["nmea0183", "tetra-pei", "raw-sds", "gpsgate", "taip", "teltonika", "cot-xml", "cot-protobuf"]
    tls: TlsFiles = TlsFiles()


class TcpClientListen(_Heard, _Pei):
    """Streams of one dialect from a server that we connect to: a serial device server, a switch, a receiver."""

    over: Literal["tcp-client"]
    dialect: Literal["nmea0183", "tetra-pei", "raw-sds", "gpsgate", "taip", "teltonika", "cot-xml", "cot-protobuf"]
    tls: TlsFiles = TlsFiles()


class SerialListen(_Pei):
    """A serial line, 8N1."""

    over: Literal["serial"]
    dialect: Literal["nmea0183", "tetra-pei", "gpsgate", "taip"]
    device: str = Field(min_length=1, description="as /dev/serial/by-id/...")
    baud: int = Field(default=9_600, ge=300, le=4_000_000)
    flow_control: bool = Field(default=False, description="RTS/CTS")
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")


Posted = Literal["owntracks", "osmand", "traccar", "raw-sds", "aml-https", "aml-sms", "pidf-lo"]


class HttpListen(_Heard):
    """Phones, servers and callers that post to a port, each dialect to a path of its own."""

    over: Literal["http"]
    dialects: tuple[Posted, ...] = Field(default=("owntracks",), min_length=1)
    anonymous: bool = Field(default=False, description="heard without an account, also from other machines")
    tls: TlsFiles = TlsFiles()


class MqttListen(Section):
    """Phones and servers that publish to a broker: the one that the engine uses, or another."""

    over: Literal["mqtt"]
    dialects: tuple[Literal["owntracks", "traccar"], ...] = Field(default=("owntracks",), min_length=1)
    topic: str | None = Field(default=None, min_length=1, description="None: owntracks, positions")
    broker_host: str | None = Field(default=None, description="None: the engine's own broker")
    broker_port: int = Field(default=1883, ge=1, le=65_535)
    broker_tls: bool = Field(default=False, description="TLS by the authorities of the system, where `tls` names none")
    username: str | None = None
    password: SecretStr | None = None
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")
    tls: TlsFiles = TlsFiles()

    @model_validator(mode="after")
    def _one_topic(self) -> Self:
        if self.topic is not None and len(self.dialects) > 1:
            raise ValueError("a topic is of one dialect: write a table for each")
        return self


class MulticastListen(Section):
    """The mesh of TAK: a multicast group to which everybody tells where they are."""

    over: Literal["multicast"]
    group: IPv4Address = IPv4Address("239.2.3.1")
    port: int = Field(default=6969, ge=0, le=65_535, description="0: any free one")
    interfaces: tuple[IPv4Address, ...] = Field(default=(), description="addresses of ours; none: the system chooses")
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")

    @field_validator("group")
    @classmethod
    def _is_a_group(cls, group: IPv4Address) -> IPv4Address:
        if not group.is_multicast:
            raise ValueError("a multicast group lies between 224.0.0.0 and 239.255.255.255")
        return group


class TakListen(Section):
    """A TAK Server, of which the gateway is a client."""

    over: Literal["tak"]
    server: str = Field(min_length=1, description="its address")
    port: int = Field(default=8089, ge=1, le=65_535)
    tls: TlsFiles = TlsFiles()
    server_name: str | None = Field(default=None, description="in its certificate; None: server")
    protobuf: bool = Field(default=True, description="TAK protocol 1 where the server offers it; False: XML")
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")


Listen = Annotated[
    UdpListen | TcpListen | TcpClientListen | SerialListen | HttpListen | MqttListen | MulticastListen | TakListen,
    Field(discriminator="over"),
]
