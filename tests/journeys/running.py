"""ARLS as a process of its own, as a user runs it: started, waited for, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARLS = [sys.executable, "-m", "api"]
_UP_WITHIN_S = 180  # a machine may be busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A demo that is up; `facts` is its ready file."""

    process: subprocess.Popen[bytes]
    facts: dict[str, Any]
    log: Path  # what it said

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.facts["url"], headers={"Authorization": f"Bearer {self.facts['token']}"}, timeout=20
        )

    def kill(self) -> None:
        """Kill -9 of everything it started, the broker too."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, as an operator stops it; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=20)


@contextmanager
def demo(data: Path, *wanted: str) -> Iterator[Running]:
    """`arls demo` on any free port; killed at the end if it still runs."""
    ready = data.with_name(f"{data.name}.{time.monotonic_ns()}.ready")
    log = data.with_name(f"{data.name}.log")
    command = [*ARLS, "demo", "--port", "0", "--data", str(data), "--ready-file", str(ready), *wanted]
    with log.open("ab") as out:
        process = subprocess.Popen(command, start_new_session=True, stdout=out, stderr=out)
    try:
        until = time.monotonic() + _UP_WITHIN_S
        while not ready.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield Running(process=process, facts=json.loads(ready.read_text()), log=log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
