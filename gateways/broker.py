"""A broker of our own on this machine: Mosquitto on a free loopback port, for the demo, the tests and small sites.

It decides how the broker is configured, so that it loses nothing (operations.md), and when it counts as ready. Where
there is no Mosquitto, a Python broker serves instead, and says what it is.
"""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING

from gateways.mqtt import BrokerAddress, BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOSQUITTO = "mosquitto"
DEMO_BROKER = "demo broker: messages may be lost"

_HOST = "127.0.0.1"
_READY_WITHIN_S = 10.0
_STOP_WITHIN_S = 5.0

# Debian puts the program where a user's PATH does not look.
_EXTRA_PATHS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")

# Mosquitto's defaults (1,000 queued, 20 in flight) lost 298,980 of 300,000 messages for a stalled subscriber
# (operations.md). 0 is without bound; the queue's memory is bounded instead.
_CONFIGURATION = """\
listener {port} {host}
{access}
user {user}
persistence true
persistence_location {folder}/
autosave_interval 60
persistent_client_expiration 1d
max_queued_messages 0
max_queued_bytes {queued_octets}
max_inflight_messages 2000
message_size_limit 65536
set_tcp_nodelay true
log_dest file {folder}/mosquitto.log
log_type error
log_type warning
log_type notice
"""
_QUEUED_OCTETS = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker that we started and must stop. `kind` is `mosquitto`, or says what may be lost."""

    address: BrokerAddress
    kind: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ends it: asked first, then made to."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def find_mosquitto() -> str | None:
    """The Mosquitto program of this machine; None where there is none."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=os.pathsep.join(_EXTRA_PATHS))


def start_broker(folder: Path, *, port: int | None = None, users: Mapping[str, str] | None = None) -> Broker:
    """A broker on loopback that keeps its state in `folder` and answers. Raises BrokerError, in a sentence.

    `users` are names and passwords; without them anybody on this machine may connect.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    mosquitto = find_mosquitto()
    if mosquitto is not None:
        command, kind = _mosquitto(mosquitto, folder, port, users or {}), MOSQUITTO
    elif importlib.util.find_spec("amqtt") is not None and not users:
        command, kind = _demo_broker(folder, port), DEMO_BROKER
    else:
        raise BrokerError("Mosquitto is not installed here: apt-get install mosquitto, or set the broker to use.")
    process = subprocess.Popen(  # noqa: S603  # our own command line
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for whoever started it, who ends it last
    )
    username, password = next(iter((users or {}).items()), (None, None))
    address = BrokerAddress(host=_HOST, port=port, username=username, password=password, speaks_mqtt5=kind == MOSQUITTO)
    broker = Broker(address=address, kind=kind, process=process)
    if not _answers(broker):
        broker.stop()
        raise BrokerError(f"The broker ({kind}) did not start on port {port}; its log is in {folder}.")
    return broker


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _mosquitto(program: str, folder: Path, port: int, users: Mapping[str, str]) -> list[str]:
    access = "allow_anonymous true"
    if users:
        passwords = folder / "passwords"
        passwords.write_text("".join(f"{name}:{_hashed(word)}\n" for name, word in users.items()), encoding="ascii")
        passwords.chmod(0o600)
        access = f"allow_anonymous false\npassword_file {passwords}"
    configuration = folder / "mosquitto.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            host=_HOST, port=port, access=access, folder=folder, queued_octets=_QUEUED_OCTETS, user=getpass.getuser()
        ),
        encoding="utf-8",
    )
    return [program, "-c", str(configuration)]


def _hashed(password: str) -> str:
    """A password as Mosquitto 2 keeps it: `$7$` PBKDF2 with SHA-512, rounds, salt, hash."""
    salt, rounds = secrets.token_bytes(12), 20_000
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _demo_broker(folder: Path, port: int) -> list[str]:
    configuration = folder / "amqtt.yaml"
    configuration.write_text(
        f"listeners:\n  default:\n    type: tcp\n    bind: {_HOST}:{port}\n"
        "plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n",
        encoding="utf-8",
    )
    program = "from amqtt.scripts.broker_script import main; main()"
    return [sys.executable, "-c", program, "-c", str(configuration)]


def _answers(broker: Broker) -> bool:
    """True once something listens; False when the program ended or stayed silent."""
    until = monotonic() + _READY_WITHIN_S
    while monotonic() < until and broker.process.poll() is None:
        with suppress(OSError), socket.create_connection((_HOST, broker.address.port), timeout=1):
            return True
        sleep(0.02)
    return False
