"""LISTEN on one connection, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from psycopg import AsyncConnection, OperationalError, sql

from bot.storage.database import libpq_url

log = structlog.get_logger(__name__)

INBOX = "inbox"
"""A message waits for its turn."""
TURN_DONE = "turn_done"
"""The payload is the id of a message (`messages.id`) whose answer is stored."""
OUTBOX = "outbox"
"""A reply waits for its sender."""
SHOWN = "shown"
"""Something was told unasked on a channel that fetches; the payload is the conversation (`conversations.id`)."""
TYPING = "typing"
"""An officer types; the payload is the conversation (`conversations.id`). Nothing is lost where it is not heard."""

PAUSES = (0.1, 0.3, 1.0, 2.0, 5.0)


async def listen(url: str, channels: Sequence[str], heard: Callable[[str, str], None]) -> None:
    """Call `heard(channel, payload)` for every notification; connects again when the connection is lost.

    After every (re)connection `heard(channel, "")` is called once for each channel, because what happened
    in between was not heard: the callee looks by itself. Ends only by being cancelled.
    """
    failures = 0
    while True:
        try:
            async with await AsyncConnection.connect(libpq_url(url), autocommit=True) as connection:
                for channel in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                failures = 0
                for channel in channels:
                    heard(channel, "")
                async for notify in connection.notifies():
                    heard(notify.channel, notify.payload)
        except OperationalError as error:
            log.warning("listen.lost", channels=list(channels), error=type(error).__name__)
        await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
        failures += 1
