"""What the citizen of a ticket does: proves that it is theirs, confirms, rates, reopens, replies, follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket, TicketFollower, TicketPhoto
from bot.tickets import additions, changes, notices
from bot.tickets.errors import InvalidError, PeriodOverError, PhotosManyError, TransitionError
from bot.tickets.kit import Kit, code_of, conversation_id, locked
from bot.tickets.people import Actor, Citizen
from bot.tickets.pins import lock_until
from bot.tickets.states import ENDED, Status

log = structlog.get_logger(__name__)

RATINGS = range(1, 6)
MOST_PHOTOS = 20
"""Of one ticket, by its citizen."""


@dataclass(frozen=True)
class Proven:
    """A ticket that was proved to be the asking citizen's.

    Attributes:
        conversation: `conversations.id` of who asks; none for a page without one, or staff for a caller.
        by_pin: the PIN was given and right.
        owned: not, if the conversation only joined the ticket.
        actor: staff for a caller; none: the citizen.
    """

    ticket: Ticket
    conversation: int | None = None
    by_pin: bool = False
    owned: bool = True
    actor: Actor | None = None


async def prove(session: AsyncSession, kit: Kit, code: str, by: Citizen | Actor) -> Proven | None:
    """Lock a ticket for its citizen (or for staff on behalf of one); none says nothing about why not.

    Wrong PINs are counted, so the caller must let the transaction commit.

    Raises:
        UnknownTicketError: staff may not see it.
    """
    code = code_of(code)
    if isinstance(by, Actor):
        return Proven(await locked(session, code, by), actor=by)
    now = datetime.now(UTC)
    pin = by.pin
    # Compared in any case, so that an unknown code takes as long as a known one.
    right = pin is not None and kit.pins.matches(code, pin)
    owner = await conversation_id(session, by.conversation)
    ticket = await session.scalar(select(Ticket).where(Ticket.code == code).with_for_update())
    if ticket is None:
        return None
    if by.proved:
        return Proven(ticket, owner)
    proof = await _proof(session, ticket, owner)
    if proof in ("own", "pin"):
        return Proven(ticket, owner)
    if pin is not None and not (ticket.pin_locked_until and ticket.pin_locked_until > now):
        ticket.pin_failures = 0 if right else ticket.pin_failures + 1
        ticket.pin_locked_until = None if right else lock_until(ticket.pin_failures, now)
        if right:
            return Proven(ticket, owner, by_pin=True)
        log.warning("ticket.pin_refused", ticket=code, failures=ticket.pin_failures)
    return Proven(ticket, owner, owned=False) if proof == "joined" else None


async def confirm(
    session: AsyncSession, kit: Kit, found: Proven, solved: bool, rating: int | None, comment: str | None
) -> None:
    """Solved or not; see `TicketService.confirm`."""
    ticket, status = found.ticket, Status(found.ticket.status)
    if rating is not None and rating not in RATINGS:
        raise InvalidError("a rating is 1 to 5")
    said = kit.cleaned(comment)
    if status is Status.CLOSED:
        if not solved:
            await reopen(session, kit, found, comment or "việc chưa được giải quyết")
            return
        _in_period(kit, ticket)
    elif status is Status.AWAITING_CITIZEN and solved:
        await changes.step(
            session, kit, ticket, Status.CLOSED, found.actor, kind="TicketConfirmed", text=said, but=found.conversation
        )
    elif status is Status.AWAITING_CITIZEN:
        reason = said or "người dân báo việc chưa được giải quyết"
        event = await changes.step(
            session, kit, ticket, Status.IN_PROGRESS, found.actor, reason=reason, but=found.conversation
        )
        await _tell_worker(session, ticket, "not_solved", event.seq)
        await additions.pass_on(session, kit, ticket, event, ())
    else:
        raise TransitionError(f"a ticket that is {status} cannot be confirmed")
    if solved and (rating is not None or said):
        ticket.rating, ticket.comment = rating if rating is not None else ticket.rating, said or ticket.comment
        await changes.record(
            session, kit, ticket, "TicketRated", found.actor, text=said, data={"rating": rating} if rating else {}
        )


async def reopen(session: AsyncSession, kit: Kit, found: Proven, reason: str) -> None:
    """Bring a closed ticket back; see `TicketService.reopen`."""
    ticket = found.ticket
    if Status(ticket.status) is not Status.CLOSED:
        raise TransitionError(f"a ticket that is {ticket.status} cannot be reopened")
    _in_period(kit, ticket)
    said = kit.cleaned(reason, needed="a reason")
    event = await changes.step(
        session, kit, ticket, Status.IN_PROGRESS, found.actor, reason=said, but=found.conversation
    )
    await _tell_worker(session, ticket, "reopened", event.seq)
    await additions.pass_on(session, kit, ticket, event, ())


async def reply(session: AsyncSession, kit: Kit, found: Proven, text: str, photos: tuple[str, ...]) -> None:
    """The citizen's answer to a question, or something to add; the clock goes on. Pictures that the ticket has already
    came with this answer before: then it is done."""
    ticket = found.ticket
    own = list(await session.scalars(select(TicketPhoto.key).where(*_own_photos(ticket)))) if photos else []
    if photos and set(photos) <= set(own):
        return
    if not found.actor and len(own) + len(photos) > MOST_PHOTOS:
        raise PhotosManyError(f"{len(own)} pictures")
    if Status(ticket.status) in ENDED:
        raise TransitionError("the ticket has ended")
    said = kit.cleaned(text, needed="a reply")
    account = found.actor.account if found.actor else None
    await changes.attach(session, ticket, photos, "before", account=account, conversation=found.conversation)
    changes.go_on(kit, ticket, datetime.now(UTC))
    event = await changes.record(
        session, kit, ticket, "CitizenReplied", found.actor, text=said, data={"photos": len(photos)} if photos else {}
    )
    await _tell_worker(session, ticket, "citizen_replied", event.seq)
    await additions.pass_on(session, kit, ticket, event, photos)


def _own_photos(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    return TicketPhoto.ticket_id == ticket.id, TicketPhoto.stage == "before"


async def follow(session: AsyncSession, kit: Kit, ticket: Ticket, conversation: int, proof: str) -> bool:
    """Tell a conversation about a ticket from now on.

    Returns:
        Whether that is new.
    """
    if ticket.conversation_id == conversation:
        return False
    statement = insert(TicketFollower).values(ticket_id=ticket.id, conversation_id=conversation, proof=proof)
    if proof == "pin":  # who joined, and now proves it
        statement = statement.on_conflict_do_update(
            index_elements=["ticket_id", "conversation_id"],
            set_={"proof": "pin"},
            where=TicketFollower.proof != "pin",
        )
    else:
        statement = statement.on_conflict_do_nothing()
    if (await session.execute(statement.returning(TicketFollower.id))).first() is None:
        return False
    await changes.record(session, kit, ticket, "TicketFollowed" if proof == "pin" else "TicketJoined", None)
    return True


def may(kit: Kit, ticket: Ticket, *, owned: bool = True) -> tuple[bool, bool, bool]:
    """Whether the citizen may confirm, reopen, rate now."""
    status = Status(ticket.status)
    in_period = status is Status.CLOSED and owned and _period_is_open(kit, ticket)
    confirm = owned and status is Status.AWAITING_CITIZEN
    return confirm, in_period, in_period and ticket.rating is None


def _period_is_open(kit: Kit, ticket: Ticket) -> bool:
    days = kit.locality.tickets.reopen_days
    return bool(days and ticket.closed_at) and kit.days(ticket.closed_at, days) > datetime.now(UTC)  # type: ignore[arg-type]  # closed_at is there


def _in_period(kit: Kit, ticket: Ticket) -> None:
    if not _period_is_open(kit, ticket):
        raise PeriodOverError("the period for reopening and rating is over")


async def _tell_worker(session: AsyncSession, ticket: Ticket, kind: str, seq: int) -> None:
    await notices.tell_staff(session, ticket, kind, f"{kind}:{seq}", account=ticket.officer)


async def _proof(session: AsyncSession, ticket: Ticket, conversation: int | None) -> str | None:
    if conversation is None:
        return None
    if ticket.conversation_id == conversation:
        return "own"
    query = select(TicketFollower.proof).where(
        TicketFollower.ticket_id == ticket.id, TicketFollower.conversation_id == conversation
    )
    return await session.scalar(query)
