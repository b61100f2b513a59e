"""Packs from TOML files, refused with file, line, field and what that may be.

It decides what becomes of a file; what a pack may say is `policy`'s, `state_codes`' and `plan`'s to decide.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from arls.packs.allowed import allowed_at
from arls.packs.lines import line_of, lines_of
from arls.plan import PlanPack, plan_faults_of
from arls.policy import Fault, Policy, faults_of
from arls.state_codes import StatePack, state_faults_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from arls.packs.lines import Way

POLICIES = Path(__file__).with_name("policies")
STATES = Path(__file__).with_name("states")
PLANS = Path(__file__).with_name("plans")
# A pack is a page; who names another file by mistake is not to wait for it.
_MOST_OCTETS = 1_000_000

_Pack = TypeVar("_Pack", Policy, StatePack, PlanPack)


class PackError(ValueError):
    """A pack that cannot be used: one sentence, which names file, line and field."""


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises PackError."""
    return _read(path, Policy, faults_of)


def read_states(path: Path) -> StatePack:
    """The state codes in a file. Raises PackError."""
    return _read(path, StatePack, state_faults_of)


def read_plans(path: Path) -> PlanPack:
    """The response plans in a file. Raises PackError."""
    return _read(path, PlanPack, plan_faults_of)


def read_any(path: Path) -> Policy | StatePack | PlanPack:
    """Whichever a file is: one with `codes` is a pack of state codes, one with `plans` of plans. Raises PackError."""
    table = _table_of(path)[0]
    if "plans" in table:
        return read_plans(path)
    return read_states(path) if "codes" in table else read_policy(path)


def _read(path: Path, kind: type[_Pack], faults: Callable[[_Pack], Iterator[Fault]]) -> _Pack:
    table, text = _table_of(path)
    try:
        pack = msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        fault = _fault_of(error, kind)
    else:
        found = next(faults(pack), None)
        if found is None:
            return pack
        fault = found
    raise PackError(f"{path}, line {line_of(fault.where, lines_of(text))}: {_dotted(fault.where)} {fault.reason}")


def _table_of(path: Path) -> tuple[dict[str, Any], str]:
    try:
        if path.stat().st_size > _MOST_OCTETS:
            raise PackError(f"{path} is no pack: it has more than {_MOST_OCTETS:,} octets")
        # As tomllib takes it: a line may end as on Windows.
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except OSError as error:
        raise PackError(f"cannot read the pack {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PackError(f"{path} is not UTF-8 (octet {error.start}), so it is not TOML") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PackError(f"{path} is not TOML: {str(error) or 'too deep'}") from None


# msgspec's words: "Expected `int`, got `str` - at `$.grades[0].deploy_target_s`".
_WHERE = re.compile(r" - at `(?:key in )?\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\[\.\.\.\]")
_NAMED = re.compile(r"^Object (contains unknown|missing required) field `(.*)`$", re.DOTALL)


def _fault_of(error: msgspec.ValidationError, kind: type[Policy | StatePack | PlanPack]) -> Fault:
    found = _WHERE.search(str(error))
    said, steps = str(error)[: found.start()] if found else str(error), found[1] if found else ""
    where: Way = tuple(int(place) if place else name for name, place in _STEP.findall(steps) if name or place)
    named = _NAMED.match(said)
    if named is None:
        return Fault(where, f"must be {allowed_at(kind, where)}: {said[:1].lower()}{said[1:].replace('`', '')}")
    where = (*where, named[2])
    if named[1].startswith("contains"):
        return Fault(where, f"is no field here: it may be {allowed_at(kind, where[:-1])}")
    return Fault(where, f"is missing: it must be {allowed_at(kind, where)}")


def _dotted(where: Way) -> str:
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return said.removeprefix(".") or "the file"
