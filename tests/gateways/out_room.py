"""An engine with a few units and an incident, for whoever is told of them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arls import messages as m
from arls.engine import Engine
from arls.fix import AccuracyKind, AltitudeRef, Fix, TimeBasis
from arls.unit import Callsign, Unit, UnitKind
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arls.incident import IncidentId

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
AB1, AB2, DOG1 = Callsign("AB1"), Callsign("AB2"), Callsign("DOG1")
AVAILABLE, OFF_DUTY = 2, 11


class Room:
    """What may happen to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.book(AB1, "cot:A", capabilities=("afo",))
        self.book(AB2, "cot:B", kind=UnitKind.FOOT, profile="foot")
        self.book(DOG1, "cot:D", kind=UnitKind.DOG, capabilities=("dog",))

    def book(self, callsign: Callsign, source: str, **words: object) -> None:
        unit = replace(Unit(callsign=callsign, expected_interval_s=30.0), **words)
        self.ask(m.PutUnit(at=NOW, operator="t", desk="t", unit=unit, sources=(source,)))
        self.says(callsign, AVAILABLE)

    def says(self, callsign: Callsign, code: int) -> None:
        self.ask(m.SetState(at=NOW, operator="t", desk="t", callsign=callsign, code=code))

    def is_at(self, source: str, lat: float, *, seconds: float = 0.0, **words: object) -> Fix:
        """A fix of the device, true so many seconds after NOW."""
        at = NOW + timedelta(seconds=seconds)
        fix = Fix(
            id=f"{source} {seconds} {lat}",
            source=source,
            received_at=at,
            fix_time=at,
            fix_time_basis=TimeBasis.GNSS,
            lat=lat,
            lon=-0.0002,
            accuracy_m=4.2,
            accuracy_kind=AccuracyKind.MEASURED,
            altitude_m=88.0,
            altitude_ref=AltitudeRef.ELLIPSOID,
            speed_mps=13.4,
            course_deg=271.3,
        )
        fix = replace(fix, **words)
        self.ask(m.RecordFixes(at=fix.received_at, operator="t", desk="t", fixes=(fix,)))
        return fix

    def needs_help(self, source: str) -> None:
        self.ask(m.RadioEvent(at=NOW, operator="t", desk="t", source=source, kind="emergency"))

    def incident(self, *, grade: str = "1", text: str = "J. Smith, 1 High St") -> IncidentId:
        words = m.CreateIncident(
            at=NOW, operator="t", desk="t", lat=53.3, lon=-0.5, grade=grade, type="burglary", text=text
        )
        known = set(self.engine.known.incidents)
        self.ask(words)
        (new,) = set(self.engine.known.incidents) - known
        return new

    def close(self, incident: IncidentId) -> None:
        self.ask(m.CloseIncident(at=NOW, operator="t", desk="t", incident=incident, result="done"))

    def ask(self, command: m.Command) -> None:
        self.engine.ask(command).result(timeout=5)


@contextmanager
def room_open() -> Iterator[Room]:
    """A room for the time of a test."""
    engine = Engine(MemoryJournal(), ListOutbox())
    engine.start()
    try:
        yield Room(engine)
    finally:
        engine.stop()
