from __future__ import annotations

import asyncio
import uuid

import pytest

from bot.conversations.engine_client import EngineClient
from bot.conversations.errors import (
    EngineFaultyError,
    EngineRefusedError,
    EngineUnavailableError,
    EngineUnreachableError,
)
from bot.conversations.http1 import NoResponseError, Peer
from tests.support.fake_engine import SECRET, FakeEngine

KEY = uuid.uuid4()


async def take(client: EngineClient, text: str = "xin chào", message: str = "1") -> str:
    turn = await client.take_turn(KEY, message, text=text, payload=None, channel="web")
    return str(turn.replies[0]["text"])


async def test_turn_is_taken_and_connections_are_kept(engine: FakeEngine) -> None:
    client = EngineClient([engine.url], SECRET, timeout=5)
    for number in range(5):
        assert await take(client, f"tin {number}", str(number)) == f"Bạn viết: tin {number}"
    assert len(engine._writers) == 1
    assert await client.ready()
    client.close()


async def test_connection_that_the_engine_closed_meanwhile_is_no_failure(engine: FakeEngine) -> None:
    client = EngineClient([engine.url], SECRET, timeout=5)
    await take(client)
    port = engine.port
    await engine.stop()
    await engine.start(port)
    assert await take(client, "hai", "2") == "Bạn viết: hai"
    client.close()


async def test_wrong_secret_is_no_reason_to_lose_a_message(engine: FakeEngine) -> None:
    client = EngineClient([engine.url], "another secret", timeout=5)
    with pytest.raises(EngineUnavailableError):
        await take(client)
    assert not await client.ready()


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("busy", EngineUnavailableError),
        ("fault", EngineFaultyError),
        ("drop", EngineUnavailableError),
        ("hang", EngineUnavailableError),
    ],
)
async def test_failures_are_told_apart(engine: FakeEngine, mode: str, error: type[Exception]) -> None:
    engine.mode = mode
    client = EngineClient([engine.url], SECRET, timeout=0.5)
    with pytest.raises(error):
        await take(client)
    engine.mode = "ok"
    assert await take(client) == "Bạn viết: xin chào", "a failure leaves nothing behind"


async def test_refused_and_unreachable(engine: FakeEngine) -> None:
    client = EngineClient([engine.url], SECRET, timeout=5)
    with pytest.raises(EngineRefusedError):
        await take(client, "!400")
    await engine.stop()
    with pytest.raises(EngineUnreachableError) as caught:
        await take(client)
    assert not caught.value.sent
    assert not await client.ready()


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
async def test_client_reads_what_servers_send(raw: bytes, body: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for index in range(0, len(raw), 7):
            writer.write(raw[index : index + 7])
            await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    peer = Peer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert (await peer.request("GET", "/", wait=5))[1] == body
    peer.close()
    server.close()


async def test_what_is_not_http_or_too_long_is_refused() -> None:
    answers = [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"a" * 2_000_000]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop(0))
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    peer = Peer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    for _ in range(2):
        with pytest.raises(NoResponseError):
            await peer.request("GET", "/", wait=5)
    server.close()


@pytest.mark.parametrize("url", ["", "ftp://x", "127.0.0.1:5000", "http://"])
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"URL|engine"):
        EngineClient([url] if url else [], SECRET, timeout=1)
