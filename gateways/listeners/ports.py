"""Ports that a gateway opens by itself: a serial device, or a device server and other streams over TCP.

It decides how a port is opened. What is said on it is the listener's.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

import serialx

from gateways.listeners.streams import READ_OCTETS

if TYPE_CHECKING:
    import ssl
    from asyncio import StreamReader, StreamWriter

# A device server that was switched off says nothing: after so long the kernel asks, and after three more it gives up.
_KEEP_ALIVE_S = 30


class Port(Protocol):
    """One end of a line that is ours to open, again and again."""

    @property
    def over(self) -> str:
        """The carrier."""
        ...

    @property
    def peer(self) -> str:
        """How the other end is called until it names itself."""
        ...

    async def open(self) -> tuple[StreamReader, StreamWriter]:
        """Opens it. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPort:
    """A serial device, 8N1 (protocols.md 1.3); nobody else may open it meanwhile."""

    device: str
    baud: int = 9_600
    has_flow_control: bool = False  # RTS/CTS
    over: str = "serial"

    @property
    def peer(self) -> str:
        """The last part of the device's path."""
        return PurePath(self.device).name

    async def open(self) -> tuple[StreamReader, StreamWriter]:
        """Opens the device. Raises OSError where it is not there, is not ours, or is in use."""
        try:
            return await serialx.open_serial_connection(
                self.device, baudrate=self.baud, rtscts=self.has_flow_control, exclusive=True
            )
        except (serialx.SerialException, ValueError) as error:  # a baud rate that the device cannot have
            raise OSError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpPort:
    """A server that we connect to: raw octets, no telnet negotiation, with TLS by `context`."""

    host: str
    port: int
    context: ssl.SSLContext | None = None
    over: str = "tcp-client"

    @property
    def peer(self) -> str:
        """Its address."""
        return f"{self.host}:{self.port}"

    async def open(self) -> tuple[StreamReader, StreamWriter]:
        """Connects. Raises OSError, also for a server that does not prove its name."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=READ_OCTETS, ssl=self.context)
        wire: socket.socket = writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):
            if hasattr(socket, option):
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), _KEEP_ALIVE_S)
        return reader, writer
