"""A roster as CSV, as spreadsheets write it: each row as a line of a shift change, or what is wrong with it and where.

It decides columns and how their cells are read (docs/units.md lists them). What the force has no word for, and what is
odd about a shift, is said by whoever books it.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from api.bookings import BookingBody
from arls.crew import PROFILES, Mobility
from arls.unit import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS_LIMIT = 5_000
_TEXTS = ("callsign", "role", "organisation", "operation", "talk_group", "station", "profile")
_NUMBERS = {"crew": int, "code": int, "expected_interval_s": float, "reports_every_m": float}
_INSTANTS = ("begins_at", "shift_begins", "shift_ends")
_OTHERS = (
    *("kind", "mobility", "capabilities", "device_scheme", "device_id", "devices", "members"),
    *("vehicle", "vehicle_capabilities", "vehicle_devices", "seats", "lat", "lon"),
)
COLUMNS = frozenset((*_TEXTS, *_NUMBERS, *_INSTANTS, *_OTHERS))
# What a post is called in a roster: what arrives, and the role.
_POSTS = {"response": (UnitKind.CAR, "response"), "pcso": (UnitKind.FOOT, "pcso")}
# As spreadsheets write an instant, the day before the month.
_WRITTEN = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d-%b-%Y %H:%M")
# Days since this one are how Excel keeps an instant (it takes 1900 for a leap year, so the count is one out before).
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock's
_SERIAL = re.compile(r"[345]\d{4}(\.\d+)?")
_LIST = re.compile(r"[;|+,]")


class RosterFileError(ValueError):
    """What was sent is no roster: one sentence."""


class Fault(NamedTuple):
    """What is wrong with a row, by its line in the file and its column."""

    line: int
    callsign: str
    field: str
    reason: str


class Roster(NamedTuple):
    """The good rows with their lines, and what is wrong with the others."""

    rows: list[tuple[int, BookingBody]]
    faults: list[Fault]


def read_roster_file(data: bytes, *, zone: str = "Europe/London") -> Roster:
    """The rows of a file; wall times are those of `zone`. Raises RosterFileError for what is none."""
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RosterFileError(f"there is no time zone {zone}") from None
    text = _text_of(data)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        _refuse_header(names)
        return _read_rows(rows, names, clock)
    except csv.Error as error:
        raise RosterFileError(f"line {rows.line_num}: {error}") from None


def _text_of(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel calls Unicode text
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what Excel calls CSV


def _refuse_header(names: list[str]) -> None:
    if "callsign" not in names:
        raise RosterFileError("the first line must name the columns, and callsign among them")
    unknown = [name for name in names if name and name not in COLUMNS]
    if unknown:
        raise RosterFileError(f"there is no column {unknown[0]}; known are {', '.join(sorted(COLUMNS))}")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise RosterFileError(f"two columns are called {twice}")


def _read_rows(rows: Any, names: list[str], clock: ZoneInfo) -> Roster:
    roster, line_of = Roster([], []), dict[str, int]()
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        line, found = rows.line_num, {n: c.strip() for n, c in zip(names, cells, strict=False) if n}
        callsign = found.get("callsign", "")
        if len(roster.rows) + len(roster.faults) >= ROWS_LIMIT:
            raise RosterFileError(f"a roster has at most {ROWS_LIMIT} rows")
        if len(cells) > len(names):
            fault = Fault(line, callsign, "", f"it has {len(cells)} cells, and the first line names {len(names)}")
            roster.faults.append(fault)
        elif callsign in line_of:
            fault = Fault(line, callsign, "callsign", f"{callsign} stands in line {line_of[callsign]} already")
            roster.faults.append(fault)
        else:
            line_of[callsign] = line
            _read_row(line, found, clock, roster)
    return roster


def _read_row(line: int, found: dict[str, str], clock: ZoneInfo, roster: Roster) -> None:
    callsign = found["callsign"]
    try:
        roster.rows.append((line, BookingBody.model_validate(_body_of({k: v for k, v in found.items() if v}, clock))))
    except _CellError as error:
        roster.faults.append(Fault(line, callsign, error.field, str(error)))
    except ValidationError as error:
        for wrong in error.errors():
            reason = str(wrong["msg"]).removeprefix("Value error, ")
            field = ".".join(str(part) for part in wrong["loc"])
            roster.faults.append(Fault(line, callsign, field, reason[:1].lower() + reason[1:]))


class _CellError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def _body_of(cells: dict[str, str], clock: ZoneInfo) -> dict[str, Any]:
    """A row as the body of a booking; empty cells are not among them."""
    body: dict[str, Any] = {name: cells[name] for name in _TEXTS if name in cells}
    body.update({name: _number(name, cells[name], kind) for name, kind in _NUMBERS.items() if name in cells})
    body |= _of_its_kind(cells, body)
    if "capabilities" in cells:
        body["capabilities"] = _listed(cells["capabilities"])
    devices = [*_listed(cells.get("devices", "")), *_device(cells)]
    if devices:
        body["sources"] = devices
    if "members" in cells:
        body["members"] = [_member(text) for text in re.split(r"[;|]", cells["members"]) if text.strip()]
    at = {name: _instant(name, cells[name], clock) for name in _INSTANTS if name in cells}
    if "begins_at" in at:
        body["begins_at"] = at["begins_at"]
    if "shift_begins" in at or "shift_ends" in at:
        body["shift"] = {"begins_at": at.get("shift_begins"), "ends_at": at.get("shift_ends")}
    return body


def _of_its_kind(cells: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    """What follows from what arrives and how it gets about."""
    said: dict[str, Any] = {}
    kind = cells.get("kind", "")
    if kind:
        said["kind"], role = _POSTS.get(kind, (kind, kind if kind == UnitKind.SPECIAL else ""))
        said |= {"role": role} if role and "role" not in body else {}
    mobility = cells.get("mobility", "car")
    if mobility not in {it.value for it in Mobility}:
        raise _CellError("mobility", f"{mobility} is no way to get about: {', '.join(Mobility)}")
    if "profile" not in body:
        said["profile"] = PROFILES[Mobility(mobility)][1]
    if "vehicle" in cells:
        seats = {"seats": _number("seats", cells["seats"], int)} if "seats" in cells else {}
        skills, devices = (_listed(cells.get(f"vehicle_{name}", "")) for name in ("capabilities", "devices"))
        vehicle = {"id": cells["vehicle"], "mobility": mobility, "capabilities": skills, "devices": devices}
        said["vehicle"] = vehicle | seats
    return said


def _device(cells: dict[str, str]) -> Iterator[str]:
    scheme, device = cells.get("device_scheme"), cells.get("device_id")
    if (scheme is None) != (device is None):
        raise _CellError("device_id", "device_scheme and device_id go together")
    if scheme is not None and device is not None:
        # A phone is a path of two, which a roster writes as a topic does: with a colon.
        yield f"{scheme}:{device.replace(':', '/') if scheme == 'owntracks' else device}"


def _member(text: str) -> dict[str, Any]:
    """`collar 1234/response/taser+medic`: an id, a driving grade and skills, the latter two as far as known."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 3:
        raise _CellError("members", f"{text.strip()}: a member is written id/driver/skill+skill")
    name, driver, skills = [*parts, "", ""][:3]
    return {"id": name, "driver": driver or None, "capabilities": _listed(skills)}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _LIST.split(text) if part.strip()]


def _number(field: str, text: str, kind: type[int | float]) -> float:
    try:
        return kind(text)
    except ValueError:
        raise _CellError(field, f"{text} is no {'whole number' if kind is int else 'number'}") from None


def _instant(field: str, text: str, clock: ZoneInfo) -> str:
    if _SERIAL.fullmatch(text):
        # To the second: the serial's last digits are noise.
        wall = _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
        return wall.replace(tzinfo=clock).astimezone(UTC).isoformat()
    for written in _WRITTEN:
        try:
            wall = datetime.strptime(text, written)  # noqa: DTZ007 - its zone is the next line's
        except ValueError:
            continue
        return wall.replace(tzinfo=clock).astimezone(UTC).isoformat()
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=clock)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise _CellError(field, f"{text} is no instant: 02/03/2026 07:00, or 2026-03-02T07:00:00Z") from None
