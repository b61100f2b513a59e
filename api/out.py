"""What may be told to systems outside, and to whom: the kinds of table under `out`. Without one nothing is told.

It decides the names, the units and the defaults; docs/settings.md lists every one of them, docs/out.md what they mean.
"""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address
from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, HttpUrl, model_validator

from api.listen import Section, TlsFiles


class _Told(Section):
    name: str = Field(pattern=r"^[a-z0-9-]{1,32}$", description="in the account of what was sent")
    units: bool = Field(default=False, description="where units are")
    incidents: bool = Field(default=False, description="open incidents")
    capabilities: tuple[str, ...] | None = Field(default=None, description="only units with one of these; None: all")
    hide_capabilities: tuple[str, ...] = Field(default=(), description="no unit with one of these")
    grades: tuple[str, ...] | None = Field(default=None, description="only incidents of these; None: all")
    texts: bool = Field(default=False, description="what was written of an incident")
    interval_s: float = Field(default=5.0, ge=1, le=3600, description="between two tellings of one unit, at least")
    queue: int = Field(default=10_000, ge=1, le=100_000, description="what may wait to be sent")

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if not (self.units or self.incidents):
            raise ValueError("set units or incidents to true, or nothing would be told")
        return self


class CotOut(_Told):
    """Cursor on Target, to a TAK Server or as datagrams."""

    kind: Literal["cot"]
    over: Literal["tak", "udp"] = "tak"
    server: str = Field(min_length=1, description="a TAK Server; over udp the address of a group or a host")
    port: int | None = Field(default=None, ge=1, le=65_535, description="None: 8089 over tak, 6969 over udp")
    tls: TlsFiles = TlsFiles()
    server_name: str | None = Field(default=None, description="in its certificate; None: server")
    plain: bool = Field(default=False, description="to a TAK Server without TLS")
    protobuf: bool | None = Field(
        default=None, description="TAK protocol 1; None: over tak where the server offers it, over udp not"
    )
    interface: IPv4Address | None = Field(default=None, description="an address of ours, for multicast")
    hops: int = Field(default=1, ge=0, le=255, description="routers that multicast may cross")
    repeat_s: float = Field(default=60.0, ge=5, le=3600, description="after which what has not changed is said again")

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.over == "udp":
            try:
                IPv4Address(self.server)
            except ValueError:
                raise ValueError("over udp `server` is an IPv4 address, as 239.2.3.1") from None
        elif self.tls == TlsFiles() and not self.plain and not _is_this_machine(self.server):
            raise ValueError("name tls.ca_file, or set plain to true: positions would go in the open")
        return self


class _HookOut(_Told):
    url: HttpUrl = Field(description="https, or http to this machine")
    secret_header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]{1,64}$")
    secret_file: Path | None = Field(default=None, description="whose first line is the header's value")
    secret_env: str | None = Field(default=None, description="or the environment variable that holds it")
    tls: TlsFiles = TlsFiles()
    timeout_s: float = Field(default=10.0, gt=0, le=120, description="for each step of a request")

    @model_validator(mode="after")
    def _keeps_secrets(self) -> Self:
        if self.url.scheme != "https" and not _is_this_machine(self.url.host or ""):
            raise ValueError("the url must begin with https: positions and the secret would go in the open")
        if self.secret_file is not None and self.secret_env is not None:
            raise ValueError("name secret_file or secret_env, not both")
        return self


class TraccarOut(_HookOut):
    """Positions as Traccar forwards them, one a POST."""

    kind: Literal["traccar"]

    @model_validator(mode="after")
    def _knows_no_incidents(self) -> Self:
        if self.incidents:
            raise ValueError("Traccar's format knows no incidents: use geojson")
        return self


class GeoJsonOut(_HookOut):
    """What has changed, as GeoJSON."""

    kind: Literal["geojson"]


class CadOut(_HookOut):
    """Each state of an incident, as a document for another command and control system (docs/cad.md)."""

    kind: Literal["cad"]

    @model_validator(mode="after")
    def _knows_no_units(self) -> Self:
        if self.units:
            raise ValueError("arls.cad/1 tells of incidents alone: use geojson for units")
        return self


def _named_apart(outs: tuple[Out, ...]) -> tuple[Out, ...]:
    if len({out.name for out in outs}) < len(outs):
        raise ValueError("two have one name")
    return outs


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


Out = Annotated[CotOut | TraccarOut | GeoJsonOut | CadOut, Field(discriminator="kind")]
Outs = Annotated[tuple[Out, ...], AfterValidator(_named_apart)]
