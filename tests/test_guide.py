"""The guide shows pictures that there are, that a test makes, and names keys that the screen obeys."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from tests.guide import GUIDE, KEPT, LIMIT, ROOT, SIGNATURE, named_in, packed

TEXT = GUIDE.read_text(encoding="utf-8")
JOURNEYS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "journeys").glob("*.py")))
# The names that journeys give their pictures; what is filled in may be any word.
MADE = [
    re.compile(re.sub(r"\\\{.*?\\\}", "[a-z0-9-]+", re.escape(name)))
    for name in re.findall(r'picture\([^,()]+, f?"([^"]+)"', JOURNEYS)
]


@pytest.mark.parametrize("name", named_in(TEXT))
def test_a_picture_of_the_guide_is_there_and_is_one_that_a_test_makes(name: str) -> None:
    file = KEPT / f"{name}.png"
    assert file.read_bytes().startswith(SIGNATURE), "make guide"
    assert file.stat().st_size <= LIMIT
    assert any(made.fullmatch(name) for made in MADE), "no test makes it"


def test_every_picture_that_is_kept_is_shown_and_every_picture_that_is_shown_says_what_it_shows() -> None:
    assert sorted(path.stem for path in KEPT.glob("*")) == sorted(named_in(TEXT))
    assert TEXT.count("![") == len(named_in(TEXT))


def test_every_key_that_the_guide_names_is_obeyed() -> None:
    keys = (ROOT / "maps" / "web" / "acts" / "keys.js").read_text(encoding="utf-8")
    shown = set(re.findall(r"Alt\+[A-Z0-9]\b", "\n".join(re.findall(r'shown: "([^"]+)"', keys))))
    assert set(re.findall(r"Alt\+[A-Z0-9]\b", TEXT)) <= shown


def test_a_picture_that_is_packed_again_is_the_same_picture() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head, rows = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0), bytes(9 * 8)
    loose = zlib.compress(rows, 0)
    png = SIGNATURE + chunk(b"IHDR", head) + chunk(b"tEXt", b"who\0made it")
    png += chunk(b"IDAT", loose[:20]) + chunk(b"IDAT", loose[20:]) + chunk(b"IEND", b"")
    tight = packed(png)
    assert len(tight) < len(png)
    assert b"made it" not in tight
    (length,) = struct.unpack_from(">I", tight, 33)
    assert zlib.decompress(tight[41 : 41 + length]) == rows
    assert packed(tight) == tight
