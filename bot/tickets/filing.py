"""From a report to a ticket: its code, its contact, its deadline, its agency."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.locality import Category
from bot.privacy import tokens_in
from bot.privacy.masking import TOKEN
from bot.storage.jobs import defer_in
from bot.storage.models import Ticket, TicketCounter, TicketEvent, TicketSubmission
from bot.text import fold
from bot.tickets import agenda, changes, notices
from bot.tickets.contacts import Contact
from bot.tickets.errors import InvalidError, UnknownCategoryError
from bot.tickets.kit import Kit, code_of, conversation_id
from bot.tickets.people import SYSTEM, Actor
from bot.tickets.records import FiledTicket, NewReport
from bot.tickets.states import Status
from bot.tickets.witness import Standing, Witness

log = structlog.get_logger(__name__)

ROUTE = "tickets.route"
SUBMIT = "tickets.submit"
ADD = "tickets.pass_on"
PATIENT = -1
"""The priority of jobs that wait for other systems: what needs nobody else goes first."""
LONGEST = 4000
"""Characters of a description."""


async def file(
    kit: Kit, report: NewReport, idempotency_key: str, actor: Actor | None, witness: Witness | None = None
) -> FiledTicket:
    """File a report once; see `TicketService.file`. Filing again is no change, so the witness sees nothing."""
    category = kit.locality.category(report.category)
    if category is None:
        raise UnknownCategoryError(f"no category {report.category!r} in locality {kit.locality.code}")
    _check(report)
    try:
        async with kit.sessions.begin() as session:
            ticket = await _filed(session, idempotency_key)
            if ticket is None:
                ticket = await _write(session, kit, report, category, idempotency_key, actor)
                if witness is not None:
                    await witness(session, ticket.code, None, await Standing.of(session, ticket))
    except IntegrityError:
        # The same message was filed by another process in this moment.
        async with kit.sessions() as session:
            ticket = await _filed(session, idempotency_key)
        if ticket is None:
            raise
    given = {"phone", "email"}.intersection(report.contact)
    lost = bool(given - read_contact(kit, ticket).keys())
    return FiledTicket(ticket.code, kit.pins.of(ticket.code), ticket.category, ticket.restricted, lost, ticket.due_at)


async def route(kit: Kit, code: str) -> Ticket | None:
    """Send a received ticket to its agency; see `TicketService.route`."""
    async with kit.sessions.begin() as session:
        ticket = await session.scalar(select(Ticket).where(Ticket.code == code_of(code)).with_for_update())
        if ticket is None or ticket.status != Status.RECEIVED:
            return None
        await changes.step(session, kit, ticket, Status.SORTING, SYSTEM)
        category = kit.category(ticket)
        if category is not None:
            await forward(session, kit, ticket, kit.locality.agency_for(category, ticket.ward), SYSTEM)
    log.info("ticket.routed", ticket=code, agency=ticket.agency)
    return ticket


async def forward(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    agency: str,
    actor: Actor,
    *,
    reason: str | None = None,
    tell: bool = True,
) -> None:
    """Give a ticket to an agency and tell its officers."""
    event = await changes.step(session, kit, ticket, Status.FORWARDED, actor, agency=agency, reason=reason, tell=tell)
    await notices.tell_staff(session, ticket, "assigned", f"assigned:{event.seq}")


def read_contact(kit: Kit, ticket: Ticket) -> Contact:
    """The contact kept with a ticket, decrypted; empty for none."""
    if ticket.contact is None:
        return Contact()
    return cast(Contact, json.loads(kit.cipher.decrypt(ticket.contact, ticket.code)))


def words(*parts: str | None) -> Any:
    """What a search finds a ticket by: folded words, as an expression for `tickets.words`."""
    return func.to_tsvector("simple", fold(" ".join(part for part in parts if part)))


def _check(report: NewReport) -> None:
    if len(report.description) > LONGEST or len(report.place) > LONGEST:
        raise InvalidError(f"a description has at most {LONGEST} characters")
    if (report.lat is None) != (report.long is None):
        raise InvalidError("latitude and longitude go together")
    if report.lat is not None and report.long is not None and not (abs(report.lat) <= 90 and abs(report.long) <= 180):
        raise InvalidError("coordinates out of range")


async def _write(
    session: AsyncSession, kit: Kit, report: NewReport, category: Category, key: str, actor: Actor | None
) -> Ticket:
    conversation = await conversation_id(session, report.conversation)
    contact = await _resolve(session, kit, conversation, report.contact)
    now = datetime.now(UTC)
    # Last before the insert: the counter's row is locked from here to the commit, so numbers have no gap.
    code = await _next_code(session, kit)
    ticket = Ticket(
        code=code,
        idempotency_key=key,
        conversation_id=conversation,
        channel=report.channel,
        source=report.source,
        external_id=report.external_id,
        locality=kit.locality.code,
        category=report.category,
        description=report.description,
        answers=report.answers,
        place=report.place,
        address=report.address,
        ward=report.ward,
        lat=report.lat,
        long=report.long,
        contact=kit.cipher.encrypt(json.dumps(contact, ensure_ascii=False), code) if contact else None,
        anonymous=not contact,
        restricted=category.restricted,
        private=report.private or category.private,
        status=Status.RECEIVED,
        created_at=now,
        status_at=now,
        updated_at=now,
        updated_by=actor.account if actor else "citizen",
        due_at=kit.deadline(category, now),
        words=words(code, report.description, report.place, report.address),
    )
    ticket.check_at = agenda.first_look(kit, ticket)
    session.add(ticket)
    await session.flush()
    await changes.attach(session, ticket, report.photos, "before", account=actor.account if actor else None)
    # Not `record`: the counter's row is locked, and there is nobody to tell and nothing that came before.
    session.add(
        TicketEvent(
            ticket_id=ticket.id,
            seq=1,
            kind="TicketFiled",
            status=ticket.status,
            actor=actor.kind if actor else "citizen",
            account=actor.account if actor else None,
            at=now,
            data={},
        )
    )
    await defer_in(session, ROUTE, {"code": code}, lock=f"ticket:{code}")
    if kit.locality.backend.takes(category, private=ticket.private):
        key = f"motcua:{kit.locality.code}:{code}"
        session.add(TicketSubmission(ticket_id=ticket.id, backend=kit.locality.backend.name, idempotency_key=key))
        await defer_in(session, SUBMIT, {"code": code}, lock=f"submit:{code}", priority=PATIENT)
    log.info("ticket.filed", ticket=code, category=report.category, channel=report.channel)
    return ticket


async def _resolve(session: AsyncSession, kit: Kit, conversation: int | None, contact: Contact) -> dict[str, str]:
    """The contact with its real values, taken out of the vault."""
    plain = {key: str(value) for key, value in contact.items() if key in ("name", "phone", "email") and value}
    tokens = [token for value in plain.values() for token in tokens_in(value)]
    if conversation is None or not tokens:
        return plain
    values = await kit.vault.find(session, conversation, tokens)
    await kit.vault.purge(session, conversation, tokens=tokens)
    resolved = {key: TOKEN.sub(lambda found: values.get(found.group(), ""), value) for key, value in plain.items()}
    return {key: value.strip() for key, value in resolved.items() if value.strip()}


async def _next_code(session: AsyncSession, kit: Kit) -> str:
    year = kit.locality.now().year
    statement = insert(TicketCounter).values(year=year, last=1)
    statement = statement.on_conflict_do_update(index_elements=["year"], set_={"last": TicketCounter.last + 1})
    number = (await session.execute(statement.returning(TicketCounter.last))).scalar_one()
    return f"PA-{year}-{number:06d}"


async def _filed(session: AsyncSession, key: str) -> Ticket | None:
    return await session.scalar(select(Ticket).where(Ticket.idempotency_key == key))
