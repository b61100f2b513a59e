"""One row of a file of areas as an Area: texts, dates and lists as people write them in tables.

It decides what each field may hold, and says which does not.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from arls.locality import Setting
from arls.roads.network import RoadClass
from maps.areas import Area
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

# What a feature may say, by our names; `area_files` knows the file's.
FIELDS = (
    "kind",
    "id",
    "name",
    "note",
    "setting",
    "powers",
    "forbidden_roles",
    "since",
    "until",
    "owner",
    "review_by",
    "talk_group",
    "contact",
    "desk",
    "road_classes",
    "radius_m",
)
LONGEST = 1_000
_ROAD_CLASSES = tuple(kind.name.lower() for kind in RoadClass)


class AreaError(MapError):
    """A file of areas that cannot be used: one sentence, with the file, the feature, and what is wrong."""


def area_of(row: Mapping[str, Any], *, where: str, source: str, zone: ZoneInfo) -> Area:
    """The area that a row describes. Raises AreaError."""
    kind = str(row["kind"])
    name, identity = text_of(row.get("name"), where, "name"), text_of(row.get("id"), where, "id")
    note = text_of(row.get("note"), where, "note")
    if not (identity or name):
        raise AreaError(f"{where} has neither an id nor a name: map them by `fields`")
    if kind == "warning" and not (name or note):
        raise AreaError(f"{where} is a warning without a word: say it in `name` or `note`")
    since, until = _instant_of(row, "since", where, zone), _instant_of(row, "until", where, zone)
    if since is not None and until is not None and until <= since:
        raise AreaError(f"{where} ends ({until:%Y-%m-%d}) before it begins ({since:%Y-%m-%d})")
    roads = _list_of(row.get("road_classes"))
    unknown = sorted(set(roads) - set(_ROAD_CLASSES))
    if unknown:
        raise AreaError(f"{where}: there is no class of road {unknown[0]!r}; classes are {', '.join(_ROAD_CLASSES)}")
    texts = {
        field: text_of(row.get(field), where, field) for field in ("powers", "owner", "talk_group", "contact", "desk")
    }
    return Area(
        kind=kind,
        id=identity or name,
        name=name or identity,
        note=note,
        setting=_setting_of(kind, row, where),
        forbidden_roles=_list_of(row.get("forbidden_roles")),
        since=since,
        until=until,
        review_by=_day_of(row, "review_by", where),
        road_classes=roads,
        source=source,
        **texts,
    )


def cell_of(value: Any) -> Any:
    """A cell of a table; None where there is nothing in it, whatever a table has for that."""
    if np.ndim(value):
        return value  # a list
    return None if pd.isna(value) or value == "" else value


def text_of(value: Any, where: str, field: str) -> str:
    """A cell as text: 12.0 is 12, and nothing is nothing."""
    if value is None:
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = str(value).strip()
    if len(text) > LONGEST:
        raise AreaError(f"{where}: `{field}` is longer than {LONGEST:,} letters")
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in text):
        raise AreaError(f"{where}: `{field}` holds characters that are none")
    return text


def number_of(value: Any, where: str, field: str) -> float | None:
    """A cell as a number; None where it is empty."""
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise AreaError(f"{where}: `{field}` is no number: {text_of(value, where, field)[:40]!r}") from None


def _list_of(value: Any) -> tuple[str, ...]:
    """Words from a cell: a list, or a text with semicolons or commas between."""
    if value is None:
        return ()
    parts = value.replace(",", ";").split(";") if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(word for part in parts if (word := str(part).strip())))


def _setting_of(kind: str, row: Mapping[str, Any], where: str) -> Setting:
    if kind != "setting":
        return Setting.UNKNOWN
    said = text_of(row.get("setting"), where, "setting").lower()
    if said not in {Setting.URBAN, Setting.RURAL}:
        raise AreaError(f"{where} is a setting, and its field `setting` says {said!r}: say urban or rural")
    return Setting(said)


def _instant_of(row: Mapping[str, Any], field: str, where: str, zone: ZoneInfo) -> datetime | None:
    """An instant; of a day its first, by the clocks of the zone."""
    value = row.get(field)
    if value is None:
        return None
    try:
        at = value.to_pydatetime() if isinstance(value, pd.Timestamp) else datetime.fromisoformat(str(value))
    except ValueError:
        raise AreaError(f"{where}: `{field}` is no date: {str(value)[:40]!r}; write it as 2026-03-02") from None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _day_of(row: Mapping[str, Any], field: str, where: str) -> date | None:
    value = row.get(field)
    if value is None:
        return None
    try:
        return value.date() if isinstance(value, pd.Timestamp) else datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise AreaError(f"{where}: `{field}` is no date: {str(value)[:40]!r}; write it as 2026-03-02") from None
