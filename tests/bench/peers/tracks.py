"""The networks of the tracks as OSM extracts, so that others can build their own data of them.

A network is nothing but directed pairs of nodes: each street becomes a way of two nodes, and all ways are of one class.
The signed limit is the same everywhere and high, so that nobody takes a drive for too fast to be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from arls.roads.network import NO_ARC

if TYPE_CHECKING:
    from pathlib import Path

    from arls.roads.network import Network

CLASS, LIMIT_KMH = "tertiary", "130"


def written(network: Network, path: Path) -> Path:
    """The extract: node and way ids are the numbers of junctions and streets, plus one."""
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for junction, (lat, lon) in enumerate(zip(network.junction_lat, network.junction_lon, strict=True)):
            writer.add_node(Node(id=junction + 1, version=1, location=(float(lon), float(lat))))
        _, first = np.unique(network.arc_street, return_index=True)
        for arc in first:
            oneway = "yes" if network.arc_twin[arc] == NO_ARC else "no"
            writer.add_way(
                Way(
                    id=int(network.arc_street[arc]) + 1,
                    version=1,
                    nodes=[int(network.arc_from[arc]) + 1, int(network.arc_to[arc]) + 1],
                    tags={"highway": CLASS, "maxspeed": LIMIT_KMH, "oneway": oneway},
                )
            )
    return path
