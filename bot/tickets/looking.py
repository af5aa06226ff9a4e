"""The side of the ticket service that changes nothing: details, lists, counts, staff's bell."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.locality import Locality, LocalitySource
from bot.settings import Settings
from bot.storage.database import sessions
from bot.tickets import bell, citizens, lists, reading
from bot.tickets.errors import UnknownTicketError
from bot.tickets.kit import Kit, read
from bot.tickets.people import Citizen, Viewer
from bot.tickets.records import Notice, Page, TicketDetail, TicketFilter, TicketView


class Looking:
    """Tickets of one locality, as their citizens and staff see them."""

    def __init__(
        self,
        database: AsyncEngine | async_sessionmaker[AsyncSession],
        settings: Settings,
        locality: LocalitySource,
    ) -> None:
        """Take the database and the locality; a LiveLocality is asked anew at each operation."""
        made = sessions(database) if isinstance(database, AsyncEngine) else database
        self._kit = Kit(made, settings, locality)

    @property
    def locality(self) -> Locality:
        """The locality of now."""
        return self._kit.locality

    async def mine(self, conversation: str) -> list[TicketView]:
        """The tickets that a conversation filed or follows, the newest first."""
        return await reading.mine(self._kit, conversation)

    async def detail(self, code: str, viewer: Viewer | Citizen) -> TicketDetail:
        """A ticket in full: timeline, photos, deadline; for its citizen what is public.

        Raises:
            UnknownTicketError: there is none for them.
        """
        if isinstance(viewer, Citizen):
            async with self._kit.sessions.begin() as session:
                found = await citizens.prove(session, self._kit, code, viewer)
                if found is not None and found.owned:
                    return await reading.detail(session, self._kit, found.ticket, None)
            raise UnknownTicketError("no such ticket")
        async with self._kit.sessions() as session:
            return await reading.detail(session, self._kit, await read(session, code, viewer), viewer)

    async def listed(self, filter: TicketFilter, viewer: Viewer, after: str | None = None, limit: int = 50) -> Page:
        """A page of the tickets that a viewer may see; `page.after` asks for the next one."""
        async with self._kit.sessions() as session:
            return await lists.listed(session, self._kit, filter, viewer, after, limit)

    async def count(self, filter: TicketFilter, viewer: Viewer, most: int | None = 10_000) -> int:
        """How many there are, counted up to `most` only; none counts them all."""
        async with self._kit.sessions() as session:
            return await lists.count(session, self._kit, filter, viewer, most)

    async def notices(self, viewer: Viewer, after: int | None = None, limit: int = 50) -> list[Notice]:
        """Unread notices for a member of staff, the newest first; `after`: older than this one."""
        async with self._kit.sessions() as session:
            return await bell.unread(session, viewer, after, limit)
