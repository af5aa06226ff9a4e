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
from typing import Protocol

import structlog

from bot.conversations.context import Context
from bot.conversations.listening import OUTBOX, listen
from bot.conversations.outbox import Outbox, Outgoing
from bot.conversations.turns import Json

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Messages under way, each to another citizen; those that wait for the platform's pace count."""
POLL = 1.0
LOOK_FOR_LOST = 30.0
KEPT = 24 * 3600.0
"""Seconds for which an unreachable platform is tried."""
LONGEST_PAUSE = 60.0
STOPPING = 5.0
"""Seconds that messages under way get when the worker stops; then they count as perhaps arrived."""


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
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    def of(cls, channel: str, platform: Platform, context: Context) -> Sender:
        """The sender of a worker."""
        return cls(channel, platform, Outbox(context.pool, channel), context.database_url)

    async def run(self) -> None:
        """Send until cancelled; messages under way are finished first."""
        await self._platform.open()
        helpers = [
            asyncio.create_task(listen(self._url, [OUTBOX], lambda *_: self._wake.set())),
            asyncio.create_task(self._look_for_lost()),
        ]
        try:
            while True:
                self._wake.clear()
                room = AT_ONCE - len(self._running)
                taken = await self._outbox.take(room) if room else []
                for message in taken:
                    task = asyncio.create_task(self._deliver(message))
                    self._running.add(task)
                    task.add_done_callback(self._ended)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._wake.wait()
        finally:
            for helper in helpers:
                helper.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=STOPPING)
            await self._platform.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()  # the conversation's next message may go out, and there is room
        if not task.cancelled() and task.exception() is not None:
            # It counts as lost when its time is over: it may have arrived.
            log.error("send.broken", channel=self._channel, exc_info=task.exception())

    async def _deliver(self, message: Outgoing) -> None:
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
            asyncio.get_running_loop().call_later(pause + 0.01, self._wake.set)
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
