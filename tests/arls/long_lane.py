"""One street drawn from A on, and an engine over it: where units stand a block from each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from arls.engine import Engine
from tests.drawing import Drawn, draw
from tests.fakes import ListOutbox, MemoryJournal

if TYPE_CHECKING:
    from arls import messages as m
    from arls.roads.live import Roads

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def long_lane(nodes: str) -> Drawn:
    """The street with these nodes."""
    ways = {nodes: {"highway": "residential", "name": "Long Lane", "maxspeed": "30 mph"}}
    return draw("--".join(nodes), ways=ways)


def said(**fields: Any) -> dict[str, Any]:
    """What every command says here."""
    return {"at": NOW, "operator": "op1", "desk": "desk 4", **fields}


class Lane:
    """An engine that runs until it is stopped."""

    def __init__(self, drawn: Drawn, roads: Roads) -> None:
        self.drawn, self.roads, self.journal = drawn, roads, MemoryJournal()
        self.engine = Engine(self.journal, ListOutbox())
        self.engine.start()

    def ask(self, command: m.Command) -> Any:
        """What the engine says to it."""
        return self.engine.ask(command).result(timeout=5)
