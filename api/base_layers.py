"""Base maps of the force's own, Ordnance Survey's or another's: what is set, and what a browser may fetch for them.

It decides which origins a page is allowed to ask: exactly those of the layers that are set, and with none nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from api.listen import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a template names in braces: XYZ, or WMTS by RESTful template or by key and value (OGC 07-057r7, 8.2 and 10).
_NAMES = ({"{z}", "{x}", "{y}"}, {"{TileMatrix}", "{TileCol}", "{TileRow}"})


class BaseLayer(Section):
    """Picture tiles in Web Mercator (EPSG:3857), offered beside our own map."""

    name: str = Field(min_length=1, max_length=60)
    url: str = Field(
        max_length=1_000, description="with {z}, {x} and {y}, or WMTS's {TileMatrix}, {TileCol}, {TileRow}"
    )
    attribution: str = Field(default="", max_length=300, description="text, no markup")
    max_zoom: int = Field(default=19, ge=0, le=24, description="enlarged from there on")
    tile_size: Literal[256, 512] = 256

    @field_validator("url")
    @classmethod
    def _is_a_template(cls, url: str) -> str:
        parts = urlsplit(url)
        odd = set(parts.netloc) & set(" ;,{}'*@")  # a policy would read more into it than one host
        if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
            raise ValueError("a base layer has an address such as https://maps.example/{z}/{x}/{y}.png")
        if not any(all(name in url for name in names) for names in _NAMES):
            raise ValueError("its address names {z}, {x} and {y}, or {TileMatrix}, {TileCol} and {TileRow}")
        return url

    @property
    def template(self) -> str:
        """The address with {z}, {x} and {y}, however it was written."""
        wmts = {"{TileMatrix}": "{z}", "{TileCol}": "{x}", "{TileRow}": "{y}"}
        url = self.url
        for said, meant in wmts.items():
            url = url.replace(said, meant)
        return url

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a policy names them."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


class MapSettings(Section):
    """What the screen's map is drawn from beside our own tiles."""

    base_layers: tuple[BaseLayer, ...] = Field(default=(), max_length=20, description="offered in the map's menu")


def policy_of(layers: Iterable[BaseLayer]) -> str:
    """The Content-Security-Policy: nothing from anywhere else but the tiles of these layers."""
    # MapLibre fetches tiles by its worker (connect-src), and an address may be shown as a picture (img-src).
    more = "".join(f" {origin}" for origin in sorted({layer.origin for layer in layers}))
    return (
        f"default-src 'self'; img-src 'self' data: blob:{more}; worker-src 'self'; style-src 'self'; "
        f"connect-src 'self'{more}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )
