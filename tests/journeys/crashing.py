"""Programs that are killed and started again, and devices that know what was acknowledged to them."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.gateways.teltonika_frames import frame, login, record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ANSWERED_WITHIN_S = 5.0
# What one device sent: who, and the millisecond or the place that tells its reports apart.
Report = tuple[str, str]


class Program:
    """One of our programs, over and over."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.kills = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._log = log
        self._env = env

    def start(self) -> None:
        with self._log.open("ab") as out:
            self.process = subprocess.Popen(self._command, env=self._env, stdout=out, stderr=out)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        assert self.process.poll() is None, self._log.read_text()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=30)

    def end(self) -> None:
        """However it is."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Device(threading.Thread):
    """Sends reports and notes which of them it heard acknowledged; what it did not it sends again."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__(daemon=True)
        self.number = number
        self.port = port
        self.acknowledged: set[Report] = set()
        self.attempts = 0
        self.is_over = threading.Event()
        self.chance = random.Random(number)

    def pause(self) -> None:
        time.sleep(self.chance.uniform(0.02, 0.12))


class Tracker(Device):
    """Teltonika over TCP: an acknowledgement is the number of records."""

    def __init__(self, number: int, port: int, *, presses: bool = False) -> None:
        super().__init__(number, port)
        self.imei = f"35630704244{self.number:04d}"
        self._unsent: list[tuple[bytes, Report]] = []
        self._last = datetime.now(UTC)  # noqa: TID251 - a device has a clock
        self._will_press = presses

    def run(self) -> None:
        while not self.is_over.is_set() or self._unsent:
            try:
                with socket.create_connection(("127.0.0.1", self.port), _ANSWERED_WITHIN_S) as line:
                    self._converse(line)
            except OSError:
                time.sleep(0.2)

    def _converse(self, line: socket.socket) -> None:
        line.sendall(login(self.imei))
        if line.recv(1) != b"\x01":
            return
        while not self.is_over.is_set() or self._unsent:
            self._unsent = self._unsent or [self._next() for _ in range(self.chance.randint(1, 4))]
            self.attempts += 1
            line.sendall(frame(*(octets for octets, _ in self._unsent)))
            if int.from_bytes(line.recv(4), "big") != len(self._unsent):
                return
            self.acknowledged |= {report for _, report in self._unsent}
            self._unsent = []
            self.pause()

    def _next(self) -> tuple[bytes, Report]:
        self._last = max(self._last + timedelta(milliseconds=1), datetime.now(UTC))  # noqa: TID251 - a device's clock
        at = self._last.replace(microsecond=self._last.microsecond // 1000 * 1000)
        presses = self._will_press and len(self.acknowledged) > 40  # once, in the middle of it all
        self._will_press = self._will_press and not presses
        octets = record(at=at, lat=53.2, lon=-0.1, priority=2 if presses else 0)
        return octets, (f"imei:{self.imei}", at.isoformat(timespec="milliseconds"))


class Phone(Device):
    """OwnTracks over HTTP: 200 is the acknowledgement."""

    def run(self) -> None:
        step, unsent = 0, b""
        while not self.is_over.is_set() or unsent:
            lat = round(52.0 + step * 1e-5, 5)
            if not unsent:
                words = {"_type": "location", "lat": lat, "lon": -1.5, "tst": int(time.time())}  # noqa: TID251 - the same
                unsent = json.dumps(words).encode()
            request = urllib.request.Request(  # our own loopback address
                f"http://127.0.0.1:{self.port}/pub",
                data=unsent,
                headers={"X-Limit-U": "ann", "X-Limit-D": f"phone{self.number}"},
            )
            self.attempts += 1
            try:
                with urllib.request.urlopen(request, timeout=_ANSWERED_WITHIN_S):  # noqa: S310  # the same
                    self.acknowledged.add((f"owntracks:ann/phone{self.number}", f"{lat:.5f}"))
            except OSError:
                time.sleep(0.2)
            else:
                step, unsent = step + 1, b""
                self.pause()
