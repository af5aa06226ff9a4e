"""Encryption of personal values, and the table that keeps masked ones while a report may need them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from sqlalchemy import CursorResult, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.privacy.keys import derive
from bot.privacy.masking import MaskedItem
from bot.storage.models import MaskedValue

VERSION = b"\x01"
NONCE = 12

Database = AsyncSession | AsyncConnection


class UnreadableValueError(Exception):
    """A stored value cannot be decrypted: another key, another place, or damage."""


class Cipher:
    """AES-256-GCM under a key of one purpose; a value is bound to the place it is stored at."""

    def __init__(self, secret_key: SecretStr | str, purpose: str) -> None:
        self._aead = AESGCM(derive(secret_key, purpose))

    def encrypt(self, value: str, place: str) -> bytes:
        """Encrypt; `place` (such as a row's name) must be given again to decrypt."""
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self._aead.encrypt(nonce, value.encode(), place.encode())

    def decrypt(self, ciphertext: bytes, place: str) -> str:
        """Decrypt what `encrypt` made for the same place.

        Raises:
            UnreadableValueError: wrong key or place, or the bytes were changed.
        """
        if not ciphertext.startswith(VERSION):
            raise UnreadableValueError("unknown version of the encrypted value")
        nonce, body = ciphertext[1 : 1 + NONCE], ciphertext[1 + NONCE :]
        try:
            return self._aead.decrypt(nonce, body, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise UnreadableValueError("the encrypted value cannot be read with this key") from error


class Vault:
    """Masked values of conversations. Each method works inside the caller's transaction."""

    def __init__(self, secret_key: SecretStr | str) -> None:
        self._cipher = Cipher(secret_key, "vault")

    async def store(
        self, database: Database, conversation_id: int, message_id: int | None, values: Iterable[MaskedItem]
    ) -> None:
        """Keep the values of one message.

        Args:
            conversation_id: `conversations.id`.
            message_id: `messages.id` (the row, not the client's id); deleted with the row.
            values: `mask(…).values`.
        """
        rows = [
            {
                "conversation_id": conversation_id,
                "message_id": message_id,
                "token": item.token,
                "kind": item.kind,
                "ciphertext": self._cipher.encrypt(item.value, _place(conversation_id, item.token)),
            }
            for item in values
        ]
        if rows:
            await database.execute(insert(MaskedValue), rows)

    async def find(self, database: Database, conversation_id: int, tokens: Iterable[str]) -> dict[str, str]:
        """The values behind tokens of this conversation; unknown or purged tokens are left out."""
        wanted = list(tokens)
        if not wanted:
            return {}
        found = await database.execute(
            select(MaskedValue.token, MaskedValue.ciphertext).where(
                MaskedValue.conversation_id == conversation_id, MaskedValue.token.in_(wanted)
            )
        )
        return {token: self._cipher.decrypt(data, _place(conversation_id, token)) for token, data in found.all()}

    async def purge(
        self,
        database: Database,
        conversation_id: int,
        *,
        message_id: int | None = None,
        tokens: Iterable[str] | None = None,
    ) -> int:
        """Delete values of a conversation: all, those of one message row, or the named tokens.

        Returns:
            How many were deleted.
        """
        statement = delete(MaskedValue).where(MaskedValue.conversation_id == conversation_id)
        if message_id is not None:
            statement = statement.where(MaskedValue.message_id == message_id)
        if tokens is not None:
            statement = statement.where(MaskedValue.token.in_(list(tokens)))
        return _count(await database.execute(statement))

    async def purge_older(self, database: Database, before: datetime) -> int:
        """Delete what was masked before a time: the values of reports that were never finished."""
        return _count(await database.execute(delete(MaskedValue).where(MaskedValue.created_at < before)))


def _place(conversation_id: int, token: str) -> str:
    return f"{conversation_id}/{token}"


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
