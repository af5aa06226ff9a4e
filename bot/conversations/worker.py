"""The worker process: the relay, the senders of push channels, and the jobs.

`python -m bot.conversations.worker [--slot N]`. A slot is a worker's place on this machine: a worker that is
started again in its slot takes back at once what the one before it had claimed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import signal
import socket
import sys
from typing import Protocol, cast

import structlog
import uvloop

from bot import logging
from bot.conversations.claims import Claims
from bot.conversations.context import Context, Service, engine_client, keep_running, open_context, require
from bot.conversations.desk.turns import DeskTurns
from bot.conversations.engine_client import EngineClient
from bot.conversations.relay import Relay
from bot.locality import LiveLocality
from bot.settings import Settings, SettingsError, load
from bot.storage.database import sessions
from bot.tickets import Desk as Counter
from bot.tickets import Texts
from bot.tickets.named_ward import NamedWard
from bot.tickets.place_names import NameTable

log = structlog.get_logger(__name__)

SERVICES = ("bot.channels.channel", "bot.storage.jobs")
"""Modules with a `services(context)`. Channels stand above this package: they are named here, not imported."""

PREPARER = "bot.channels.holding"
"""Module with a `preparer(context)`."""


class _Module(Protocol):
    def services(self, context: Context) -> dict[str, Service]: ...


def relay(context: Context, engine: EngineClient, slot: int) -> Relay:
    """The relay of one worker slot."""
    settings = context.settings
    locality = LiveLocality(settings.locality, check=Texts)
    return Relay(
        Claims(context.pool, f"{socket.gethostname()}/{slot}", lease=settings.turn_lease),
        engine,
        database_url=context.database_url,
        concurrency=settings.turn_concurrency,
        lease=settings.turn_lease,
        notice_after=settings.waiting_notice_after,
        preparer=importlib.import_module(PREPARER).preparer(context),
        desk=DeskTurns(
            context.pool,
            engine,
            Counter(settings, locality),
            sessions(context.engine),
        ),
        ward_named=NamedWard(NameTable(sessions(context.engine)), locality),
    )


async def run(settings: Settings, slot: int) -> None:
    """Work until SIGTERM or SIGINT."""
    async with open_context(settings, connections=6) as context:
        client = engine_client(settings)
        services: dict[str, Service] = {"relay": relay(context, client, slot).run}
        for name in SERVICES:
            services |= cast(_Module, importlib.import_module(name)).services(context)
        tasks = [asyncio.create_task(keep_running(name, service), name=name) for name, service in services.items()]
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await stop.wait()
        log.info("worker.stopping")
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=8)
        client.close()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slot", type=int, default=0, help="place of this worker on this machine, from 0")
    slot = parser.parse_args().slot
    try:
        settings = require(load(), "database_url", "engine_urls", "engine_secret", "secret_key")
    except SettingsError as error:
        sys.exit(str(error))
    logging.configure(settings)
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(run(settings, slot))


if __name__ == "__main__":
    main()
