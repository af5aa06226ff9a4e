"""The Telegram Bot API as this channel needs it, and what its failures mean (`bot.channels.sending`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.sending import NotSentError, OptedOutError, RefusedError, UnknownError
from bot.conversations.outbox import Outgoing
from bot.conversations.turns import Json

POLL_SECONDS = 30
CALLBACK_BYTES = 64
_WANTED = ["message", "callback_query"]


class TelegramClient:
    """Talks to the Bot API (or to a stand-in at another base address)."""

    def __init__(self, token: str, base: str) -> None:
        # httpx logs every address at this level, and the address holds the token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        base = base.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(connection_pool_size=8, connect_timeout=5, read_timeout=15, pool_timeout=5),
            get_updates_request=HTTPXRequest(connection_pool_size=1, connect_timeout=5, read_timeout=POLL_SECONDS + 10),
        )

    async def open(self) -> None:
        """Check the token."""
        await self._bot.initialize()

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.shutdown()

    async def updates(self, offset: int | None) -> Sequence[Update]:
        """The next updates; earlier ones than `offset` are thereby confirmed."""
        return await self._bot.get_updates(
            offset=offset, timeout=POLL_SECONDS, allowed_updates=_WANTED, read_timeout=10
        )

    async def answer_callback(self, callback_id: str) -> None:
        """Stop the button's spinner; too late is no failure."""
        try:
            await self._bot.answer_callback_query(callback_id)
        except TelegramError as error:
            logging.getLogger(__name__).debug("telegram.callback.unanswered: %s", type(error).__name__)

    def check(self, message: Outgoing) -> None:
        """Telegram has no windows: whoever has not blocked us may be written to."""

    async def send(self, to: str, body: Json) -> str:
        """Send one message.

        Returns:
            The platform's id of it.

        Raises:
            SendError: which kind tells whether it may be sent again.
        """
        try:
            message = await self._bot.send_message(
                int(to),
                body["text"],
                reply_markup=_keyboard(body.get("buttons") or ()),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except RetryAfter as error:
            wait = error.retry_after
            raise NotSentError("flood", float(wait if isinstance(wait, int) else wait.total_seconds())) from error
        except Forbidden as error:
            raise OptedOutError("blocked") from error
        except (BadRequest, InvalidToken, ChatMigrated) as error:
            raise RefusedError(type(error).__name__) from error
        except NetworkError as error:
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
                raise NotSentError("unreachable") from error
            raise UnknownError(type(error).__name__) from error
        except TelegramError as error:
            raise UnknownError(type(error).__name__) from error
        return str(message.message_id)


def _keyboard(buttons: Sequence[Json]) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(button["title"], callback_data=button["payload"])]
        for button in buttons
        if 0 < len(button["payload"].encode()) <= CALLBACK_BYTES
    ]
    return InlineKeyboardMarkup(rows) if rows else None
