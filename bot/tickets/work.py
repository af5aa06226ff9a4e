"""What officers do with a ticket. Each function works on a row that the caller has locked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Ticket
from bot.tickets import changes, filing, notices
from bot.tickets.errors import (
    ForbiddenError,
    InvalidError,
    TransitionError,
    UnknownAgencyError,
    UnknownCategoryError,
)
from bot.tickets.kit import Kit
from bot.tickets.people import Actor
from bot.tickets.states import ENDED, OPEN, TRANSITIONS, Status, needs_reason, path


def allowed(kit: Kit, ticket: Ticket, actor: Actor) -> tuple[Status, ...]:
    """Where this actor may take a ticket from where it stands."""
    source = Status(ticket.status)
    return tuple(target for target in Status if target in TRANSITIONS[source] and _may(kit, source, target, actor))


def _may(kit: Kit, source: Status, target: Status, actor: Actor) -> bool:
    if target is Status.CLOSED:
        # Closing is the citizen's: by a word, or by a period of silence.
        return actor.kind != "officer"
    if source in (Status.AWAITING_CITIZEN, Status.CLOSED):
        return actor.supervises
    if source is Status.DONE and kit.locality.tickets.review:
        return actor.supervises
    return True


async def move(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    target: Status,
    actor: Actor,
    *,
    reason: str | None = None,
    text: str | None = None,
    agency: str | None = None,
    photos: tuple[str, ...] = (),
    tell: bool = True,
) -> None:
    """One transition by an officer or a program; see `TicketService.move`."""
    source = Status(ticket.status)
    if target in TRANSITIONS[source] and not _may(kit, source, target, actor):
        raise ForbiddenError(f"{source} to {target} is not for {actor.kind} {sorted(actor.roles)}")
    reason, text = kit.cleaned(reason), kit.cleaned(text)
    if photos:
        await changes.attach(session, ticket, photos, "after", account=actor.account)
    if target is Status.FORWARDED:
        await filing.forward(session, kit, ticket, _agency(kit, ticket, agency), actor, reason=reason, tell=tell)
        return
    event = await changes.step(session, kit, ticket, target, actor, reason=reason, text=text, tell=tell)
    if target is Status.DONE:
        if text and ticket.answered_at is None:
            ticket.answered_at = event.at
        if not kit.locality.tickets.review:
            await changes.step(session, kit, ticket, Status.AWAITING_CITIZEN, actor, text=text, tell=tell)
    elif target in (Status.REFUSED, Status.ESCALATED) and ticket.answered_at is None:
        ticket.answered_at = event.at
    elif target is Status.SORTING:
        await notices.tell_staff(session, ticket, "assigned", f"sorting:{event.seq}", role="supervisor")


async def advance(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    target: Status,
    actor: Actor,
    *,
    reason: str | None = None,
    text: str | None = None,
    agency: str | None = None,
) -> None:
    """The shortest way to a status; only the last step is told. Nothing happens when the ticket is there."""
    source = Status(ticket.status)
    if source is target:
        return
    way = path(source, target)
    for number, status in enumerate(way, 1):
        if Status(ticket.status) is status:
            continue  # DONE went on by itself
        last = number == len(way)
        told = last or (status is Status.DONE and way[-1] is Status.AWAITING_CITIZEN)
        said = text if last or status is Status.DONE else None
        because = (reason or text) if last else None
        if needs_reason(Status(ticket.status), status):
            because = because or reason or "theo cập nhật của nơi xử lý"
        await move(session, kit, ticket, status, actor, reason=because, text=said, agency=agency, tell=told)


async def answer(session: AsyncSession, kit: Kit, ticket: Ticket, actor: Actor, text: str) -> None:
    """An official reply."""
    if Status(ticket.status) in ENDED:
        raise TransitionError("the ticket has ended")
    said = kit.cleaned(text, needed="an answer")
    event = await changes.record(session, kit, ticket, "TicketAnswered", actor, text=said)
    ticket.answered_at = ticket.answered_at or event.at


async def note(session: AsyncSession, kit: Kit, ticket: Ticket, actor: Actor, text: str) -> None:
    """An internal note."""
    await changes.record(session, kit, ticket, "NoteAdded", actor, text=kit.cleaned(text, needed="a note"))


async def ask(session: AsyncSession, kit: Kit, ticket: Ticket, actor: Actor, question: str) -> None:
    """Ask the citizen something; the clock stands."""
    if Status(ticket.status) not in OPEN:
        raise TransitionError("only an open ticket waits for its citizen")
    said = kit.cleaned(question, needed="a question")
    ticket.paused_at = ticket.paused_at or datetime.now(UTC)
    await changes.record(session, kit, ticket, "QuestionAsked", actor, text=said)


async def assign(
    session: AsyncSession,
    kit: Kit,
    ticket: Ticket,
    actor: Actor,
    officer: str | None,
    agency: str | None,
    reason: str | None,
) -> None:
    """Give a ticket to an officer, perhaps of another agency."""
    if Status(ticket.status) in ENDED:
        raise TransitionError("the ticket has ended")
    reason = kit.cleaned(reason)
    if agency is not None and agency != ticket.agency:
        if Status(ticket.status) is Status.RECEIVED:
            await changes.step(session, kit, ticket, Status.SORTING, actor)
        await filing.forward(session, kit, ticket, _agency(kit, ticket, agency), actor, reason=reason)
    ticket.officer = officer
    event = await changes.record(session, kit, ticket, "TicketAssigned", actor, text=reason, data={"officer": officer})
    if officer and officer != actor.account:
        await notices.tell_staff(session, ticket, "assigned", f"assigned:{event.seq}", account=officer)


async def recategorise(session: AsyncSession, kit: Kit, ticket: Ticket, actor: Actor, code: str, reason: str) -> None:
    """Correct the category; deadline and restriction follow it. The agency is left to be forwarded."""
    if Status(ticket.status) not in OPEN:
        raise TransitionError("only an open ticket changes its category")
    category = kit.locality.category(code)
    if category is None:
        raise UnknownCategoryError(f"no category {code!r}")
    said = kit.cleaned(reason, needed="a reason")
    before, ticket.category = ticket.category, code
    # Once restricted, it is opened to all officers only by those who may read it.
    ticket.restricted = category.restricted
    ticket.private = ticket.private or category.private
    ticket.due_at = kit.deadline(category, ticket.created_at)
    if ticket.due_at is not None and ticket.paused_seconds:
        ticket.due_at = kit.time.add(ticket.due_at, timedelta(seconds=ticket.paused_seconds))
    await changes.record(session, kit, ticket, "CategoryChanged", actor, text=said, data={"from": before, "to": code})


async def add_photos(
    session: AsyncSession, kit: Kit, ticket: Ticket, actor: Actor, photos: tuple[str, ...], stage: str
) -> None:
    """More pictures, by staff."""
    if not photos or stage not in ("before", "after"):
        raise InvalidError("no photos, or of no stage")
    await changes.attach(session, ticket, photos, stage, account=actor.account)
    await changes.record(session, kit, ticket, "PhotoAdded", actor, data={"stage": stage, "count": len(photos)})


def _agency(kit: Kit, ticket: Ticket, wanted: str | None) -> str:
    if wanted is None:
        category = kit.category(ticket)
        if Status(ticket.status) is not Status.SORTING or category is None:
            raise UnknownAgencyError("to which agency?")
        return kit.locality.agency_for(category, ticket.ward)
    if kit.locality.agency(wanted) is None:
        raise UnknownAgencyError(f"no agency {wanted!r}")
    if wanted == ticket.agency and Status(ticket.status) is Status.FORWARDED:
        raise InvalidError("the agency has it already")
    return wanted
