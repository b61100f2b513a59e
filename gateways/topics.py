"""Topic names, as the contract fixes them.

It decides how a device becomes a topic and what a topic says. It knows no broker; payloads are `payloads`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

LONGEST_ID = 64

_ROOT = "arls/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a topic says: the force, which kind of thing, and its name (a device's source, a gateway, a callsign)."""

    force: str
    kind: str  # fix, event, caller, status, receipt
    name: str
    type: str = ""  # of an event


@lru_cache(maxsize=65_536)  # 5 us a call, and a device calls all day
def device_path(source: str) -> str:
    """`<scheme>/<id>` of a device. A `/` inside an id is written `:`, everything else outside ASCII words is encoded.

    Raises ValueError where the scheme is missing or the id is longer than 64 characters.
    """
    scheme, colon, value = source.partition(":")
    path = ":".join(quote(part, safe="") for part in value.split("/"))
    if not (scheme and colon and value) or not scheme.isascii() or not scheme.replace("-", "").isalnum():
        raise ValueError(f"{source!r} is no device: it must read <scheme>:<id>")
    if len(path) > LONGEST_ID:
        raise ValueError(f"{source!r} is longer than {LONGEST_ID} characters in a topic")
    return f"{scheme}/{path}"


def fix_topic(force: str, source: str) -> str:
    """Where fixes of a device go."""
    return f"{_ROOT}/{_level(force)}/fix/{device_path(source)}"


def event_topic(force: str, source: str, event_type: str) -> str:
    """Where events of a device go."""
    return f"{_ROOT}/{_level(force)}/event/{device_path(source)}/{_level(event_type)}"


def caller_topic(force: str, call: str) -> str:
    """Where the locations of a call go."""
    return f"{_ROOT}/{_level(force)}/caller/{_level(call)}/location"


def status_topic(force: str, gateway: str) -> str:
    """Where a gateway says that it lives; also its will."""
    return f"{_ROOT}/{_level(force)}/gw/{_level(gateway)}/status"


def every_status(force: str) -> str:
    """What brings the word of all gateways of a force."""
    return f"{_ROOT}/{_level(force)}/gw/+/status"


def receipt_topic(force: str, gateway: str) -> str:
    """Where the engine tells a gateway what is journalled."""
    return f"{_ROOT}/{_level(force)}/gw/{_level(gateway)}/receipt"


def command_topic(force: str, gateway: str) -> str:
    """Where a gateway is asked to ask a radio for a report."""
    return f"{_ROOT}/{_level(force)}/cmd/{_level(gateway)}"


def answer_topic(force: str, gateway: str) -> str:
    """Where it answers whoever names no response topic."""
    return f"{_ROOT}/{_level(force)}/gw/{_level(gateway)}/answer"


def response_root(force: str) -> str:
    """Below this a response topic may lie: anywhere else an answer might pass for a fix."""
    return f"{_ROOT}/{_level(force)}/rsp/"


def subscriptions(force: str) -> tuple[str, ...]:
    """What the engine listens to in its turn: fixes, callers, and the gateways' status."""
    root = f"{_ROOT}/{_level(force)}"
    return f"{root}/fix/#", f"{root}/caller/+/location", every_status(force)


def pressing_subscriptions(force: str) -> tuple[str, ...]:
    """What the engine listens to before everything else: an emergency among the events waits behind no fixes."""
    return (f"{_ROOT}/{_level(force)}/event/#",)


def find_address(topic: str) -> Address | None:
    """What a topic says; None for one that is not ours."""
    match topic.split("/"):
        case ["arls", "v1", force, "fix", scheme, device]:
            return Address(force=unquote(force), kind="fix", name=_source_of(scheme, device))
        case ["arls", "v1", force, "event", scheme, device, event_type]:
            return Address(
                force=unquote(force), kind="event", name=_source_of(scheme, device), type=unquote(event_type)
            )
        case ["arls", "v1", force, "caller", call, "location"]:
            return Address(force=unquote(force), kind="caller", name=unquote(call))
        case ["arls", "v1", force, "gw", gateway, "status" | "receipt" as kind]:
            return Address(force=unquote(force), kind=kind, name=unquote(gateway))
        case _:
            return None


def _level(word: str) -> str:
    """One level of a topic."""
    if not word:
        raise ValueError("a level of a topic has a name")
    return quote(word, safe="")


def _source_of(scheme: str, path: str) -> str:
    """The device that `device_path` wrote."""
    return f"{scheme}:{'/'.join(unquote(part) for part in path.split(':'))}"


def feed_prefix(force: str) -> str:
    """How every uid begins under which ARLS tells others of this force's units (Cursor on Target)."""
    return f"arls.{force}."
