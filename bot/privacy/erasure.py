"""Deleting a citizen's data at their request, wherever it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text


@dataclass(frozen=True)
class Erased:
    """What was deleted."""

    conversations: int = 0
    messages: int = 0
    contacts: int = 0
    """Tickets whose contact was removed."""


def conversation(engine: Engine, key: uuid.UUID) -> Erased:
    """Delete a conversation, in a transaction of its own; see `erase`."""
    with engine.begin() as connection:
        return erase(connection, key)


def erase(connection: Connection, key: uuid.UUID) -> Erased:
    """Delete a conversation: messages, masked values, replies, dialogue state, and the contact in its tickets.

    The tickets themselves stay: the office works on them, without knowing who wrote.
    """
    row = connection.execute(
        text("SELECT id FROM conversations WHERE key = :key FOR UPDATE"), {"key": key}
    ).one_or_none()
    connection.execute(text("DELETE FROM engine.trackers WHERE sender_id = :key"), {"key": str(key)})
    if row is None:
        return Erased()
    values = {"id": row.id}
    messages = connection.execute(
        text("SELECT count(*) FROM messages WHERE conversation_id = :id"), values
    ).scalar_one()
    contacts = connection.execute(
        text("UPDATE tickets SET contact = NULL WHERE conversation_id = :id AND contact IS NOT NULL"), values
    ).rowcount
    connection.execute(text("DELETE FROM conversations WHERE id = :id"), values)
    return Erased(1, int(messages), int(contacts))


def ticket_contact(engine: Engine, code: str) -> Erased | None:
    """Remove name and contact from one ticket; None when there is no such ticket."""
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT contact IS NOT NULL AS has FROM tickets WHERE code = :code FOR UPDATE"), {"code": code}
        ).one_or_none()
        if row is None:
            return None
        connection.execute(text("UPDATE tickets SET contact = NULL WHERE code = :code"), {"code": code})
        return Erased(contacts=int(row.has))
