"""What a gateway holds until the engine has signed for it, on its disk and in memory: nothing acknowledged is lost.

It decides when cargo is safe, when the disk is written and what happens when it cannot be. Where it lies is `shelf`'s,
what is sent next `manifest`'s. Whatever came while the disk was busy is written together: one wait for all of it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import structlog

from gateways.cargo import Publication, as_backlog, find_cargo, is_urgent, kept_of, reports_in
from gateways.clock import received_now
from gateways.manifest import Manifest
from gateways.payloads import SpoolStatus
from gateways.shelf import Row, ShelfError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gateways.cargo import Cargo
    from gateways.payloads import Mark, Receipt
    from gateways.shelf import Dropped, Shelf

_log = structlog.get_logger(__name__)

# What a disk that hangs or is full may leave in memory: about 20,000 fixes.
_MOST_UNWRITTEN_OCTETS = 8_000_000
# A disk that failed is tried again after so long, and what is forgotten or too old is tidied away as often.
_TEND_S = 1.0

_T = TypeVar("_T")


class _Group(NamedTuple):
    """What came together, and who wants to know when it is safe."""

    rows: Sequence[Row]
    kept: asyncio.Future[bool]


class Spool:
    """The cargo of one gateway. All but the constructor belongs to the thread of the gateway's event loop."""

    def __init__(self, shelf: Shelf) -> None:
        """Begins a new session, in which all that the last one left behind waits. Raises ShelfError."""
        self.dropped = 0  # reports that nobody had signed for when they had to go
        self.replayed = 0  # reports sent again, or late
        self.fault: str | None = None  # a sentence, while the disk does not do its work
        self._shelf = shelf
        self._manifest = Manifest(session=shelf.begin_session())
        self._last_id = 0
        for row, urgent in shelf.index():
            self._manifest.wait(row, urgent=urgent)
            self._last_id = max(self._last_id, row)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._writing: asyncio.Future[list[Dropped]] | None = None
        self._groups: list[_Group] = []
        self._forgotten: list[int] = []
        self._unwritten: dict[int, Row] = {}  # not on the disk, or not known to be
        self._unwritten_octets = 0
        self._failed: dict[int, Row] = {}  # of these, what the disk has refused once
        self._tended_s = 0.0

    def __len__(self) -> int:
        return len(self._manifest)

    @property
    def session(self) -> int:
        """The number of the session."""
        return self._manifest.session

    @property
    def newest(self) -> int:
        """The number of this session's newest publication; 0 before the first."""
        return self._manifest.newest

    @property
    def is_outgrown(self) -> bool:
        """True when the engine counts otherwise than this session does, so that another must begin."""
        return self._manifest.outgrown is not None

    def add(self, cargos: Iterable[Cargo], *, up: bool, now_s: float, kept: asyncio.Future[bool]) -> list[Publication]:
        """Takes what came in, and gives what of it to send now; `kept` becomes true when the disk has all of it."""
        rows, live = [], []
        full = self._shed()
        for cargo in sorted(cargos, key=is_urgent, reverse=True):
            self._last_id += 1
            row = Row(self._last_id, is_urgent(cargo), _now_ms(), reports_in(cargo), kept_of(cargo))
            has_place = row.urgent or not full
            if up and self._manifest.has_room(urgent=row.urgent):
                live.append(Publication(cargo=cargo, mark=self._numbered(row, now_s)))
            elif has_place:
                self._manifest.wait(row.id, urgent=row.urgent)
            else:
                self.dropped += row.reports
            if has_place:
                rows.append(row)
        if full:
            kept.set_result(False)
        self._hold(rows)
        self._groups.append(_Group(rows, kept))
        self._write()
        return live

    def settle(self, receipt: Receipt, *, now_s: float) -> None:
        """Forgets what the engine has journalled."""
        settled = self._manifest.settle(receipt, now_s=now_s)
        self._forgotten += settled
        for row in settled:
            self._let_go(row)

    def recall_late(self, *, now_s: float) -> None:
        """Lets what has no receipt in time wait for its turn again."""
        self._manifest.recall_late(now_s=now_s)

    def recall_all(self) -> None:
        """The same for all that is under way: the broker it was given to has gone."""
        self._manifest.recall_all()

    async def replays(self, most: int, *, now_s: float) -> list[Publication]:
        """What waited and is to be sent now, marked as late: emergencies, then `most` of the newest."""
        turns = self._manifest.take_turns(most)
        held = [self._unwritten[row] for row, _ in turns if row in self._unwritten]
        asked = [row for row, _ in turns if row not in self._unwritten]
        try:
            found = await self._at_disk(self._shelf.read, asked) if asked else []
        except ShelfError as error:
            self._fail(error)
            for row, urgent in turns:
                self._manifest.wait(row, urgent=urgent)
            return []
        self.dropped += len(asked) - len(found)  # only what never came onto the disk is missing there
        return [late for row in (*held, *found) if (late := self._late(row, now_s)) is not None]

    def tend(self, *, now_s: float) -> None:
        """Tidies up and tries again what failed; to be called a few times a second."""
        if now_s - self._tended_s >= _TEND_S and self._writing is None:
            self._tended_s = now_s
            self._write(tidy=True)

    async def renew(self) -> bool:
        """Begins another session, later than every one that the engine knows; false when the disk does not note it."""
        above = self._manifest.outgrown or 0
        try:
            self._manifest.renew(await self._at_disk(partial(self._shelf.begin_session, above=above)))
        except ShelfError as error:
            self._fail(error)
            return False
        return True

    @property
    def has_met_broker(self) -> bool:
        """True when this gateway has found its broker before, in this life or an earlier one."""
        return self._shelf.has_met_broker

    async def note_broker(self) -> None:
        """Remembers that the broker was found."""
        if not self._shelf.has_met_broker:
            try:
                await self._at_disk(self._shelf.note_broker)
            except ShelfError as error:
                self._fail(error)

    def status(self) -> SpoolStatus:
        """What a control room wants to know of it."""
        stock = self._shelf.stock
        oldest_at_ms = stock.oldest_at_ms if len(self._manifest) else None
        return SpoolStatus(
            depth=len(self._manifest),
            octets=stock.octets + self._unwritten_octets,
            oldest_s=max(0.0, (_now_ms() - oldest_at_ms) / 1000) if oldest_at_ms is not None else 0.0,
            dropped=self.dropped,
            replayed=self.replayed,
            fault=self.fault,
        )

    async def close(self) -> None:
        """Writes what there is and lets the file go; what is not settled stays for the next session."""
        await self._at_rest()
        self._write(tidy=True)
        await self._at_rest()
        try:
            await self._at_disk(self._shelf.close)
        except ShelfError as error:
            self._fail(error)
        self._disk.shutdown()

    async def _at_rest(self) -> None:
        """When nothing is being written any more."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    def _numbered(self, row: Row, now_s: float) -> Mark:
        return self._manifest.send(row.id, urgent=row.urgent, now_s=now_s)

    def _late(self, row: Row, now_s: float) -> Publication | None:
        cargo = find_cargo(row.body)
        if cargo is None:  # another version of ARLS wrote it, or the disk lies
            self.dropped += row.reports
            self._forgotten.append(row.id)
            return None
        self.replayed += row.reports
        return Publication(cargo=as_backlog(cargo), mark=self._numbered(row, now_s))

    def _write(self, *, tidy: bool = False) -> None:
        """Hands the disk what waits for it, unless it is at work; then it comes back here by itself."""
        if self._writing is not None or not (self._groups or tidy):
            return
        groups, self._groups = self._groups, []
        forgotten, self._forgotten = self._forgotten, []
        rows = [row for group in groups for row in group.rows]
        if tidy:
            rows += self._failed.values()
            self._failed = {}
        self._writing = self._at_disk(partial(self._shelf.write, rows, forgotten, now_ms=_now_ms()))
        self._writing.add_done_callback(partial(self._written, groups, rows, forgotten))

    def _written(
        self,
        groups: Sequence[_Group],
        rows: Sequence[Row],
        forgotten: list[int],
        written: asyncio.Future[list[Dropped]],
    ) -> None:
        self._writing = None
        try:
            dropped = written.result()
        except ShelfError as error:
            self._fail(error)
            self._failed |= {row.id: row for row in rows}
            for gone in forgotten:
                self._let_go(gone)
            self._forgotten = forgotten + self._forgotten
        else:
            self.fault = None
            for row in rows:
                self._release(row)
            self._manifest.drop(gone.id for gone in dropped)
            self.dropped += sum(gone.reports for gone in dropped)
        for group in groups:
            if not group.kept.done():
                group.kept.set_result(self.fault is None)
        self._write()

    def _hold(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._unwritten[row.id] = row
            self._unwritten_octets += len(row.body)

    def _release(self, row: Row) -> None:
        if self._unwritten.pop(row.id, None) is not None:
            self._unwritten_octets -= len(row.body)

    def _let_go(self, row: int) -> None:
        """Forgets what the disk has refused."""
        refused = self._failed.pop(row, None)
        if refused is not None:
            self._release(refused)

    def _shed(self) -> bool:
        """Makes room in memory for what the disk does not take, oldest first; true when there is none all the same."""
        for row in list(self._failed.values()):
            if self._unwritten_octets <= _MOST_UNWRITTEN_OCTETS:
                break
            if not row.urgent:
                self._let_go(row.id)
                self._manifest.drop([row.id])
                self.dropped += row.reports
        return self._unwritten_octets > _MOST_UNWRITTEN_OCTETS

    def _fail(self, error: ShelfError) -> None:
        if self.fault != str(error):
            _log.error("the spool is not safe", fault=str(error))
        self.fault = str(error)

    def _at_disk(self, act: Callable[..., _T], *given: object) -> asyncio.Future[_T]:
        """The disk's own thread, so that nobody who listens waits for it."""
        return asyncio.get_running_loop().run_in_executor(self._disk, act, *given)


def _now_ms() -> int:
    return round(received_now().timestamp() * 1000)
