"""What a channel is: one folder beside this file with a `CHANNEL`, or a module that `BOT_CHANNELS` names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot import channels as package
from bot.channels.entry import Entry
from bot.channels.message import Media
from bot.conversations.context import Context, Service
from bot.settings import Settings
from bot.storage.outgoing import Shape, shape_is

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


class Fetcher(Protocol):
    """Gets pictures from where the platform keeps them."""

    async def fetch(self, media: Media) -> bytes:
        """The file.

        Raises:
            bot.channels.media.MediaError: it cannot be had; which kind tells whether another try may help.
        """


@dataclass(frozen=True)
class Finding:
    """One line of `bot check`."""

    name: str
    good: bool
    text: str


@dataclass(frozen=True)
class Channel:
    """One channel, as its folder declares it. Everything heavy is imported inside the functions.

    Attributes:
        name: `conversations.channel`.
        is_on: whether the settings have what it needs; nothing else is called without.
        shape: what the platform shows in one message.
        services: what the worker runs (sender, poller).
        routes: what the web process serves (webhooks), with the entry through which messages are stored.
        fetcher: how pictures are fetched; none: the channel has none, or they come by another way.
        checks: what `bot check` looks at.
    """

    name: str
    is_on: Callable[[Settings], bool]
    shape: Callable[[Settings], Shape]
    services: Callable[[Context], dict[str, Service]]
    routes: Callable[[Context, Entry], list[BaseRoute]] | None = None
    fetcher: Callable[[Context], Fetcher] | None = None
    checks: Callable[[Settings], Awaitable[list[Finding]]] | None = None


def declared(settings: Settings) -> list[Channel]:
    """Every channel that there is, on or off, by name."""
    folders = (f"{package.__name__}.{found.name}" for found in pkgutil.iter_modules(package.__path__) if found.ispkg)
    named = (name.strip() for name in settings.channels.split(","))
    return sorted(_of([*folders, *filter(None, named)]), key=lambda channel: channel.name)


def tell_shapes(settings: Settings) -> list[Channel]:
    """Let the outbox of this process know every channel's shape; the channels."""
    found = declared(settings)
    for channel in found:
        shape_is(channel.name, channel.shape(settings))
    return found


def active(settings: Settings) -> list[Channel]:
    """The channels that the settings turn on; the outbox of this process knows the shapes from here on."""
    return [channel for channel in tell_shapes(settings) if channel.is_on(settings)]


def _of(modules: Iterable[str]) -> Iterable[Channel]:
    for module in modules:
        channel = getattr(importlib.import_module(module), "CHANNEL", None)
        if isinstance(channel, Channel):
            yield channel


def services(context: Context) -> dict[str, Service]:
    """What the worker runs for all channels."""
    found: dict[str, Service] = {}
    for channel in active(context.settings):
        found |= channel.services(context)
    return found
