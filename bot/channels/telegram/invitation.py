"""The address under which a citizen goes on in Telegram: `https://t.me/<bot>?start=<link to a report>`.

The bot's name is the setting's, or what Telegram says (`getMe`): asked for once, in the background, so that no page
waits for Telegram; until it is known, no address is offered.
"""

from __future__ import annotations

import asyncio
import re

import structlog

from bot.settings import Settings

log = structlog.get_logger(__name__)

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
"""https://core.telegram.org/bots/features#botfather: letters, digits and underscores."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
"""Seconds until Telegram is asked again after it did not say."""


class Invitation:
    """Of one web process.

    Args:
        settings: with the bot's name, or its token.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = settings.telegram_username.removeprefix("@")

    async def run(self) -> None:
        """Learn the name; returns when it is known, or where there is no bot."""
        pause = FIRST_PAUSE
        while not self._name and self._settings.telegram_token.get_secret_value():
            self._name = await self._asked()
            if not self._name:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def address(self, link: str) -> str | None:
        """Where a link (`bot.tickets.links`) is followed; none while the bot's name is not known."""
        return f"https://t.me/{self._name}?start={link}" if self._name else None

    async def _asked(self) -> str:
        # Here alone: an installation without Telegram does not load its library.
        from telegram.error import TelegramError

        from bot.channels.telegram.service import client_of

        client = client_of(self._settings)
        try:
            name = await client.username()
        except TelegramError as error:
            log.warning("telegram.name.unknown", error=type(error).__name__)
            return ""
        finally:
            await client.close()
        return name if NAME.fullmatch(name) else ""
