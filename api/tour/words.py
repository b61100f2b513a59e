"""Numbers as the captions say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def minutes(seconds: float) -> str:
    """m:ss, as everywhere on the screen."""
    whole = int(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def metres(length_m: float) -> str:
    """Metres, from a kilometre on kilometres."""
    return f"{length_m:,.0f} m" if length_m < 1000 else f"{length_m / 1000:.1f} km"


def listed(candidates: Iterable[Mapping[str, Any]]) -> str:
    """Candidates with their times."""
    return " · ".join(f"{one['callsign']} {minutes(one['eta_s']['mid'])}" for one in candidates)


def flown(candidates: Iterable[Mapping[str, Any]]) -> str:
    """Candidates with their distances as the crow flies."""
    return " · ".join(f"{one['callsign']} {metres(one['straight_line_m'])}" for one in candidates)
