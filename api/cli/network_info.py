"""`arls roads info`: what a network holds, what was left out of the map and why, and where it came from.

It decides how that is told, to people in sections and to machines as one object. What is counted is decided by
whoever imports the map.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.output import as_json, console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from arls.roads.live import Roads
    from maps.roadfile import Manifest

# Whose way about is told: who may use nearly every road, and who nearly every path.
_PROFILES = ("car-response", "foot")


def info(
    directory: Annotated[Path, typer.Argument(help="Folder that `arls roads build` wrote.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
) -> None:
    """What a network holds, what was left out of the map and why, and where it came from."""
    from api.networks import SEARCH, read_roads
    from maps.roadfile import read_manifest

    manifest = read_manifest(directory)
    roads = read_roads(directory, engine=SEARCH)
    components = {profile: _components(roads, profile) for profile in _PROFILES}
    if json:
        as_json(_facts(manifest, components))
        return
    for line in _lines(manifest, components):
        console.print(line, markup=False, soft_wrap=True)


def _facts(manifest: Manifest, components: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    return {
        **manifest.counts,
        "restrictions": manifest.report.restrictions_obeyed,
        "components": components,
        "bounds": list(manifest.bounds),
        "left_hand": manifest.left_hand,
        "checksum": manifest.checksum,
        "format_version": manifest.format_version,
        "builder_version": manifest.builder_version,
        **asdict(manifest.report),
    }


def _components(roads: Roads, profile: str) -> dict[str, int]:
    import numpy as np

    component = roads.weights(profile).component
    sizes = np.bincount(component[component >= 0])
    return {"count": len(sizes), "main_arcs": int(sizes[0]) if len(sizes) else 0, "arcs": int(sizes.sum())}


def _lines(manifest: Manifest, components: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    report, counts = manifest.report, manifest.counts
    west, south, east, north = manifest.bounds
    yield f"{report.source}, as OSM was at {report.osm_timestamp or 'a time that it does not tell'}"
    yield f"  from {south:.5f},{west:.5f} to {north:.5f},{east:.5f}"
    yield f"  traffic keeps {'left' if manifest.left_hand else 'right'}: {report.left_hand_by}"
    yield f"  file   {report.sha256}"
    yield f"  roads  {manifest.checksum}, format {manifest.format_version}, by ARLS {manifest.builder_version}"
    yield ""
    yield (
        f"{counts['arcs']:,} arcs and {counts['turns']:,} turns, on {counts['streets']:,} streets between "
        f"{counts['junctions']:,} junctions, from {report.kept['ways']:,} ways"
    )
    for profile, found in components.items():
        yield (
            f"  {profile} may use {found['arcs']:,} arcs: {found['main_arcs']:,} hang together, "
            f"{found['arcs'] - found['main_arcs']:,} lie apart (islands: {max(0, found['count'] - 1):,})"
        )
    yield from _section("left out", report.dropped)
    yield from _section("kept, but doubtful", report.doubts)
    yield from _section(
        "turn restrictions",
        {"obeyed": report.restrictions_obeyed}
        | {f"not obeyed: {reason}": n for reason, n in report.restrictions_ignored.items()},
    )
    yield from _section("hold only at times, and are not obeyed", report.conditional)


def _section(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield ""
    yield f"{title}:" if counts else f"{title}: nothing"
    for reason, n in counts.items():
        yield f"  {n:>9,}  {reason}"
