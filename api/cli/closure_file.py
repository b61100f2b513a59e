"""Closures from a GeoJSON file: each feature as a body of `POST /v1/closures`, or as a closure for an offline question.

It decides which properties of a feature count. What is wrong with one is said of that feature; the others stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from arls.closure import Closure, Closures
    from arls.roads.live import Roads

# In a week every weekly window comes once.
_A_WEEK = timedelta(days=7)
# Whatever else a feature says of itself is somebody else's.
PROPERTIES = ("since", "until", "weekly", "passable", "name", "reason")


class ClosureFileError(ValueError):
    """The file holds no features, or one that is no closure; the text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A feature of the file, counted from 1, as the body that asks for its closure."""

    number: int
    body: dict[str, Any]

    @property
    def name(self) -> str:
        """What people call it, or where it stands in the file."""
        return str(self.body.get("name") or f"feature {self.number}")


def read_wishes(file: Path) -> list[Wish]:
    """The features of a FeatureCollection, or the one Feature. Raises ClosureFileError."""
    import msgspec

    try:
        read = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise ClosureFileError(f"cannot read {file}: {error}") from error
    kind = read.get("type") if isinstance(read, dict) else None
    features = {"FeatureCollection": read.get("features"), "Feature": [read]}.get(str(kind)) if kind else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise ClosureFileError(f"{file} is no FeatureCollection of GeoJSON")
    return [Wish(number=number, body=_body(feature)) for number, feature in enumerate(features, 1)]


def find_fault(wish: Wish) -> str | None:
    """What is wrong with the body as it is; None: it may be sent."""
    from pydantic import ValidationError

    from api.schemas import ClosureBody

    try:
        ClosureBody.model_validate(wish.body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return ": ".join(part for part in (where, str(first["msg"]).removeprefix("Value error, ")) if part)
    return None


def closures_at(file: Path, roads: Roads, at: datetime) -> Closures:
    """The closures of a file that hold at `at` on these roads. Raises ClosureFileError for one that cannot be."""
    return tuple(closure for closure in _closures(file, roads, at) if closure.holds_at(at))


def _closures(file: Path, roads: Roads, at: datetime) -> Iterator[Closure]:
    from api.closures import asked_by
    from api.problems import Problem
    from api.schemas import ClosureBody
    from arls import closure as closures

    for wish in read_wishes(file):
        fault = find_fault(wish)
        try:
            fields = {} if fault else asked_by(ClosureBody.model_validate(wish.body), roads)
        except Problem as problem:
            fault = problem.detail
        if not fault:
            made = closures.Closure(**fields | {"id": f"F{wish.number:04d}", "since": _since(fields, at)})
            wrong = closures.find_fault(made, min(at, made.since))  # one that is over is none, and no fault
            if wrong is None:
                yield made
                continue
            fault = wrong.reason
        raise ClosureFileError(f"{file}, {wish.name}: {fault}")


def _since(fields: dict[str, Any], at: datetime) -> datetime:
    """When it began: where the file does not say, before anyone asks."""
    since, until = fields["since"], fields["until"]
    return since or (at if until is None else min(at, until - _A_WEEK))


def _body(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature.get("properties") or {}
    body = {name: value for name in PROPERTIES if (value := properties.get(name)) is not None}
    passable = body.get("passable")
    if isinstance(passable, str):  # where a format knows no lists: `foot, cycle`
        body["passable"] = [word.strip() for word in passable.split(",") if word.strip()]
    return {"geometry": feature.get("geometry"), **body}
