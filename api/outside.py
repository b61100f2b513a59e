"""What a program of ours needs of the outside: the broker that the settings name, and to be told to stop.

It decides nothing else, so that a gateway, which runs for months on a small machine, loads no engine and no web server.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from api.listen import TlsFiles
from gateways.mqtt import BrokerAddress
from gateways.tls import Tls

if TYPE_CHECKING:
    from api.settings import BrokerSettings


class WiringError(Exception):
    """Something outside does not let us start; one sentence that names the fix."""


def address_of(settings: BrokerSettings) -> BrokerAddress:
    """The broker that the settings name. Raises WiringError where they name none."""
    if settings.host is None:
        raise WiringError("no broker is set: set broker.host (or ARLS_BROKER__HOST) to the one that the engine uses")
    return BrokerAddress(
        host=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        tls=find_tls(settings),
    )


def find_tls(files: TlsFiles) -> Tls | None:
    """TLS by the files that the settings name; None where they name none, and it is spoken in the open."""
    named = {name: str(file) for name in TlsFiles.model_fields if (file := getattr(files, name)) is not None}
    return Tls(**named) if named else None


def until_stopped(seconds: float | None = None) -> None:
    """Wait for Ctrl-C or SIGTERM, for so many seconds at most."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait(seconds)
