"""Numbers, order and patience of what a gateway sends, against everything that can be lost on the way."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from arls import messages as m
from arls.folds.fixes import received
from gateways.manifest import MOST_OLD_UNDER_WAY, MOST_UNDER_WAY, Manifest
from gateways.payloads import Mark, Receipt

if TYPE_CHECKING:
    from arls.state import Receipt as Counted


def sent(manifest: Manifest, row: int, now_s: float = 0, *, urgent: bool = False) -> Mark:
    return manifest.send(row, urgent=urgent, now_s=now_s)


def turns(manifest: Manifest, most: int = 100) -> list[int]:
    return [row for row, _ in manifest.take_turns(most)]


def test_what_has_no_receipt_after_5_s_goes_again_and_its_old_number_is_void() -> None:
    manifest = Manifest(session=4)
    assert sent(manifest, 70, 100) == Mark(gw_session=4, gw_seq=1)
    manifest.recall_late(now_s=104.9)
    assert turns(manifest) == []
    manifest.recall_late(now_s=105)
    assert turns(manifest) == [70]
    assert sent(manifest, 70, 105) == Mark(gw_session=4, gw_seq=2, gw_void=(1,))
    manifest.recall_late(now_s=114.9)  # the engine is silent: the wait has doubled
    assert turns(manifest) == []
    manifest.recall_late(now_s=115)
    assert turns(manifest) == [70]
    assert sent(manifest, 70, 115).gw_void == (1, 2)
    manifest.settle(Receipt(session=4, seq=2), now_s=116)  # any receipt: the engine is back
    manifest.recall_late(now_s=121)
    assert turns(manifest) == [70]


def test_while_receipts_move_on_what_is_behind_them_is_on_its_way() -> None:
    manifest = Manifest(session=1)
    for row in range(1, 9):
        sent(manifest, row, 0)
    for row in range(1, 8):
        manifest.settle(Receipt(session=1, seq=row), now_s=row * 2.0)
        manifest.recall_late(now_s=row * 2.0 + 1)
        assert turns(manifest) == []
    manifest.recall_late(now_s=19)
    assert turns(manifest) == [8]


def test_emergencies_go_first_and_then_the_newest() -> None:
    manifest = Manifest(session=1)
    for row in (5, 1, 4, 2, 3):
        manifest.wait(row, urgent=row in {2, 4})
    assert manifest.take_turns(2) == [(2, True), (4, True), (5, False), (3, False)]
    assert manifest.take_turns(2) == [(1, False)]


def test_what_comes_in_now_is_not_kept_out_by_what_is_old() -> None:
    manifest = Manifest(session=1)
    for row in range(10_000):
        manifest.wait(row, urgent=False)
    for row in turns(manifest, 10_000):
        sent(manifest, row)
    assert turns(manifest, 10_000) == []
    assert manifest.has_room(urgent=False)
    for row in range(20_000, 20_000 + MOST_UNDER_WAY - MOST_OLD_UNDER_WAY):
        sent(manifest, row)
    assert not manifest.has_room(urgent=False)
    assert manifest.has_room(urgent=True)


def test_all_that_was_under_way_is_waiting_when_the_broker_has_gone() -> None:
    manifest = Manifest(session=1)
    sent(manifest, 8)
    sent(manifest, 9, urgent=True)
    manifest.recall_all()
    assert manifest.take_turns(5) == [(9, True), (8, False)]
    assert sent(manifest, 9).gw_void == (1, 2)


def test_a_receipt_of_a_later_session_or_beyond_all_numbers_makes_a_session_too_old() -> None:
    for receipt in (Receipt(session=9, seq=1), Receipt(session=3, seq=7)):
        manifest = Manifest(session=3)
        sent(manifest, 1)
        assert manifest.settle(receipt, now_s=0) == []
        assert manifest.outgrown == receipt.session
        manifest.renew(10)
        assert manifest.outgrown is None
        assert turns(manifest) == [1]
        assert sent(manifest, 1) == Mark(gw_session=10, gw_seq=1)
    manifest.settle(Receipt(session=2**60, seq=1), now_s=0)
    assert manifest.outgrown is None


def test_an_engine_that_lost_its_memory_gets_a_new_session_and_an_old_retained_receipt_does_not() -> None:
    manifest = Manifest(session=1)
    for row in range(9):
        sent(manifest, row)
    manifest.settle(Receipt(session=1, seq=8), now_s=1)
    manifest.settle(Receipt(session=1, seq=5), now_s=2)  # what a broker had retained
    manifest.settle(Receipt(session=1, seq=8), now_s=3)
    manifest.settle(Receipt(session=1, seq=0), now_s=10)
    assert manifest.outgrown is None
    manifest.settle(Receipt(session=1, seq=0), now_s=15)
    assert manifest.outgrown == 1


def test_what_was_dropped_is_void_and_never_sent() -> None:
    manifest = Manifest(session=1)
    for row in range(6):
        manifest.wait(row, urgent=row == 0)
    for row, urgent in manifest.take_turns(2):
        sent(manifest, row, urgent=urgent)
    manifest.drop([0, 1, 4])
    assert len(manifest) == 3
    assert turns(manifest) == [3, 2]
    assert sorted(sent(manifest, 3).gw_void) == [1, 3]


class Way:
    """A broker that loses and restarts, and an engine that counts as ours does."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.manifest = Manifest(session=1)
        self.journalled: set[int] = set()
        self.rows = 0
        self._broker: list[tuple[int, Mark]] = []
        self._counted: Counted | None = None

    def come_in(self, now_s: float) -> None:
        for _ in range(self.chance.randrange(4)):
            self.rows += 1
            if self.chance.random() < 0.7:
                self._broker.append((self.rows, sent(self.manifest, self.rows, now_s)))
            else:
                self.manifest.wait(self.rows, urgent=self.chance.random() < 0.2)

    def go_wrong(self) -> None:
        if self.chance.random() < 0.3:
            self._broker = [message for message in self._broker if self.chance.random() < 0.5]
        if self.chance.random() < 0.2:
            self.manifest.recall_all()

    def deliver(self, now_s: float, *, is_heard: bool) -> None:
        for row, mark in self._broker:
            self.journalled.add(row)
            for seq in (mark.gw_seq, *mark.gw_void):
                assert seq is not None
                self._counted = received(self._counted, m.Publication(gateway="g", session=1, seq=seq))
        self._broker.clear()
        if self._counted is not None and is_heard:
            settled = self.manifest.settle(Receipt(session=1, seq=self._counted.seq), now_s=now_s)
            assert set(settled) <= self.journalled

    def send_again(self, now_s: float) -> None:
        self.manifest.recall_late(now_s=now_s + 399)
        self._broker += [(row, sent(self.manifest, row, now_s)) for row in turns(self.manifest)]


@given(st.integers(0, 2**32), st.integers(5, 60))
def test_whatever_is_lost_everything_is_journalled_and_settled(seed: int, acts: int) -> None:
    way, now_s = Way(seed), 0.0
    for _ in range(acts):
        now_s += 400
        way.come_in(now_s)
        way.go_wrong()
        way.deliver(now_s, is_heard=way.chance.random() < 0.5)
        way.send_again(now_s)
    for _ in range(4):  # nothing goes wrong any more
        now_s += 400
        way.deliver(now_s, is_heard=True)
        way.send_again(now_s)
    assert way.journalled == set(range(1, way.rows + 1))
    assert len(way.manifest) == 0
    assert way.manifest.outgrown is None


def test_numbers_of_a_session_have_no_gaps() -> None:
    manifest = Manifest(session=1)
    numbers = [sent(manifest, row).gw_seq for row in range(5)]
    assert all(before is not None and after == before + 1 for before, after in pairwise(numbers))
