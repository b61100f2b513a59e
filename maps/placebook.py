"""One box for whatever a caller says: a name, two streets, a postcode, degrees, a grid reference, three words.

It decides which of the sources answers, and what is told of each answer. It reads its files at the first question.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from arls.geo import Position, find_grid_reference, grid_degrees_of
from maps.code_point import SAID_OF_QUALITY
from maps.gazetteer import Found, Gazetteer, metres_from
from maps.named import Extent, Kind, Localities, Named, with_contexts
from maps.named_roads import named_roads
from maps.osm_names import read_names
from maps.placefile import (
    EXTRACT,
    FORMAT_VERSION,
    OPEN_NAMES,
    About,
    load_places,
    load_postcodes,
    save_places,
)
from maps.placetext import Read, find_postcode, read_numbers
from maps.report import MapError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from arls.roads.network import Network

LONGEST_TEXT: Final = 200  # characters: no place has a longer name
_OSM: Final = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".osm.xml")


class PlaceFound(msgspec.Struct, frozen=True, kw_only=True):
    """A place that the text may mean."""

    kind: Kind
    name: str
    context: str  # the settlement in which it lies; empty: none is known
    detail: str  # what it is more exactly: village, hospital, how good a postcode's place is
    lat: float
    lon: float
    grid_ref: str | None
    extent: Extent | None  # west, south, east, north in degrees; null: a point
    distance_m: float | None  # from `near`
    typos: int  # letters that are other than those typed
    source: str


class PlaceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Places, the best match first, and what is to be said of the text: read how, not looked up here, ambiguous."""

    places: tuple[PlaceFound, ...]
    notes: tuple[str, ...] = ()


class PlaceBook:
    """The places of a network, from the files beside it. Many threads may ask at once."""

    def __init__(self, network: Network, directory: Path | None = None) -> None:
        self._network = network
        self._directory = directory
        self._opening = threading.Lock()
        self._opened: _Opened | None = None

    def find(self, text: str, *, near: Position | None = None, limit: int = 10) -> PlaceAnswer:
        """What the text may mean. Never raises for a text: what means nothing has no places, and a note."""
        text = text.strip()
        opened = self._open()
        numbers = read_numbers(text, self._network.bounds)
        if numbers is not None:
            return _of_numbers(numbers, opened.gazetteer, near)
        postcode = find_postcode(text)
        if postcode is not None:
            return opened.of_postcode(postcode, near)
        found = opened.gazetteer.find(text, near=near, limit=limit)
        notes = (*opened.notes, *(() if found else (f"nothing here is named so: {_short(text)}",)))
        return PlaceAnswer(places=tuple(_told(one, near) for one in found), notes=notes)

    def prepare(self) -> None:
        """Read the files and make the index, so that nobody waits for it."""
        self._open().gazetteer.prepare()

    def _open(self) -> _Opened:
        with self._opening:
            if self._opened is None:
                self._opened = _opened(self._network, self._directory)
            return self._opened


class _Opened:
    """What was read of the files."""

    def __init__(
        self, gazetteer: Gazetteer, postcodes: tuple[str, NDArray[np.void]] | None, notes: tuple[str, ...]
    ) -> None:
        self.gazetteer = gazetteer
        self.notes = notes
        self._postcodes = postcodes

    def of_postcode(self, postcode: str, near: Position | None) -> PlaceAnswer:
        if self._postcodes is None:
            said = "postcodes are not known here: import them with `arls places import`"
            return PlaceAnswer(places=(), notes=(said,))
        source, rows = self._postcodes
        key = postcode.replace(" ", "").encode()
        row = int(np.searchsorted(rows["postcode"], key))
        if row == len(rows) or rows["postcode"][row] != key:
            return PlaceAnswer(places=(), notes=(f"there is no postcode {postcode} in {source}",))
        lats, lons = grid_degrees_of(
            eastings_m=rows["easting_m"][row : row + 1], northings_m=rows["northing_m"][row : row + 1]
        )
        here = Position(lat=round(float(lats[0]), 6), lon=round(float(lons[0]), 6))
        said = SAID_OF_QUALITY[int(rows["quality"][row])]
        place = Named(
            kind=Kind.POSTCODE,
            name=postcode,
            lat=here.lat,
            lon=here.lon,
            context=self.gazetteer.context_of(here),
            detail=said,
            source=source,
        )
        note = "a postcode is about 15 addresses: ask for the street and the number"
        return PlaceAnswer(places=(_told(Found(place=place, cost=0.0), near),), notes=(note,))


def build_places(source: str | Path, network: Network, about: About, directory: Path) -> str | None:
    """Write what the extract names beside its network; what to doubt where it was read for its streets alone.

    Raises MapError where it cannot be written.
    """
    places, doubt = named_roads(network, source=about.source), None
    if not isinstance(source, str) and source.name.endswith(_OSM):
        try:
            places += read_names(source, network, source=about.source)
        except MapError as error:
            doubt = f"only streets can be found by name: {error}"
    places = with_contexts(places, Localities(one for one in places if one.kind is Kind.SETTLEMENT))
    counts = {str(kind): sum(one.kind is kind for one in places) for kind in Kind}
    about = msgspec.structs.replace(about, kept={kind: count for kind, count in counts.items() if count})
    save_places(places, about, directory, EXTRACT)
    return doubt


def about_of(source: str, sha256: str) -> About:
    """Where places come from, before they are counted."""
    return About(format_version=FORMAT_VERSION, source=source, sha256=sha256, kept={}, left_out={})


def _opened(network: Network, directory: Path | None) -> _Opened:
    notes: list[str] = []
    places = _extract_places(network, directory, notes)
    postcodes = None
    if directory is not None:
        try:
            imported = load_places(directory, OPEN_NAMES)
            places += list(imported[1]) if imported else []
            postcodes = load_postcodes(directory)
        except MapError as error:
            notes.append(str(error))
    return _Opened(Gazetteer(places, network), postcodes, tuple(notes))


def _extract_places(network: Network, directory: Path | None, notes: list[str]) -> list[Named]:
    """Those of the file; without one, the network's own names: they are all that a drawing has."""
    if directory is None:
        return named_roads(network, source="")
    try:
        stored = load_places(directory, EXTRACT)
    except MapError as error:
        notes.append(f"{error}: until then only streets are found")
        return named_roads(network, source="")
    if stored is None:
        notes.append("this network was built before places were kept: streets alone are found until `arls roads build`")
        return named_roads(network, source="")
    return list(stored[1])


def _of_numbers(read: Read, gazetteer: Gazetteer, near: Position | None) -> PlaceAnswer:
    places = []
    for place in read.places:
        context = gazetteer.context_of(Position(lat=place.lat, lon=place.lon))
        places.append(_told(Found(place=msgspec.structs.replace(place, context=context), cost=0.0), near))
    return PlaceAnswer(places=tuple(places), notes=(read.said,) if read.said else ())


def _told(found: Found, near: Position | None) -> PlaceFound:
    place = found.place
    here = Position(lat=place.lat, lon=place.lon)
    return PlaceFound(
        kind=place.kind,
        name=place.name,
        context=place.context,
        detail=place.detail,
        lat=place.lat,
        lon=place.lon,
        grid_ref=find_grid_reference(here),
        extent=place.extent,
        distance_m=round(metres_from(place, near), 1) if near else None,
        typos=int(found.cost),
        source=place.source,
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}..."
