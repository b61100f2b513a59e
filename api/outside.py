"""What a program of ours needs of the outside: brokers and secrets that the settings name, and to be told to stop.

It decides nothing else, so that a gateway, which runs for months on a small machine, loads no engine and no web server.
"""

from __future__ import annotations

import signal
import threading
import tomllib
from ipaddress import ip_address
from typing import TYPE_CHECKING, get_args

from api.listen import Posted, TlsFiles
from gateways.mqtt import BrokerAddress
from gateways.tls import Tls

if TYPE_CHECKING:
    from pathlib import Path

    from api.listen import MqttListen
    from api.settings import BrokerSettings, GatewaySettings


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


def broker_of(said: MqttListen) -> BrokerAddress:
    """Another's broker, at which a gateway listens."""
    tls = find_tls(said.tls) or (Tls() if said.broker_tls else None)
    password = said.password.get_secret_value() if said.password else None
    return BrokerAddress(
        host=said.broker_host or "", port=said.broker_port, username=said.username, password=password, tls=tls
    )


def read_secrets(settings: GatewaySettings) -> dict[str, dict[str, str]]:
    """Accounts by dialect, of the settings and of their file. Raises WiringError."""
    found: dict[str, dict[str, str]] = {
        dialect: {name: secret.get_secret_value() for name, secret in accounts.items()}
        for dialect, accounts in settings.secrets.items()
    }
    if settings.secrets_file is not None:
        for dialect, accounts in _secrets_in(settings.secrets_file).items():
            found.setdefault(dialect, {}).update(accounts)
    for dialect in found:
        if dialect not in get_args(Posted):
            raise WiringError(f"gateway.secrets: nobody posts {dialect!r}; there are {', '.join(get_args(Posted))}")
    return found


def _secrets_in(file: Path) -> dict[str, dict[str, str]]:
    shape = "a table for each dialect, in it account = secret"
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WiringError(f"gateway.secrets_file: cannot read {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Not what is wrong with it: the line may hold a secret.
        raise WiringError(f"gateway.secrets_file: {file} is not TOML: it needs {shape}") from None
    for accounts in said.values():
        if not isinstance(accounts, dict) or not all(isinstance(secret, str) for secret in accounts.values()):
            raise WiringError(f"gateway.secrets_file: {file} needs {shape}")
    return said


def is_loopback(host: str) -> bool:
    """True for an address of this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
