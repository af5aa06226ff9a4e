"""Fetching media from real servers on loopback, of which some lie, stall, redirect or flood."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

import pytest
from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from bot.channels.media import (
    MediaError,
    MediaFetcher,
    MediaGoneError,
    MediaRefusedError,
    MediaTooLargeError,
    MediaTypeError,
    MediaUnavailableError,
)
from tests.support.pictures import picture
from tests.support.tls import Authority

HOST = "f21-photo.zdn.vn"
PUBLIC = "203.162.0.11"
MOST = 200_000
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers by path, and remembers what was asked of it, head by head."""

    def __init__(self) -> None:
        self.answers: dict[str, Answering] = {}
        self.heads: list[str] = []
        self.port = 0
        self.written = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            await self.answers[head.split()[1]](writer)
            await writer.drain()
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.close()

    def add(self, path: str, body: bytes = b"", status: str = "200 OK", **headers: str) -> str:
        """Answer so; the headers' names are written with `_`. Returns the path."""
        given = {"content_length": str(len(body)), **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)

        self.answers[path] = answer
        return path


class Dial(AsyncNetworkBackend):
    """The internet of these tests: every address leads to the server, and is noted."""

    def __init__(self, port: int) -> None:
        self.dialled: list[str] = []
        self._port = port
        self._real = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> AsyncNetworkStream:
        self.dialled.append(host)
        return await self._real.connect_tcp("127.0.0.1", self._port, timeout)


@contextlib.asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    made = Server()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[Server]:
    """A platform's server at a public address."""
    async with running(authority.server(HOST)) as made:
        yield made


class Net:
    """A fetcher of the channel whose media lie under zdn.vn, and what it dialled."""

    def __init__(self, server: Server, authority: Authority) -> None:
        self.dial = Dial(server.port)
        self.names: dict[str, list[Sequence[str]]] = {}
        self.asked: list[str] = []
        self.fetcher = MediaFetcher(
            ["zdn.vn"], most_bytes=MOST, seconds=2, resolve=self.resolve, tls=authority.client(), dial=self.dial
        )

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def fails(self, address: str) -> MediaError:
        with pytest.raises(MediaError) as caught:
            await self.fetcher.fetch(address)
        return caught.value


@pytest.fixture
def net(server: Server, authority: Authority) -> Net:
    return Net(server, authority)


async def test_a_picture_is_fetched_whole_under_its_name_from_the_checked_address(server: Server, net: Net) -> None:
    server.add("/a%C3%A9.jpg?x=1", picture(), content_type="text/html")
    found = await net.fetcher.fetch(f"https://{HOST}/aé.jpg?x=1#part")
    assert found.body == picture()
    assert found.kind == "image/jpeg"  # by its content, whatever was announced
    assert net.dial.dialled == [PUBLIC]
    assert net.asked == [HOST]
    head = server.heads[0].lower()
    assert f"host: {HOST}\r\n" in head
    assert "accept-encoding: identity\r\n" in head


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://f21-photo.zdn.vn/a.jpg", "scheme"),
        ("ftp://f21-photo.zdn.vn/a.jpg", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//f21-photo.zdn.vn/a.jpg", "scheme"),
        ("", "scheme"),
        ("https://f21-photo.zdn.vn:8443/a.jpg", "port"),
        ("https://f21-photo.zdn.vn:22/a.jpg", "port"),
        ("https://user:secret@f21-photo.zdn.vn/a.jpg", "credentials"),
        ("https://f21-photo.zdn.vn@evil.example/a.jpg", "credentials"),
        ("https://evil.example\\@f21-photo.zdn.vn/a.jpg", "credentials"),
        ("https://evil.example/a.jpg", "host"),
        ("https://evilzdn.vn/a.jpg", "host"),
        ("https://zdn.vn.evil.example/a.jpg", "host"),
        ("https://evil.example?.zdn.vn/a.jpg", "host"),
        ("https://evil.example#.zdn.vn/a.jpg", "host"),
        ("https://zdn.vn./a.jpg", "host"),
        ("https://127.0.0.1/a.jpg", "host"),
        ("https://[::1]/a.jpg", "host"),
        ("https://2130706433/a.jpg", "host"),
        ("https://169.254.169.254/latest/meta-data/", "host"),
        ("https:///a.jpg", "host"),
        ("https://zdn.vn\t.evil.example/", "address"),
        ("https://zdn.vn/\r\nHost: evil.example", "address"),
        ("https://zdn.vn/" + "a" * 5000, "address"),
    ],
)
async def test_addresses_that_are_never_dialled(net: Net, address: str, code: str) -> None:
    error = await net.fails(address)
    assert (type(error), error.code) == (MediaRefusedError, code)
    assert net.asked == net.dial.dialled == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1"])
async def test_an_allowed_name_that_leads_inside_is_refused(server: Server, net: Net, address: str) -> None:
    net.names[HOST] = [[PUBLIC, address]]
    error = await net.fails(f"https://{HOST}/a.jpg")
    assert (type(error), error.code) == (MediaRefusedError, "address")
    assert net.dial.dialled == server.heads == []


async def test_a_name_that_is_public_when_checked_and_private_after(server: Server, net: Net) -> None:
    server.add("/a.jpg", picture())
    net.names[HOST] = [[PUBLIC], ["127.0.0.1"]]
    await net.fetcher.fetch(f"https://{HOST}/a.jpg")
    assert net.dial.dialled == [PUBLIC]  # one look-up served check and connection
    assert (await net.fails(f"https://{HOST}/a.jpg")).code == "address"
    assert net.dial.dialled == [PUBLIC]


async def test_a_redirect_to_a_name_that_turned_private_meanwhile(server: Server, net: Net) -> None:
    server.add("/a", status="302 Found", location="/b")
    net.names[HOST] = [[PUBLIC], ["127.0.0.1"]]
    assert (await net.fails(f"https://{HOST}/a")).code == "address"
    assert len(server.heads) == 1


@pytest.mark.parametrize("host", ["other.zdn.vn", "zdn.vn"])
async def test_a_server_that_cannot_prove_its_name_is_not_read(server: Server, net: Net, host: str) -> None:
    server.add("/a.jpg", picture())
    error = await net.fails(f"https://{host}/a.jpg")
    assert (type(error), error.code) == (MediaUnavailableError, "broken_off")
    assert server.heads == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
async def test_redirects_are_followed_while_they_stay(server: Server, net: Net, status: str) -> None:
    server.add("/1", status=status, location="/x/2")
    server.add("/x/2", status=status, location=f"https://{HOST}:443/3")
    server.add("/3", picture())
    assert (await net.fetcher.fetch(f"https://{HOST}/1")).kind == "image/jpeg"
    assert net.dial.dialled == [PUBLIC] * 3


@pytest.mark.parametrize(
    ("onward", "code"),
    [
        ("http://127.0.0.1:8000/console", "scheme"),
        ("https://evil.example/a.jpg", "host"),
        ("//evil.example/a.jpg", "host"),
        ("http://f21-photo.zdn.vn/a.jpg", "scheme"),
        ("https://f21-photo.zdn.vn:5432/", "port"),
        ("https://x@f21-photo.zdn.vn/", "credentials"),
        ("file:///etc/passwd", "scheme"),
        ("https://[::1]/", "host"),
        ("https://[", "address"),
    ],
)
async def test_redirects_to_elsewhere_are_refused(server: Server, net: Net, onward: str, code: str) -> None:
    server.add("/1", status="302 Found", location=onward)
    error = await net.fails(f"https://{HOST}/1")
    assert (type(error), error.code) == (MediaRefusedError, code)
    assert len(server.heads) == 1


async def test_redirects_come_to_an_end(server: Server, net: Net) -> None:
    server.add("/1", status="302 Found", location="/1")
    assert (await net.fails(f"https://{HOST}/1")).code == "redirects"
    assert len(server.heads) == 4


async def test_a_body_that_is_too_long_is_not_read_where_it_says_so(server: Server, net: Net) -> None:
    async def announce(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {MOST + 1}\r\n\r\n".encode())
        await asyncio.sleep(60)

    server.answers["/a.jpg"] = announce
    started = time.monotonic()
    assert isinstance(await net.fails(f"https://{HOST}/a.jpg"), MediaTooLargeError)
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("encoding", ["Transfer-Encoding: chunked\r\n", ""])
async def test_an_endless_body_is_cut_off(server: Server, net: Net, encoding: str) -> None:
    piece = picture() + b"\0" * 60_000

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{encoding}\r\n".encode())
        while server.written < 50 * MOST:
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if encoding else piece)
            server.written += len(piece)
            await writer.drain()

    server.answers["/a.jpg"] = flood
    assert isinstance(await net.fails(f"https://{HOST}/a.jpg"), MediaTooLargeError)
    assert server.written < 50 * MOST


@pytest.mark.parametrize("length", ["999", "-1", "abc", "99999999999999999999999999", "5, 6"])
async def test_a_length_that_lies(server: Server, net: Net, length: str) -> None:
    server.add("/a.jpg", b"\xff\xd8\xffshort", content_length=length)
    with pytest.raises((MediaUnavailableError, MediaTooLargeError)):
        await net.fetcher.fetch(f"https://{HOST}/a.jpg")


async def test_what_comes_after_the_announced_length_is_not_taken(server: Server, net: Net) -> None:
    server.add("/a.jpg", picture() + b"\0" * 5000, content_length=str(len(picture())))
    assert (await net.fetcher.fetch(f"https://{HOST}/a.jpg")).body == picture()


@pytest.mark.parametrize("pause", [0.05, 60])
async def test_slow_servers_are_given_up(server: Server, net: Net, pause: float) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        for byte in picture():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    server.answers["/a.jpg"] = drip
    started = time.monotonic()
    error = await net.fails(f"https://{HOST}/a.jpg")
    assert (type(error), error.code) == (MediaUnavailableError, "timeout")
    assert time.monotonic() - started < 4


async def test_endless_headers_are_cut_off(server: Server, net: Net) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            writer.write(f"X-{number}: {'x' * 500}\r\n".encode())
            server.written += 500
            await writer.drain()

    server.answers["/a.jpg"] = flood
    assert isinstance(await net.fails(f"https://{HOST}/a.jpg"), MediaUnavailableError)
    assert server.written < 5_000_000


async def test_nothing_packed_is_unpacked(server: Server, net: Net) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < MOST
    server.add("/a.jpg", bomb, content_encoding="gzip")
    server.add("/b.jpg", bomb)
    for path, code in (("/a.jpg", "encoded"), ("/b.jpg", "kind")):
        error = await net.fails(f"https://{HOST}{path}")
        assert (type(error), error.code) == (MediaTypeError, code)


OTHERS = [b"", b"\xff\xd8", b"<svg onload='x'>", b"<html>", b"MZ\x90\0", b"GIF89a...", b"RIFF1234WAVE"]


@pytest.mark.parametrize("body", OTHERS)
async def test_only_the_wanted_kinds_are_taken(server: Server, net: Net, body: bytes) -> None:
    server.add("/a.jpg", body, content_type="image/jpeg")
    assert isinstance(await net.fails(f"https://{HOST}/a.jpg"), MediaTypeError)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("404 Not Found", MediaGoneError),
        ("403 Forbidden", MediaGoneError),
        ("206 Partial Content", MediaGoneError),
        ("429 Too Many Requests", MediaUnavailableError),
        ("503 Service Unavailable", MediaUnavailableError),
    ],
)
async def test_what_other_answers_mean(server: Server, net: Net, status: str, error: type[MediaError]) -> None:
    server.add("/a.jpg", picture(), status=status)
    assert type(await net.fails(f"https://{HOST}/a.jpg")) is error


async def test_a_stand_in_is_fetched_from_by_http_and_nothing_else_on_this_machine(authority: Authority) -> None:
    async with running() as standin, running() as other:
        fetcher = MediaFetcher(["zdn.vn"], loopback_base=f"http://127.0.0.1:{standin.port}/base")
        standin.add("/photo.jpg", picture())
        other.add("/photo.jpg", picture())
        standin.add("/away", status="302 Found", location=f"http://127.0.0.1:{other.port}/photo.jpg")
        assert (await fetcher.fetch(f"http://127.0.0.1:{standin.port}/photo.jpg")).kind == "image/jpeg"
        for address in (
            f"http://127.0.0.1:{other.port}/photo.jpg",
            f"http://127.0.0.1:{standin.port}/away",
            f"http://localhost:{standin.port}/photo.jpg",
            f"https://127.0.0.1:{standin.port}/photo.jpg",
        ):
            with pytest.raises(MediaRefusedError):
                await fetcher.fetch(address)
        assert other.heads == []


@pytest.mark.parametrize("base", ["http://10.0.0.5:8081", "http://standin.example", "https://openapi.zalo.me"])
async def test_a_base_elsewhere_opens_nothing(base: str) -> None:
    with pytest.raises(MediaRefusedError):
        await MediaFetcher(["zdn.vn"], loopback_base=base).fetch(f"{base.replace('https', 'http')}/photo.jpg")


async def test_many_at_once_and_the_tokens_in_addresses_are_not_logged(
    server: Server, net: Net, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.add("/file/bot123:SECRET/a.jpg", picture())
    found = await asyncio.gather(*(net.fetcher.fetch(f"https://{HOST}/file/bot123:SECRET/a.jpg") for _ in range(20)))
    assert {media.kind for media in found} == {"image/jpeg"}
    assert "SECRET" not in caplog.text
