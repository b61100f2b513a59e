"""A Network on disk and back: one array to a file, memory-mapped, and a manifest that says what they are.

It decides the format. Nothing is read that the manifest does not describe, and nothing of another format version.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from arls.roads.hierarchy.order import arrays_of, order_from, order_of
from arls.roads.network import Network
from maps.placefile import IMPORTED
from maps.report import MapError, Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from arls.roads.hierarchy.order import Order

# Raised whenever a field of Network comes, goes or changes its meaning.
FORMAT_VERSION = 4

_MANIFEST = "manifest.json"
_NAMES = "names.json"
_ARRAYS = tuple(field.name for field in fields(Network) if field.name not in {"left_hand", "names"})
# The hierarchy's order lies beside the network: it follows from it, so it is not part of its checksum.
_ORDER = "order_"
_AGAIN = "run `arls roads build` again"


class ArrayKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one array file holds."""

    dtype: str
    length: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What lies in the directory, and where it came from."""

    format_version: int
    builder_version: str
    checksum: str  # Network.checksum, the identity that a ranking records
    left_hand: bool
    bounds: tuple[float, float, float, float]  # west, south, east, north
    counts: dict[str, int]
    arrays: dict[str, ArrayKind]
    report: Report  # source file, its SHA-256 and time, and what became of its roads


class _Version(msgspec.Struct):
    format_version: int


def save(network: Network, report: Report, directory: Path) -> Manifest:
    """Write the network, wholly or not at all; one that lay there before is replaced.

    Raises MapError where something else lies at `directory`, or where it cannot be written.
    """
    if not _is_free(directory):
        raise MapError(f"{directory} is there already and holds no network: name another directory")
    order = {f"{_ORDER}{name}": array for name, array in arrays_of(order_of(network)).items()}
    arrays = {name: getattr(network, name) for name in _ARRAYS} | order
    manifest = _manifest_of(network, report, arrays)
    beside = directory.with_name(f".{directory.name}.{os.getpid()}")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        _write(network.names, arrays, manifest, beside)
        _put(beside, directory)
    except OSError as error:
        raise MapError(f"the network cannot be written to {directory} ({error}): make room or name another") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """What lies in the directory. Raises MapError where that is no network, or one of another version."""
    try:
        text = (directory / _MANIFEST).read_bytes()
    except OSError as error:
        raise MapError(
            f"there is no network in {directory}: make one with `arls roads build EXTRACT --out {directory}`"
        ) from error
    try:
        found = msgspec.json.decode(text, type=_Version).format_version
        if found != FORMAT_VERSION:
            raise MapError(
                f"the network in {directory} is of format {found}, built by another version (this one reads format "
                f"{FORMAT_VERSION}): {_AGAIN}"
            )
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise MapError(f"the manifest in {directory} cannot be understood ({error}): {_AGAIN}") from error
    if {name for name in manifest.arrays if not name.startswith(_ORDER)} != set(_ARRAYS):
        raise MapError(f"the manifest in {directory} tells of other arrays than a network has: {_AGAIN}")
    return manifest


def load(directory: Path, *, verify: bool = False) -> Network:
    """The network in the directory, its arrays mapped and read-only; `verify` reads all of it against the checksum.

    Raises MapError where it is not whole, or was changed.
    """
    manifest = read_manifest(directory)
    try:
        names = tuple(msgspec.json.decode((directory / _NAMES).read_bytes(), type=list[str]))
        arrays = {name: _mapped(directory, name, manifest.arrays[name]) for name in _ARRAYS}
    except (OSError, EOFError, ValueError) as error:
        raise MapError(f"the network in {directory} is not whole ({error}): {_AGAIN}") from error
    network = Network(left_hand=manifest.left_hand, names=names, **arrays)
    if verify and network.checksum() != manifest.checksum:
        raise MapError(f"the network in {directory} was changed after it was built: {_AGAIN}")
    return network


def load_order(directory: Path, network: Network) -> Order:
    """The order of the hierarchy that was stored with the network of this directory, mapped.

    Raises MapError where it is not whole, or not that network's.
    """
    kinds = {name: kind for name, kind in read_manifest(directory).arrays.items() if name.startswith(_ORDER)}
    try:
        arrays = {name.removeprefix(_ORDER): _mapped(directory, name, kind) for name, kind in kinds.items()}
        return order_from(network, arrays)
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise MapError(f"the order of the network in {directory} is not whole ({error}): {_AGAIN}") from error


def _is_free(directory: Path) -> bool:
    if not directory.exists() or (directory / _MANIFEST).is_file():
        return True
    return directory.is_dir() and not any(directory.iterdir())


def _mapped(directory: Path, name: str, kind: ArrayKind) -> NDArray[Any]:
    array = np.asarray(np.load(directory / f"{name}.npy", mmap_mode="r"))
    if array.shape != (kind.length,) or array.dtype.str != kind.dtype:
        raise ValueError(f"{name} holds {array.dtype.str}{list(array.shape)}, not {kind.dtype}[{kind.length}]")
    return array


def _manifest_of(network: Network, report: Report, arrays: Mapping[str, NDArray[Any]]) -> Manifest:
    bounds = network.bounds
    return Manifest(
        format_version=FORMAT_VERSION,
        builder_version=_builder_version(),
        checksum=network.checksum(),
        left_hand=network.left_hand,
        bounds=(bounds.west, bounds.south, bounds.east, bounds.north),
        counts={
            "junctions": len(network.junction_lat),
            "streets": len(network.street_way),
            "arcs": network.arcs,
            "turns": network.turns,
        },
        arrays={name: ArrayKind(array.dtype.str, len(array)) for name, array in arrays.items()},
        report=report,
    )


def _builder_version() -> str:
    try:
        return version("arls")
    except PackageNotFoundError:
        return "not installed"


def _write(names: Sequence[str], arrays: Mapping[str, NDArray[Any]], manifest: Manifest, directory: Path) -> None:
    directory.mkdir()
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", array)
    (directory / _NAMES).write_bytes(msgspec.json.encode(names))
    (directory / _MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))


def _put(beside: Path, directory: Path) -> None:
    """Move the new one into place by renaming: who looks finds the old one, the new one, or for a moment none.

    Places that were imported stay: they are not the extract's.
    """
    before = beside.with_name(f"{beside.name}.before")
    if directory.exists():
        directory.rename(before)
    for imported in (before / name for name in IMPORTED):
        if imported.is_file():
            shutil.copy2(imported, beside)
    beside.rename(directory)
    shutil.rmtree(before, ignore_errors=True)
