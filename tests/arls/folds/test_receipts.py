"""What of a gateway's publications is journalled, counted as the plain set of their numbers would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from arls.folds.fixes import received
from arls.messages import Publication

if TYPE_CHECKING:
    from arls.state import Receipt

numbers = st.lists(st.integers(1, 12), max_size=40)


def plain(seqs: list[int]) -> tuple[int, tuple[int, ...]]:
    """The highest number up to which all came, and those that came beyond it."""
    came = set(seqs)
    seq = next(n for n in range(len(came) + 1) if n + 1 not in came)
    return seq, tuple(sorted(n for n in came if n > seq))


@given(numbers)
def test_in_whatever_order_they_come_it_counts_what_came(seqs: list[int]) -> None:
    receipt: Receipt | None = None
    for came, seq in enumerate(seqs, 1):
        receipt = received(receipt, Publication(gateway="gw1", session=3, seq=seq))
        assert (receipt.session, receipt.seq, receipt.beyond) == (3, *plain(seqs[:came]))


@given(numbers, numbers)
def test_a_later_session_counts_anew_and_an_older_one_changes_nothing(older: list[int], later: list[int]) -> None:
    receipt: Receipt | None = None
    for seq in [*later, 1]:
        receipt = received(receipt, Publication(gateway="gw1", session=9, seq=seq))
    for seq in older:
        assert received(receipt, Publication(gateway="gw1", session=8, seq=seq)) == receipt
