"""A simulated desk for the demo: it takes calls, sends the nearest units and closes what is done, over HTTP alone.

It decides when somebody calls and how a routine dispatcher answers. It knows its own incidents by the desk that made
them and its own assignments by their reason, so that it goes on after a restart and leaves alone whatever a person
has made or taken in hand.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import structlog

from api.demo_calls import invented_calls, read_calls
from arls.incident import AssignmentState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from arls.roads.network import Network

    Json = Mapping[str, Any]

_log = structlog.get_logger(__name__)

DESK, NEAREST = "demo desk", "nearest by road"

_LOOK_S = 2.0
_ANSWERED_WITHIN_S = 5.0
_FIRST_CALL_S, _BETWEEN_CALLS_S = (2.0, 6.0), (20.0, 40.0)
_HELP_TAKES_S = (45.0, 90.0)
_MOST_OPEN = 12

# Nobody is sent to what is resolved without a deployment.
_UNITS_OF_GRADE = {"1": 2, "4": 0}
_RETRY_S = 10.0
# After so long in one state an assignment is cancelled: a terminal that is switched off never answers, and crews
# forget over a restart where they were going.
_PATIENCE_S = dict.fromkeys((AssignmentState.RESERVED, AssignmentState.DELIVERED, AssignmentState.UNANSWERED), 60.0) | {
    AssignmentState.LAPSED: 0.0
}
_LONG_PATIENCE_S = 900.0
_UNATTENDED_S = 120.0

_RESULTS = ("resolved at scene", "words of advice given", "report taken", "arrest made", "area searched, no trace")
_BY_TELEPHONE, _NOBODY = "resolved by telephone", "nobody could be sent"


class DemoDesk:
    """One dispatcher who never tires, in a thread. `on_calm` is told who needs help no longer: crews hear it by voice.

    Calls come from the file `calls`, or are invented on the network. `counters` tells what the desk has done.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        network: Network,
        calls: Path | None = None,
        on_calm: Callable[[str], None],
        seed: int,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.counters: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - invented calls need no secrets
        self._calls = invented_calls(network, self._chance) if calls is None else read_calls(calls, self._chance)
        self._on_calm = on_calm
        self._clock = clock
        self._api = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "X-Desk": DESK},
            timeout=_ANSWERED_WITHIN_S,
            trust_env=False,  # never by way of a proxy
        )
        self._call_due_s = self._clock() + self._chance.uniform(*_FIRST_CALL_S)
        self._try_again_s: dict[str, float] = {}
        self._calm_due_s: dict[str, float] = {}
        self._calmed: set[str] = set()
        self._first_seen_s: dict[tuple[str, ...], float] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo desk", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Leave everything as it is."""
        self._stopping.set()
        self._thread.join()
        self._api.close()

    def look(self) -> None:
        """Does once everything that there is to do now. Raises httpx.TransportError when nobody answers."""
        if (units := self._ask("GET", "/v1/units?state=emergency")) is not None:
            self._help([feature["id"] for feature in units["features"]])
        if (answer := self._ask("GET", "/v1/incidents")) is not None:
            ours = [incident for incident in answer["incidents"] if incident["log"][0]["desk"] == DESK]
            for incident in ours:
                if all(assignment["reason"] == NEAREST for assignment in incident["assignments"]):
                    self._attend(incident)
            if len(ours) < _MOST_OPEN and self._clock() >= self._call_due_s:
                self._take_call()

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            try:
                self.look()
            except httpx.TransportError:
                # An API that is away for a while is asked again; what it was asked last may have been done or not.
                self.counters["unanswered"] += 1

    def _help(self, in_need: Sequence[str]) -> None:
        """Whoever pressed the button is all right after a while, says so by voice, and one look later it is over."""
        for callsign in self._calm_due_s.keys() - set(in_need) - self._calmed:
            self._on_calm(callsign)  # another desk has cancelled it
        now_s = self._clock()
        self._calm_due_s = {
            callsign: self._calm_due_s.get(callsign) or now_s + self._chance.uniform(*_HELP_TAKES_S)
            for callsign in in_need
        }
        self._calmed &= set(in_need)
        for callsign, due_s in self._calm_due_s.items():
            if callsign in self._calmed:
                # Not sooner: the last reports of the emergency have arrived by now, and will not raise it again.
                self._ask("POST", f"/v1/units/{callsign}/emergency/cancel")
                self.counters["emergencies"] += 1
            elif now_s >= due_s:
                self._on_calm(callsign)
                self._calmed.add(callsign)

    def _take_call(self) -> None:
        self._call_due_s = self._clock() + self._chance.uniform(*_BETWEEN_CALLS_S)
        call = next(self._calls, None)
        if call is not None and self._ask("POST", "/v1/incidents", asdict(call)) is not None:
            self.counters["calls"] += 1

    def _attend(self, incident: Json) -> None:
        sent: Sequence[Json] = incident["assignments"]
        active = [assignment for assignment in sent if assignment["active"]]
        wanted = _UNITS_OF_GRADE.get(incident["grade"], 1)
        cleared = any(assignment["state"] == AssignmentState.CLEARED for assignment in sent)
        for assignment in active:
            self._remind(assignment)
        if cleared and not active:
            self._close(incident, self._chance.choice(_RESULTS))
        elif not active and self._waited_s(incident["id"], str(len(sent))) > _UNATTENDED_S:
            self._close(incident, _NOBODY if wanted else _BY_TELEPHONE)
        elif not cleared and len(active) < wanted:
            self._send(incident, wanted - len(active))

    def _remind(self, assignment: Json) -> None:
        """Takes back what nobody answers, or never ends."""
        patience_s = _PATIENCE_S.get(assignment["state"], _LONG_PATIENCE_S)
        if self._waited_s(assignment["id"], assignment["state"]) > patience_s:
            self._ask("POST", f"/v1/assignments/{assignment['id']}/cancel", {"via": "voice"})

    def _send(self, incident: Json, missing: int) -> None:
        """The nearest of those that have not been asked yet."""
        name, now_s = incident["id"], self._clock()
        if now_s < self._try_again_s.get(name, 0.0):
            return
        self._try_again_s[name] = now_s + _RETRY_S
        asked = {assignment["callsign"] for assignment in incident["assignments"]}
        ranking = self._ask("GET", f"/v1/incidents/{name}/ranking?k={len(asked) + missing}") or {"candidates": []}
        nearest = [candidate["callsign"] for candidate in ranking["candidates"] if candidate["callsign"] not in asked]
        for callsign in nearest[:missing]:
            words = {"callsign": callsign, "reason": NEAREST}
            if self._ask("POST", f"/v1/incidents/{name}/assignments", words, key=uuid4().hex) is not None:
                self.counters["sent"] += 1

    def _close(self, incident: Json, result: str) -> None:
        if self._ask("POST", f"/v1/incidents/{incident['id']}/close", {"result": result}) is not None:
            self.counters["closed"] += 1

    def _waited_s(self, *what: str) -> float:
        """Seconds since this was first asked."""
        now_s = self._clock()
        return now_s - self._first_seen_s.setdefault(what, now_s)

    def _ask(self, method: str, path: str, body: Json | None = None, *, key: str | None = None) -> Json | None:
        """The answer; None for a refusal, which is counted and left at that."""
        headers = {} if key is None else {"Idempotency-Key": key}
        response = self._api.request(method, path, json=body, headers=headers)
        if response.is_success:
            answer: Json = response.json()
            return answer
        self.counters[f"refused {response.status_code}"] += 1
        _log.debug("refused", method=method, path=path, status=response.status_code, said=response.text[:200])
        return None
