"""What a gateway may be told to listen to: the kinds of table under `gateway.listen`.

It decides the names, the units and the defaults of each carrier; docs/settings.md lists every one of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of settings: an unknown name in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Heard(Section):
    host: str | None = Field(default=None, description="None: gateway.host")
    port: int = Field(ge=0, le=65_535, description="0: any free one")
    allow: tuple[str, ...] | None = Field(default=None, description="devices; None: any")


class UdpListen(_Heard):
    """Datagrams of one dialect on a port."""

    over: Literal["udp"]
    dialect: Literal["nmea0183", "gpsgate", "taip", "teltonika", "lrrp", "raw-sds", "cot-xml", "cot-protobuf"]


class TcpListen(_Heard):
    """Streams of one dialect on a port."""

    over: Literal["tcp"]
    dialect: Literal["nmea0183", "tetra-pei", "raw-sds", "gpsgate", "taip", "teltonika", "cot-xml", "cot-protobuf"]


class HttpListen(Section):
    """Phones that post to a port."""

    over: Literal["http"]
    host: str | None = Field(default=None, description="None: gateway.host")
    port: int = Field(ge=0, le=65_535, description="0: any free one")


class MqttListen(Section):
    """Phones that publish to the broker."""

    over: Literal["mqtt"]


Listen = Annotated[UdpListen | TcpListen | HttpListen | MqttListen, Field(discriminator="over")]
