"""For operations: is it alive, is it ready, what does it count."""

from __future__ import annotations

import json
import time

from prometheus_client import generate_latest
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from bot.channels import metrics
from bot.channels.zalo.tokens import REFRESH_LIFE
from bot.conversations.answers import Answers
from bot.conversations.engine_client import EngineClient
from bot.conversations.pool import Pool, fetch

FRESH = 1.0
"""Seconds for which an answer is given again: probes are public and must cost nothing."""

_INBOX = """
SELECT coalesce(sum(waiting), 0),
    coalesce((SELECT extract(epoch FROM now() - min(received_at)) FROM messages WHERE state = 'pending'), 0)
FROM conversations WHERE waiting > 0
"""
_OUTBOX = """
SELECT channel, state, count(*) FROM outbox WHERE created_at > now() - interval '1 day' AND state <> 'shown'
GROUP BY channel, state
"""
_OUTBOX_AGE = """
SELECT channel, extract(epoch FROM now() - min(created_at)) FROM outbox WHERE state IN ('queued', 'sending')
GROUP BY channel
"""
_ZALO = """
SELECT trouble, (%s - extract(epoch FROM now() - refresh_from))::float8 FROM zalo_tokens
"""
_TURNS = """
SELECT c.channel, m.status, count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
WHERE m.received_at > now() - interval '1 day' AND m.status IS NOT NULL GROUP BY c.channel, m.status
"""
_LIVE_CHATS = """
SELECT state, count(*), coalesce(extract(epoch FROM now() - min(waiting_since)), 0)::float8 FROM live_chats
WHERE state IN ('waiting', 'taken') GROUP BY state
"""
_LIVE_CHATS_ENDED = """
SELECT "end", count(*) FROM live_chats WHERE closed_at > now() - interval '1 day' GROUP BY "end"
"""
_LIVE_CHAT_RATING = """
SELECT avg(rating)::float8 FROM live_chats
WHERE rated_at > now() - interval '1 day' AND closed_at > now() - interval '8 days'
"""


class Probes:
    """Health and metrics of one web process."""

    def __init__(self, pool: Pool, engine: EngineClient, answers: Answers) -> None:
        self._pool = pool
        self._engine = engine
        self._answers = answers
        self._ready: tuple[float, dict[str, bool]] = (-FRESH, {})
        self._metrics: tuple[float, bytes] = (-FRESH, b"")

    async def live(self, _request: Request) -> Response:
        """The process answers."""
        return Response('{"status": "ok"}', media_type="application/json")

    async def ready(self, _request: Request) -> Response:
        """The process can serve: database and engine answer."""
        at, parts = self._ready
        if time.monotonic() - at >= FRESH:
            parts = {"database": await self._database(), "engine": await self._engine.ready()}
            self._ready = (time.monotonic(), parts)
        well = all(parts.values())
        body = {
            "status": "ok" if well else "unavailable",
            **{name: "ok" if up else "down" for name, up in parts.items()},
        }
        return Response(json.dumps(body), 200 if well else 503, media_type="application/json")

    async def metrics(self, _request: Request) -> Response:
        """Prometheus' text format."""
        at, body = self._metrics
        if time.monotonic() - at >= FRESH:
            metrics.WAITING.set(self._answers.waiting)
            try:
                await self._gauges()
            except (DatabaseError, PoolTimeout):
                metrics.INBOX.set(float("nan"))
            body = generate_latest(metrics.REGISTRY)
            self._metrics = (time.monotonic(), body)
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _database(self) -> bool:
        try:
            await fetch(self._pool, "SELECT 1", ())
        except (DatabaseError, PoolTimeout):
            await self._pool.check()
            return False
        return True

    async def _gauges(self) -> None:
        waiting, oldest = (await fetch(self._pool, _INBOX, ()))[0]
        metrics.INBOX.set(float(waiting))
        metrics.INBOX_AGE.set(float(oldest))
        metrics.OUTBOX.clear()
        for channel, state, count in await fetch(self._pool, _OUTBOX, ()):
            metrics.OUTBOX.labels(channel, state).set(count)
        metrics.OUTBOX_AGE.clear()
        for channel, age in await fetch(self._pool, _OUTBOX_AGE, ()):
            metrics.OUTBOX_AGE.labels(channel).set(float(age))
        metrics.ZALO_TROUBLE.clear()
        for trouble, left in await fetch(self._pool, _ZALO, (REFRESH_LIFE,)):
            metrics.ZALO_REFRESH_LEFT.set(left)
            if trouble:
                metrics.ZALO_TROUBLE.labels(trouble).set(1)
        await self._live_chats()
        metrics.TURNS.clear()
        for channel, status, count in await fetch(self._pool, _TURNS, ()):
            metrics.TURNS.labels(channel, status).set(count)

    async def _live_chats(self) -> None:
        found = {state: (count, oldest) for state, count, oldest in await fetch(self._pool, _LIVE_CHATS, ())}
        for state in ("waiting", "taken"):
            metrics.LIVE_CHATS.labels(state).set(found.get(state, (0, 0.0))[0])
        metrics.LIVE_CHAT_WAIT.set(found.get("waiting", (0, 0.0))[1])
        metrics.LIVE_CHATS_ENDED.clear()
        for end, count in await fetch(self._pool, _LIVE_CHATS_ENDED, ()):
            metrics.LIVE_CHATS_ENDED.labels(end).set(count)
        [(rating,)] = await fetch(self._pool, _LIVE_CHAT_RATING, ())
        metrics.LIVE_CHAT_RATING.set(float("nan") if rating is None else rating)
