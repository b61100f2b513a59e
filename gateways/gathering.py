"""What came in within a few milliseconds: written to the disk together, and of each device published as one.

It decides what travels together and what does not wait for company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arls.fix import Fix
from gateways.cargo import MOST_FIXES, is_urgent, loads_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from gateways.calls import CallReport
    from gateways.cargo import Cargo
    from gateways.payloads import Event

# One message a device is the rule; beyond this somebody floods, and waiting for company gains nothing.
_MOST_GATHERED = 20 * MOST_FIXES


class Gathering:
    """Fixes, events and callers in the order in which they came; `kept` is what their devices wait for."""

    def __init__(self, kept: asyncio.Future[bool]) -> None:
        self.kept = kept
        self.is_pressing = False  # an emergency is among them, or enough
        self._events: list[Event | CallReport] = []
        self._fixes: dict[str, list[Fix]] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, report: Fix | Event | CallReport) -> None:
        """One more."""
        if isinstance(report, Fix):
            self._fixes.setdefault(report.source, []).append(report)
        else:
            self._events.append(report)
        self._count += 1
        self.is_pressing = self.is_pressing or self._count >= _MOST_GATHERED or _is_emergency(report)

    def cargo(self) -> Iterator[Cargo]:
        """What becomes one publication each, events first."""
        yield from self._events
        for fixes in self._fixes.values():
            yield from loads_of(fixes)


def _is_emergency(report: Fix | Event | CallReport) -> bool:
    return report.emergency if isinstance(report, Fix) else is_urgent(report)
