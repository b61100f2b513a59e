"""Base maps of the force's own: what may be set, what the browser is told, and what it may then fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.base_layers import BaseLayer, policy_of
from api.settings import SettingsError, settings_of

if TYPE_CHECKING:
    from tests.api.room import Room

OURS = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
OS = "https://api.os.example/maps/raster/{z}/{x}/{y}.png?key=k"


def test_without_a_layer_nothing_but_our_own_origin_may_be_asked(room: Room) -> None:
    assert room.client.get("/v1/status").headers["Content-Security-Policy"] == OURS == policy_of(())
    assert room.client.get("/v1/base-layers").json() == []


def test_the_policy_names_the_origins_of_the_layers_once_each_and_nothing_else() -> None:
    urls = (OS, OS, "http://127.0.0.1:9/{z}/{x}/{y}")
    both = "http://127.0.0.1:9 https://api.os.example"
    wider = OURS.replace("blob:;", f"blob: {both};").replace("connect-src 'self'", f"connect-src 'self' {both}")
    assert policy_of(BaseLayer(name=url, url=url) for url in urls) == wider


def test_a_wmts_template_is_told_as_the_browser_fills_it_in() -> None:
    url = "https://maps.example/wmts?layer=roads&TileMatrix={TileMatrix}&TileCol={TileCol}&TileRow={TileRow}"
    layer = BaseLayer(name="roads", url=url)
    assert layer.template == "https://maps.example/wmts?layer=roads&TileMatrix={z}&TileCol={x}&TileRow={y}"


@pytest.mark.parametrize(
    "url",
    [
        "maps.example/{z}/{x}/{y}.png",
        "ftp://maps.example/{z}/{x}/{y}.png",
        "https://maps.example/{z}/{x}.png",
        "https:///{z}/{x}/{y}.png",
        "https://user:word@maps.example/{z}/{x}/{y}.png",
        "https://{z}.example/{x}/{y}.png",
        "https://a.example; script-src *//{z}/{x}/{y}",
        "https://*.example/{z}/{x}/{y}",
    ],
)
def test_an_address_that_would_open_more_than_itself_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="address"):
        settings_of({"map": {"base_layers": [{"name": "a", "url": url}]}}, where="arls.toml")
