"""Writing to a citizen from the desk: rows of the outbox, in the transaction of what they tell of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.turns import Json
from bot.storage.models import LiveChatEvent, Outbox
from bot.storage.outgoing import is_pushed, outgoing_parts

RATE = "desk:rate:"
LEAVE = "desk:leave"
MOST_STARS = 5


async def tell(
    session: AsyncSession, conversation: int, channel: str, said: str, *, buttons: list[Json] | None = None, **more: Any
) -> int:
    """Queue a message, or show it where the citizen's page fetches.

    Args:
        more: what else the page is told with it: `by` (`staff`), `desk` (who talks to the citizen now).

    Returns:
        The (last) row of the outbox.
    """
    reply: Json = {"text": said, "buttons": buttons or [], "image": None}
    pushed = is_pushed(channel)
    last = 0
    for seq, body in enumerate(outgoing_parts(channel, [reply]) or [reply]):
        row = insert(Outbox).values(
            conversation_id=conversation,
            seq=seq,
            channel=channel,
            body=body | more,
            state="queued" if pushed else "shown",
        )
        last = (await session.execute(row.returning(Outbox.id))).scalar_one()
    if pushed:
        await session.execute(text("SELECT pg_notify('outbox', '')"))
    else:
        await session.execute(text("SELECT pg_notify('shown', :id)"), {"id": str(conversation)})
    return last


def happened(
    session: AsyncSession, chat: int, kind: str, account: str | None = None, *, why: str | None = None, **data: Any
) -> None:
    """Add an event to the session of the change that it tells of."""
    outbox = data.pop("outbox", None)
    session.add(LiveChatEvent(chat_id=chat, kind=kind, account=account, reason=why, data=data, outbox_id=outbox))


def stars(chat: int, title: str) -> list[Json]:
    """The buttons of the question how it was.

    Args:
        title: with `{rating}` in it.
    """
    return [
        {"title": title.format(rating=number), "payload": f"{RATE}{chat}:{number}"}
        for number in range(1, MOST_STARS + 1)
    ]
