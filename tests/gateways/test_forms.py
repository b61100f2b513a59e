"""Forms: every field that the library finds, and no more than a phone sends."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateways.decoders.forms import fields_of
from gateways.decoders.message import DecodeError


@given(form=st.text("ab=&+%20C3A9;é\n ", max_size=60) | st.text(max_size=40))
@example(form="a=1&&b&=&c=%2B44+7&a=2&d=%zz&e=x=y")
def test_the_fields_are_those_of_the_library(form: str) -> None:
    assert fields_of(form) == dict(parse_qsl(form, keep_blank_values=True))


@given(said=st.dictionaries(st.text(), st.text(), max_size=20))
def test_what_was_written_is_read(said: dict[str, str]) -> None:
    assert fields_of(urlencode(said, errors="replace")) == {
        name.encode(errors="replace").decode(): value.encode(errors="replace").decode() for name, value in said.items()
    }


def test_a_flood_of_fields_is_refused() -> None:
    assert len(fields_of("&".join(f"a{n}=1" for n in range(256)))) == 256
    with pytest.raises(DecodeError, match="too_many_fields"):
        fields_of("&" * 256)
