"""A room in which a small scene is played, for a replay to show it again."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from arls import messages as m
from arls.journal.sqlite import SqliteJournal
from tests.api.room import DRAWN, open_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from tests.api.room import Room


@contextmanager
def recorded(folder: Path, web: Path | None = None) -> Iterator[Room]:
    """A room whose journal lies in a file, as a replay reads it; its screen has one page unless another is given."""
    (folder / "index.html").write_text("<!doctype html><title>ARLS</title>")
    (folder / "locate.html").write_text("<!doctype html><title>Where are you?</title>")
    with SqliteJournal(folder / "journal.sqlite") as journal, open_room(web or folder, journal=journal) as made:
        made.client.timeout = 30  # s: the first ranking may have its kernels to load
        yield made


def said(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Scene:
    """An assignment and an emergency, a minute apart; `at[n]` is a moment after the nth thing."""

    def __init__(self, room: Room) -> None:
        self.room, self.at = room, []
        self.ranked: list[bytes] = []
        for do in (self.begin, self.call, self.send, self.press, self.end):
            do()
            self.at.append(said(room.clock() + timedelta(seconds=1)))
            room.clock.advance(seconds=60)

    def begin(self) -> None:
        self.room.book("AB12", at=DRAWN.node("A"))
        self.room.book("CD34", at=DRAWN.node("C"))

    def call(self) -> None:
        self.room.incident()
        self.look()

    def look(self) -> None:
        self.ranked.append(self.room.client.get("/v1/incidents/INC0001/ranking", params={"k": 10}).content)

    def send(self) -> None:
        self.room.fix("CD34", DRAWN.node("B"))
        self.look()
        assert self.room.assign("INC0001", "AB12").status_code == 201

    def press(self) -> None:
        self.room.fix("AB12", DRAWN.node("E"))
        self.room.ask(self.pressed("AB12"))

    def pressed(self, callsign: str) -> m.RadioEvent:
        return m.RadioEvent(**self.room.said(), source=f"issi:{callsign}", kind="emergency")

    def end(self) -> None:
        self.room.client.post("/v1/units/AB12/emergency/cancel", json={})
