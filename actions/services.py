"""The action server's composition root: settings and database in, the services that actions call out."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.faqs import LiveFaqs
from bot.knowledge.search import LiveIndex
from bot.knowledge.service import AnswerService, DatabaseRecords
from bot.locality import LiveLocality, Locality, LocalitySource
from bot.locality import current as locality_of
from bot.settings import Settings
from bot.storage.database import connect_async
from bot.tickets import Desk, FollowUp, Texts, TicketService

CHANNELS = "bot.channels.channel"
"""Knows how long a message may be on each channel. It stands above what actions use: named here, not imported."""


@dataclass(frozen=True, slots=True)
class Services:
    """What actions work with. rasa-sdk makes actions without arguments, so they ask `current()` for it."""

    settings: Settings
    source: LocalitySource
    database: AsyncEngine
    index: LiveIndex
    faqs: LiveFaqs
    answers: AnswerService
    tickets: TicketService
    desk: Desk

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        return locality_of(self.source)

    @property
    def follow_up(self) -> FollowUp:
        """The counter for those who come back."""
        return FollowUp(self.tickets, self.desk)


_services: list[Services] = []


def current() -> Services:
    """The services of this process.

    Raises:
        RuntimeError: `start` has not run.
    """
    if not _services:
        raise RuntimeError("the action server has not started its services")
    return _services[-1]


async def start(settings: Settings) -> Services:
    """Connect, read the catalogue, and follow its changes."""
    importlib.import_module(CHANNELS).tell_shapes(settings)
    source = LiveLocality(settings.locality, check=Texts)
    database = connect_async(settings.database_url.get_secret_value())
    index = LiveIndex(database, domains=lambda: source.current.domains)
    faqs = LiveFaqs(database)
    await index.start()
    await faqs.start()
    services = Services(
        settings=settings,
        source=source,
        database=database,
        index=index,
        faqs=faqs,
        answers=AnswerService(DatabaseRecords(database), index, faqs),
        tickets=TicketService(database, settings, source),
        desk=Desk(settings, source),
    )
    _services.append(services)
    return services


async def stop() -> None:
    """Let go of everything that `start` made."""
    while _services:
        services = _services.pop()
        await services.index.stop()
        await services.faqs.stop()
        await services.database.dispose()
