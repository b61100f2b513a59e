"""Profiles as data: each kind of unit is a TOML file in `profiles/`, every value with its source beside it.

It decides what a profile may say, and refuses what it does not know by file and key. What the values cost on a
network is `profile`'s business.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec

from arls.closure import Passer
from arls.roads.network import Access, JunctionFlag, RoadClass

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).with_name("profiles")

Kind = Literal["road", "air", "water"]

# As whom a kind of traffic passes a closure, by itself.
_PASSES = {Access.FOOT: Passer.FOOT, Access.CYCLE: Passer.CYCLE, Access.BUS: Passer.BUS}

_Member = TypeVar("_Member", RoadClass, JunctionFlag)
_Value = TypeVar("_Value", float, int)


class ProfileError(ValueError):
    """A profile that cannot be used: one sentence, which names the file and the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Straight:
    """How who needs no road gets about."""

    cruise_kmh: float
    launch_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A mobility in a response mode: where it may go, and how fast it is there. Only the kind `road` may go by road."""

    name: str
    kind: Kind
    straight: Straight | None  # of the kind `air` alone
    uses: Access  # the kinds of traffic it counts as
    exempt_ms: Mapping[Access, int]  # what it may ignore: kinds of traffic to follow, and what it costs to begin
    passes: frozenset[Passer]  # a closure that any of these may pass does not bind it
    class_kmh: Mapping[RoadClass, float]  # where no limit is known; it may not go on a class that is not here
    limit_factor: float | None  # its speed by the signed limit; None: limits are nothing to it
    cap_kmh: float
    unpaved_cap_kmh: float
    aisle_cap_kmh: float | None  # in parking aisles, driveways and alleys; None: as on any road
    turn_ms: int  # a turn right round, where there was another way to go; a right angle costs half of it
    across_ms: int  # the same, more, for a turn across the oncoming traffic
    u_turn_ms: int  # onto the other side of the same street
    wait_ms: Mapping[JunctionFlag, int]

    @property
    def may_use(self) -> Access:
        """Every kind of traffic that it counts as or may follow."""
        mask = self.uses
        for kind in self.exempt_ms:
            mask |= kind
        return mask


_Speed = Annotated[float, msgspec.Meta(gt=0.0, le=1_000.0)]  # km/h
_Millis = Annotated[int, msgspec.Meta(ge=0, le=3_600_000)]
_Traffic = Literal["motor", "emergency", "bus", "cycle", "foot", "private"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a pack: no key that is not named here."""


class _Straight(_Table, frozen=True):
    cruise_kmh: _Speed
    launch_s: Annotated[float, msgspec.Meta(ge=0.0, le=3_600.0)]


class _Limits(_Table, frozen=True):
    cap_kmh: _Speed
    unpaved_cap_kmh: _Speed
    aisle_cap_kmh: _Speed | None = None  # None: as on any road
    factor: Annotated[float, msgspec.Meta(gt=0.0, le=2.0)] | None = None


class _Turns(_Table, frozen=True):
    turn_ms: _Millis
    across_ms: _Millis
    u_turn_ms: _Millis


class _MayIgnore(_Table, frozen=True):
    bus_ms: _Millis | None = None
    private_ms: _Millis | None = None
    banned_turn_ms: _Millis | None = None  # None: turns that a sign bans are obeyed


class _Closures(_Table, frozen=True):
    passes_as: list[Passer] = []


class _Road(_Table, frozen=True, tag="road", tag_field="kind"):
    uses: list[_Traffic]
    speeds_kmh: dict[str, _Speed]
    limits: _Limits
    turns: _Turns
    waits_ms: dict[str, _Millis]
    may_ignore: _MayIgnore
    closures: _Closures = _Closures()


class _Air(_Table, frozen=True, tag="air", tag_field="kind"):
    straight: _Straight


class _Water(_Table, frozen=True, tag="water", tag_field="kind"):
    pass


def load_profiles(folder: Path = FOLDER) -> dict[str, Profile]:
    """The profile of every pack in a folder, by name. Raises ProfileError."""
    return {path.stem: load_profile(path) for path in sorted(folder.glob("*.toml"))}


def load_profile(path: Path) -> Profile:
    """The profile of one pack, named as its file. Raises ProfileError."""
    try:
        return _profile_of(path.stem, msgspec.convert(_read(path, likened=()), _Road | _Air | _Water))
    except (msgspec.ValidationError, ValueError, OSError) as error:
        raise ProfileError(f"{path.name} cannot be used as a profile: {error}") from error


def _read(path: Path, likened: tuple[str, ...]) -> dict[str, Any]:
    """A pack with what it leaves out taken from the one it is `like`, table by table."""
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    if (like := pack.pop("like", None)) is None:
        return pack
    if not isinstance(like, str) or like in (*likened, path.stem):
        raise ValueError(f"`like` must name another profile, and none that is like this one - at `$.like`: {like!r}")
    base = _read(path.with_name(f"{Path(like).name}.toml"), (*likened, path.stem))
    return base | {key: _joined(base.get(key), value) for key, value in pack.items()}


def _joined(before: object, value: object) -> object:
    return before | value if isinstance(before, dict) and isinstance(value, dict) else value


def _profile_of(name: str, pack: _Road | _Air | _Water) -> Profile:
    match pack:
        case _Road():
            return _by_road(name, pack)
        case _Air(straight=straight):
            return _off_road(name, "air", Straight(cruise_kmh=straight.cruise_kmh, launch_s=straight.launch_s))
        case _Water():
            return _off_road(name, "water", None)


def _by_road(name: str, pack: _Road) -> Profile:
    ignored = {
        Access.BUS: pack.may_ignore.bus_ms,
        Access.PRIVATE: pack.may_ignore.private_ms,
        Access.BANNED_TURN: pack.may_ignore.banned_turn_ms,
    }
    uses = Access(0)
    for kind in pack.uses:
        uses |= Access[kind.upper()]
    return Profile(
        name=name,
        kind="road",
        straight=None,
        uses=uses,
        exempt_ms={kind: ms for kind, ms in ignored.items() if ms is not None},
        passes=frozenset(pack.closures.passes_as) | {who for kind, who in _PASSES.items() if kind & uses},
        class_kmh=_by_member(RoadClass, pack.speeds_kmh, "speeds_kmh"),
        limit_factor=pack.limits.factor,
        cap_kmh=pack.limits.cap_kmh,
        unpaved_cap_kmh=pack.limits.unpaved_cap_kmh,
        aisle_cap_kmh=pack.limits.aisle_cap_kmh,
        turn_ms=pack.turns.turn_ms,
        across_ms=pack.turns.across_ms,
        u_turn_ms=pack.turns.u_turn_ms,
        wait_ms=_by_member(JunctionFlag, pack.waits_ms, "waits_ms"),
    )


def _off_road(name: str, kind: Kind, straight: Straight | None) -> Profile:
    return Profile(
        name=name,
        kind=kind,
        straight=straight,
        uses=Access(0),
        exempt_ms={},
        passes=frozenset(),
        class_kmh={},
        limit_factor=None,
        cap_kmh=0.0,
        unpaved_cap_kmh=0.0,
        aisle_cap_kmh=None,
        turn_ms=0,
        across_ms=0,
        u_turn_ms=0,
        wait_ms={},
    )


def _by_member(members: type[_Member], values: Mapping[str, _Value], table: str) -> dict[_Member, _Value]:
    known = {member.name.lower(): member for member in members if member.name}
    for name in values.keys() - known.keys():
        raise ValueError(f"Object contains unknown field `{name}` - at `$.{table}`")
    return {known[name]: value for name, value in values.items()}
