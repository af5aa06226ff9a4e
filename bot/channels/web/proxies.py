"""Which addresses are proxies of ours: only they may say on whose behalf they ask (`X-Forwarded-For`, `-Proto`)."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable


def trusted_proxies(setting: str) -> tuple[str, ...]:
    """The addresses and networks of `BOT_TRUSTED_PROXIES`."""
    return tuple(part.strip() for part in setting.split(",") if part.strip())


def is_trusted(setting: str) -> Callable[[str], bool]:
    """Whether an address is one of them."""
    networks = [ipaddress.ip_network(part) for part in trusted_proxies(setting)]

    @functools.lru_cache(maxsize=4096)
    def trusted(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found.version == network.version and found in network for network in networks)

    return trusted
