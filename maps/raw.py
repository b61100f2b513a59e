"""The bytes of an XML map before a parser sees them: whether it can be read in bounded memory.

It decides what is refused unread: a file that unpacks to very much more than it is, and one with a piece so long that
a parser, which must hold each piece whole, would hold the file. What is wrong with it otherwise the parser will say.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from typing import IO, TYPE_CHECKING, cast

from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

# No element of OSM comes near it: a value has at most 255 characters. In GraphML it is a street of 25,000 points.
LONGEST_PIECE = 2**20
# Real extracts unpack to 9 to 15 times their size, and gzip cannot pack better than 1 to 1,032.
MOST_UNPACKED = 100
# What is small may be packed as well as it likes.
ALWAYS_UNPACKED = 2**26

_CHUNK = 2**20


def check_xml(source: Path) -> None:
    """Read `.osm`, `.osm.gz`, `.osm.bz2` or `.graphml` through once. Raises MapError where it must not be parsed."""
    most = max(ALWAYS_UNPACKED, MOST_UNPACKED * source.stat().st_size)
    read = since_end = 0
    try:
        with _opened(source) as file:
            while chunk := file.read(_CHUNK):
                read += len(chunk)
                first, last = chunk.find(b">"), chunk.rfind(b">")
                longest = since_end + (len(chunk) if first < 0 else first)
                since_end = longest if first < 0 else len(chunk) - 1 - last
                if longest > LONGEST_PIECE:
                    raise MapError(
                        f"{source.name} holds a piece longer than {LONGEST_PIECE:,} characters, which no map has: "
                        "export it again"
                    )
                if read > most:
                    raise MapError(
                        f"{source.name} unpacks to more than {MOST_UNPACKED} times its size, which no map does: "
                        "download or export it again"
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return  # cut or damaged: the parser comes no further either, and says so


def _opened(source: Path) -> IO[bytes]:
    match source.suffix:
        case ".gz":
            return cast("IO[bytes]", gzip.open(source))
        case ".bz2":
            return bz2.open(source)
        case _:
            return source.open("rb")
