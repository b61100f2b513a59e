"""The chain of hashes: what follows from what, and that every change shows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arls.incident import Incident, IncidentId
from arls.journal.chain import START, JournalError, recorded_of, seal, verify
from arls.messages import IncidentCreated
from arls.ports import Entry
from tests.arls.journal.entries import AT, entries, heard, logged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arls.journal.chain import Record

CHANGES = {
    "stream": {"stream": "incident/8"},
    "key": {"key": "other"},
    "request": {"request": "other"},
    "event": {"event": b"{}"},
    "hash": {"hash": bytes(32)},
}


def sealed(kept: Sequence[Entry]) -> list[Record]:
    chain: list[Record] = []
    for entry in kept:
        chain.append(seal(entry, after=chain[-1].head if chain else START))
    return chain


@given(entries())
def test_what_was_sealed_comes_back_as_it_went_and_verifies(kept: list[Entry]) -> None:
    chain = sealed(kept)
    assert [recorded_of(record).entry for record in chain] == kept
    verdict = verify(chain)
    assert verdict.fault is None
    assert verdict.head == (chain[-1].head if chain else START)


@given(entries(), st.data())
def test_a_flipped_bit_of_an_event_is_named(kept: list[Entry], data: st.DataObject) -> None:
    chain = sealed([*kept, logged()])
    bad = data.draw(st.sampled_from(range(len(chain))))
    event = bytearray(chain[bad].event)
    event[data.draw(st.sampled_from(range(len(event))))] ^= 1 << data.draw(st.integers(0, 7))
    chain[bad] = replace(chain[bad], event=bytes(event))
    assert (verify(chain).fault or "").startswith(f"record {bad + 1} is not what was recorded")
    assert verify(chain).head.position == bad


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_any_field_is_named(change: dict[str, str | bytes]) -> None:
    chain = sealed([logged(), logged(), logged()])
    chain[1] = replace(chain[1], **change)  # type: ignore[arg-type]
    assert (verify(chain).fault or "").startswith("record 2 ")


def test_a_record_taken_out_of_the_middle_is_named_as_missing() -> None:
    chain = sealed([logged("a"), logged("b"), logged("c")])
    assert verify([chain[0], chain[2]]).fault == "record 2 is missing"


def test_a_record_replaced_and_sealed_again_breaks_the_one_behind_it() -> None:
    chain = sealed([logged("a"), logged("b"), logged("c")])
    chain[1] = seal(logged("forged"), after=chain[0].head)
    assert (verify(chain).fault or "").startswith("record 3 is not what was recorded")


def test_an_erased_body_verifies_and_a_changed_or_lost_one_does_not() -> None:
    chain = sealed([logged(), heard(), logged()])
    erased = replace(chain[1], body=None, erased=True)
    verdict = verify([chain[0], erased, chain[2]])
    assert (verdict.fault, verdict.erased) == (None, 1)
    for body in (b"{}", None):
        changed = replace(chain[1], body=body)
        assert (verify([chain[0], changed, chain[2]]).fault or "").startswith("record 2 has not the body")


def test_a_chain_can_be_followed_from_a_head_kept_elsewhere() -> None:
    chain = sealed([logged("a"), logged("b"), logged("c")])
    assert verify(chain[1:], after=chain[0].head).fault is None
    assert (verify(chain[1:], after=START).fault or "") == "record 1 is missing"


def test_an_event_that_could_not_be_read_again_is_not_sealed() -> None:
    incident = Incident(id=IncidentId("1"), lat=math.nan, lon=0.0, grade="1", created_at=AT)
    event = IncidentCreated(at=AT, operator="o", desk="d", incident=incident)
    with pytest.raises(ValueError, match="cannot be read again"):
        seal(Entry(stream="incident/1", event=event), after=START)


@pytest.mark.parametrize(
    "entry",
    [
        msgspec.structs.replace(heard(), body=None),
        msgspec.structs.replace(heard(), body=b"other"),
        msgspec.structs.replace(logged(), body=b"other"),
    ],
)
def test_a_body_and_its_hash_belong_together(entry: Entry) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        seal(entry, after=START)


def test_an_event_of_a_newer_vocabulary_is_refused_with_the_fix() -> None:
    (record,) = sealed([logged()])
    unknown = replace(record, event=b'{"message":"FutureEvent"}')
    with pytest.raises(JournalError, match=r"record 1 .*newer"):
        recorded_of(unknown)


def test_the_form_of_a_link_is_fixed() -> None:
    # A journal of the first version must verify for ever: this hash changes only with the name of the format.
    (record,) = sealed([logged(key="k")])
    assert record.event == (
        b'{"message":"IncidentLogged","at":"2026-03-02T14:00:00Z","operator":"op-1","desk":"north",'
        b'"incident":"7","text":"caller rang back"}'
    )
    assert record.hash.hex() == "b039d85abbb8c592b7a7b139128fe3688667d1844c11a90963f6a0350028889b"
