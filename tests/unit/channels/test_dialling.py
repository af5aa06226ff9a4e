"""Which addresses are dialled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from httpcore import AsyncMockStream, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

from bot.channels.dialling import GuardedDialling, RefusedAddressError, is_public


@pytest.mark.parametrize(
    "address", ["203.162.0.11", "8.8.8.8", "1.1.1.1", "223.255.255.254", "2405:4800::1", "2606:4700:4700::1111"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1"),
        *("198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00::1", "ff02::1", "ff0e::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "::8.8.8.8", "::7f00:1"),
        *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1"),
        *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1"),
        *("100::1", "5f00::1", "4000::1"),
        *("", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "8.8.8.8.", " 8.8.8.8"),
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


class Dialled(AsyncNetworkBackend):
    """Notes what is dialled; the addresses in `silent` do not answer."""

    def __init__(self, *silent: str) -> None:
        self.addresses: list[str] = []
        self._silent = silent

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> AsyncNetworkStream:
        self.addresses.append(host)
        if host in self._silent:
            raise ConnectError(host)
        return AsyncMockStream([])


def resolving(*answers: Sequence[str]) -> tuple[list[str], GuardedDialling, Dialled]:
    """A name server that answers so, one answer after the other."""
    asked: list[str] = []
    dialled = Dialled("9.9.9.9")
    rest = iter(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(rest)

    return asked, GuardedDialling(resolve=resolve, dial=dialled, loopback=("localhost", 8081)), dialled


async def test_what_was_checked_is_dialled_and_the_name_asked_for_once() -> None:
    asked, dialling, dialled = resolving(["203.162.0.11"], ["127.0.0.1"])
    await dialling.connect_tcp("media.example", 443)
    assert asked == ["media.example"]
    assert dialled.addresses == ["203.162.0.11"]


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    _, dialling, dialled = resolving(["203.162.0.11", "10.0.0.1"])
    with pytest.raises(RefusedAddressError):
        await dialling.connect_tcp("media.example", 443)
    assert dialled.addresses == []


async def test_a_name_that_turned_private_is_refused_at_the_next_connection() -> None:
    _, dialling, dialled = resolving(["203.162.0.11"], ["127.0.0.1"])
    await dialling.connect_tcp("media.example", 443)
    with pytest.raises(RefusedAddressError):
        await dialling.connect_tcp("media.example", 443)
    assert dialled.addresses == ["203.162.0.11"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    _, dialling, dialled = resolving(["9.9.9.9", "203.162.0.11"])
    await dialling.connect_tcp("media.example", 443)
    assert dialled.addresses == ["9.9.9.9", "203.162.0.11"]


async def test_a_name_without_an_address_is_no_connection() -> None:
    _, dialling, _ = resolving([])
    with pytest.raises(ConnectError):
        await dialling.connect_tcp("media.example", 443)


async def test_the_stand_in_is_on_this_machine_or_nowhere_and_only_at_its_port() -> None:
    _, dialling, dialled = resolving(["127.0.0.1"], ["203.162.0.11"], ["127.0.0.1"])
    await dialling.connect_tcp("localhost", 8081)
    with pytest.raises(RefusedAddressError):
        await dialling.connect_tcp("localhost", 8081)
    with pytest.raises(RefusedAddressError):
        await dialling.connect_tcp("localhost", 5432)
    assert dialled.addresses == ["127.0.0.1"]
