"""The one way in for all push channels: a received message is stored with its pending turn, then acknowledged."""

from __future__ import annotations

import re

import structlog

from bot.channels import thumbs
from bot.channels.flood import TOLD_AGAIN, Flood
from bot.channels.message import Contact, Event, Location, Media, Payload, Received, Text, TicketLink, hold
from bot.channels.metrics import LIMITED
from bot.channels.payloads import is_short_for
from bot.channels.texts import TOO_FAST, reply
from bot.conversations.context import Context
from bot.conversations.erasing import withdraw
from bot.conversations.inbox import Inbox, clean
from bot.conversations.outbox import Outbox
from bot.conversations.pool import Pool
from bot.conversations.turns import Accepted, Incoming

log = structlog.get_logger(__name__)

MAX_TEXT = 2000
MAX_ID = 128
HELP = "menu:help"
"""What is asked where a citizen sent nothing that says more: what we can do."""


class BusyError(Exception):
    """More comes in than this process stores; the platform is to deliver it again."""


class Entry:
    """Stores what channels received. Safe to be called twice with the same message."""

    def __init__(self, pool: Pool, inbox: Inbox, flood: Flood | None = None) -> None:
        self._pool = pool
        self._inbox = inbox
        self._flood = flood

    @classmethod
    def of(cls, context: Context) -> Entry:
        """The entry of a process."""
        limited = context.settings.rate_limit == "on"
        return cls(context.pool, context.inbox, Flood(context.settings.citizen_rate) if limited else None)

    async def take(self, received: Received) -> Accepted | None:
        """Store a message; the channel may acknowledge it after this returned.

        Returns:
            The stored message; none for an event or a thumb, which need no answer, and for a message over the
            citizen's limit.

        Raises:
            BusyError: over the limit of this process; it must not be acknowledged.
            psycopg.Error, PoolTimeout, sqlalchemy.exc.DBAPIError: it is not stored, and must not be acknowledged.
        """
        outbox = Outbox(self._pool, received.channel)
        if isinstance(received.content, Event):
            await self._happened(outbox, received, received.content)
            return None
        if self._flood is not None:
            if self._flood.is_over(received.channel, received.external_id):
                await self._limited(outbox, received)
                return None
            if self._flood.is_full():
                raise BusyError
        if isinstance(received.content, Payload) and thumbs.is_thumb(received.content.payload):
            await thumbs.take(self._pool, received.channel, received.external_id, received.content.payload)
            return None
        accepted = await self._inbox.accept(_incoming(received))
        if accepted.new:
            await outbox.opt_in(received.external_id)
        return accepted

    async def _limited(self, outbox: Outbox, received: Received) -> None:
        LIMITED.labels(received.channel).inc()
        if self._flood is not None and self._flood.may_tell(received.channel, received.external_id):
            log.warning("channel.limited", channel=received.channel)
            await outbox.tell_once(received.external_id, reply(TOO_FAST), "too_fast", within=TOLD_AGAIN)

    async def _happened(self, outbox: Outbox, received: Received, event: Event) -> None:
        log.info("channel.event", channel=received.channel, kind=event.kind)
        match event.kind:
            case "came":
                await outbox.opt_in(received.external_id)
            case "left":
                await outbox.opt_out(received.external_id)
            case "withdrew":
                await withdraw(self._pool, received.channel, received.external_id, at=event.at)


def _incoming(received: Received) -> Incoming:
    """As the inbox takes it."""
    text = payload = kept = None
    match received.content:
        case Text(said):
            text = clean(said)[:MAX_TEXT] or None
        case Payload(pressed) if is_short_for(pressed):
            kept = hold(received.content)
        case Payload(pressed):
            payload = clean(pressed)
        case Location(latitude, longitude):
            payload = f"location:{latitude:.6f},{longitude:.6f}"
        case Contact(phone, name, own) if own:
            text = clean(f"{name or ''} {national(phone)}")[:MAX_TEXT]
        case Contact() | Media() | TicketLink() as content:
            kept = hold(content)
    return Incoming(
        received.channel,
        received.message_id[:MAX_ID],
        text=text,
        payload=None if text or kept else payload or HELP,
        held=kept,
        external_id=received.external_id,
    )


def national(phone: str) -> str:
    """A Vietnamese number as people write it at home: 0912345678 for +84 912 345 678."""
    digits = re.sub(r"[^\d+]", "", phone)
    return re.sub(r"^(?:\+?84)(?=\d{9,10}$)", "0", digits)
