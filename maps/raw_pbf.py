"""The blocks of a PBF file before libosmium sees them: whether it can be trusted with them, and which ids come twice.

It decides what is refused unread: blocks that unpack to very much more than they are, and strings with a zero in them,
which make libosmium 2.23 read beyond its memory. What is wrong with a file otherwise libosmium will say.
Source: OSM wiki, "PBF Format".
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from arls.roads.network import Longs

# The most that the format allows: a block's header, and a block, packed or not.
_LARGEST_HEADER = 2**16
_LARGEST_BLOCK = 2**25
# Real extracts unpack to 1.5 to 4 times their size.
MOST_UNPACKED = 20
ALWAYS_UNPACKED = 2**26

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10
# Field numbers of osmformat.proto and fileformat.proto.
_BLOCK_TYPE, _BLOCK_SIZE = 1, 3
_STRINGS, _GROUP = 1, 2
_NODE, _DENSE, _ID = 1, 2, 1

# A table whose one empty string is its first holds this and no other zero.
_USUAL_START = b"\n\x00"


class _NotPbfError(ValueError):
    """The bytes do not follow the format."""


def check_pbf(source: Path) -> int | None:
    """How many node ids come again; None, for it is not known, where ids are in no order or below nought.

    Raises MapError where libosmium must not read the file.
    """
    most = max(ALWAYS_UNPACKED, MOST_UNPACKED * source.stat().st_size)
    unpacked, last, again, in_order = 0, None, 0, True
    try:
        with source.open("rb") as file:
            for kind, block in _blocks_in(file):
                unpacked += len(block)
                if unpacked > most:
                    raise MapError(
                        f"{source.name} unpacks to more than {MOST_UNPACKED} times its size, which no map does: "
                        "download or export it again"
                    )
                for ids in _node_ids_in(block) if kind == b"OSMData" else ():
                    steps = np.diff(ids) if last is None else np.diff(ids, prepend=last)
                    again += int((steps == 0).sum())
                    in_order &= bool((steps >= 0).all()) and bool((ids >= 0).all())
                    last = ids[-1] if len(ids) else last
    except (_NotPbfError, zlib.error) as error:
        raise MapError(
            f"{source.name} cannot be read to its end as OSM data ({error}): download or export it again"
        ) from error
    return again if in_order else None


def _blocks_in(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The kind of each block and what is in it, unpacked; what stands there twice could be read in two ways."""
    while prefix := file.read(4):
        size = int.from_bytes(prefix, "big")
        if size > _LARGEST_HEADER:
            raise _NotPbfError("it does not begin as a PBF file does")
        header = list(_fields(file.read(size)))
        kinds = [value for field, value in header if field == _BLOCK_TYPE and isinstance(value, bytes)]
        lengths = [value for field, value in header if field == _BLOCK_SIZE and isinstance(value, int)]
        if len(kinds) != 1 or len(lengths) != 1 or lengths[0] > _LARGEST_BLOCK:
            raise _NotPbfError("a block has no kind or no length")
        held = [(field, value) for field, value in _fields(file.read(lengths[0])) if isinstance(value, bytes)]
        match held:
            case [(1, raw)]:
                yield kinds[0], raw
            case [(3, packed)]:
                yield kinds[0], zlib.decompressobj().decompress(packed, _LARGEST_BLOCK)
            case _:
                raise _NotPbfError("a block is not packed by zlib, or twice")


def _node_ids_in(block: bytes) -> Iterator[Longs]:
    """The ids of the nodes of a block, in rows as they stand there."""
    for field, value in _fields(block):
        if not isinstance(value, bytes):
            continue
        if field == _STRINGS and not _is_sound(value):
            raise _NotPbfError("a text holds a zero")
        if field == _GROUP:
            yield from _node_ids_of(value)


def _is_sound(strings: bytes) -> bool:
    """True where no string has a zero in it: libosmium ends each by one."""
    zeros = strings.count(0)
    if not zeros or (zeros == 1 and strings.startswith(_USUAL_START)):
        return True
    return all(isinstance(value, bytes) and 0 not in value for _, value in _fields(strings))


def _node_ids_of(group: bytes) -> Iterator[Longs]:
    single = []
    for field, value in _fields(group):
        if not isinstance(value, bytes):
            continue
        if field == _DENSE:
            for inner, packed in _fields(value):
                if inner == _ID and isinstance(packed, bytes):
                    yield np.cumsum(_signed(packed))
        elif field == _NODE:
            single += [number for inner, number in _fields(value) if inner == _ID and isinstance(number, int)]
    if single:
        raw = np.array(single, np.uint64)
        yield _unfolded(raw)


def _signed(packed: bytes) -> Longs:
    """The numbers of a packed field of kind sint64."""
    octets = np.frombuffer(packed, np.uint8)
    if not len(octets):
        return np.zeros(0, np.int64)
    last = np.flatnonzero(octets < 0x80)
    first = np.concatenate(([0], last[:-1] + 1))
    if not len(last) or last[-1] != len(octets) - 1 or (last - first).max() >= _LONGEST_VARINT:
        raise _NotPbfError("a number does not end")
    length = last - first + 1
    place = np.arange(len(octets)) - np.repeat(first, length)
    parts = (octets & 0x7F).astype(np.uint64) << (7 * place).astype(np.uint64)
    return _unfolded(np.add.reduceat(parts, first))


def _unfolded(zigzag: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> Longs:
    half = (zigzag >> np.uint64(1)).astype(np.int64)
    unfolded: Longs = np.where(zigzag & np.uint64(1), ~half, half)
    return unfolded


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: numbers as they are, all else as bytes."""
    at = 0
    while at < len(message):
        key, at = _number_at(message, at)
        match key & 7:
            case 0:
                value, at = _number_at(message, at)
                yield key >> 3, value
                continue
            case 1:
                size = 8
            case 2:
                size, at = _number_at(message, at)
            case 5:
                size = 4
            case _:
                raise _NotPbfError("a field is of no known kind")
        if at + size > len(message):
            raise _NotPbfError("it ends within a block")
        yield key >> 3, message[at : at + size]
        at += size


def _number_at(message: bytes, at: int) -> tuple[int, int]:
    """The varint there, and where it ends."""
    number = 0
    for place, octet in enumerate(message[at : at + _LONGEST_VARINT]):
        number |= (octet & 0x7F) << (7 * place)
        if octet < 0x80 and number < 2**64:
            return number, at + place + 1
    raise _NotPbfError("a number does not end")
