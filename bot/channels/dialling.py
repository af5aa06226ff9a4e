"""Connections to public addresses only: a name is resolved once, checked, and dialled at the address that was checked.

A check before the request would be worth nothing: the client would resolve the name again to connect, and a name
server of the attacker's could answer otherwise by then (DNS rebinding). So the check sits where httpcore opens its
sockets, and what is opened is an address, not a name. TLS still verifies the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence

from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

MOST_TRIED = 3
"""Addresses of one name that are tried one after the other."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text."""
_Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(net)
    for net in (
        # Special though "global" to the standard library, or not yet known to it (IANA special-purpose registries).
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # Teredo, ORCHID and others
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "3fff::/20",  # documentation
    )
)


class RefusedAddressError(Exception):
    """The name leads where nothing may be fetched from."""


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, told apart from this machine, its networks and their neighbours.

    IPv6 that carries IPv4 (mapped, NAT64, 6to4, Teredo) is none: behind it could be any of ours.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # also an address with a zone, which is link-local
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found not in _UNICAST or found.is_site_local):
        return False
    if not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified:
        return False
    return not any(found.version == net.version and found in net for net in _SPECIAL)


def is_loopback_address(address: str) -> bool:
    """Whether an address is this machine's own, written plainly."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


async def resolve(host: str, port: int) -> Sequence[str]:
    """The system's resolver.

    Raises:
        OSError: there is no such name, or nobody to ask.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedDialling(AsyncNetworkBackend):
    """Opens connections for httpcore. All addresses of a name have to be public, or none is dialled.

    Args:
        loopback: the one host and port (a configured stand-in) that has to be on this machine instead.
        dial: what opens the sockets in the end.
    """

    def __init__(
        self,
        *,
        loopback: tuple[str, int] | None = None,
        resolve: Resolve = resolve,
        dial: AsyncNetworkBackend | None = None,
    ) -> None:
        self._loopback = loopback
        self._resolve = resolve
        self._dial = dial or AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[_Option] | None = None,
    ) -> AsyncNetworkStream:
        """Resolve, check, connect.

        Raises:
            RefusedAddressError: one of the addresses is not public.
            httpcore.ConnectError, httpcore.ConnectTimeout: nobody answers.
        """
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise ConnectError(str(error)) from error
        allowed = is_loopback_address if (host, port) == self._loopback else is_public
        if not all(map(allowed, addresses)):
            raise RefusedAddressError(host)
        failure: Exception = ConnectError("no address")
        for address in addresses[:MOST_TRIED]:
            try:
                return await self._dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (ConnectError, ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """For httpcore's pauses."""
        await asyncio.sleep(seconds)
