"""A line into a gateway's TCP listener that comes back by itself: what a radio's cable and its device server are.

It decides when to connect again and how much waits meanwhile. Nobody who says something ever waits for it.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections import Counter
from contextlib import suppress

_MOST_WAITING = 10_000
_CONNECT_WITHIN_S = 5.0
_GLANCE_S = 0.1
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0


class Line:
    """One connection, in a thread of its own. `counters` says what was sent, lost, and how often it was connected."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.counters: Counter[str] = Counter()
        self._address = address
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="radio line", daemon=True)

    def start(self) -> None:
        """Connect, now or as soon as somebody listens."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits, if there is a connection, and leave."""
        self._leaving.set()
        self._thread.join()

    def say(self, data: bytes) -> None:
        """Send whole messages; they are lost where too many wait already, as they are with a radio."""
        try:
            self._waiting.put_nowait(data)
        except queue.Full:
            self.counters["lost"] += 1

    def _run(self) -> None:
        wait_s = _SHORTEST_WAIT_S
        while True:
            try:
                with socket.create_connection(self._address, _CONNECT_WITHIN_S) as line:
                    self.counters["connected"] += 1
                    wait_s = _SHORTEST_WAIT_S
                    self._speak(line)
                    return
            except OSError:
                # What was on its way is lost with the line, as it is with a radio.
                self.counters["broken"] += 1
            if self._leaving.wait(wait_s):
                return
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _speak(self, line: socket.socket) -> None:
        """Until everything is said and nobody says more. Raises OSError when the line breaks."""
        while not (self._leaving.is_set() and self._waiting.empty()):
            with suppress(queue.Empty):
                line.sendall(self._waiting.get(timeout=_GLANCE_S))
                self.counters["sent"] += 1
