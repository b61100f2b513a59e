"""What the base map shows, as shapes on the Mercator square: read from an OSM extract, or taken from a Network.

It decides which objects become which shapes. How each is drawn is the legend's business, and cutting them into
tiles that of `tilecut`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import osmium
import shapely
from osmium.filter import KeyFilter

from arls.geo import Bounds
from arls.roads.network import Access, RoadClass, StreetFlag
from maps import legend
from maps.report import MapError
from maps.sea import sea_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from arls.roads.network import Network

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]  # of shapely geometries

# Where the Mercator square ends, atan(sinh(pi)). EPSG Guidance Note 7-2, "Popular Visualisation Pseudo Mercator".
_MAX_LAT: Final = 85.051128
_NOT_OSM: Final = (RuntimeError, ValueError, osmium.InvalidLocationError)  # what osmium raises for what it cannot read


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """Shapes and the legend entry of each; x runs from 0 at 180 degrees west to 1, y from 0 at 85 north to 1."""

    shapes: Shapes  # [F] points, lines, polygons and multipolygons
    entry: Ints  # [F] into entries
    entries: Sequence[legend.Entry]
    bounds: Bounds  # of the extract; its ways may reach further
    left_out: Counter[str]  # by reason


def read_features(source: Path) -> Features:
    """What can be drawn of a `.osm.pbf`, `.osm` or `.osm.gz` extract.

    Raises MapError where the file cannot be read or holds nothing to draw.
    """
    if not source.is_file():
        raise MapError(f"there is no file {source}: give the path of an OSM extract")
    reader = _Reader()
    keys = KeyFilter(*legend.KEYS)
    try:
        extract = osmium.FileProcessor(source).with_areas(keys).with_filter(keys)
        box = extract.header.box()
        for seen in extract:
            reader.read(seen)
    except _NOT_OSM as error:
        raise MapError(f"{source.name} is not a whole OSM extract ({error}): download it again") from error
    if not reader.entries:
        raise MapError(f"{source.name} holds nothing to draw: use an extract with streets, water or buildings")
    low, high = box.bottom_left, box.top_right
    return reader.features(_bounds_of(low.lon, low.lat, high.lon, high.lat) if box.valid() else None)


def features_of(network: Network) -> Features:
    """The streets of a network, for a source that has nothing else to draw. Raises MapError where it has none."""
    entries: dict[legend.Entry, int] = {}
    streets, entry = [], []
    for street, oneway in enumerate(_oneway_of_streets(network).tolist()):
        if drawn := _entry_of_street(network, street, oneway):
            streets.append(street)
            entry.append(entries.setdefault(drawn, len(entries)))
    if not streets:
        raise MapError("the network has no street to draw: build it from an extract with streets")
    points = on_the_square(np.column_stack((network.point_lon, network.point_lat)))
    street_of_point = np.repeat(np.arange(len(network.street_way)), np.diff(network.street_point_start))
    lines: Shapes = np.asarray(shapely.linestrings(points, indices=street_of_point), np.object_)
    return Features(
        shapes=lines[streets],
        entry=np.array(entry, np.int64),
        entries=list(entries),
        bounds=network.bounds,
        left_out=Counter(),
    )


class _Reader:
    """OSM objects as they come, kept as hexadecimal WKB in degrees; equal entries become one."""

    def __init__(self) -> None:
        self.entries: dict[legend.Entry, int] = {}
        self._entry: list[int] = []
        self._wkb: list[str] = []
        self._left_out: Counter[str] = Counter()
        self._make = osmium.geom.WKBFactory()

    def read(self, seen: object) -> None:
        """Keep what the legend knows of one object that has its locations."""
        make = self._make
        match seen:
            case osmium.osm.Node():
                tags = dict(seen.tags)
                self._keep(legend.find_place(tags), lambda: make.create_point(seen))
                self._keep(legend.find_poi(tags), lambda: make.create_point(seen))
            case osmium.osm.Way():
                self._keep(legend.find_line(dict(seen.tags)), lambda: make.create_linestring(seen))
            case osmium.osm.Area():
                tags = dict(seen.tags)
                if legend.is_area(tags) or not seen.from_way():  # a multipolygon is an area whatever its tags
                    self._keep(legend.find_area(tags), lambda: make.create_multipolygon(seen))
                    self._keep(legend.find_poi(tags), lambda: make.create_multipolygon(seen))

    def features(self, bounds: Bounds | None) -> Features:
        """All that was kept, within `bounds`, or within their own where that is None."""
        entry = np.array(self._entry, np.int64)
        shapes = shapely.from_wkb(np.array(self._wkb, np.object_))
        bounds = bounds or _bounds_of(*shapely.total_bounds(shapes).tolist())
        marks = np.array([known.layer in legend.POINTS for known in self.entries], np.bool_)[entry]
        shapes[marks] = shapely.point_on_surface(shapes[marks])
        if (number := self.entries.get(legend.SEA)) is not None:
            coast = entry == number
            sea = sea_of(shapes[coast], bounds)
            self._left_out["coastline"] = 0 if len(sea) else int(coast.sum())
            shapes = np.concatenate((shapes[~coast], sea))
            entry = np.concatenate((entry[~coast], np.full(len(sea), number)))
        return Features(
            shapes=shapely.transform(shapes, on_the_square),
            entry=entry,
            entries=list(self.entries),
            bounds=bounds,
            left_out=+self._left_out,
        )

    def _keep(self, entry: legend.Entry | None, make: Callable[[], str]) -> None:
        if entry is None:
            return
        try:
            wkb = make()
        except (RuntimeError, osmium.InvalidLocationError):  # fewer than two places, or a node outside the extract
            self._left_out["incomplete"] += 1
            return
        self._wkb.append(wkb)
        self._entry.append(self.entries.setdefault(entry, len(self.entries)))


def on_the_square(lon_lat: Floats) -> Floats:
    """Degrees [N, 2] as Mercator x (eastward) and y (southward), both 0 to 1."""
    lat = np.radians(np.clip(lon_lat[:, 1], -_MAX_LAT, _MAX_LAT))
    return np.column_stack((lon_lat[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)))


def _bounds_of(west: float, south: float, east: float, north: float) -> Bounds:
    return Bounds(west=west, south=south, east=east, north=north)


def _oneway_of_streets(network: Network) -> Ints:
    """Per street 1 where cars may only follow its points, -1 where only go against them, else 0."""
    open_to_cars = (network.arc_access & Access.VEHICLES & ~Access.CYCLE) != 0
    ways: Ints = np.zeros((2, len(network.street_way)), np.int64)
    ways[network.arc_backward[open_to_cars].astype(np.int64), network.arc_street[open_to_cars]] = 1
    return np.asarray(ways[0] - ways[1])


def _entry_of_street(network: Network, street: int, oneway: int) -> legend.Entry | None:
    flags = StreetFlag(int(network.street_flags[street]))
    return legend.find_road(
        RoadClass(network.street_class[street]).name.lower(),
        name=network.names[network.street_name[street]],
        ref=network.names[network.street_ref[street]],
        oneway=oneway,
        bridge=StreetFlag.BRIDGE in flags,
        tunnel=StreetFlag.TUNNEL in flags,
    )
