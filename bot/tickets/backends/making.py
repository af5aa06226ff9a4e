"""From the locality file and the settings to a backend, one for each process and version of the file."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from bot.locality import LocalBackend, Locality, Open311Backend
from bot.settings import Settings
from bot.tickets.backends.local import Local
from bot.tickets.backends.open311 import Open311
from bot.tickets.backends.protocol import Backend
from bot.tickets.backends.rest import Rest

_made: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[object, Backend]] = WeakKeyDictionary()


def backend_of(settings: Settings, locality: Locality) -> Backend:
    """The backend of now; the same as before while the file says the same, with its connections and its token."""
    loop, config = asyncio.get_running_loop(), locality.backend
    known = _made.get(loop)
    if known is not None and known[0] == (config, locality.timezone):
        return known[1]
    backend = make(settings, locality)
    _made[loop] = ((config, locality.timezone), backend)
    return backend


def make(settings: Settings, locality: Locality) -> Backend:
    """A new one."""
    config, secret = locality.backend, settings.backend_secret.get_secret_value()
    if isinstance(config, LocalBackend):
        return Local()
    if isinstance(config, Open311Backend):
        return Open311(config, secret)
    webhook_secret = settings.backend_webhook_secret.get_secret_value()
    return Rest(config, secret, webhook_secret, zone=ZoneInfo(locality.timezone))
