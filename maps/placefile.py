"""Named places on disk beside their network: one file a source, with what it is and where it came from.

It decides the format, and that a file is written wholly or not at all. Who reads a source is the importers' business.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from maps.named import Named
from maps.report import MapError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Raised whenever a field of Named, or the columns of a postcode, come, go or change their meaning.
FORMAT_VERSION: Final = 1

EXTRACT: Final = "places.msgpack"  # of the extract that the network was built from
OPEN_NAMES: Final = "places-open-names.msgpack"
POSTCODES: Final = "postcodes.npy"
POSTCODES_ABOUT: Final = "postcodes.json"
# What was imported is not the extract's, and outlives a network that is built again.
IMPORTED: Final = (OPEN_NAMES, POSTCODES, POSTCODES_ABOUT)

# Sorted by postcode, which is written without its space: `SO160AS`.
POSTCODE: Final = np.dtype(
    [("postcode", "S7"), ("easting_m", np.int32), ("northing_m", np.int32), ("quality", np.uint8)]
)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Where the places of a file came from."""

    format_version: int
    source: str  # file name
    sha256: str  # of the source; empty for a folder
    kept: dict[str, int]  # by kind
    left_out: dict[str, int]  # by reason


class _File(msgspec.Struct, frozen=True, kw_only=True):
    about: About
    places: tuple[Named, ...]


class _Version(msgspec.Struct):
    about: dict[str, Any]


def save_places(places: Sequence[Named], about: About, directory: Path, name: str) -> None:
    """Write the places beside the network. Raises MapError where that cannot be."""
    _write(msgspec.msgpack.encode(_File(about=about, places=tuple(places))), directory, name)


def load_places(directory: Path, name: str) -> tuple[About, tuple[Named, ...]] | None:
    """The places of a file; None where there is no such file. Raises MapError where it cannot be understood."""
    try:
        data = (directory / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MapError(f"{directory / name} cannot be read ({error}): mend its permissions, or build again") from error
    try:
        version = msgspec.msgpack.decode(data, type=_Version).about.get("format_version")
        if version != FORMAT_VERSION:
            raise MapError(f"{directory / name} is of format {version}, not {FORMAT_VERSION}: {_again(name)}")
        file = msgspec.msgpack.decode(data, type=_File)
    except msgspec.DecodeError as error:
        raise MapError(f"{directory / name} cannot be understood ({error}): {_again(name)}") from error
    return file.about, file.places


def save_postcodes(rows: NDArray[np.void], about: About, directory: Path) -> None:
    """Write postcodes, sorted, beside the network. Raises MapError where that cannot be."""
    beside = directory / f".{POSTCODES}.{os.getpid()}"
    try:
        with beside.open("wb") as file:
            np.save(file, rows)
        beside.replace(directory / POSTCODES)
    except OSError as error:
        raise MapError(f"the postcodes cannot be written to {directory} ({error}): make room") from error
    finally:
        beside.unlink(missing_ok=True)
    _write(msgspec.json.format(msgspec.json.encode(about)), directory, POSTCODES_ABOUT)


def load_postcodes(directory: Path) -> tuple[str, NDArray[np.void]] | None:
    """Whose postcodes they are, and the postcodes, mapped; None where none were imported. Raises MapError."""
    file = directory / POSTCODES
    if not file.is_file():
        return None
    try:
        rows = np.load(file, mmap_mode="r")
        about = msgspec.json.decode((directory / POSTCODES_ABOUT).read_bytes(), type=About)
    except (OSError, ValueError, EOFError, msgspec.DecodeError) as error:
        raise MapError(f"{file} cannot be read ({error}): {_again(POSTCODES)}") from error
    if rows.dtype != POSTCODE or about.format_version != FORMAT_VERSION:
        raise MapError(f"{file} is of another format: {_again(POSTCODES)}")
    return about.source, rows


def _again(name: str) -> str:
    return "run `arls roads build` again" if name == EXTRACT else "run `arls places import` again"


def _write(data: bytes, directory: Path, name: str) -> None:
    beside = directory / f".{name}.{os.getpid()}"
    try:
        beside.write_bytes(data)
        beside.replace(directory / name)
    except OSError as error:
        raise MapError(f"{name} cannot be written to {directory} ({error}): make room or name another") from error
    finally:
        beside.unlink(missing_ok=True)
