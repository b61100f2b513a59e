"""A radio at the other end of a PEI line that does as it is told: answers, refuses, forgets, restarts, falls silent.

It knows no wire: octets in, octets out. A pseudo-terminal or a socket carries them.
"""

from __future__ import annotations

import os
import re
import threading
import tty
from contextlib import suppress
from select import select
from typing import Self

SDS = b"\r\n+CTSDSR: 12,234009900004711,1,1000,0,84\r\n0A0FEA5A4A551A3964681\r\n"
BANNER = b"\r\nMTM800 R12.345\r\n"


class ScriptedRadio:
    """EN 300 392-5 as far as a gateway speaks it."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers  # by command, where it is not OK: "CTSP_1_3_131"
        self.said: list[str] = []  # commands heard
        self.sent: list[str] = []  # user data handed over to be sent
        self.registered: set[str] = set()
        self.is_mute = False
        self._rest = b""
        self._expects_data = False

    def hear(self, data: bytes) -> bytes:
        """What it answers to what it has heard so far."""
        *commands, self._rest = re.split(rb"\r\n|\x1a", self._rest + data)
        return b"".join(self._answer(command.decode()) for command in commands)

    def restart(self) -> bytes:
        """It knows nothing any more, and says its name."""
        self.registered.clear()
        self._rest = b""
        return BANNER

    def deliver(self) -> bytes:
        """A report of another radio, if anybody has asked for such."""
        return SDS if "1,3,10" in self.registered else b""

    def _answer(self, command: str) -> bytes:
        if self.is_mute:
            return b""
        if not command.startswith("AT"):
            return self._take_data(command)
        self.said.append(command)
        name = command.removeprefix("AT+")
        self._expects_data = name.startswith("CMGS") and name not in self.answers
        if self._expects_data:
            return b"\r\n> "
        if name in self.answers:
            return f"\r\n{self.answers[name]}\r\n".encode()
        if name.startswith("CTSP="):
            self.registered.add(name.removeprefix("CTSP="))
        own = b"\r\n+CNUMF: 0,234009900001000\r\n2,16777184\r\n" if name == "CNUMF?" else b""
        return own + b"\r\nOK\r\n"

    def _take_data(self, digits: str) -> bytes:
        if not self._expects_data:
            return b""
        self._expects_data = False
        self.sent.append(digits)
        return b"\r\n+CMGS: 0\r\n\r\nOK\r\n"


class Terminal:
    """A pseudo-terminal with a radio behind it; `device` is what a gateway opens. It survives being closed there."""

    def __init__(self, radio: ScriptedRadio) -> None:
        self.radio = radio
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._ours)
        self.device = os.ttyname(self._theirs)
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stopped, b".")
        self._thread.join()
        for number in (self._ours, self._theirs, self._stop, self._stopped):
            with suppress(OSError):
                os.close(number)

    def say(self, octets: bytes) -> None:
        """The radio says this of itself."""
        os.write(self._ours, octets)

    def _serve(self) -> None:
        while True:
            ready, _, _ = select([self._ours, self._stop], [], [])
            if self._stop in ready:
                return
            self.say(self.radio.hear(os.read(self._ours, 4096)))
