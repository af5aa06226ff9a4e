"""A ticket as another system gets it: without the citizen, unless the locality file lets the contact go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from bot.locality.remote import RemoteBackend
from bot.privacy import readable
from bot.storage.models import Ticket, TicketEvent, TicketPhoto, TicketSubmission
from bot.tickets import filing
from bot.tickets.backends.errors import RefusedError
from bot.tickets.backends.protocol import OutgoingAddition, OutgoingPhoto, OutgoingReport
from bot.tickets.contacts import Contact
from bot.tickets.kit import Kit
from bot.tickets.photo_links import PhotoLinks
from bot.tickets.photos import Photos
from bot.tickets.published import without_names
from bot.tickets.states import OPEN, Status

log = structlog.get_logger(__name__)


class Outgoing:
    """What is handed over to one backend."""

    def __init__(self, kit: Kit, config: RemoteBackend) -> None:
        self._kit = kit
        self._config = config
        self._photos = Photos(kit.sessions, kit.settings)

    def report(self, ticket: Ticket, key: str, sent_at: datetime) -> OutgoingReport:
        """All but the pictures.

        Raises:
            RefusedError: the locality has its category no longer.
        """
        locality, contact = self._kit.locality, filing.read_contact(self._kit, ticket)
        names = (contact["name"],) if contact.get("name") and not self._config.contact else ()
        category, ward = locality.category(ticket.category), locality.ward(ticket.ward)
        if category is None:
            raise RefusedError("no_category")

        def plain(value: str) -> str:
            return without_names(readable(value), names)

        answers: dict[str, Any] = {
            code: plain(value) if isinstance(value, str) else value for code, value in (ticket.answers or {}).items()
        }
        return OutgoingReport(
            key=key,
            code=ticket.code,
            category=category,
            description=plain(ticket.description),
            place=plain(ticket.place),
            created_at=ticket.created_at,
            sent_at=sent_at,
            agency=ticket.agency or locality.agency_for(category, ticket.ward),
            address=plain(ticket.address) if ticket.address else None,
            ward=ticket.ward,
            ward_name=ward.name if ward else None,
            lat=ticket.lat,
            long=ticket.long,
            answers=answers,
            contact=contact if self._config.contact else Contact(),
            open_to_all=not (ticket.restricted or ticket.private or category.restricted or category.private),
        )

    def addition(self, ticket: Ticket, submission: TicketSubmission, said: TicketEvent) -> OutgoingAddition | None:
        """What was added in an event, without pictures; none where the ticket stays here by now."""
        category = self._kit.locality.category(ticket.category)
        if category is None or ticket.restricted or not self._config.takes(category, private=ticket.private):
            return None
        contact = filing.read_contact(self._kit, ticket)
        names = (contact["name"],) if contact.get("name") and not self._config.contact else ()
        words = self._config.adds == "all" and said.text
        return OutgoingAddition(
            remote_id=submission.remote_id or "",
            key=f"{submission.idempotency_key}:{said.seq}",
            code=ticket.code,
            solved=Status(ticket.status) not in OPEN,
            at=said.at,
            text=without_names(readable(said.text), names) if words and said.text else "",
            open_to_all=not (ticket.private or category.restricted or category.private),
        )

    async def addition_with_photos(self, addition: OutgoingAddition, keys: Sequence[str]) -> OutgoingAddition:
        """The same with those pictures."""
        async with self._kit.sessions() as session:
            query = select(TicketPhoto.key, TicketPhoto.type).where(TicketPhoto.key.in_(keys)).order_by(TicketPhoto.id)
            found = [(row.key, row.type) for row in await session.execute(query)] if keys else []
        return replace(addition, photos=await self._photos_of(addition, found))

    async def with_photos(self, report: OutgoingReport) -> OutgoingReport:
        """The same with the citizen's pictures, as the backend takes them.

        A picture whose file is gone is left out: the report matters more. Addresses are given only of what everybody
        may see; what is restricted or private goes in the call itself or not at all.
        """
        if self._config.photos == "none":
            return report
        async with self._kit.sessions() as session:
            query = (
                select(TicketPhoto.key, TicketPhoto.type)
                .join(Ticket, Ticket.id == TicketPhoto.ticket_id)
                .where(Ticket.code == report.code, TicketPhoto.stage == "before")
                .order_by(TicketPhoto.id)
            )
            found = [(row.key, row.type) for row in await session.execute(query)]
        return replace(report, photos=await self._photos_of(report, found))

    async def _photos_of(
        self, of: OutgoingReport | OutgoingAddition, found: Sequence[tuple[str, str]]
    ) -> tuple[OutgoingPhoto, ...]:
        """Pictures as the backend takes them."""
        wanted, base = self._config.photos, self._kit.settings.public_url
        if wanted == "none" or (wanted == "links" and not (base and of.open_to_all)):
            return ()
        if wanted == "content":
            return await self._read(of.code, found)
        until = datetime.now(UTC) + timedelta(days=self._config.link_days)
        links = PhotoLinks(self._kit.settings.secret_key)
        return tuple(
            OutgoingPhoto(f"{of.code}-{number}.jpg", kind, url=links.make(base, key, until))
            for number, (key, kind) in enumerate(found, 1)
        )

    async def _read(self, code: str, found: Sequence[tuple[str, str]]) -> tuple[OutgoingPhoto, ...]:
        made = []
        for number, (key, kind) in enumerate(found, 1):
            body = await self._photos.read(key)
            if body is None:
                log.warning("backend.photo.gone", ticket=code)
                continue
            # Not the key, which opens the picture here.
            made.append(OutgoingPhoto(f"{code}-{number}.jpg", kind, body=body))
        return tuple(made)
