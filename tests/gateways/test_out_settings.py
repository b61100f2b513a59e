"""What an out is told by its settings, and what the doctor says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from pydantic import TypeAdapter, ValidationError

from api.doctor import examine
from api.out import Outs
from api.outgoing import ACCOUNTS_FILE, outs_running, read_accounts
from gateways.out.parcels import Account
from tests.fakes import Clock
from tests.gateways.out_room import NOW, room_open
from tests.gateways.test_out_sending import until, wanted, web_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.gateways.out_room import Room


@pytest.fixture
def room() -> Iterator[Room]:
    with room_open() as made:
        yield made


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"kind": "cot", "server": "127.0.0.1", "units": False}, "nothing would be told"),
        ({"kind": "cot", "server": "tak.example"}, "in the open"),
        ({"kind": "cot", "server": "tak.example", "over": "udp"}, "IPv4 address"),
        ({"kind": "geojson", "url": "http://partner.example/"}, "https"),
        ({"kind": "geojson", "url": "https://p.example/", "secret_file": "/a", "secret_env": "A"}, "not both"),
        ({"kind": "traccar", "url": "https://p.example/", "incidents": True}, "knows no incidents"),
        ({"kind": "geojson", "url": "https://p.example/", "colour": "blue"}, "Extra inputs"),
        ({"kind": "pigeon"}, "pigeon"),
    ],
)
def test_settings_that_would_tell_nothing_too_much_or_nobody_are_refused(words: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        wanted(**words)


def test_two_of_one_name_are_refused() -> None:
    one = {"name": "a", "kind": "cot", "server": "127.0.0.1", "units": True}
    with pytest.raises(ValidationError, match="one name"):
        TypeAdapter(Outs).validate_python([one, one])


def test_the_accounts_are_on_the_disk_for_the_doctor(room: Room, tmp_path: Path) -> None:
    room.is_at("cot:A", 53.2)
    with web_open() as web:
        said = (wanted(kind="geojson", url=web.url),)
        with outs_running(said, room.engine, force="demo", data=tmp_path, now=Clock(NOW)):
            until(lambda: web.came)
        (account,) = read_accounts(tmp_path)
        assert (account.name, account.kind, account.sent) == ("partner", "geojson", 1)
    with outs_running((), room.engine, force="demo", data=tmp_path, now=Clock(NOW)):
        assert read_accounts(tmp_path) == ()
    (tmp_path / ACCOUNTS_FILE).write_text("nonsense", encoding="utf-8")
    assert read_accounts(tmp_path) == ()


@pytest.mark.parametrize("with_account", [True, False])
def test_the_doctor_says_who_is_told_and_what_is_in_the_way(tmp_path: Path, *, with_account: bool) -> None:
    config = tmp_path / "arls.toml"
    config.write_text(
        f"""
        [journal]
        data = "{tmp_path}"
        [[out]]
        name = "coastguard"
        kind = "cot"
        server = "tak.example"
        units = true
        tls = {{ ca_file = "{tmp_path}/none.pem" }}
        [[out]]
        name = "partner"
        kind = "geojson"
        url = "https://partner.example/secret-path"
        incidents = true
        """,
        encoding="utf-8",
    )
    if with_account:
        away = Account(name="partner", kind="geojson", to="", sent=3, queued=2, last_error_at=NOW, last_error="gone")
        (tmp_path / ACCOUNTS_FILE).write_bytes(msgspec.json.encode([away]))
    findings = {finding.what: finding for finding in examine(config)}
    assert findings["out coastguard"].wrong
    assert "none.pem cannot be read" in findings["out coastguard"].said
    said = "3 sent, 2 waiting, 0 lost; gone" if with_account else "nothing was told yet"
    assert findings["out partner"].wrong is with_account
    assert findings["out partner"].said.endswith(said)
    assert "secret-path" not in findings["out partner"].said
