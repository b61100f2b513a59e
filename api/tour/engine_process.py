"""The engine and the faces as a process of their own, so that they can be killed while everything else goes on.

It decides what that process is told and how it ends: whoever started it may be gone, and then it leaves as well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import msgspec

from api.captions import Stage
from api.networks import Ground
from api.outside import WiringError
from api.settings import settings_of
from api.wiring import serve, system_running, write_ready_file

if TYPE_CHECKING:
    from collections.abc import Mapping

_UP_WITHIN_S = 180.0  # the first time kernels may have to be compiled
_LEAVES_WITHIN_S = 15.0
_LOOK_S = 0.05


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is started with: one line on its standard input, since a token is no argument."""

    settings: dict[str, Any]
    directory: str  # of the ground
    ground: str
    made_up: bool
    operator: str  # who opens the screen
    ready: str  # the file that says that it is up


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What it says when it is up."""

    url: str
    screen_url: str  # opens the screen once


class EngineProcess:
    """Started, killed and started again on one folder and one port."""

    def __init__(self, settings: Mapping[str, Any], ground: Ground, *, data: Path, operator: str) -> None:
        self._settings = dict(settings)
        self._ground = ground
        self._operator = operator
        self._ready = data / "engine.ready"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Facts:
        """Start it and wait until it serves; it keeps its port then. Raises WiringError when it ends instead."""
        self._ready.unlink(missing_ok=True)
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", "api.tour.engine_process"], stdin=subprocess.PIPE, start_new_session=True
        )
        assert process.stdin is not None  # noqa: S101 - asked for above
        process.stdin.write(msgspec.json.encode(self._orders()) + b"\n")
        process.stdin.flush()
        until = monotonic() + _UP_WITHIN_S
        while not self._ready.exists():
            if process.poll() is not None or monotonic() > until:
                self.stop()
                raise WiringError("the engine did not start: what it said stands above")
            sleep(_LOOK_S)
        facts = msgspec.json.decode(self._ready.read_bytes(), type=Facts)
        self._ready.unlink()
        self._settings["http"] = {"port": int(facts.url.rpartition(":")[2])}
        return facts

    def kill(self) -> int:
        """SIGKILL, as `kill -9` sends it: nothing in the process is told. The signal that it died of."""
        if self._process is None:
            raise RuntimeError("there is nothing to kill")
        self._process.kill()
        return -self._process.wait()

    def stop(self) -> None:
        """SIGTERM: it closes its journal and leaves."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_LEAVES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _orders(self) -> Orders:
        return Orders(
            settings=self._settings,
            directory=str(self._ground.directory),
            ground=self._ground.name,
            made_up=self._ground.made_up,
            operator=self._operator,
            ready=str(self._ready),
        )


def run(orders: Orders) -> None:
    """Serve until stopped."""
    ground = Ground(directory=Path(orders.directory), name=orders.ground, made_up=orders.made_up)
    settings = settings_of(orders.settings, where="the tour")
    with system_running(settings, ground, simulated=True, stage=Stage()) as system:

        def ready(url: str) -> None:
            screen_url = f"{url}/?ticket={system.keyring.mint_ticket(orders.operator)}"
            write_ready_file(Path(orders.ready), {"url": url, "screen_url": screen_url})

        serve(system, on_ready=ready)


def _leave_with_parent() -> None:
    """The standard input ends when whoever started us does, in whatever way."""
    # Not by way of sys.stdin: a thread that waits in it holds up the end of the interpreter.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    told = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    run(told)
