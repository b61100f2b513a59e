"""A broker that we start is ours alone to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gateways.broker import MOSQUITTO, find_mosquitto

if TYPE_CHECKING:
    from pathlib import Path

_STARTS_ONE = """
import signal, subprocess, sys, time
from pathlib import Path
from gateways.broker import start_broker
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may have it ignored
broker = start_broker(Path(sys.argv[1]))
try:
    print(broker.kind, broker.process.pid, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    try:
        print("gone", broker.process.wait(0.5), flush=True)
    except subprocess.TimeoutExpired:
        print("alive", flush=True)
finally:
    broker.stop()
"""


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed here")
def test_ctrl_c_ends_who_started_the_broker_and_leaves_the_broker_to_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _STARTS_ONE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().split()[0] == MOSQUITTO
        os.killpg(program.pid, signal.SIGINT)  # what a terminal does: to everyone of the foreground
        assert program.stdout.readline().strip() == "alive"
    assert program.returncode == 0
