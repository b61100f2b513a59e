"""The last scene: the engine's process is killed while fixes and an assignment are on their way, and starts again."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from api.tour.play import OPPOSITE, driving
from api.tour.record import missing_of, records_in, verify
from api.tour.words import minutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.tour.play import Play

    Json = Mapping[str, Any]

# So long after the request was sent the process dies: the answer may have come, or not.
_MEANWHILE_S = 0.02
_CAUGHT_UP_WITHIN_S = 60.0
# The last reports of the emergency have arrived by then, and will not raise it again.
_CALM_S = 8.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """An assignment that is asked for with a key: however often it is sent, it is made once."""

    incident: str
    callsign: str
    key: str

    def send(self, play: Play) -> Json:
        """Ask for it. Raises httpx.TransportError when nobody answers."""
        words = {"callsign": self.callsign, "reason": "second unit"}
        return play.desk.post(f"incidents/{self.incident}/assignments", words, key=self.key)


def killed(play: Play) -> None:
    """Kill -9, and nothing is lost."""
    request, before = _announce(play)
    answered, killed_s = _kill(play, request), monotonic()
    left = records_in(play.data)
    play.engine.start()
    waited, down_s = len(play.edge.gateway.spool), monotonic() - killed_s
    play.director.began_again()
    play.director.say(
        "The engine is back",
        f"After {minutes(down_s)} it serves again, from the journal that the kill left. The gateway hands over what "
        "waited, the assignment is asked for once more with the same key, and the record is verified.",
        ("Waits in the gateway", f"{waited:,} publications"),
    )
    made, newest = request.send(play), play.edge.gateway.spool.newest
    play.director.until(
        lambda: _gateway(play)["seq"] >= newest,
        "what waited in the gateway was to be journalled",
        within_s=_CAUGHT_UP_WITHIN_S,
    )
    _tell(play, _Outage(before=before, left=left, made=made, answered=answered, waited=waited, down_s=down_s))
    _calm(play)


@dataclass(frozen=True, kw_only=True)
class _Outage:
    """What was so before, and how it was then."""

    before: Json  # the gateway's receipt
    left: int  # records, as the kill left the journal
    made: Json  # the assignment that was on its way
    answered: bool  # before the kill
    waited: int  # publications in the gateway when the engine was back
    down_s: float


def _announce(play: Play) -> tuple[Request, Json]:
    candidates = driving(play.desk.ranking(play.incident))
    second = next(one["callsign"] for one in candidates if one["callsign"] not in {play.sent, OPPOSITE})
    play.director.say(
        "The engine is killed",
        "In a moment the engine's process is killed with SIGKILL (kill -9), as a crash would end it, while radios "
        f"report and an assignment of {second} is on its way. Broker, gateway and radios go on. This screen turns "
        "NOT LIVE and says how old its picture is, until the engine is back on the same journal.",
        ("Acknowledged", f"publications 1 to {_gateway(play)['seq']:,} of the gateway"),
        ("Assigned", f"{play.sent}: {play.assignment}"),
        ("Emergency", play.officer),
    )
    play.director.hold()
    return Request(incident=play.incident, callsign=second, key=uuid4().hex), _gateway(play)


def _kill(play: Play, request: Request) -> bool:
    """Kill the engine with the request under way; true where it was answered before."""
    answers: list[Json] = []

    def ask() -> None:
        with suppress(httpx.TransportError):
            answers.append(request.send(play))

    asking = threading.Thread(target=ask)
    asking.start()
    sleep(_MEANWHILE_S)
    play.engine.kill()
    asking.join()
    return bool(answers)


def _tell(play: Play, outage: _Outage) -> None:
    before, made = outage.before, outage.made
    missing, after = missing_of(play.data, before["session"], before["seq"]), verify(play.data)
    incident = play.desk.get(f"incidents/{play.incident}")
    standing = {one["id"]: one for one in incident["assignments"]}
    first, doubled = standing[play.assignment], sum(one["callsign"] == made["callsign"] for one in standing.values())
    emergencies = [one["callsign"] for one in play.desk.get("emergencies")["emergencies"]]
    play.director.say(
        "Killed, and nothing is lost" if not missing and after.ok else "Killed, and something is missing",
        f"The engine was away for {minutes(outage.down_s)}. What the radios said meanwhile waited in the gateway, "
        "which keeps a report until the engine says that it is journalled. The assignment that was on its way was "
        f"{'answered just before' if outage.answered else 'cut off'}; asked for again with the same key it is "
        f"{'one' if doubled == 1 else doubled}: {made['id']} of {made['callsign']}.",
        ("Acknowledged before", f"publications 1 to {before['seq']:,}; missing in the journal: {missing}"),
        ("Waited in the gateway", f"{outage.waited:,} publications, now journalled up to {_gateway(play)['seq']:,}"),
        ("Assigned before", f"{first['callsign']}: {first['id']}, {first['state'].replace('_', ' ')}"),
        ("Emergency", ", ".join(emergencies) or "none"),
        ("Journal after the kill", f"{outage.left:,} records"),
        ("arls journal verify", after.said),
        incident=play.incident,
    )
    play.director.hold()


def _calm(play: Play) -> None:
    """The officer is all right: said by voice, and ended by the desk."""
    play.force.calm_down(play.officer)
    play.director.wait(_CALM_S)
    play.desk.post(f"units/{play.officer}/emergency/cancel")


def _gateway(play: Play) -> Json:
    (gateway,) = play.desk.get("status")["gateways"]
    found: Json = gateway
    return found
