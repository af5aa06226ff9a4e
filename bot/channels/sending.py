"""Sending for all push channels: what a platform must be able to do, what its failures mean, and the one service
that delivers the outbox.

SendError
├── NotSentError     certainly not delivered: may be sent again (after `pause` seconds)
├── UnknownError     may have been delivered: not sent again
├── RefusedError     will never be delivered
└── OptedOutError    the citizen does not want messages
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol, TypeVar

import structlog

from bot.conversations.context import Context
from bot.conversations.listening import OUTBOX, listen
from bot.conversations.outbox import Outbox, Outgoing
from bot.conversations.turns import Json

log = structlog.get_logger(__name__)

AT_ONCE = 8
POLL = 1.0
LOOK_FOR_LOST = 30.0
KEPT = 24 * 3600.0
"""Seconds for which an unreachable platform is tried."""
LONGEST_PAUSE = 60.0

T = TypeVar("T")


class SendError(Exception):
    """A message was not, or perhaps not, delivered. The text is a stable word, kept in `outbox.error`."""


class NotSentError(SendError):
    """Certainly not delivered."""

    def __init__(self, text: str, pause: float | None = None) -> None:
        super().__init__(text)
        self.pause = pause


class UnknownError(SendError):
    """May have been delivered."""


class RefusedError(SendError):
    """Will never be delivered."""


class OptedOutError(SendError):
    """The citizen does not want messages."""


class Platform(Protocol):
    """The client of one platform."""

    async def open(self) -> None:
        """Connect; raises where the service cannot work at all (it is tried again)."""

    async def close(self) -> None:
        """Close the connections."""

    def check(self, message: Outgoing) -> None:
        """Look at a message before anything goes out: windows, quotas.

        Raises:
            SendError: it must not be sent (now).
        """

    async def send(self, to: str, body: Json) -> str:
        """Send one message: `{"text", "buttons", "image", …}`, already of the channel's shape.

        Returns:
            The platform's id of it.

        Raises:
            SendError: which kind tells whether it may be sent again.
        """


class Sender:
    """Delivers the outbox of one channel, several citizens at once, each in order."""

    def __init__(self, channel: str, platform: Platform, outbox: Outbox, database_url: str) -> None:
        self._channel = channel
        self._platform = platform
        self._outbox = outbox
        self._url = database_url
        self._wake = asyncio.Event()

    @classmethod
    def of(cls, channel: str, platform: Platform, context: Context) -> Sender:
        """The sender of a worker."""
        return cls(channel, platform, Outbox(context.pool, channel), context.database_url)

    async def run(self) -> None:
        """Send until cancelled; a message under way is finished first."""
        await self._platform.open()
        helpers = [
            asyncio.create_task(listen(self._url, [OUTBOX], lambda *_: self._wake.set())),
            asyncio.create_task(self._look_for_lost()),
        ]
        try:
            while True:
                self._wake.clear()
                taken = await self._outbox.take(AT_ONCE)
                if taken:
                    sending = asyncio.gather(*map(self._send, taken))
                    await _finish(sending)
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._wake.wait()
        finally:
            for helper in helpers:
                helper.cancel()
            await self._platform.close()

    async def _send(self, message: Outgoing) -> None:
        bound = log.bind(channel=self._channel, outbox=message.id)
        try:
            self._platform.check(message)
            platform_id = await self._platform.send(message.to, message.body)
        except NotSentError as error:
            if message.age > KEPT:
                await self._outbox.end(message, "failed", error=str(error))
                return
            pause = error.pause if error.pause is not None else min(2.0**message.tries, LONGEST_PAUSE)
            bound.warning("send.later", code=str(error), pause=pause)
            await self._outbox.again(message, pause, str(error))
        except OptedOutError as error:
            await self._outbox.end(message, "opted_out", error=str(error))
        except RefusedError as error:
            bound.warning("send.refused", code=str(error))
            await self._outbox.end(message, "failed", error=str(error))
        except UnknownError as error:
            bound.warning("send.unknown", code=str(error))
            await self._outbox.end(message, "unknown", error=str(error))
        else:
            await self._outbox.end(message, "sent", platform_id=platform_id)

    async def _look_for_lost(self) -> None:
        while True:
            lost = await self._outbox.mark_lost()
            if lost:
                log.warning("send.lost", channel=self._channel, count=lost)
            await asyncio.sleep(LOOK_FOR_LOST)


async def _finish(work: asyncio.Future[T]) -> T:
    """Wait for it; when we are cancelled meanwhile, let it end first."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await work
        raise
