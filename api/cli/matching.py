"""`arls roads match`: a track from a CSV file to the streets that were driven, as GeoJSON.

It decides how the file is read and what stands in a feature. What was driven is the matcher's to say.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import as_json, refuse

if TYPE_CHECKING:
    from arls.roads.matching.evidence import Fixes
    from arls.roads.matching.match import Drive, Matched
    from arls.roads.network import Network

_NEEDED = ("lat", "lon", "time_s")
_MAYBE = ("course_deg", "speed_mps", "accuracy_m")


def match(
    directory: Annotated[Path, typer.Argument(help="Folder that `arls roads build` wrote.", show_default=False)],
    track: Annotated[
        Path, typer.Argument(help="CSV: lat,lon,time_s[,course_deg,speed_mps,accuracy_m]", show_default=False)
    ],
    profile: Annotated[str, typer.Option(help="How it moves: car-response, car-normal, foot ...")] = "car-response",
    fixes: Annotated[bool, typer.Option("--fixes", help="A point for every fix as well.")] = False,
) -> None:
    """The arcs that a track was driven on: a GeoJSON line for each unbroken drive."""
    from api.networks import read_roads

    roads = read_roads(directory)
    try:
        told = read_track(track)
    except (OSError, ValueError, csv.Error) as error:
        refuse(f"cannot read {track}: {error}")
    matched = roads.match(told, profile)
    features = [_drive_feature(roads.network, drive, told) for drive in matched.drives]
    if fixes:
        features += _fix_features(matched, told)
    as_json({"type": "FeatureCollection", "features": features})


def read_track(file: Path) -> Fixes:
    """The fixes of a CSV file, in its order. Raises ValueError that names the line or the column."""
    import numpy as np

    from arls.roads.matching.evidence import Fixes

    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
            raise ValueError(f"there is no column {', '.join(missing)}")
        table = np.array([_numbers(row, rows.line_num) for row in rows]).reshape(-1, len(_NEEDED + _MAYBE))
    lats, lons, times_s, courses_deg, speeds_mps, accuracies_m = table.T
    return Fixes(
        lats=lats,
        lons=lons,
        times_s=times_s,
        courses_deg=courses_deg,
        speeds_mps=speeds_mps,
        accuracies_m=accuracies_m,
    )


def _numbers(row: dict[str, Any], line: int) -> list[float]:
    from arls.geo import Position

    try:
        Position(lat=float(row["lat"]), lon=float(row["lon"]))
        return [float(row[name]) for name in _NEEDED] + [float(row.get(name) or "nan") for name in _MAYBE]
    except (TypeError, ValueError) as error:
        raise ValueError(f"line {line}: {error}") from error


def _drive_feature(network: Network, drive: Drive, fixes: Fixes) -> dict[str, Any]:
    streets = network.arc_street[drive.arcs]
    names = [network.name_of(int(arc)) for arc in drive.arcs]
    return {
        "type": "Feature",
        "geometry": {
            "type": "LineString",
            "coordinates": [
                [round(lon, 7), round(lat, 7)]
                for lat, lon in zip(drive.lats.tolist(), drive.lons.tolist(), strict=True)
            ],
        },
        "properties": {
            "arcs": drive.arcs.tolist(),
            "ways": list(dict.fromkeys(network.street_way[streets].tolist())),
            "streets": list(dict.fromkeys(filter(None, names))),
            "start_fraction": round(drive.start_fraction, 6),
            "end_fraction": round(drive.end_fraction, 6),
            "length_m": round(drive.length_m, 1),
            "from_time_s": float(fixes.times_s[drive.first_fix]),
            "to_time_s": float(fixes.times_s[drive.last_fix]),
        },
    }


def _fix_features(matched: Matched, fixes: Fixes) -> list[dict[str, Any]]:
    """Each fix where it says it was made, and the arc it was matched to; null: an outlier, or no road is near."""
    from arls.roads.network import NO_ARC

    columns = (fixes.lats, fixes.lons, matched.arc, matched.fraction, matched.off_road_m)
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]},
            "properties": {
                "fix": number,
                "arc": arc if arc != NO_ARC else None,
                "fraction": round(fraction, 6) if arc != NO_ARC else None,
                "off_road_m": round(off_road_m, 1) if arc != NO_ARC else None,
            },
        }
        for number, (lat, lon, arc, fraction, off_road_m) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    ]
