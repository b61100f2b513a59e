"""What is posted, by whom, and what each sender hears: every dialect over HTTP, as httpx and curl speak it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gateways.calls import call_of
from gateways.clock import received_now
from gateways.decoders.caller import CallerLocated
from gateways.decoders.message import DecodeError, Ignored, Located
from gateways.listeners.http import MOST_OCTETS, HttpListener
from gateways.listeners.limits import Limits
from gateways.listeners.posts import POSTED, REPLAY_WINDOW
from tests.gateways.ears import Ear
from tests.gateways.test_callers import FORM, IMEI, NUMBER, SMS, presence
from tests.gateways.test_decoder_vectors import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
