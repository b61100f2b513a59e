"""Tokens that nobody set are made up once, and kept so that only their user reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.made_tokens import FILE, made_tokens

if TYPE_CHECKING:
    from pathlib import Path


def test_they_are_the_same_when_arls_is_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = made_tokens(folder, ("a", "b"))
    assert len(set(first.values())) == 2
    assert min(map(len, first.values())) >= 43
    assert made_tokens(folder, ("a", "b")) == first
    assert made_tokens(folder, ("b", "c"))["b"] == first["b"]
    assert made_tokens(folder, ("a",)) == {"a": first["a"]}
    assert (folder / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("held", [b"", b"[]", b"\xff", b'{"a": ""}', b'{"a": 1}'])
def test_what_cannot_be_read_is_made_anew(tmp_path: Path, held: bytes) -> None:
    (tmp_path / FILE).write_bytes(held)
    made = made_tokens(tmp_path, ("a",))
    assert len(made["a"]) >= 43
    assert made_tokens(tmp_path, ("a",)) == made
