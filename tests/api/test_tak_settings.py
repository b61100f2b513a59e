"""A TAK Server and the mesh as the settings name them."""

from __future__ import annotations

from typing import Any

import pytest

from api.edge import _listener_of
from api.settings import SettingsError, settings_of
from gateways.listeners.multicast import MulticastListener
from gateways.listeners.tak import TakListener
from gateways.mqtt import BrokerAddress


def listener_of(**words: Any) -> Any:
    settings = settings_of({"gateway": {"listen": [words]}}, where="the test").gateway
    address = BrokerAddress(host="127.0.0.1", port=1883)
    return _listener_of(settings.listen[0], settings, address, force="demo", patient=False)


def test_a_tak_server_is_at_8089_and_the_mesh_where_atak_has_it_unless_told_otherwise() -> None:
    server, mesh = listener_of(over="tak", server="tak.example"), listener_of(over="multicast")
    assert isinstance(server, TakListener)
    assert (server.line.name, server.line.state) == ("tak tak.example:8089", "down")
    assert isinstance(mesh, MulticastListener)
    assert mesh.line.name == "multicast 239.2.3.1:6969"
    assert listener_of(over="tak", server="tak.example", port=8087).line.name == "tak tak.example:8087"


@pytest.mark.parametrize(
    "words",
    [
        {"over": "multicast", "group": "10.0.0.1"},
        {"over": "multicast", "interfaces": ["eth0"]},
        {"over": "tak"},
        {"over": "tak", "server": "tak.example", "tls": {"password": "x"}},
    ],
)
def test_what_cannot_be_is_refused_by_its_name(words: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"the test: gateway\.listen\.0"):
        listener_of(**words)
