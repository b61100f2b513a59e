"""`arls roads reach`: how far one gets from a place in so many minutes, or from where one gets there, as GeoJSON.

It decides where the answer goes. What is reached is the roads' to say, and how it is drawn `maps.reach`'s.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import USAGE, as_json, console, refuse
from api.cli.places import At, Shut, closures_of, position_of

if TYPE_CHECKING:
    from maps.layers import Collection


class Drawn(StrEnum):
    """As what."""

    POLYGONS = "polygons"
    ARCS = "arcs"


def reach(
    directory: Annotated[Path, typer.Argument(help="Folder that `arls roads build` wrote.", show_default=False)],
    place: Annotated[str, typer.Option("--from", help="LAT,LON", show_default=False)],
    minutes: Annotated[str, typer.Option(help="One to six, from 1 to 120.")] = "5,10,15",
    profile: Annotated[str, typer.Option(help="How it moves: car-response, car-normal, foot ...")] = "car-response",
    to_place: Annotated[bool, typer.Option("--to-place", help="From where one gets there, instead.")] = False,
    drawn: Annotated[Drawn, typer.Option("--as", help="The ground, or every piece of road with its minutes.")] = (
        Drawn.POLYGONS
    ),
    closures: Shut = None,
    at: At = None,
    out: Annotated[Path | None, typer.Option(help="Write the GeoJSON here, and a summary on the screen.")] = None,
) -> None:
    """Isochrones as GeoJSON: the ground that is reached by road in so many minutes, with holes where it is not."""
    from api.networks import read_roads
    from arls.roads.snap import WIDEST_REACH_M
    from maps.layers import bytes_of
    from maps.reach import MinutesError, arcs_layer, ground_layer, minutes_of

    position = position_of(place)
    try:
        contours = minutes_of(minutes)
    except MinutesError as error:
        refuse(str(error), code=USAGE)
    roads = read_roads(directory)
    if roads.profile(profile).kind != "road":
        refuse(f"{profile} does not go by road: only what does has a reach", code=USAGE)
    shut = closures_of(closures, roads, at)
    spread = roads.spread([position], profile, towards=to_place, closures=shut)
    if not len(spread.places.arc):
        refuse(f"there is no road for {profile} within {WIDEST_REACH_M:.0f} m of {place}")
    told = {"to" if to_place else "from": place, "profile": profile, "closures": [one.id for one in shut]}
    layer_of = ground_layer if drawn is Drawn.POLYGONS else arcs_layer
    layer = layer_of(roads.network, spread, contours, told)
    if out is None:
        as_json(layer)
        return
    try:
        out.write_bytes(bytes_of(layer))
    except OSError as error:
        refuse(f"cannot write {out}: {error}")
    console.print(f"{out}: {_told(layer)}", soft_wrap=True)


def _told(layer: Collection) -> str:
    """What the layer holds, in a line."""
    if "arcs" in layer["reach"]:
        return f"{layer['reach']['arcs']:,} arcs, {layer['reach']['omitted']:,} of them left out"
    areas = (feature["properties"] for feature in reversed(layer["features"]))
    return ", ".join(f"{area['minutes']:g} minutes {area['area_km2']:,.1f} km2" for area in areas)
