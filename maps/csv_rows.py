"""Rows of CSV files that an agency ships together: a folder of them, one file, or a zip, read as they come.

It decides which files are data, and tells how much is done. What a row means is the importers' business.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from contextlib import closing
from typing import IO, TYPE_CHECKING, Final

from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from maps.report import Progress

_LONGEST_ROW: Final = 20_000  # characters; a longer one is no row of these files
_MOST_UNPACKED: Final = 8_000_000_000  # bytes; OS Open Names is 1.7 GB
# Headers and lists of codes lie in folders of these names, beside the data.
_NO_DATA: Final = frozenset({"doc", "docs", "licence"})


def rows_of(source: Path, progress: Progress, left_out: Counter[str]) -> Generator[list[str]]:
    """The fields of each row of each file; those that are no CSV are counted. Raises MapError where nothing is read."""
    progress(source.name, 0.0)
    try:
        if source.is_dir():
            yield from _of_folder(source, progress, left_out)
        elif zipfile.is_zipfile(source):
            yield from _of_zip(source, progress, left_out)
        else:
            with source.open("rb") as file:
                yield from _rows(file, left_out)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise MapError(f"{source} cannot be read to its end ({error}): get it again; nothing was imported") from error
    progress(source.name, 1.0)


def columns_of(source: Path) -> int:
    """How many fields the first row has, 0 where there is none. Raises MapError where nothing can be read."""
    with closing(rows_of(source, lambda _step, _done: None, Counter())) as rows:
        return len(next(rows, []))


def sha256_of(source: Path) -> str:
    """Of the file; empty for a folder."""
    if source.is_dir():
        return ""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_folder(source: Path, progress: Progress, left_out: Counter[str]) -> Iterator[list[str]]:
    files = sorted(file for file in source.rglob("*") if _is_data(file.relative_to(source).as_posix()))
    if not files:
        raise MapError(f"there is no CSV file in {source}: give the folder that the zip unpacks to")
    for n, path in enumerate(files):
        progress(path.name, n / len(files))
        with path.open("rb") as file:
            yield from _rows(file, left_out)


def _of_zip(source: Path, progress: Progress, left_out: Counter[str]) -> Iterator[list[str]]:
    with zipfile.ZipFile(source) as packed:
        entries = [entry for entry in packed.infolist() if _is_data(entry.filename)]
        if not entries:
            raise MapError(f"there is no CSV file in {source.name}: give the zip as Ordnance Survey ships it")
        if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
            raise MapError(f"{source.name} unpacks to more than {_MOST_UNPACKED:,} bytes: it is not what it says")
        for n, entry in enumerate(entries):
            progress(entry.filename, n / len(entries))
            with packed.open(entry) as file:
                yield from _rows(file, left_out)


def _is_data(name: str) -> bool:
    folders = {part.lower() for part in name.split("/")[:-1]}
    last = name.rsplit("/", 1)[-1].lower()
    return last.endswith(".csv") and not folders & _NO_DATA and "header" not in last


def _rows(file: IO[bytes], left_out: Counter[str]) -> Iterator[list[str]]:
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        lines = iter(lambda: text.readline(_LONGEST_ROW + 1), "")
        reader = csv.reader(_short(lines, left_out), strict=False)
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                left_out["not CSV"] += 1
                continue
            if fields:
                yield fields


def _short(lines: Iterator[str], left_out: Counter[str]) -> Iterator[str]:
    """The lines that a row may be; a NUL ends none."""
    for line in lines:
        if len(line) > _LONGEST_ROW or "\0" in line:
            left_out["not CSV"] += 1
        else:
            yield line
