"""What is handed out is what a copy would have been, and stays so; and nothing is copied that did not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.layers import Growing, Shelf


@given(st.dictionaries(st.integers(0, 9), st.text(max_size=2)), st.lists(st.tuples(st.integers(0, 19), st.text())))
def test_a_table_handed_out_is_a_copy_of_that_moment(begun: dict[int, str], writes: list[tuple[int, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("arls.layers.MOST_NEW", 3)
        table = Growing(begun)
        shelf, given_out, copies = Shelf({"t": table}), [], []
        for key, value in writes:
            table[key] = value
            given_out.append(shelf["t"])
            copies.append(dict(table))
        for layered, copy in zip(given_out, copies, strict=True):
            assert layered == copy
            assert list(layered) == list(copy)
            assert list(layered.values()) == list(copy.values())
            assert list(layered.items()) == list(copy.items())
            assert len(layered) == len(copy)
            assert all(layered[key] == copy[key] and key in layered for key in copy)
            assert layered.get(99) is None


def test_nothing_is_taken_out_of_a_table_that_only_grows() -> None:
    table = Growing({1: "a"})
    with pytest.raises(TypeError, match="only grows"):
        del table[1]
    with pytest.raises(TypeError, match="only grows"):
        table.pop(1)


def test_what_did_not_change_is_handed_out_as_it_was() -> None:
    table = Growing({1: "a"})
    shelf = Shelf({"t": table})
    assert shelf["t"]._old is shelf["t"]._old
    assert shelf["t"]._new is shelf["t"]._new
