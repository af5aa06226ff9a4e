"""Telling people: citizens on their channels, once for each event, and staff in the console.

Rows are made in the transaction of the event, so they exist exactly if it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import Conversation, Outbox, StaffNotice, Ticket, TicketEvent, TicketFollower
from bot.storage.outgoing import is_pushed, outgoing_parts
from bot.tickets.kinds import KINDS
from bot.tickets.kit import Kit
from bot.tickets.states import LABELS, OPEN, Status

Button = dict[str, str]

SHOWN = "shown"
"""The state of an outbox row of a channel that fetches: nothing has to be delivered, its history shows it."""
_NOT_FOR_THOSE_WHO_JOINED = frozenset({"QuestionAsked", "TicketAnswered", "RemoteUpdated", "TicketConfirmed"})


async def tell_citizens(
    session: AsyncSession, kit: Kit, ticket: Ticket, event: TicketEvent, *, but: int | None = None
) -> int:
    """Send what the event's kind says to the ticket's conversations.

    Args:
        but: the conversation that caused the event and has its answer already.

    Returns:
        How many were told.
    """
    if KINDS[event.kind].notice is None:
        return 0
    text, buttons = notice(kit, ticket, event)
    joined = kit.texts.say("notice_joined", code=ticket.code, label=LABELS[Status(ticket.status)])
    told = 0
    for conversation, channel, owned in await _listeners(session, ticket):
        if conversation == but or (not owned and event.kind in _NOT_FOR_THOSE_WHO_JOINED):
            continue
        reply = _reply(text, buttons) if owned else _reply(joined, [])
        for seq, body in enumerate(outgoing_parts(channel, [reply]) or [reply]):
            state = "queued" if is_pushed(channel) else SHOWN
            session.add(Outbox(conversation_id=conversation, seq=seq, channel=channel, body=body, state=state))
        if not is_pushed(channel):
            await session.execute(select(func.pg_notify("shown", str(conversation))))
        told += 1
    if told:
        await session.flush()
        await session.execute(select(func.pg_notify("outbox", "")))
    return told


def notice(kit: Kit, ticket: Ticket, event: TicketEvent) -> tuple[str, list[Button]]:
    """The text and the buttons for the citizen of a ticket, as it stands after the event."""
    say, rules, office = kit.texts.say, kit.locality.tickets, kit.locality.office
    name = KINDS[event.kind].notice or ""
    said = event.text or ""
    values: dict[str, Any] = {
        "code": ticket.code,
        "agency": agency_name(kit, ticket),
        "due": promise(kit, ticket),
        "text": said,
        "office": office.name,
        "phone": f" (điện thoại {office.phone})" if office.phone else "",
        "next": say("next_open" if Status(ticket.status) in OPEN else "next_done"),
        "pause": say("question_pause", days=rules.reply_days) if ticket.due_at else "",
        "reopen": reopen_until(kit, ticket),
    }
    buttons: list[Button] = []
    if event.kind == "ConfirmationAsked":
        values["text"] = f"\n{said}" if said else ""
        values["until"] = _day(kit, kit.days(ticket.status_at, rules.silence_days))
        buttons = [_button(kit, ticket.code, "solved"), _button(kit, ticket.code, "unsolved")]
    elif event.kind == "QuestionAsked":
        buttons = [_button(kit, ticket.code, "reply")]
    elif event.kind == "TicketClosed" and rules.reopen_days:
        buttons = [_button(kit, ticket.code, "reopen")]
    return say(name, **values), buttons


def promise(kit: Kit, ticket: Ticket) -> str:
    """The deadline for the citizen, where there is one; else what to expect."""
    if ticket.due_at is None or Status(ticket.status) not in OPEN or ticket.paused_at:
        return kit.texts.say("due_none")
    return kit.texts.say("due_promise", due=moment(kit, ticket.due_at))


def reopen_until(kit: Kit, ticket: Ticket) -> str:
    """Until when a closed ticket may be reopened, as a sentence; nothing where it may not."""
    days = kit.locality.tickets.reopen_days
    if not days or ticket.closed_at is None:
        return ""
    return kit.texts.say("reopen_until", until=_day(kit, kit.days(ticket.closed_at, days)))


def agency_name(kit: Kit, ticket: Ticket) -> str:
    """Who works on a ticket, for people."""
    agency = kit.locality.agency(ticket.agency)
    return agency.name if agency else kit.texts.say("somebody")


def moment(kit: Kit, at: datetime) -> str:
    """A moment for people, in local time."""
    return f"{kit.locality.now(at):%Hh%M ngày %d/%m/%Y}"


async def tell_staff(
    session: AsyncSession,
    ticket: Ticket,
    kind: str,
    key: str,
    *,
    account: str | None = None,
    role: str = "officer",
    data: dict[str, Any] | None = None,
) -> None:
    """A notice in the console, once a ticket and key.

    Args:
        account: one officer alone; none: all officers of the ticket's agency.
        role: the least role that sees it.
    """
    values = {
        "ticket_id": ticket.id,
        "kind": kind,
        "key": key,
        "agency": ticket.agency,
        "account": account,
        "role": role,
        "data": data or {},
    }
    await session.execute(insert(StaffNotice).values(**values).on_conflict_do_nothing())


async def _listeners(session: AsyncSession, ticket: Ticket) -> Sequence[tuple[int, str, bool]]:
    """Conversations to tell, as (id, channel, whether it is the citizen's own); those who blocked us are left out."""
    found: dict[int, tuple[int, str, bool]] = {}
    if ticket.conversation_id is not None:
        query = select(Conversation.id, Conversation.channel).where(
            Conversation.id == ticket.conversation_id, Conversation.opted_out_at.is_(None)
        )
        for number, channel in await session.execute(query):
            found[number] = (number, channel, True)
    followers = (
        select(Conversation.id, Conversation.channel, TicketFollower.proof)
        .join(TicketFollower, TicketFollower.conversation_id == Conversation.id)
        .where(TicketFollower.ticket_id == ticket.id, Conversation.opted_out_at.is_(None))
        .order_by(TicketFollower.id)
    )
    for number, channel, proof in await session.execute(followers):
        found.setdefault(number, (number, channel, proof == "pin"))
    return list(found.values())


def _button(kit: Kit, code: str, choice: str) -> Button:
    return {"title": kit.texts.say(f"button_{choice}"), "payload": f"ticket:{code}:{choice}"}


def _reply(text: str, buttons: list[Button]) -> dict[str, Any]:
    return {"text": text, "buttons": buttons, "image": None}


def _day(kit: Kit, at: datetime) -> str:
    return f"{kit.locality.now(at):%d/%m/%Y}"
