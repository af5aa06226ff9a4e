"""The token keeper: one pair of tokens for all processes, renewed by one of them at a time.

A refresh token works once. Whoever loses the pair that Zalo gave for it has lost the Official Account until one of its
administrators consents again. So (docs/adr/0008):

1. Who wants to renew writes the attempt into the row first, and commits. The row admits one attempt at a time.
2. The new pair is committed, encrypted, before anybody uses it; a database that went away is waited for.
3. An attempt that said nothing for `LEASE` seconds belonged to a process that died. Nobody knows whether Zalo had
   answered it, so the old refresh token is tried again; if Zalo refuses it then, the pair is lost and people are told.

All times are the database's: clocks of machines differ.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from bot.channels.zalo.oauth import OAuth, OAuthError, OAuthRefusedError, OAuthUnreachableError, Pair
from bot.conversations.pool import Pool, fetch, repeat
from bot.privacy import Cipher, UnreadableValueError

log = structlog.get_logger(__name__)

LEASE = 60.0
"""Seconds after which a silent attempt counts as dead; a call to Zalo ends after 15."""
DUE = 0.8
"""Share of an access token's life after which it is renewed: of 25 hours, 5 are left for trouble."""
SPARE = 60.0
"""Seconds before its end from which on an access token is not used."""
REFRESH_LIFE = 90 * 86400.0
"""Seconds that a refresh token lives: three months."""
ALARM_BEFORE = 14 * 86400.0
"""Seconds before its end from which on people are told."""
AGAIN, LONGEST_AGAIN = 3.0, 900.0
"""Pause in seconds after a failed attempt whose end nobody knows; doubles with each, up to the longest."""
UNREACHABLE_PAUSE = 5.0
"""Seconds after an attempt that did not reach Zalo: it costs nothing."""
REFUSED_PAUSE = 900.0
PATIENCE = 20.0
"""Seconds for which a sender waits for somebody else's attempt (the outbox gives it 90 for a message)."""
LOOK = 20.0
"""Seconds between two looks; after a failed attempt the next try may be due sooner."""
TELL = 600.0
"""Seconds between repeated alarms in the log."""

Trouble = Literal["unreachable", "unknown", "refused", "lost", "rejected", "unreadable", "none"]

_READ = """
SELECT generation, access_token, refresh_token,
    coalesce(access_until > now() + make_interval(secs => %(spare)s), false),
    coalesce(now() >= access_from + (access_until - access_from) * %(due)s, true),
    attempt IS NOT NULL AND attempt_at > now() - make_interval(secs => %(lease)s),
    greatest(extract(epoch FROM not_before - now()), 0)::float8, unknown, trouble, trouble_code,
    coalesce(extract(epoch FROM access_until - now()), 0)::float8,
    (%(life)s - extract(epoch FROM now() - refresh_from))::float8
FROM zalo_tokens WHERE app_id = %(app)s
"""

# The attempt before this one, if it left itself behind, never said how it ended.
_BEGIN = """
UPDATE zalo_tokens SET attempt = %(attempt)s, attempt_at = now(),
    unknown = least(unknown + CASE WHEN attempt IS NULL THEN 0 ELSE 1 END, 1000)
WHERE app_id = %(app)s AND generation = %(generation)s AND not_before <= now()
    AND (attempt IS NULL OR attempt_at <= now() - make_interval(secs => %(lease)s))
RETURNING unknown, refresh_token
"""

_STORE = """
UPDATE zalo_tokens SET generation = generation + 1, access_token = %(access)s, refresh_token = %(refresh)s,
    access_from = now(), access_until = now() + make_interval(secs => %(seconds)s), refresh_from = now(),
    attempt = NULL, attempt_at = NULL, unknown = 0, not_before = now(), trouble = NULL, trouble_code = NULL,
    updated_at = now()
WHERE app_id = %(app)s AND generation = %(generation)s RETURNING generation
"""

_FAIL = """
UPDATE zalo_tokens SET attempt = NULL, attempt_at = NULL, unknown = %(unknown)s, trouble = %(trouble)s,
    trouble_code = %(code)s, not_before = now() + make_interval(secs => %(pause)s), updated_at = now()
WHERE app_id = %(app)s AND generation = %(generation)s AND attempt = %(attempt)s RETURNING generation
"""

_REJECT = """
UPDATE zalo_tokens SET trouble = 'rejected', trouble_code = %(code)s, updated_at = now(),
    not_before = now() + make_interval(secs => %(pause)s)
WHERE app_id = %(app)s AND generation = %(generation)s AND attempt IS NULL RETURNING generation
"""

_SEED = """
INSERT INTO zalo_tokens AS t (app_id, refresh_token, seeds)
VALUES (%(app)s, %(refresh)s, jsonb_build_array(%(digest)s::text))
ON CONFLICT (app_id) DO UPDATE SET generation = t.generation + 1, access_token = NULL, access_from = NULL,
    access_until = NULL, refresh_token = excluded.refresh_token, refresh_from = now(), attempt = NULL,
    attempt_at = NULL, unknown = 0, not_before = now(), trouble = NULL, trouble_code = NULL,
    seeds = t.seeds || excluded.seeds, updated_at = now()
WHERE NOT t.seeds ? %(digest)s RETURNING generation
"""

_REPLACE = """
INSERT INTO zalo_tokens AS t (app_id, generation, access_token, refresh_token, access_from, access_until, seeds)
VALUES (%(app)s, 1, %(access)s, %(refresh)s, now(), now() + make_interval(secs => %(seconds)s), %(seeds)s::jsonb)
ON CONFLICT (app_id) DO UPDATE SET generation = t.generation + 1, access_token = excluded.access_token,
    access_from = excluded.access_from, access_until = excluded.access_until, refresh_token = excluded.refresh_token,
    refresh_from = now(), attempt = NULL, attempt_at = NULL, unknown = 0, not_before = now(), trouble = NULL,
    trouble_code = NULL, seeds = t.seeds || excluded.seeds, updated_at = now()
RETURNING generation
"""


class NoTokenError(Exception):
    """There is no access token to send with; `trouble` is a stable word.

    Attributes:
        pause: seconds until there may be one, where that is known: the next try, or the end of somebody else's.
    """

    def __init__(self, trouble: Trouble, pause: float | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.pause = pause


@dataclass(frozen=True)
class Access:
    """An access token, and which pair it is of."""

    token: str = field(repr=False)
    generation: int


@dataclass(frozen=True)
class TokenState:
    """The row, as it is now. Times in seconds from now."""

    generation: int
    access: bytes | None = field(repr=False)
    refresh: bytes = field(repr=False)
    usable: bool
    due: bool
    under_way: bool
    waits: float
    """Until the next attempt may be made."""
    unknown: int
    trouble: Trouble | None
    code: int | None
    access_left: float
    refresh_left: float

    @property
    def may_try(self) -> bool:
        """Whether an attempt may be made now."""
        return self.waits <= 0


class TokenKeeper:
    """Gives the access token, and keeps it fresh.

    Args:
        seed: the first refresh token, from the settings; empty: consent comes by `bot zalo login`.
        lease: seconds after which a silent attempt counts as dead.
    """

    def __init__(
        self, pool: Pool, oauth: OAuth, cipher: Cipher, app_id: str, *, seed: str = "", lease: float = LEASE
    ) -> None:
        self._pool = pool
        self._oauth = oauth
        self._cipher = cipher
        self._app = app_id
        self._seed = seed
        self._lease = lease
        self._attempts: set[asyncio.Task[None]] = set()
        self._told: dict[str, float] = {}

    async def run(self) -> None:
        """Keep it fresh until cancelled."""
        await self.seed()
        while True:
            waits = await self.look()
            await asyncio.sleep(min(max(waits, 1.0), LOOK))

    async def close(self) -> None:
        """Wait for an attempt that is under way: its pair must be stored."""
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=self._lease)

    async def seed(self) -> None:
        """Take the first refresh token of the settings, once."""
        if not self._seed:
            return
        values = {
            "app": self._app,
            "refresh": self._locked(self._seed, "refresh"),
            "digest": digest(self._seed),
        }
        if await repeat(self._pool, lambda: fetch(self._pool, _SEED, values)):
            log.info("zalo.token.seeded")

    async def look(self) -> float:
        """Renew if it is time; tell people if something is wrong.

        Returns:
            Seconds until there may be something to do.
        """
        state = await self.state()
        if state is None:
            self._tell("none", None)
            return LOOK
        if (state.due or state.trouble == "rejected") and state.may_try and not state.under_way:
            await self._attempt(state.generation)
            state = await self.state() or state
        if state.trouble:
            self._tell(state.trouble, state.code)
        elif state.refresh_left < ALARM_BEFORE:
            self._tell("ends_soon", None, days=int(state.refresh_left / 86400))
        return state.waits or LOOK

    async def state(self) -> TokenState | None:
        """The row; None where there was never a token."""
        rows = await repeat(self._pool, lambda: fetch(self._pool, _READ, self._reading()))
        return TokenState(*rows[0]) if rows else None

    def readable(self, state: TokenState) -> bool:
        """Whether our key opens what is stored."""
        try:
            self._cipher.decrypt(state.refresh, self._place("refresh"))
        except UnreadableValueError:
            return False
        return True

    async def access(self) -> Access:
        """The access token to send with.

        Raises:
            NoTokenError: there is none now.
        """
        state = await self.state()
        if state is None:
            raise NoTokenError("none")
        if state.trouble == "rejected" and not state.may_try:
            raise NoTokenError("rejected", state.waits)
        if state.usable and state.trouble != "rejected":
            return self._opened(state)
        return await self.renewed(state.generation)

    async def renewed(self, generation: int, *, patience: float = PATIENCE) -> Access:
        """The access token after the one of this generation, which is over or was not taken by Zalo.

        Args:
            patience: seconds to wait for somebody else's attempt.

        Raises:
            NoTokenError: there is none.
        """
        for _ in range(int(patience * 5)):
            state = await self.state()
            if state is None:
                raise NoTokenError("none")
            if state.generation > generation and state.usable:
                return self._opened(state)
            if not state.under_way:
                if not state.may_try:
                    raise NoTokenError(state.trouble or "unknown", state.waits)
                if not await self._attempt(state.generation):
                    continue  # another was quicker
                state = await self.state()
                if state is None or state.generation <= generation or not state.usable:
                    raise NoTokenError((state and state.trouble) or "unknown", state.waits if state else None)
                return self._opened(state)
            await asyncio.sleep(0.2)
        raise NoTokenError("unknown", UNREACHABLE_PAUSE)

    async def reject(self, generation: int, code: int) -> None:
        """Zalo took neither the token of this generation nor, before it, the one that it replaced."""
        values = {"app": self._app, "generation": generation, "code": code, "pause": REFUSED_PAUSE}
        await repeat(self._pool, lambda: fetch(self._pool, _REJECT, values))
        self._tell("rejected", code)

    async def replace(self, pair: Pair) -> int:
        """Store the pair of a new consent over whatever there was; the new generation."""
        seeds = f'["{digest(self._seed)}"]' if self._seed else "[]"
        values = {**self._sealed(pair), "seeds": seeds}
        rows = await repeat(self._pool, lambda: fetch(self._pool, _REPLACE, values))
        return int(rows[0][0])

    async def _attempt(self, generation: int) -> bool:
        """Renew the pair of this generation; False where somebody else does or did. Never cut short."""
        attempt = secrets.token_hex(8)
        values = {"app": self._app, "generation": generation, "attempt": attempt, "lease": self._lease}
        begun = await repeat(self._pool, lambda: fetch(self._pool, _BEGIN, values))
        if not begun:
            return False
        unknown, sealed = begun[0]
        task = asyncio.create_task(self._exchange(generation, attempt, unknown, sealed))
        self._attempts.add(task)
        task.add_done_callback(self._attempts.discard)
        await asyncio.shield(task)
        return True

    async def _exchange(self, generation: int, attempt: str, unknown: int, sealed: bytes) -> None:
        """Ask Zalo, and write down what came of it, whatever it was."""
        try:
            pair = await self._oauth.renew(self._cipher.decrypt(sealed, self._place("refresh")))
        except UnreadableValueError:
            await self._fail(generation, attempt, unknown, "unreadable", None, REFUSED_PAUSE)
        except OAuthUnreachableError as error:
            log.warning("zalo.token.unreachable", code=error.code)
            await self._fail(generation, attempt, unknown, "unreachable", None, UNREACHABLE_PAUSE)
        except OAuthRefusedError as error:
            # After an attempt that nobody knows the end of, a refusal says that it had succeeded.
            trouble: Trouble = "lost" if unknown else "refused"
            await self._fail(generation, attempt, unknown, trouble, error.number, REFUSED_PAUSE)
        except OAuthError as error:
            log.warning("zalo.token.unknown", code=error.code)
            pause = min(AGAIN * 2.0 ** min(unknown, 20), LONGEST_AGAIN)
            await self._fail(generation, attempt, unknown + 1, "unknown", None, pause)
        else:
            await self._store(generation, pair)

    async def _store(self, generation: int, pair: Pair) -> None:
        """Commit the new pair. It exists nowhere else, so nothing but our end stops us from trying."""
        values = {**self._sealed(pair), "generation": generation}
        pause = 0.1
        while True:
            try:
                rows = await fetch(self._pool, _STORE, values)
                break
            except (DatabaseError, PoolTimeout) as error:
                log.error("zalo.token.unstored", error=type(error).__name__, pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
        if rows:
            log.info("zalo.token.renewed", generation=rows[0][0], seconds=int(pair.expires_in))
        else:
            # Stored by a try of ours whose answer was lost, or replaced by a new consent: then that one counts.
            log.warning("zalo.token.overtaken", generation=generation)

    async def _fail(
        self, generation: int, attempt: str, unknown: int, trouble: Trouble, code: int | None, pause: float
    ) -> None:
        values = {
            "app": self._app,
            "generation": generation,
            "attempt": attempt,
            "unknown": min(unknown, 1000),
            "trouble": trouble,
            "code": code,
            "pause": pause,
        }
        await repeat(self._pool, lambda: fetch(self._pool, _FAIL, values))

    def _opened(self, state: TokenState) -> Access:
        try:
            return Access(self._cipher.decrypt(state.access or b"", self._place("access")), state.generation)
        except UnreadableValueError as error:
            raise NoTokenError("unreadable") from error

    def _sealed(self, pair: Pair) -> dict[str, Any]:
        return {
            "app": self._app,
            "access": self._locked(pair.access_token, "access"),
            "refresh": self._locked(pair.refresh_token, "refresh"),
            "seconds": pair.expires_in,
        }

    def _locked(self, token: str, kind: str) -> bytes:
        return self._cipher.encrypt(token, self._place(kind))

    def _place(self, kind: str) -> str:
        return f"{self._app}/{kind}"

    def _reading(self) -> dict[str, Any]:
        return {"app": self._app, "spare": SPARE, "due": DUE, "lease": self._lease, "life": REFRESH_LIFE}

    def _tell(self, trouble: str, code: int | None, **more: Any) -> None:
        """An alarm in the log, not at every look."""
        now = asyncio.get_running_loop().time()
        if now - self._told.get(trouble, -TELL) >= TELL:
            self._told[trouble] = now
            log.error("zalo.token.trouble", trouble=trouble, code=code, **more)


def digest(token: str) -> str:
    """By which a first token is known again, without being kept."""
    return hashlib.sha256(token.encode()).hexdigest()
