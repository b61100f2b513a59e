"""What a gateway holds until the engine has signed for it: over restarts, and with disks that are full or hang."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from arls.fix import Fix
from gateways.cargo import find_cargo, is_urgent, kept_of
from gateways.payloads import Event, Receipt
from gateways.shelf import Room, Shelf, ShelfError
from gateways.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from gateways.cargo import Cargo, Publication
    from gateways.shelf import Dropped, Row

NOW = datetime(2026, 6, 6, 14, 0, 0, tzinfo=UTC)
PATIENCE_S = 5


class Stubborn(Shelf):
    """A disk that is full, or hangs, when it is told to."""

    def __init__(self, path: Path, room: Room | None = None) -> None:
        self.is_full = False
        self.turns = threading.Event()
        self.turns.set()
        super().__init__(path, room)

    def write(self, rows: Sequence[Row], forgotten: Sequence[int], *, now_ms: int) -> list[Dropped]:
        assert self.turns.wait(PATIENCE_S)
        if self.is_full:
            raise ShelfError("the disk is full: make room")
        return super().write(rows, forgotten, now_ms=now_ms)


def fixes(*numbers: int, emergency: bool = False, octets: int = 0) -> Cargo:
    return tuple(
        Fix(
            id=f"f{number}",
            source="issi:1",
            received_at=NOW + timedelta(seconds=number),
            lat=52.0,
            lon=-1.0,
            emergency=emergency,
            raw="x" * octets or None,
        )
        for number in numbers
    )


def pressed(number: int) -> Event:
    return Event(id=f"e{number}", source="issi:1", received_at=NOW, type="emergency")


class Bench:
    """A spool under test; `said` is the name of what a publication carries."""

    def __init__(self, path: Path, room: Room | None = None) -> None:
        self.shelf = Stubborn(path, room)
        self.spool = Spool(self.shelf)

    def add(self, *cargos: Cargo, up: bool = True, now_s: float = 0) -> tuple[list[Publication], asyncio.Future[bool]]:
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        return self.spool.add(cargos, up=up, now_s=now_s, kept=kept), kept

    async def kept(self, *cargos: Cargo, up: bool = True) -> bool:
        return await asyncio.wait_for(self.add(*cargos, up=up)[1], PATIENCE_S)

    async def replays(self, most: int = 100, now_s: float = 0) -> list[Publication]:
        return await self.spool.replays(most, now_s=now_s)


def said(publications: list[Publication]) -> list[str]:
    return [
        "+".join(fix.id for fix in sent.cargo) if isinstance(sent.cargo, tuple) else sent.cargo.id
        for sent in publications
    ]


def run(scene: Callable[[Bench], Awaitable[None]], path: Path, room: Room | None = None) -> None:
    async def played() -> None:
        bench = Bench(path, room)
        await scene(bench)
        bench.shelf.turns.set()
        await bench.spool.close()

    asyncio.run(played())


@pytest.mark.parametrize("cargo", [fixes(1, 2), fixes(1, emergency=True), pressed(1)])
def test_cargo_comes_back_from_the_disk_as_it_went(cargo: Cargo) -> None:
    assert find_cargo(kept_of(cargo)) == cargo


def test_what_another_version_wrote_is_no_cargo() -> None:
    assert [find_cargo(octets) for octets in (b"", b"\xc1", b"\x92\x01\x02", kept_of(()))] == [None] * 4


def test_after_a_restart_what_was_not_settled_is_sent_again_as_backlog(tmp_path: Path) -> None:
    path = tmp_path / "spool"

    async def before(bench: Bench) -> None:
        live, kept = bench.add(fixes(1), fixes(2, 3), pressed(4))
        assert said(live) == ["e4", "f1", "f2+f3"]
        assert await kept
        bench.spool.settle(Receipt(session=1, seq=2), now_s=0)
        assert await bench.kept(fixes(5), up=False)
        assert bench.spool.status().depth == 2

    async def after(bench: Bench) -> None:
        assert (bench.spool.session, len(bench.spool)) == (2, 2)
        live, _ = bench.add(fixes(6))
        assert (said(live), live[0].mark.gw_seq) == (["f6"], 1)
        late = await bench.replays()
        assert said(late) == ["f5", "f2+f3"]
        assert all(fix.flags == ("backlog",) for sent in late for fix in sent.cargo if isinstance(fix, Fix))
        assert [(sent.mark.gw_session, sent.mark.gw_seq) for sent in late] == [(2, 2), (2, 3)]
        assert (bench.spool.replayed, bench.spool.dropped) == (3, 0)
        bench.spool.settle(Receipt(session=2, seq=3), now_s=1)
        assert len(bench.spool) == 0
        assert bench.spool.status().oldest_s == 0

    async def in_the_end(bench: Bench) -> None:
        assert await bench.replays() == []

    run(before, path)
    run(after, path)
    run(in_the_end, path)


def test_an_emergency_waits_behind_nothing(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        assert bench.add(*(fixes(number) for number in range(20)), up=False)[0] == []
        bench.add(fixes(50, emergency=True), pressed(51), up=False)
        assert said(await bench.replays(2)) == ["f50", "e51", "f19", "f18"]
        # Too much is under way for anything else.
        live, _ = bench.add(*(fixes(number) for number in range(100, 1_200)), pressed(52))
        assert said(live)[:2] == ["e52", "f100"]
        assert len(live) == 1_000 - 4
        live, _ = bench.add(pressed(53), fixes(2_000))
        assert said(live) == ["e53"]

    run(scene, tmp_path / "spool")
    assert is_urgent(fixes(1, emergency=True))


def test_a_disk_that_is_full_keeps_devices_unacknowledged_and_delays_nothing(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.shelf.is_full = True
        live, kept = bench.add(fixes(1))
        assert said(live) == ["f1"]
        assert not await kept
        assert bench.spool.status().fault == "the disk is full: make room"
        assert not await bench.kept(fixes(2), up=False)
        assert said(await bench.replays()) == ["f2"]  # from memory
        bench.spool.recall_all()
        bench.shelf.is_full = False
        assert await bench.kept(fixes(3))
        assert bench.spool.status().fault is None
        bench.spool.tend(now_s=10)  # what it had refused before it takes now

    async def after(bench: Bench) -> None:
        assert sorted(said(await bench.replays())) == ["f1", "f2", "f3"]
        assert bench.spool.dropped == 0

    run(scene, tmp_path / "spool")
    run(after, tmp_path / "spool")


def test_a_disk_that_hangs_fills_no_memory_and_stops_no_emergency(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.shelf.turns.clear()
        first = bench.add(*(fixes(number, octets=1_000_000) for number in range(9)), up=False)[1]
        live, kept = bench.add(fixes(10))
        assert said(live) == ["f10"]
        assert not await kept
        assert bench.spool.dropped == 0
        bench.add(fixes(11), pressed(12), up=False)
        assert bench.spool.dropped == 1
        bench.shelf.turns.set()
        assert await first
        assert await bench.kept(fixes(13))
        late = said(await bench.replays())
        assert late[0] == "e12"
        assert len(late) == 10

    run(scene, tmp_path / "spool")


def test_without_room_the_oldest_is_lost_and_counted_and_its_number_is_void(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        assert await bench.kept(fixes(1, 2, octets=400))
        assert await bench.kept(pressed(3), fixes(4, octets=400))
        status = bench.spool.status()
        assert (status.dropped, status.depth) == (2, 2)
        (sent,), _ = bench.add(pressed(5))
        assert sent.mark.gw_void == (1,)

    run(scene, tmp_path / "spool", Room(octets=1_000))


def test_what_is_too_old_is_lost_and_counted_also_when_nothing_comes_in(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        assert await bench.kept(fixes(1), up=False)
        await asyncio.sleep(0.01)
        bench.spool.tend(now_s=10)
        assert bench.spool._writing is not None
        await asyncio.wait({bench.spool._writing})
        await asyncio.sleep(0)
        assert (bench.spool.dropped, len(bench.spool)) == (1, 0)
        assert await bench.replays() == []

    run(scene, tmp_path / "spool", Room(age_s=0.001))


def test_what_cannot_be_read_any_more_is_counted_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "spool"

    async def scene(bench: Bench) -> None:
        assert await bench.kept(fixes(1, 2), fixes(3), up=False)

    async def after(bench: Bench) -> None:
        assert said(await bench.replays()) == ["f3"]
        assert bench.spool.dropped == 2

    run(scene, path)
    shelf = Shelf(path)
    shelf._connection.execute("UPDATE cargo SET body = x'c1' WHERE id = 1")
    shelf.close()
    run(after, path)


def test_whoever_gives_up_waiting_for_the_disk_harms_nobody(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        bench.shelf.turns.clear()
        impatient, patient = bench.add(fixes(1))[1], bench.add(fixes(2))[1]
        impatient.cancel()
        bench.shelf.turns.set()
        assert await patient

    run(scene, tmp_path / "spool")


def test_a_session_that_the_engine_has_outgrown_begins_again(tmp_path: Path) -> None:
    async def scene(bench: Bench) -> None:
        assert await bench.kept(fixes(1))
        bench.spool.settle(Receipt(session=70, seq=3), now_s=0)
        assert bench.spool.is_outgrown
        assert await bench.spool.renew()
        assert (bench.spool.session, bench.spool.is_outgrown) == (71, False)
        (late,) = await bench.replays()
        assert (late.mark.gw_session, late.mark.gw_seq, late.mark.gw_void) == (71, 1, ())

    run(scene, tmp_path / "spool")
