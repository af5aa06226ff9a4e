"""The Telegram Bot API as this channel needs it, and what its failures mean (`bot.channels.sending`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import httpx
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    Update,
    WebhookInfo,
)
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

from bot.channels.payloads import shortened
from bot.channels.sending import NotSentError, OptedOutError, RefusedError, UnknownError
from bot.channels.telegram.commands import MENU
from bot.channels.telegram.pacing import Pacer
from bot.channels.telegram.updates import WANTED
from bot.channels.texts import THANKS
from bot.channels.thumbs import is_thumb, thumb_buttons
from bot.conversations.outbox import Outgoing
from bot.conversations.turns import Json

POLL_SECONDS = 30
CALLBACK_BYTES = 64
ASKS = {"location": "📍 Gửi vị trí của tôi", "contact": "📱 Gửi số điện thoại của tôi"}
"""What a key says that gives what a reply asks for."""


class TelegramClient:
    """Talks to the Bot API (or to a stand-in at another base address).

    Args:
        share: of Telegram's limit for all messages together, where several processes send.
    """

    def __init__(self, token: str, base: str, *, share: float = 1.0) -> None:
        # httpx logs every address at this level, and the address holds the token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        base = base.rstrip("/")
        self._pacer = Pacer(share)
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(connection_pool_size=32, connect_timeout=5, read_timeout=15, pool_timeout=5),
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
        return await self._bot.get_updates(offset=offset, timeout=POLL_SECONDS, allowed_updates=WANTED, read_timeout=10)

    async def answer_callback(self, callback_id: str, pressed: str | None) -> None:
        """Stop the button's spinner, with thanks for a thumb; too late is no failure."""
        try:
            await self._bot.answer_callback_query(callback_id, THANKS if is_thumb(pressed or "") else None)
        except TelegramError as error:
            logging.getLogger(__name__).debug("telegram.callback.unanswered: %s", type(error).__name__)

    async def typing(self, to: str) -> None:
        """Show for about five seconds that somebody types; that it fails is no failure."""
        try:
            await self._bot.send_chat_action(int(to), "typing")
        except TelegramError as error:
            logging.getLogger(__name__).debug("telegram.typing.unshown: %s", type(error).__name__)

    async def username(self) -> str:
        """The bot's own name; asks with the token, so it shows whether that is right."""
        return str((await self._bot.get_me()).username)

    async def offer_commands(self) -> None:
        """Set the menu of commands."""
        await self._bot.set_my_commands([BotCommand(name, told) for name, told, _ in MENU])

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to an address; what was not fetched yet is posted, too."""
        await self._bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED, drop_pending_updates=False)

    async def delete_webhook(self) -> None:
        """Have updates kept for polling again."""
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def webhook(self) -> WebhookInfo:
        """What Telegram knows about the webhook."""
        return await self._bot.get_webhook_info()

    async def file_path(self, file_id: str) -> str:
        """The address of a file that a citizen sent; it holds the token and is valid for an hour.

        Raises:
            TelegramError: there is none, or it has more than the 20 MB that a bot may download.
        """
        return str((await self._bot.get_file(file_id)).file_path)

    def check(self, message: Outgoing) -> None:
        """Telegram has no windows: whoever has not blocked us may be written to."""

    async def send(self, to: str, body: Json) -> str:
        """Send one message, no faster than Telegram allows.

        Returns:
            The platform's id of it.

        Raises:
            SendError: which kind tells whether it may be sent again.
        """
        await self._pacer.wait(to)
        try:
            message = await self._send(int(to), body)
        except RetryAfter as error:
            wait = seconds(error)
            self._pacer.flooded(to, wait)
            raise NotSentError("flood", wait) from error
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

    async def _send(self, chat: int, body: Json) -> Message:
        keys = _keys(body)
        if body.get("image"):
            return await self._bot.send_photo(chat, body["image"], caption=body["text"] or None, reply_markup=keys)
        preview = LinkPreviewOptions(is_disabled=True)
        return await self._bot.send_message(chat, body["text"], reply_markup=keys, link_preview_options=preview)


def seconds(error: RetryAfter) -> float:
    """How long Telegram says to wait."""
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def _keys(body: Json) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """Buttons below the message; where a place or a number is asked for, keys in place of the keyboard.

    A message has one of the two. The keys say the buttons' titles, which mean the same when they are typed.
    """
    buttons = body.get("buttons") or ()
    if (wanted := body.get("wants")) in ASKS:
        asks = KeyboardButton(
            ASKS[wanted], request_location=wanted == "location" or None, request_contact=wanted == "contact" or None
        )
        rest = [KeyboardButton(button["title"]) for button in buttons]
        return ReplyKeyboardMarkup([[asks], rest] if rest else [[asks]], resize_keyboard=True, one_time_keyboard=True)
    rows = [
        [InlineKeyboardButton(button["title"], callback_data=shortened(button["payload"], CALLBACK_BYTES))]
        for button in buttons
        if button["payload"]
    ]
    thumbs = [InlineKeyboardButton(sign, callback_data=data) for sign, data in thumb_buttons(body.get("thumbs"))]
    if thumbs and all(len(str(button.callback_data).encode()) <= CALLBACK_BYTES for button in thumbs):
        rows.append(thumbs)
    return InlineKeyboardMarkup(rows) if rows else None
