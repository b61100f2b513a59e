"""What is posted, by whom, and what each sender hears: every dialect over HTTP, as httpx and curl speak it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import shutil
import subprocess
import threading
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.edge import gateway_running
from api.outside import WiringError, broker_of, is_loopback, read_secrets
from api.settings import GatewaySettings, SettingsError, settings_of
from gateways.calls import call_of
from gateways.clock import received_now
from gateways.decoders.caller import CallerLocated
from gateways.decoders.message import DecodeError, Ignored, Located
from gateways.listeners.accounts import Accounts
from gateways.listeners.http import MOST_OCTETS, HttpListener
from gateways.listeners.limits import Limits
from gateways.listeners.posts import POSTED, REPLAY_WINDOW
from gateways.mqtt import BrokerAddress, BrokerError
from tests.gateways.ears import Ear
from tests.gateways.test_callers import FORM, IMEI, NUMBER, SMS, presence
from tests.gateways.test_decoder_vectors import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

SECRETS = {
    "owntracks": {"ann": "word"},
    "osmand": {"tablet-7": "s3cret"},
    "traccar": {"server": "token"},
    "raw-sds": {"switch": "token"},
    "aml-https": {"android": "Mf4#", "ios": "other"},
    "aml-sms": {"smsc": "pass"},
    "pidf-lo": {"esrp": "pass"},
}
KEY = b"a site's own"
NOW_S = int(received_now().timestamp())
PHONE = {"_type": "location", "lat": 52.48, "lon": -1.89, "tst": NOW_S}
FORWARDED = next(row["text"] for row in rows_of("traccar") if row["says"] == "a position as forwarded, in knots")
SHORT_DATA = {"from": 4711, "hex": "0A0FEA5A4A551A3964681"}
CIRCLE = presence(
    '<Circle srsName="urn:ogc:def:crs:EPSG::4326"><pos>52.47970 -1.90260</pos>'
    '<radius uom="urn:ogc:def:uom:EPSG::9001">14</radius></Circle>'
)
PIDF = {"Content-Type": "application/pidf+xml"}
AML = {"Content-Type": "application/x-www-form-urlencoded"}


def form(at: datetime | None = None) -> bytes:
    instant = at or received_now()
    return FORM.replace("1780754398250", str(int(instant.timestamp() * 1000))).encode()


def signed(body: bytes, secret: str = SECRETS["aml-https"]["android"]) -> bytes:
    return body + b"&hmac=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest().encode()


class Full(Ear):
    """A gateway whose disk takes nothing."""

    def hear(self, outcomes: Any, *, dialect: str, received_at: datetime) -> asyncio.Future[bool]:
        super().hear(outcomes, dialect=dialect, received_at=received_at)
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept.set_result(False)
        return kept


@asynccontextmanager
async def posting(
    *dialects: str, ear: Ear | None = None, **options: Any
) -> AsyncIterator[tuple[Ear, httpx.AsyncClient]]:
    ear = ear or Ear()
    options = {"secrets": SECRETS, "caller_key": KEY} | options
    listener = HttpListener(dialects or POSTED, **options)
    await listener.start(ear)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.port}", timeout=5) as client:
        yield ear, client
    await listener.stop()


def last(ear: Ear) -> Any:
    return ear.heard[-1]


def test_every_dialect_is_heard_at_the_path_of_its_name_and_answered_as_its_sender_expects() -> None:
    async def session() -> None:
        async with posting() as (ear, client):
            answer = await client.post("/owntracks", json=PHONE, auth=("ann", "word"), headers={"X-Limit-D": "tab"})
            assert (answer.status_code, answer.json()) == (200, [])
            assert answer.headers["content-type"] == "application/json"
            assert last(ear).device_id == "owntracks:ann/tab"

            answer = await client.get("/osmand/tablet-7/s3cret", params={"id": "me", "lat": 52.5, "lon": -1.9})
            assert (answer.status_code, answer.content) == (200, b"")
            assert last(ear).device_id == "osmand:tablet-7"

            answer = await client.post("/traccar", content=FORWARDED, headers={"Authorization": "Bearer token"} | JSON)
            assert (answer.status_code, last(ear).device_id) == (200, "imei:356307042441013")

            answer = await client.post("/raw-sds", json=SHORT_DATA, auth=("switch", "token"))
            assert (answer.status_code, last(ear).device_id) == (200, "issi:4711")

            answer = await client.post("/aml-https/android", content=signed(form()), headers=AML)
            assert (answer.status_code, answer.content) == (200, b"")
            assert last(ear).call_id == call_of(NUMBER, KEY)

            answer = await client.post("/aml-sms", content=SMS, auth=("smsc", "pass"))
            assert (answer.status_code, last(ear).call_id) == (200, call_of(IMEI, KEY))

            answer = await client.post("/pidf-lo?call=C-17", content=CIRCLE, auth=("esrp", "pass"), headers=PIDF)
            assert (answer.status_code, last(ear).call_id) == (200, "C-17")
            assert not ear.faults("account_refused")

    asyncio.run(session())


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "reason"),
    [
        ("POST", "/owntracks", {}, b"{}", 401, "account_refused"),
        ("POST", "/owntracks", {"Authorization": "Basic nonsense"}, b"{}", 401, "account_refused"),
        ("POST", "/owntracks", {"Authorization": "Digest a"}, b"{}", 401, "account_refused"),
        ("POST", "/raw-sds", JSON, b"{}", 401, "account_refused"),
        (
            "POST",
            "/owntracks",
            {"Authorization": "Basic YW5uOndvcmQ=", "X-Limit-U": "bob"},
            b"{}",
            403,
            "not_their_own",
        ),
        ("GET", "/osmand/tablet-7/wrong?lat=1&lon=1", {}, b"", 401, "account_refused"),
        ("GET", "/osmand/nobody/s3cret?lat=1&lon=1", {}, b"", 401, "account_refused"),
        ("GET", "/osmand?id=tablet-7&lat=1&lon=1", {}, b"", 401, "account_refused"),
        ("POST", "/traccar", {"Authorization": "Bearer word"} | JSON, b"{}", 401, "account_refused"),
        ("POST", "/aml-https/nobody", AML, b"v=1", 404, "sender_unknown"),
        ("POST", "/aml-https", AML, b"v=1", 404, "sender_unknown"),
        ("POST", "/", {}, b"{}", 404, None),
        ("GET", "/owntracks/x", {}, b"", 405, None),
        ("GET", "/nothing", {}, b"", 404, None),
        ("PUT", "/osmand", {}, b"", 405, None),
        ("GET", "/aml-https/android", {}, b"", 405, None),
        ("POST", "/traccar", {"Content-Type": "text/csv"}, b"1,2", 415, None),
        ("POST", "/owntracks", JSON | {"Content-Encoding": "gzip"}, b"\x1f\x8b", 415, None),
        ("POST", "/pidf-lo", JSON, b"{}", 415, None),
        ("POST", "/owntracks", {}, b" " * (MOST_OCTETS + 1), 413, None),
    ],
)
def test_what_is_not_taken_is_a_problem_in_a_sentence(
    method: str, path: str, headers: dict[str, str], body: bytes, status: int, reason: str | None
) -> None:
    async def session() -> None:
        async with posting() as (ear, client):
            answer = await client.request(method, path, headers=headers, content=body)
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert (problem["status"], bool(problem["title"]), bool(problem["detail"])) == (status, True, True)
            assert answer.headers.get("www-authenticate", "").startswith("Basic") == (status == 401)
            assert ("allow" in answer.headers) == (status == 405)
            # Whoever asks at the wrong door says nothing worth counting; a wrong sender is counted by reason.
            assert [fault.reason for fault in ear.heard if isinstance(fault, DecodeError)] == (
                [reason] if reason else []
            )
            assert not any(isinstance(outcome, Located | CallerLocated) for outcome in ear.heard)

    asyncio.run(session())


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "reason"),
    [
        # Phones that repeat what is not answered with 2xx would repeat nonsense for ever.
        ("/owntracks", b"{", {"Authorization": "Basic YW5uOndvcmQ="}, 200, "not_a_json_object"),
        (
            "/aml-https/android",
            signed(b"v=1&location_latitude=95&location_longitude=0"),
            AML,
            202,
            "position_out_of_range",
        ),
        # A phone that calls for help is told nothing of what became of its form.
        ("/aml-https/android", b"v=1&location_latitude=1", AML, 202, "hmac_missing"),
        ("/aml-https/ios", signed(form()), AML, 202, "hmac_wrong"),
        ("/aml-https/android", signed(form()) + b"0", AML, 202, "hmac_malformed"),
        ("/aml-https/android", signed(form(received_now() - REPLAY_WINDOW * 1.1)), AML, 202, "form_too_old"),
        ("/osmand/tablet-7/s3cret?lat=95&lon=0", b"", {}, 400, "position_out_of_range"),
        ("/traccar", b"[]", {"Authorization": "Bearer token"} | JSON, 400, "not_a_json_object"),
        ("/aml-sms", b"help", {"Authorization": "Bearer pass"}, 400, "not_aml"),
        ("/pidf-lo", b"<presence/>", {"Authorization": "Bearer pass"} | PIDF, 400, "no_location"),
        ("/pidf-lo", b"<!DOCTYPE a><presence/>", {"Authorization": "Bearer pass"} | PIDF, 400, "document_type"),
    ],
)
def test_nonsense_is_counted_and_refused_where_its_sender_does_not_repeat_it(
    path: str, body: bytes, headers: dict[str, str], status: int, reason: str
) -> None:
    async def session() -> None:
        async with posting() as (ear, client):
            answer = await client.post(path, content=body, headers=headers)
            assert answer.status_code == status
            assert len(ear.faults(reason)) == 1

    asyncio.run(session())


def test_osmand_comes_as_query_form_or_object_and_without_accounts_its_id_is_believed() -> None:
    async def session() -> None:
        async with posting("osmand", secrets={}) as (ear, client):
            said = {"id": "boat-3", "lat": "52.5", "lon": "-1.9", "speed": "10"}
            location = {"coords": {"latitude": 52.5, "longitude": -1.9}, "timestamp": "2026-06-06T13:59:58Z"}
            for answer in (
                await client.get("/", params=said),
                await client.post("/", params=said),
                await client.post("/osmand", data=said),
                await client.post("/", json={"device_id": "boat-3", "location": location}),
            ):
                assert answer.status_code == 200
            assert [outcome.device_id for outcome in ear.heard if isinstance(outcome, Located)] == ["osmand:boat-3"] * 4
            nobody = await client.get("/", params={"lat": "52.5", "lon": "-1.9"})
            assert (nobody.status_code, nobody.json()["detail"]) == (400, "id missing")

    asyncio.run(session())


def test_an_sms_centre_says_from_whom_in_a_form_and_the_number_goes_no_further() -> None:
    async def session() -> None:
        async with posting("aml-sms") as (ear, client):
            said = {"from": f"+{NUMBER}", "text": SMS}
            answer = await client.post("/aml-sms", data=said, auth=("smsc", "pass"))
            assert (answer.status_code, last(ear).call_id) == (200, call_of(NUMBER, KEY))
            packed = next(row["hex"] for row in rows_of("aml-sms") if "hex" in row and "reject" not in row["expected"])
            answer = await client.post("/aml-sms?call=C-9", data={"hex": packed}, auth=("smsc", "pass"))
            assert (answer.status_code, last(ear).call_id) == (200, "C-9")
            refused = await client.post("/aml-sms?call=07700900123", content=SMS, auth=("smsc", "pass"))
            assert refused.status_code == 400
            assert "07700900123" not in refused.text
            wrong = await client.post("/aml-sms", data={"hex": "xyz"}, auth=("smsc", "pass"))
            assert (wrong.status_code, ear.faults("not_hexadecimal")) == (400, [""])
        assert NUMBER not in repr(ear.heard)

    asyncio.run(session())


def test_without_a_key_only_a_call_that_is_named_has_a_name() -> None:
    async def session() -> None:
        async with posting("pidf-lo", caller_key=None) as (ear, client):
            for path in ("/pidf-lo", "/pidf-lo?call=C-1"):
                await client.post(path, content=CIRCLE, headers=PIDF, auth=("esrp", "pass"))
            assert [outcome.call_id for outcome in ear.heard if isinstance(outcome, CallerLocated)] == [None, "C-1"]

    asyncio.run(session())


def test_a_sender_that_is_the_only_one_need_not_name_itself_and_a_day_old_form_is_taken_unsigned() -> None:
    async def session() -> None:
        alone = {"aml-https": {"android": "Mf4#"}}
        async with posting("aml-https", secrets=alone) as (_, client):
            assert (await client.post("/aml-https", content=signed(form()), headers=AML)).status_code == 200
        async with posting("aml-https", secrets={}) as (ear, client):
            old = form(received_now() - timedelta(days=1))
            assert (await client.post("/aml-https", content=signed(old), headers=AML)).status_code == 200
            assert last(ear).flags == ("hmac_unchecked",)

    asyncio.run(session())


def test_a_phone_that_only_remembers_where_it_was_is_told_from_a_form_that_was_sent_before() -> None:
    async def session() -> None:
        async with posting("aml-https") as (ear, client):
            now, long_ago = received_now(), received_now() - timedelta(hours=2)
            for began_at, status in ((now, 200), (long_ago, 202)):
                body = form(long_ago) + f"&time={int(began_at.timestamp() * 1000)}".encode()
                answer = await client.post("/aml-https/android", content=signed(body), headers=AML)
                assert answer.status_code == status
            assert ear.faults("form_too_old") == [""]
            undated = signed(b"v=1&location_latitude=52.5&location_longitude=-1.9&time=never")
            assert (await client.post("/aml-https/android", content=undated, headers=AML)).status_code == 200

    asyncio.run(session())


def test_200_waits_for_the_disk_and_where_that_is_full_everybody_is_asked_to_come_again() -> None:
    async def session() -> None:
        async with posting(ear=Full()) as (_, client):
            for path, options in {
                "/owntracks": {"json": PHONE, "auth": ("ann", "word")},
                "/osmand/tablet-7/s3cret?lat=1&lon=1": {},
                "/raw-sds": {"json": SHORT_DATA, "auth": ("switch", "token")},
                "/traccar": {"content": FORWARDED, "auth": ("server", "token"), "headers": JSON},
                "/aml-https/android": {"content": signed(form()), "headers": AML},
                "/aml-sms": {"content": SMS, "auth": ("smsc", "pass")},
            }.items():
                answer = await client.post(path, **options)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), path

    asyncio.run(session())


def test_who_is_not_on_the_list_and_who_reports_too_often_hear_why() -> None:
    async def session() -> None:
        async with posting("traccar", "osmand", secrets={}, allowed=["osmand:a"]) as (ear, client):
            assert (await client.get("/osmand?id=a&lat=1&lon=1")).status_code == 200
            assert (await client.get("/osmand?id=b&lat=1&lon=1")).status_code == 403
            assert len(ear.faults("device_not_allowed")) == 1
        limits = Limits(device_per_s=0.01, device_burst=2)
        async with posting("osmand", secrets={}, limits=limits) as (ear, client):
            answers = [await client.get("/osmand?id=a&lat=1&lon=1") for _ in range(3)]
            assert [answer.status_code for answer in answers] == [200, 200, 429]
            assert answers[-1].headers["retry-after"] == "60"
            help_me = await client.get("/osmand?id=a&lat=1&lon=1&alarm=sos")
            assert help_me.status_code == 200

    asyncio.run(session())


def test_whoever_guesses_secrets_is_told_to_wait_and_the_right_one_is_let_in() -> None:
    async def session() -> None:
        async with posting("owntracks") as (_, client):
            codes = [
                (await client.post("/owntracks", json=PHONE, auth=("ann", f"guess {n}"))).status_code for n in range(32)
            ]
            assert codes == [401] * 30 + [429] * 2
            assert (await client.post("/owntracks", json=PHONE, auth=("ann", "word"))).status_code == 200

    asyncio.run(session())


def test_a_phone_may_say_who_it_is_in_the_query_and_still_is_only_itself() -> None:
    async def session() -> None:
        async with posting("owntracks") as (ear, client):
            for query, status in (("u=ann&d=tab", 200), ("d=tab", 200), ("u=bob&d=tab", 403)):
                answer = await client.post(f"/pub?{query}", json=PHONE, auth=("ann", "word"))
                assert answer.status_code == status
            assert [outcome.device_id for outcome in ear.heard if isinstance(outcome, Located)] == [
                "owntracks:ann/tab"
            ] * 2

    asyncio.run(session())


def test_an_encrypted_object_is_passed_by_with_its_reason_and_answered() -> None:
    async def session() -> None:
        async with posting("owntracks") as (ear, client):
            sealed = {"_type": "encrypted", "data": "B4Wx4Y7oBL"}
            assert (await client.post("/pub", json=sealed, auth=("ann", "word"))).json() == []
            assert last(ear) == Ignored(
                device_id="owntracks:ann/phone", received_at=last(ear).received_at, why="encrypted"
            )

    asyncio.run(session())


def test_what_is_no_http_and_what_is_too_much_of_it_ends_its_connection_and_is_counted() -> None:
    async def session() -> None:
        async with posting("osmand") as (ear, client):
            port = client.base_url.port
            for octets, status in (
                (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
                (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000, b"431"),
                (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", b"413"),
                (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
                (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
            ):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(octets)
                assert (await asyncio.wait_for(reader.read(), 5)).split()[1] == status
                writer.close()
            assert len(ear.faults("not_http")) == 4

    asyncio.run(session())


@pytest.mark.parametrize(
    ("octets", "unfinished"),
    [
        (b"", 0),
        (b"GET /osmand/tablet-7/s3cret?lat=1&lon=1 HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        (b"GET /osm", 1),
        (b"POST /osmand HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nid=", 1),
    ],
)
def test_half_a_request_is_counted_when_it_is_given_up_and_silence_is_not(octets: bytes, unfinished: int) -> None:
    async def session() -> None:
        async with posting("osmand", idle_s=0.1) as (ear, client):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            writer.write(octets)
            await asyncio.wait_for(reader.read(), 5)
            writer.close()
            assert len(ear.faults("message_unfinished")) == unfinished

    asyncio.run(session())


def test_one_connection_carries_many_posts_in_chunks_and_after_an_expectation() -> None:
    async def session() -> None:
        async with posting("owntracks", secrets={}) as (ear, client):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
            body = json.dumps(PHONE | {"topic": "owntracks/a/b"}).encode()
            head = b"POST /owntracks HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(
                body
            )
            writer.write(head)
            assert b"100" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.write(body)
            assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"[]"), 5)
            chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
            writer.write(b"POST /pub HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked)
            assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"[]"), 5)
            writer.close()
            assert [outcome.device_id for outcome in ear.heard if isinstance(outcome, Located)] == ["owntracks:a/b"] * 2

    asyncio.run(session())


@contextmanager
def in_a_thread(listener: HttpListener, ear: Ear) -> Iterator[int]:
    """For programs that do not run in our loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(listener.start(ear), loop).result(5)
        yield listener.port
        asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_posts_as_the_documents_of_owntracks_and_traccar_show() -> None:
    ear = Ear()
    with in_a_thread(HttpListener(("owntracks", "osmand"), secrets=SECRETS), ear) as port:
        root = f"http://127.0.0.1:{port}"

        def curl(*arguments: str) -> str:
            return subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, check=True).stdout

        assert curl("-u", "ann:word", "-H", "X-Limit-D: phone", "-d", json.dumps(PHONE), f"{root}/owntracks") == "[]"
        assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{root}/osmand/tablet-7/s3cret?lat=1&lon=1") == "200"
    assert [outcome.device_id for outcome in ear.heard if isinstance(outcome, Located)] == [
        "owntracks:ann/phone",
        "osmand:tablet-7",
    ]


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
