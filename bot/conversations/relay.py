"""The relay: takes each citizen's next message to the engine and stores what comes back.

One turn at a time per conversation, in order, several conversations at once. Nothing is lost: a message
stays pending until its result is stored. Nothing is answered twice: a result is stored only under the claim
that is still valid, and the engine answers a repeated message id with what it answered before.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from bot.conversations.claims import Claims
from bot.conversations.desk.turns import PRESSED, UNANSWERED, DeskTurns
from bot.conversations.engine_client import EngineClient
from bot.conversations.errors import EngineError, EngineFaultyError, EngineRefusedError, NotReadyError
from bot.conversations.listening import INBOX, listen
from bot.conversations.texts import COMING, GIVEN_UP
from bot.conversations.turns import HELD, Claim, Turn
from bot.storage.choices import LONGEST, choice_of
from bot.storage.outgoing import is_pushed

log = structlog.get_logger(__name__)

POLL = 1.0
"""Seconds between looks at the inbox when nothing wakes us (a lost notification, another worker's backoff)."""
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0
"""Backoff after a failed try, in seconds; doubles in between."""
PATIENCE = 600.0
"""Seconds for which a message is tried before we give it up."""
LEAST_TRIES = 20
"""Tries that a message gets however old it is: it may have waited for a worker, not for the engine."""
FAULT_PATIENCE = 60.0
"""Seconds for a message on which the engine fails with a fault of its own: it blocks the citizen's next one."""
FAULT_TRIES = 6


def pause_after(tries: int) -> float:
    """Seconds to wait after so many tries."""
    return float(min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE))


def is_hopeless(error: EngineError | NotReadyError, claim: Claim) -> bool:
    """Whether to tell the citizen that no answer will come."""
    if isinstance(error, EngineRefusedError):
        return True
    if isinstance(error, EngineFaultyError):
        return claim.tries >= FAULT_TRIES and claim.age >= FAULT_PATIENCE
    return claim.tries >= LEAST_TRIES and claim.age >= PATIENCE


class Preparer(Protocol):
    """Makes messages ready that hold what lies with a platform."""

    async def prepare(self, claim: Claim) -> str | Turn:
        """The payload with which the message goes to the engine, or the turn that answers it without.

        Raises:
            NotReadyError: not yet.
        """


WardNamed = Callable[[str, str | None], Awaitable[str | None]]
"""The code of the ward that a message names, or none; also given the category of its report. Never fails."""


class Relay:
    """Works on the inbox until it is cancelled."""

    def __init__(
        self,
        claims: Claims,
        engine: EngineClient,
        *,
        database_url: str,
        concurrency: int,
        lease: float,
        notice_after: float,
        preparer: Preparer | None = None,
        desk: DeskTurns | None = None,
        ward_named: WardNamed | None = None,
    ) -> None:
        self._claims = claims
        self._engine = engine
        self._url = database_url
        self._concurrency = concurrency
        self._lease = lease
        self._notice_after = notice_after
        self._preparer = preparer
        self._desk = desk
        self._ward_named = ward_named
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], Claim] = {}
        self.turns = 0
        """Turns stored so far."""

    async def run(self) -> None:
        """Take turns until cancelled; turns under way then get a short while to end."""
        freed = await self._claims.free()
        log.info("relay.started", freed=freed)
        helpers = [
            asyncio.create_task(listen(self._url, [INBOX], lambda *_: self._wake.set())),
            asyncio.create_task(self._keep_leases()),
        ]
        try:
            while True:
                await self._take_due()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._wake.wait()
        finally:
            for helper in helpers:
                helper.cancel()
            if self._running:
                await asyncio.wait(self._running, timeout=3)
            unfinished = list(self._running)
            for task in unfinished:
                task.cancel()
            if unfinished:
                await asyncio.wait(unfinished, timeout=1)
                with contextlib.suppress(DatabaseError, PoolTimeout):
                    await self._claims.free()  # another worker may go on at once

    async def _take_due(self) -> None:
        self._wake.clear()
        room = self._concurrency - len(self._running)
        if room <= 0:
            return
        try:
            claims = await self._claims.take(room)
        except (DatabaseError, PoolTimeout) as error:
            log.warning("relay.database", error=type(error).__name__)
            return
        if len(claims) == room:
            self._wake.set()  # there may be more, and turns may have ended meanwhile
        for claim in claims:
            task = asyncio.create_task(self._turn(claim))
            self._running[task] = claim
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        full = len(self._running) >= self._concurrency
        self._running.pop(task, None)
        if full:
            self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            # The claim ends with its lease, and another try follows.
            log.error("relay.turn.broken", exc_info=task.exception())

    async def _turn(self, claim: Claim) -> None:
        started = time.perf_counter()
        bound = log.bind(conversation=str(claim.key), row=claim.message, tries=claim.tries)
        try:
            turn = await self._ask(claim)
        except (EngineError, NotReadyError) as error:
            if not is_hopeless(error, claim):
                await self._later(claim, error)
                return
            bound.error("turn.given_up", code=error.code, error=str(error), age=round(claim.age))
            waiting = await self._claims.finish(claim, GIVEN_UP, failed=True)
        else:
            waiting = await self._claims.finish(claim, turn, ward=await self._ward(claim, turn))
            bound.debug("turn.done", status=turn.status, ms=round((time.perf_counter() - started) * 1000))
        if waiting is None:
            bound.warning("turn.fenced")
            return
        self.turns += 1
        if waiting:
            self._wake.set()

    async def _ask(self, claim: Claim) -> Turn:
        if claim.kind == HELD:
            prepared = await self._preparer.prepare(claim) if self._preparer else GIVEN_UP
            if isinstance(prepared, Turn):
                return prepared
            claim = await self._claims.ready(claim, prepared)
        text, payload = (claim.body, None) if claim.kind == "text" else (None, claim.body)
        if claim.with_staff:
            return await self._desk.for_staff(claim, text, payload) if self._desk else UNANSWERED
        if text is not None and len(text) <= LONGEST:
            # A number or a button's title, typed: pressed, on every channel.
            payload = choice_of(text, await self._claims.offered(claim))
            text = text if payload is None else None
        if payload is not None and payload.startswith(PRESSED) and self._desk is not None:
            return await self._desk.pressed(claim, payload)
        asking = self._engine.take_turn(
            claim.key, claim.message_id, text=text, payload=payload, channel=claim.channel, question=claim.question
        )
        if not is_pushed(claim.channel) or claim.noticed:
            return await asking
        task = asyncio.create_task(asking)
        try:
            done, _ = await asyncio.wait({task}, timeout=max(0.05, self._notice_after - claim.age))
            if not done:
                await self._claims.notice(claim, COMING)
            return await task
        finally:
            task.cancel()

    async def _ward(self, claim: Claim, turn: Turn) -> str | None:
        """Which ward a message names, where that may be kept."""
        if self._ward_named is None or claim.kind != "text" or turn.forget or turn.status == "privacy":
            return None
        category = turn.understanding.get("category")
        if turn.status == "form" and category is None:  # not known yet whether only few may read the report
            return None
        return await self._ward_named(claim.body, category)

    async def _later(self, claim: Claim, error: EngineError | NotReadyError) -> None:
        pause = pause_after(claim.tries)
        level = log.warning if claim.tries in (1, 5) or claim.tries % 20 == 0 else log.debug
        level("turn.postponed", code=error.code, error=str(error), row=claim.message, tries=claim.tries)
        if is_pushed(claim.channel) and not claim.noticed and claim.age >= self._notice_after:
            await self._claims.notice(claim, COMING)
        if await self._claims.put_back(claim, pause):
            asyncio.get_running_loop().call_later(pause + 0.01, self._wake.set)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            if self._running:
                try:
                    await self._claims.renew(list(self._running.values()))
                except (DatabaseError, PoolTimeout) as error:
                    log.warning("relay.lease", error=type(error).__name__)
