"""Candidates whom nobody reads first, as JSON straight from columns: the same bytes as those of their Structs.

It decides nothing. What is told of a candidate is `candidates`' to say: the words of each are asked for there once, and
kept as long as the unit is and does the same; the numbers are written by a kernel that holds no lock of Python's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numba import njit

from arls.candidates import find_flight, reasons_of
from arls.eligibility import ago
from arls.lists import STANDS
from arls.reasons import Note
from arls.shifts import may_speak
from arls.track import Freshness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from arls.candidates import Reason
    from arls.eligibility import Everybody
    from arls.lineup import Lineup, Row
    from arls.roster import Doing

    Bytes = NDArray[np.uint8]
    Longs = NDArray[np.int64]

# Between the numbers of a row; the words of a unit stand behind its rank, and behind the age of its fix.
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


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """What is said of one unit as it is and does now."""

    doing: Doing
    stand: int
    others: int  # who attend what it attends
    head: bytes
    fresh: bytes  # all that stands behind the age of a fresh fix
    before: bytes  # of another fix: what stands before the reason of its age, and behind it
    behind: bytes


# By unit number and profile, for it costs more to say it again than to look whether it is still so. Whatever is here is
# compared with what is known by identity, so that no other picture's words are ever told.
_said: dict[tuple[int, str], _Words] = {}


def tail_of(lineup: Lineup, rows: Sequence[Row], crow_m: NDArray[np.float64], everybody: Everybody) -> bytes:
    """The candidates of these rows, none looked at closely, as JSON with commas between; `crow_m` is to a tenth."""
    if not rows:
        return b""
    words = [_words_of(row, everybody) for row in rows]
    heads, feet = [head for head, _ in words], [foot for _, foot in words]
    places = np.array([row.place for row in rows])
    numbers = (lineup.low_s, lineup.mid_s, lineup.high_s)
    thousandths = [np.rint(column[places] * 1000.0).astype(np.int64) for column in (*numbers, lineup.age_s)]
    tenths = [np.rint(column * 10.0).astype(np.int64) for column in (lineup.distance_m[places], crow_m)]
    flies = np.array([party.mobility.straight is not None for party in lineup.parties])[lineup.party[places]]
    head, head_start = _joined(heads)
    foot, foot_start = _joined(feet)
    out = np.empty(len(head) + len(foot) + _ROOM * len(rows), np.uint8)
    straight = lineup.guessed[places] | flies
    size: int = _write(  # type: ignore[call-arg] # of a kernel with more columns than its stub counts
        _BLOB, _STARTS, places + 1, head, head_start, foot, foot_start, *thousandths, *tenths, straight, out
    )
    return out[: size - 1].tobytes()


def _joined(texts: Sequence[bytes]) -> tuple[Bytes, Longs]:
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return np.frombuffer(b"".join(texts), np.uint8), starts


def _words_of(row: Row, everybody: Everybody) -> tuple[bytes, bytes]:
    doing, number = everybody.known.roster.doings[row.numbers], row.numbers
    freshness = everybody.freshness(number)
    kept = _said.get((number, row.mobility.name))
    others = len(everybody.attending[doing.task.incident]) if doing.task is not None else 0
    if kept is None or kept.doing is not doing or kept.stand != row.stand or kept.others != others:
        kept = _said[number, row.mobility.name] = _made(row, everybody, others)
    if row.guessed or row.mobility.straight is not None or _speaks(row, everybody):
        return kept.head, _foot(freshness, row.mobility.name, _json(_reasons(row, everybody)))
    if freshness is Freshness.FRESH:
        return kept.head, kept.fresh
    old = b'{"code":"%b","text":"position %b old"}' % (Note.OLD_FIX.encode(), ago(row.age_s).encode())
    reasons = b",".join(part for part in (kept.before, old, kept.behind) if part)
    return kept.head, _foot(freshness, row.mobility.name, reasons)


def _reasons(row: Row, everybody: Everybody) -> tuple[Reason, ...]:
    doing, freshness = everybody.known.roster.doings[row.numbers], everybody.freshness(row.numbers)
    return reasons_of(doing, row, freshness, everybody, find_flight(row, everybody.known))


def _speaks(row: Row, everybody: Everybody) -> bool:
    """Whether its shift may say something, which depends on the time."""
    shift = everybody.known.roster.doings[row.numbers].unit.shift
    return shift is not None and may_speak(shift, everybody.at, row.mid_s)


def _made(row: Row, everybody: Everybody, others: int) -> _Words:
    doing = everybody.known.roster.doings[row.numbers]
    told = {
        "callsign": doing.unit.callsign,
        "kind": doing.unit.kind,
        "list": STANDS[row.stand].listed,
        "diverts_from": doing.task.incident if doing.task else None,
    }
    # As of a fix that is not fresh, so that it is known where the reason of its age stands.
    alike = row._replace(age_s=0.0, guessed=False)
    reasons = reasons_of(doing, alike, Freshness.STALE, everybody, None)
    place = next(n for n, reason in enumerate(reasons) if reason.code == Note.OLD_FIX)
    before, behind = _json(reasons[:place]), _json(reasons[place + 1 :])
    fresh = b",".join(part for part in (before, behind) if part)
    return _Words(
        doing,
        row.stand,
        others,
        msgspec.json.encode(told)[1:-1] + b",",
        _foot(Freshness.FRESH, row.mobility.name, fresh),
        before,
        behind,
    )


def _json(reasons: Sequence[Reason]) -> bytes:
    """Reasons as they stand in a list."""
    return msgspec.json.encode(reasons)[1:-1]


def _foot(freshness: Freshness, profile: str, reasons: bytes) -> bytes:
    told = b'"freshness":"%b","profile":%b,"reasons":[%b],"first_probability":null'
    return told % (freshness.encode(), msgspec.json.encode(profile), reasons)


@njit(cache=True, nogil=True)
def _write(
    blob: Bytes,
    starts: Longs,
    ranks: Longs,
    head: Bytes,
    head_start: Longs,
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
        at = _text(head, head_start[row], head_start[row + 1], out, at)
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
    for n in range(first, last):
        out[at + n - first] = text[n]
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
