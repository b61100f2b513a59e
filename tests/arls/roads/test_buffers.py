"""A buffer is used again only when nobody else knows it."""

from __future__ import annotations

import numpy as np

from arls.roads.hierarchy.buffers import Buffers


def test_an_array_that_somebody_knows_is_never_given_again() -> None:
    buffers = Buffers()
    one = buffers.array((4, 2), np.uint32)
    view = one[1:].view()
    view.flags.writeable = False
    here = id(one)
    del one
    other = buffers.array((4, 2), np.uint32)
    assert not np.shares_memory(view, other)
    del view
    assert id(buffers.array((4, 2), np.uint32)) == here


def test_an_array_that_is_forgotten_is_given_again_to_who_asks_for_its_like() -> None:
    buffers = Buffers()
    here = id(buffers.array((3,), np.uint32))
    assert id(buffers.array((3,), np.float32)) != here
    assert id(buffers.array((4,), np.uint32)) != here
    assert id(buffers.array((3,), np.uint32)) == here


def test_a_copy_is_the_same_and_apart() -> None:
    source = np.arange(6, dtype=np.uint32).reshape(2, 3)
    copy = Buffers().copy_of(source)
    assert copy.tolist() == source.tolist()
    copy[0, 0] = 9
    assert source[0, 0] == 0


def test_no_more_idle_arrays_are_kept_than_was_said() -> None:
    buffers = Buffers(spare=2)
    held = [buffers.array((size,), np.uint8) for size in range(1, 6)]
    assert len(buffers._given) == 5
    del held
    buffers.array((9,), np.uint8)
    assert len(buffers._given) == 3
