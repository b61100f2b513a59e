"""Candidates whom nobody reads first, as JSON straight from columns: the same bytes as those of their Structs.

It decides nothing. What is told of a candidate is `candidates`' to say: of units that are alike it is asked once, and
the numbers are written by a kernel that holds no lock of Python's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace
from numba import njit

from arls.candidates import find_flight, reasons_of
from arls.eligibility import ago
from arls.lists import STANDS
from arls.reasons import Note
from arls.track import FRESHNESS, Freshness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from arls.candidates import Reason
    from arls.eligibility import Everybody
    from arls.incident import IncidentId
    from arls.lineup import Lineup, Row

    Bools = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Longs = NDArray[np.int64]

# Between the numbers of a row. What is said of a unit stands behind its rank, what of its list behind that, and all
# else behind the age of its fix.
_PARTS = (
    b'{"rank":',
    b",",
    b'"eta_s":{"low":',
    b',"mid":',
    b',"high":',
    b'},"basis":"road","distance_m":',
    b'},"basis":"straight_line","distance_m":',
    b',"straight_line_m":',
    b',"streets":[],"fix_age_s":',
    b",",
    b"},",
)
_BLOB = np.frombuffer(b"".join(_PARTS), np.uint8)
_STARTS = np.append(0, np.cumsum([len(part) for part in _PARTS])).astype(np.int64)
# No row is longer than its words and this.
_ROOM = 400
# Of a shift: a clock of datetimes counts microseconds, one of floats rounds them.
_ABOUT_S = 0.001


class _Words(NamedTuple):
    """What is said of a unit behind its name, and behind the age of its fix."""

    listed: bytes
    foot: bytes


class _Alike(NamedTuple):
    """What is said of all units of a kind that go by one profile and stand on one list."""

    words: _Words  # of one whose fix is fresh
    profile: str
    before: bytes  # of another: what stands before the reason of its age
    behind: bytes  # and what behind it


def tail_of(lineup: Lineup, places: range, crow_m: Floats, everybody: Everybody) -> bytes:
    """The candidates at these places, none looked at closely, as JSON with commas between; `crow_m` is to a tenth."""
    if not places:
        return b""
    here = slice(places.start, places.stop)
    names = everybody.known.roster.names
    words = _words(lineup, here, everybody)
    told = ([names[number] for number in lineup.numbers[here].tolist()], *zip(*words, strict=True))
    texts: list[Any] = [array for column in told for array in _joined(column)]
    room = sum(len(text) for text in texts[::2]) + _ROOM * len(places)
    out = np.empty(room, np.uint8)
    numbers = (lineup.low_s, lineup.mid_s, lineup.high_s, lineup.age_s)
    thousandths = [np.rint(column[here] * 1000.0).astype(np.int64) for column in numbers]
    tenths = [np.rint(column * 10.0).astype(np.int64) for column in (lineup.distance_m[here], crow_m)]
    straight = lineup.guessed[here] | _flies(lineup, here)
    ranks = np.arange(places.start + 1, places.stop + 1)
    size: int = _write(  # type: ignore[call-arg] # of a kernel with more columns than its stub counts
        _BLOB, _STARTS, ranks, *texts, *thousandths, *tenths, straight, out
    )
    return out[: size - 1].tobytes()


def _joined(texts: Sequence[bytes]) -> tuple[Bytes, Longs]:
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return np.frombuffer(b"".join(texts), np.uint8), starts


def _flies(lineup: Lineup, here: slice) -> Bools:
    by_party: Bools = np.array([party.mobility.straight is not None for party in lineup.parties])
    return by_party[lineup.party[here]]


def _words(lineup: Lineup, here: slice, everybody: Everybody) -> list[_Words]:
    """What is said of each: of most the same as of others, of some what is said of nobody else."""
    numbers, roster = lineup.numbers[here], everybody.known.roster
    sorts = (everybody.kind[numbers] * len(lineup.parties) + lineup.party[here]) * len(STANDS) + lineup.stand[here]
    _, firsts, group = np.unique(sorts, return_index=True, return_inverse=True)
    alone = roster.alone[numbers] | lineup.guessed[here] | _flies(lineup, here)
    there_s = everybody.at.timestamp() + lineup.mid_s[here] + _ABOUT_S
    alone |= roster.speaks_at_s[numbers] <= there_s
    alike = [_alike_of(row, everybody) for row in lineup.rows((firsts + here.start).tolist())]
    words = [alike[one].words for one in group.tolist()]
    stale = everybody.freshness_place[numbers] != FRESHNESS.index(Freshness.FRESH)
    for row in lineup.rows((np.flatnonzero(alone) + here.start).tolist()):
        words[row.place - here.start] = _words_alone(row, everybody)
    for place, age_s in zip(*_at(np.flatnonzero(stale & ~alone), lineup.age_s[here]), strict=True):
        freshness = everybody.freshness(int(numbers[place]))
        words[place] = _of_age(alike[group[place]], freshness, age_s)
    return words


def _at(places: Longs, column: Floats) -> tuple[list[int], list[float]]:
    return places.tolist(), column[places].tolist()


def _of_age(alike: _Alike, freshness: Freshness, age_s: float) -> _Words:
    old = b'{"code":"%b","text":"position %b old"}' % (Note.OLD_FIX.encode(), ago(age_s).encode())
    return alike.words._replace(foot=_foot(freshness, alike.profile, _list((alike.before, old, alike.behind))))


def _alike_of(row: Row, everybody: Everybody) -> _Alike:
    doing = everybody.known.roster.doings[row.numbers]
    # What is said of it alone is not said of its kind.
    plain = doing._replace(task=None, afoot_m=None, unit=replace(doing.unit, shift=None))
    # As of a fix that is not fresh, so that it is known where the reason of its age stands.
    reasons = reasons_of(plain, row._replace(age_s=0.0, guessed=False), Freshness.STALE, everybody, None)
    place = next(n for n, reason in enumerate(reasons) if reason.code == Note.OLD_FIX)
    before, behind = _json(reasons[:place]), _json(reasons[place + 1 :])
    profile = row.mobility.name
    words = _Words(_listed(row, None), _foot(Freshness.FRESH, profile, _list((before, behind))))
    return _Alike(words, profile, before, behind)


def _words_alone(row: Row, everybody: Everybody) -> _Words:
    doing, freshness = everybody.known.roster.doings[row.numbers], everybody.freshness(row.numbers)
    reasons = reasons_of(doing, row, freshness, everybody, find_flight(row, everybody.known))
    listed = _listed(row, doing.task.incident if doing.task else None)
    return _Words(listed, _foot(freshness, row.mobility.name, _json(reasons)))


def _listed(row: Row, leaves: IncidentId | None) -> bytes:
    told = {"list": STANDS[row.stand].listed, "diverts_from": leaves}
    return msgspec.json.encode(told)[1:-1] + b","


def _json(reasons: Sequence[Reason]) -> bytes:
    """Reasons as they stand in a list."""
    return msgspec.json.encode(reasons)[1:-1]


def _list(parts: Iterable[bytes]) -> bytes:
    return b",".join(part for part in parts if part)


def _foot(freshness: Freshness, profile: str, reasons: bytes) -> bytes:
    told = b'"freshness":"%b","profile":%b,"reasons":[%b],"first_probability":null'
    return told % (freshness.encode(), msgspec.json.encode(profile), reasons)


@njit(cache=True, nogil=True)
def _write(
    blob: Bytes,
    starts: Longs,
    ranks: Longs,
    name: Bytes,
    name_start: Longs,
    listed: Bytes,
    listed_start: Longs,
    foot: Bytes,
    foot_start: Longs,
    low_ms: Longs,
    mid_ms: Longs,
    high_ms: Longs,
    age_ms: Longs,
    distance_dm: Longs,
    crow_dm: Longs,
    straight: NDArray[np.bool_],
    out: Bytes,
) -> int:
    """Writes the rows, each with a comma behind it, and gives how many bytes they have."""
    at = 0
    for row in range(len(ranks)):
        at = _whole(ranks[row], out, _text(blob, starts[0], starts[1], out, at))
        at = _text(blob, starts[1], starts[2], out, at)
        at = _text(name, name_start[row], name_start[row + 1], out, at)
        at = _text(listed, listed_start[row], listed_start[row + 1], out, at)
        at = _decimal(low_ms[row], 3, out, _text(blob, starts[2], starts[3], out, at))
        at = _decimal(mid_ms[row], 3, out, _text(blob, starts[3], starts[4], out, at))
        at = _decimal(high_ms[row], 3, out, _text(blob, starts[4], starts[5], out, at))
        basis = 6 if straight[row] else 5
        at = _decimal(distance_dm[row], 1, out, _text(blob, starts[basis], starts[basis + 1], out, at))
        at = _decimal(crow_dm[row], 1, out, _text(blob, starts[7], starts[8], out, at))
        at = _decimal(age_ms[row], 3, out, _text(blob, starts[8], starts[9], out, at))
        at = _text(blob, starts[9], starts[10], out, at)
        at = _text(foot, foot_start[row], foot_start[row + 1], out, at)
        at = _text(blob, starts[10], starts[11], out, at)
    return at


@njit(cache=True, nogil=True)
def _text(text: Bytes, first: int, last: int, out: Bytes, at: int) -> int:
    out[at : at + last - first] = text[first:last]
    return at + last - first


@njit(cache=True, nogil=True)
def _whole(number: int, out: Bytes, at: int) -> int:
    """A number that is not below 0, in digits."""
    size, rest = 1, number // 10
    while rest > 0:
        size += 1
        rest //= 10
    for n in range(size):
        out[at + size - 1 - n] = 48 + number % 10
        number //= 10
    return at + size


@njit(cache=True, nogil=True)
def _decimal(number: int, places: int, out: Bytes, at: int) -> int:
    """So many tenths, or thousandths, as JSON has a float: at least one decimal, and no nought behind another."""
    unit = 10**places
    at = _whole(number // unit, out, at)
    out[at] = 46
    rest = number % unit
    size = 0
    while size == 0 or rest > 0:
        unit //= 10
        size += 1
        out[at + size] = 48 + rest // unit
        rest %= unit
    return at + size + 1
