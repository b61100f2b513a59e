"""How connections of posts are held: many on one, half of one, none at all, and as curl speaks."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from gateways.decoders.message import Located
from gateways.listeners.http import HttpListener
from tests.gateways.ears import Ear
from tests.gateways.test_http import PHONE, SECRETS, posting

if TYPE_CHECKING:
    from collections.abc import Iterator


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
