"""Who may post: accounts, secrets and listeners as the settings say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.edge import gateway_running
from api.outside import WiringError, broker_of, is_loopback, read_secrets
from api.settings import GatewaySettings, SettingsError, settings_of
from gateways.listeners.accounts import Accounts
from gateways.mqtt import BrokerAddress, BrokerError

if TYPE_CHECKING:
    from pathlib import Path


def test_accounts_are_found_by_name_by_token_and_alone() -> None:
    accounts = Accounts({"ann": "word", "bob": "other", "nobody": ""})
    assert accounts.find(b"bearer other") == "bob"
    assert accounts.find_named("nobody", "") is None
    assert accounts.find_only() is None
    assert Accounts({"ann": "word"}).find_only() == "ann"
    assert accounts.find(b"Basic " + b"\xff") is None
    assert accounts.find(b"") is None
    assert (Accounts().is_open, Accounts({}).is_open) == (True, False)


def gateway(**said: Any) -> GatewaySettings:
    return settings_of({"gateway": said}, where="a test").gateway


def test_secrets_come_of_the_settings_and_of_a_file_and_a_misspelt_dialect_is_named(tmp_path: Path) -> None:
    file = tmp_path / "phones.toml"
    file.write_text('[owntracks]\nbob = "word"\n[osmand]\ntablet-7 = "s3cret"\n', encoding="utf-8")
    found = read_secrets(gateway(secrets={"owntracks": {"ann": "word"}}, secrets_file=str(file)))
    assert found == {"owntracks": {"ann": "word", "bob": "word"}, "osmand": {"tablet-7": "s3cret"}}
    for text, what in (
        ("owntracks = 3", "needs a table"),
        ("[own", "is not TOML"),
        ("[owntrack]\na = 'b'", "'owntrack'"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(WiringError, match=what):
            read_secrets(gateway(secrets_file=str(file)))
    with pytest.raises(WiringError, match="cannot read"):
        read_secrets(gateway(secrets_file=str(tmp_path / "nowhere.toml")))


EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - to be told from this machine's own
NEVER = BrokerAddress(host="127.0.0.1", port=9)


def test_nobody_may_post_from_elsewhere_without_an_account_unless_the_site_says_so(tmp_path: Path) -> None:
    listen = {"over": "http", "host": EVERY_ADDRESS, "port": 0, "dialects": ["owntracks", "osmand"]}
    secrets = {"owntracks": {"ann": "word"}}
    with (
        pytest.raises(WiringError, match=r"anybody could post osmand .* gateway.secrets.osmand, or say anonymous"),
        gateway_running(gateway(listen=[listen], secrets=secrets), NEVER, force="demo", data=tmp_path),
    ):
        pytest.fail("it listens")
    for allowed in (listen | {"anonymous": True}, listen | {"host": "127.0.0.1"}, listen | {"dialects": ["owntracks"]}):
        settings = gateway(listen=[allowed], secrets=secrets)
        with (
            pytest.raises(BrokerError),  # it gets as far as the broker, which is not there
            gateway_running(settings, NEVER, force="demo", data=tmp_path),
        ):
            pytest.fail("there is a broker")


def test_another_broker_has_a_name_a_password_and_tls_and_a_topic_is_of_one_dialect() -> None:
    (said,) = gateway(
        listen=[{"over": "mqtt", "broker_host": "m.example", "broker_tls": True, "username": "u", "password": "p"}]
    ).listen
    address = broker_of(said)  # type: ignore[arg-type]
    assert (address.host, address.port, address.username, address.password) == ("m.example", 1883, "u", "p")
    assert address.tls is not None
    with pytest.raises(SettingsError, match="a table for each"):
        gateway(listen=[{"over": "mqtt", "dialects": ["owntracks", "traccar"], "topic": "x"}])


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), (EVERY_ADDRESS, False), ("h", False)],
)
def test_what_only_this_machine_can_reach(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback
