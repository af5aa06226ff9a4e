"""The longer way into the inbox, for messages with personal values."""

from __future__ import annotations

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversations.turns import Accepted, Incoming
from bot.privacy import Vault, mask
from bot.storage.models import Conversation, Message


async def accept_masked(connection: AsyncConnection, vault: Vault, incoming: Incoming, body: str) -> Accepted | None:
    """Mask, store the message and the encrypted values, in the caller's transaction.

    The conversation's counters number the tokens, so its row is locked first: two messages at once
    must not both become `[SĐT_1]`.

    Args:
        body: the cleaned text, not masked yet.

    Returns:
        The new message, or none when the message is there already, the conversation to open is there
        already, or the conversation does not exist.
    """
    if incoming.opens or incoming.external_id:
        made = await connection.execute(
            insert(Conversation)
            .values(key=incoming.key, channel=incoming.channel, external_id=incoming.external_id or str(incoming.key))
            .on_conflict_do_nothing()
            .returning(Conversation.id)
        )
        if made.scalar_one_or_none() is None and incoming.external_id is None:
            return None
    row = (
        await connection.execute(
            select(Conversation.id, Conversation.key, Conversation.mask_counters)
            .where(
                (Conversation.channel == incoming.channel) & (Conversation.external_id == incoming.external_id)
                if incoming.external_id
                else Conversation.key == incoming.key
            )
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        return None
    masked = mask(body, row.mask_counters)
    message = (
        await connection.execute(
            insert(Message)
            .values(conversation_id=row.id, message_id=incoming.message_id, kind=incoming.kind, body=masked.text)
            .on_conflict_do_nothing()
            .returning(Message.id)
        )
    ).scalar_one_or_none()
    if message is None:
        return None
    await vault.store(connection, row.id, message, masked.values)
    await connection.execute(
        update(Conversation)
        .where(Conversation.id == row.id)
        .values(
            waiting=Conversation.waiting + 1,
            last_message_at=func.now(),
            mask_counters=dict(masked.counters),
            not_before=case((Conversation.waiting == 0, func.now()), else_=Conversation.not_before),
        )
    )
    await connection.execute(select(func.pg_notify("inbox", "")))
    return Accepted(message, row.key, new=True, done=False)
