"""Clients that hold connections: real sockets against uvicorn with our protocol, with short limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.channels.web.connections import Guard, GuardedConnection, Limits, State, guarded
from bot.channels.web.edge import Edge
from tests.support.chat_system import free_port

SHORT = Limits(
    head_seconds=1.5, body_grace=1, body_rate=1000, body_seconds=4, stalled=1.5, linger=1, per_client=400, in_all=500
)
seen: list[str] = []


async def hello(request: Request) -> Response:
    return PlainTextResponse("chào")


async def take(request: Request) -> Response:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ClientDisconnect:
        seen.append("gone")
        return PlainTextResponse("")


async def refuse(request: Request) -> Response:
    return PlainTextResponse("no", 413)


async def much(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        try:
            for _ in range(2000):
                yield b"x" * 65536
        finally:
            seen.append("ended")

    return StreamingResponse(parts())


async def slow(request: Request) -> Response:
    await asyncio.sleep(3)
    return PlainTextResponse("xong")


async def later(request: Request) -> Response:
    await asyncio.sleep(2.5)
    return PlainTextResponse(str(len(await request.body())))


APP = Edge(
    Starlette(
        routes=[
            Route("/", hello),
            Route("/take", take, methods=["POST"]),
            Route("/refuse", refuse, methods=["POST"]),
            Route("/much", much),
            Route("/slow", slow),
            Route("/console/later", later, methods=["POST"]),
        ]
    )
)


class Site:
    def __init__(self, port: int, guard: Guard) -> None:
        self.port = port
        self.guard = guard

    async def open(self, data: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        return reader, writer

    async def ask(self, data: bytes) -> bytes:
        """Everything that comes back until the server closes, or nothing came for long."""
        reader, writer = await self.open(data)
        try:
            async with asyncio.timeout(8):
                return await reader.read()
        except ConnectionResetError:
            return b"reset"
        finally:
            writer.close()

    async def get(self) -> float:
        """Seconds until an ordinary request is answered."""
        started = time.monotonic()
        assert (await self.ask(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).startswith(b"HTTP/1.1 200")
        return time.monotonic() - started


async def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not happened() and time.monotonic() < end:  # noqa: ASYNC110  what is waited for has no event
        await asyncio.sleep(0.02)
    assert happened()


@contextlib.asynccontextmanager
async def running(limits: Limits = SHORT, trusted: Callable[[str], bool] = lambda _: False) -> AsyncIterator[Site]:
    guard, port = Guard(limits, trusted=trusted), free_port()
    config = uvicorn.Config(
        APP, host="127.0.0.1", port=port, http=guarded(guard), ws="none", lifespan="off", log_config=None,
        timeout_keep_alive=2, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    seen.clear()
    yield Site(port, guard)
    server.should_exit = True
    await task
    assert not guard._open


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running() as made:
        yield made


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


HEAD = b"POST /take HTTP/1.1\r\nHost: x\r\n"


async def drip(site: Site, first: bytes, drops: bytes, pause: float) -> tuple[bytes, float]:
    """Send a byte now and then until the server has enough of it."""
    reader, writer = await site.open(first)
    started = time.monotonic()

    async def dripping() -> None:
        with contextlib.suppress(OSError):
            for drop in drops:
                await asyncio.sleep(pause)
                writer.write(bytes([drop]))
                await writer.drain()

    task = asyncio.create_task(dripping())
    try:
        async with asyncio.timeout(10):
            answer = await reader.read()
    except ConnectionResetError:
        answer = b"reset"
    task.cancel()
    writer.close()
    return answer, time.monotonic() - started


async def test_others_are_served_while_many_hold_half_a_head(site: Site) -> None:
    held = [await site.open(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ") for _ in range(300)]
    assert max([await site.get() for _ in range(20)]) < 1
    async with asyncio.timeout(6):
        answers = [await reader.read() for reader, _ in held]
    assert {status(answer) for answer in answers} == {408}
    for _, writer in held:
        writer.close()


async def test_a_head_that_drips_is_refused(site: Site) -> None:
    answer, seconds = await drip(site, b"GET / HTTP/1.1\r\nX-Slow: ", b"a" * 200, 0.1)
    assert status(answer) == 408
    assert "gửi lên chậm quá" in answer.decode()
    assert seconds < 4


@pytest.mark.parametrize("drops", [b"", b"\r\n" * 50])
async def test_a_connection_that_never_asks_is_closed(site: Site, drops: bytes) -> None:
    answer, seconds = await drip(site, b"", drops, 0.1)
    assert status(answer) in (0, 408)
    assert seconds < 4


async def test_empty_lines_do_not_keep_an_idle_connection_open(site: Site) -> None:
    answer, seconds = await drip(site, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n" * 50, 0.2)
    assert status(answer) == 200
    assert seconds < 5


async def test_a_body_below_the_least_rate_is_refused_and_the_application_told(site: Site) -> None:
    answer, seconds = await drip(site, HEAD + b"Content-Length: 5000\r\n\r\n", b"a" * 200, 0.05)
    assert status(answer) == 408
    assert seconds < 4
    await asyncio.sleep(0.1)
    assert seen == ["gone"]


async def test_a_body_that_takes_beyond_measure_is_refused_at_any_rate(site: Site) -> None:
    _, writer = await site.open(b"POST /console/later HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    started = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - started < 10:
            writer.write(b"1;" + b"e" * 2000 + b"\r\na\r\n")  # an extension nobody reads
            await writer.drain()
            await asyncio.sleep(0.2)
    assert time.monotonic() - started < 8
    writer.close()


async def test_a_body_that_the_application_does_not_read_yet_is_not_the_clients_fault(site: Site) -> None:
    body = b"a" * 3_000_000
    head = f"POST /console/later HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    assert (await site.ask(head.encode() + body)).endswith(b"3000000")


async def test_an_answer_that_takes_its_time_is_waited_for(site: Site) -> None:
    answer = await site.ask(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.endswith(b"xong")


async def test_a_client_that_does_not_read_its_answer_is_cut(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, limit=1024)
    writer.write(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.read(100)
    await until(lambda: "ended" in seen)
    assert seen == ["ended"]
    assert not site.guard._open
    writer.close()


async def test_a_client_that_reads_slowly_but_steadily_gets_everything(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    total, started = 0, time.monotonic()
    while part := await reader.read(1_000_000):
        total += len(part)
        await asyncio.sleep(0.01)
    assert total > 2000 * 65536
    assert time.monotonic() - started > 2
    writer.close()


async def test_a_refused_body_that_goes_on_is_cut_off(site: Site) -> None:
    reader, writer = await site.open(b"POST /refuse HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert status(await reader.read(4096)) == 413
    started = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - started < 10:
            writer.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)
    assert time.monotonic() - started < 5
    writer.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200,
        b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000,
        b"GET /" + b"y" * 40_000 + b" HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\n" + b"y" * 400_000 + b": z\r\n",
    ],
)
async def test_heads_beyond_measure_are_refused(site: Site, head: bytes) -> None:
    assert status(await site.ask(head + b"\r\n\r\n")) in (431, 0)  # 0: reset while it was still writing
    assert not seen
    assert await site.get() < 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",  # TLS
        b"SSH-2.0-x\r\n",
        b"GET\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1e3\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(site: Site, data: bytes) -> None:
    answer = await site.ask(data)
    assert status(answer) == 400, answer
    assert b"Traceback" not in answer
    assert await site.get() < 1


async def test_endless_trailers_are_refused(site: Site) -> None:
    data = HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 100_000
    assert status(await site.ask(data)) in (400, 0)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HEAD + b"Content-Length: 300000\r\n\r\n", 413),
        (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"a" * 65536 + b"\r\n", 0),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n", 413),
    ],
)
async def test_bodies_that_announce_too_much_are_refused_at_once(site: Site, data: bytes, expected: int) -> None:
    reader, writer = await site.open(data)
    try:
        async with asyncio.timeout(0.8 if expected else 0.3):
            assert status(await reader.read(4096)) == expected
    except TimeoutError:
        assert not expected  # still within what it may have
    writer.close()


async def test_an_upgrade_that_we_do_not_speak_is_answered_as_a_request(site: Site) -> None:
    for protocol in (b"websocket", b"h2c"):
        head = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
        assert (await site.ask(head)).endswith("chào".encode())


async def test_pipelined_requests_are_answered_and_floods_of_them_refused(site: Site) -> None:
    one = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert (await site.ask(one * 5 + last)).count(b"HTTP/1.1 200") == 6
    assert (await site.ask(one * 5000)).count(b"HTTP/1.1 200") < 50


async def test_keep_alive_serves_many_requests_on_one_connection(site: Site) -> None:
    reader, writer = await site.open()
    for _ in range(200):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil("chào".encode())).startswith(b"HTTP/1.1 200")
    connection = next(iter(site.guard._open))
    assert isinstance(connection, GuardedConnection)
    assert connection.state is State.IDLE
    writer.close()


async def test_one_address_with_too_many_connections_loses_its_longest_waiting_one() -> None:
    async with running(Limits(per_client=20, head_seconds=30)) as site:
        held = [await site.open() for _ in range(20)]
        assert await site.get() < 1  # takes the place of the first
        async with asyncio.timeout(2):
            with contextlib.suppress(ConnectionResetError):
                assert await held[0][0].read() == b""
        assert len(site.guard._open) <= 20
        for _, writer in held:
            writer.close()


async def test_one_address_whose_connections_all_work_gets_no_more() -> None:
    async with running(Limits(per_client=5)) as site:
        working = [await site.open(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(5)]
        await asyncio.sleep(0.2)
        answer = await site.ask(b"")
        assert status(answer) == 503
        assert b"retry-after: 5" in answer.lower()
        assert [(await reader.read())[-4:] for reader, _ in working] == [b"xong"] * 5
        for _, writer in working:
            writer.close()


async def test_a_trusted_proxy_speaks_for_many() -> None:
    async with running(Limits(per_client=5), trusted=lambda address: address == "127.0.0.1") as site:
        held = [await site.open(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(20)]
        assert await site.get() < 1
        assert [(await reader.read())[-4:] for reader, _ in held] == [b"xong"] * 20
        for _, writer in held:
            writer.close()


async def test_a_full_process_makes_room_by_cutting_those_that_wait() -> None:
    async with running(Limits(in_all=50, head_seconds=30)) as site:
        held = [await site.open(b"GET / HT") for _ in range(200)]
        assert max([await site.get() for _ in range(10)]) < 1
        assert len(site.guard._open) <= 50
        for _, writer in held:
            writer.close()


async def test_nobodys_mischief_is_an_error_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    await site.ask(b"\x16\x03\x01")
    await drip(site, HEAD + b"Content-Length: 5000\r\n\r\n", b"a" * 100, 0.05)
    assert [record.getMessage() for record in caplog.records] == []
